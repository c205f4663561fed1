"""A position written into the cell of the name: "Vũ Văn Nam - PGĐ", "Lê Thị Hoa (Chánh Văn phòng)"."""

import re

from surveyapp.respondents.words.names import FAMILIES, fold, tone_key

_SHORT = {
    "gd": "Giám đốc", "pgd": "Phó Giám đốc", "tp": "Trưởng phòng", "ptp": "Phó Trưởng phòng",
    "cvp": "Chánh Văn phòng", "pcvp": "Phó Chánh Văn phòng", "ctt": "Chánh Thanh tra",
    "pctt": "Phó Chánh Thanh tra", "ct": "Chủ tịch", "pct": "Phó Chủ tịch", "vt": "Vụ trưởng",
    "pvt": "Phó Vụ trưởng", "cct": "Chi cục trưởng", "pcct": "Phó Chi cục trưởng", "tb": "Trưởng ban",
    "ptb": "Phó Trưởng ban", "ht": "Hiệu trưởng", "pht": "Phó Hiệu trưởng",
}  # fmt: skip
_BEGINS = re.compile(
    r"^(pho |quyen |nguyen )*(giam doc|tong giam doc|chanh |truong (phong|ban|khoa|doan)|vu truong|cuc truong"
    r"|chi cuc truong|chu tich|chu nhiem|hieu truong|vien truong|bi thu|tong thu ky|thu ky|uy vien|ke toan truong"
    r"|pho (giam doc|truong|chanh|chu tich|chu nhiem|vu truong|cuc truong|chi cuc truong|hieu truong|tong))"
)
_APART = re.compile(r"^(?P<name>[^\-–,(:;/]++)(?:(?<=\s)[-–]|[,(:;])\s*+(?P<rest>[^()]++)\)?$")
_MARKED = re.compile(r"[-–,(:;.]")
_BEFORE = re.compile(r"^(?P<rest>[A-ZĐ]{2,4})\s*[.:]\s*(?P<name>.+)$")


def without_position(name: str) -> tuple[str, str]:
    """The name alone and the position that stood in its cell, spelled out; the latter mostly empty.

    Only words known as positions are taken off: a second person after a comma stays and is asked about.
    """
    if not _MARKED.search(name):
        return _trailing(name) or _leading(name)
    for pattern in (_APART, _BEFORE):
        match = pattern.match(name)
        if match and len(match["name"].split()) > 1:
            position = _spelled_out(match["rest"].strip(" ."))
            if position:
                return match["name"].strip(), position
    return name, ""


def _leading(name: str) -> tuple[str, str]:
    """A position before the name with no sign between: `Giám đốc Nguyễn Văn An`, `PGĐ Lê Thị Hoa`."""
    words = name.split()
    first = words[0].lower() if words else ""
    for at in range(1, min(len(words) - 1, 6)):
        position = _spelled_out(" ".join(words[:at]))
        if position and words[at].lower() in FAMILIES and first not in FAMILIES - {"phó"}:
            return " ".join(words[at:]), position
    return name, ""


def _trailing(name: str) -> tuple[str, str] | None:
    """A position after the name with no sign between, as a line of its own leaves it: `Nguyễn Văn An Phó Giám đốc`."""
    words = name.split()
    for at in range(2, len(words) - 1):
        if tone_key(words[at]) in _ENDING_FIRST and says_position(" ".join(words[at:])):
            return " ".join(words[:at]), " ".join(words[at:])
    return None


def is_position(text: str) -> bool:
    """Whether the text begins as a position does, or is a usual abbreviation of one."""
    return _spelled_out(text) != ""


_SAID = tuple(
    tone_key(p)
    for p in "giám đốc,phó giám đốc,quyền giám đốc,tổng giám đốc,phó tổng giám,chánh văn phòng,phó chánh,chánh thanh tra,chánh án,trưởng phòng,"
    "phó trưởng,trưởng ban,trưởng khoa,vụ trưởng,phó vụ trưởng,cục trưởng,phó cục trưởng,chi cục trưởng,phó chi cục,chủ tịch,"
    "phó chủ tịch,chủ nhiệm,phó chủ nhiệm,hiệu trưởng,phó hiệu trưởng,viện trưởng,phó viện trưởng,bí thư,phó bí thư,"
    "tổng thư ký,thư ký,ủy viên,uỷ viên,kế toán trưởng".split(",")
)
_SAID_FIRST = frozenset(said.partition(" ")[0] for said in _SAID)
# Chủ Tịch, Thư Ký, Bí Thư may be what somebody is called.
_ENDING_FIRST = _SAID_FIRST - {tone_key(word) for word in ("chủ", "thư", "bí", "ủy", "uỷ")}
# Without accents `truong phong` may be Trương Phong.
_SAID_BARE = frozenset(fold(p) for p in _SAID) - {"truong phong", "truong ban", "truong khoa"}


def says_position(text: str) -> bool:
    """Whether a cell of a name says a position and nothing else: not so Trương Phong Nhã, Bí Văn Thư."""
    if text.isascii():
        return fold(text) in _SAID_BARE
    key = tone_key(text)
    if key.partition(" ")[0] not in _SAID_FIRST:
        return False
    return any(key == said or key.startswith(f"{said} ") for said in _SAID)


def _spelled_out(text: str) -> str:
    folded = fold(text)
    if folded in _SHORT:
        return _SHORT[folded]
    return text if _BEGINS.match(folded) else ""
