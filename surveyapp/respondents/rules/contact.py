"""A contact as understood, and what addresses and numbers have in common."""

from dataclasses import dataclass

from surveyapp.respondents.words.names import fold


@dataclass(frozen=True, slots=True)
class ReadContact:
    """A cell as understood: `value` is stored (empty if unusable), `code` empty when all is well."""

    value: str
    code: str = ""
    severity: str = ""
    proposal: str = ""


_NOTHING = {
    "", "khong", "n a", "na", "0", "x", "xx", "xxx", "k", "ko", "kg", "none", "null", "nil", "nan", "no", "tbd", "chua", "bao mat",
    "bi mat", "an danh", "rieng tu", "trong", "de trong", "bo trong", "vang", "cap nhat sau", "bo sung sau", "se bo sung", "se cap nhat",
    "00", "000", "0000", "00000", "000000", "an so", "xin giau", "giau", "tu choi", "tu choi cung cap", "quen",
    "dang cap nhat", "dang lap", "dang tao", "unknown", "not available", "not provided", "confidential",
}  # fmt: skip
_NOTHING_BEGINS = ("khong", "chua", "ko", "k co", "kg co", "chang")


def says_nothing(written: str) -> bool:
    """Whether a cell for a contact says that there is none: a dash, "không có", "chưa cung cấp"."""
    if len(written) > 60 or "@" in written or written.lstrip().startswith("#"):
        return False
    folded = fold(written)
    if folded in _NOTHING:
        return True
    words = folded.split()
    begins = words[0] in _NOTHING_BEGINS or " ".join(words[:2]) in _NOTHING_BEGINS
    return begins and not any(c.isdigit() or c in "._" for c in written.strip(" ."))


def unquoted(text: str) -> str:
    """`="0912345678"`, the usual way to keep a zero, and the apostrophe of a text cell, taken off."""
    text = text.strip()
    if text.startswith("=") and len(text) > 2 and text[1] == text[-1] and text[1] in "\"'":
        text = text[2:-1]
    return text.strip().lstrip("'")
