"""Invitation letters as one PDF to print: a cover sheet with the control count, then a page a letter.

For envelopes with a window on the left (DL 110 × 220 mm, C6/5, C5), folded at the marks: the address stands
as in DIN 5008 form B. The code stands below the first fold, so that no window shows it.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from surveyapp.documents.pdf import write_pdf
from surveyapp.documents.qr import qr_svg
from surveyapp.errors import SurveyError
from surveyapp.i18n import _, locale, number

TEMPLATE = Path(__file__).with_name("letters.typ")
AT_ONCE = 500
"""Letters a process: typst keeps what it has laid out in memory, 1.8 GB at 5,000."""
ADDRESS_LINES = 6


@dataclass(frozen=True, slots=True)
class Letter:
    """One person's letter: address lines from the name down (at most six), what it says, link and spaced code."""

    address: tuple[str, ...]
    salutation: str
    paragraphs: tuple[str, ...]
    link: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What the letters of one pile share.

    `title` names the pile for those who print (`Tỉnh Hà Giang`), `reference` is its number, `sender` the
    issuing bodies from above to below, `return_line` one small line above the address, `host` what is typed
    into a browser, `signed` who signs, `contact` whom to ask, `order` how the letters are sorted.
    """

    title: str
    reference: str
    sender: tuple[str, ...]
    return_line: str
    place_and_day: str
    host: str
    contact: str = ""
    signed: tuple[str, ...] = ()
    order: str = ""


class LettersRefused(SurveyError):
    """A pile that cannot be printed as a page each. `overflowing` are the places of the letters, from 0."""

    def __init__(self, overflowing: list[int]) -> None:
        super().__init__(f"{len(overflowing)} letters do not fit")
        self.overflowing = overflowing


def write_letters(letters: Sequence[Letter], batch: Batch) -> bytes:
    """The PDF of a pile, letters in the order given, words in the language of the moment.

    Raises `LettersRefused` for an address of more than six lines or a letter longer than its page.
    """
    too_tall = [at for at, one in enumerate(letters) if len(one.address) > ADDRESS_LINES]
    if too_tall:
        raise LettersRefused(too_tall)
    parts = [
        _part(letters, start, batch, first=start == 0)
        for start in range(0, max(len(letters), 1), AT_ONCE)
    ]
    return _merged(parts, letters, batch)


def _part(letters: Sequence[Letter], start: int, batch: Batch, *, first: bool) -> bytes:
    """Up to `AT_ONCE` letters, with the cover sheet in front of the first of all."""
    own = letters[start : start + AT_ONCE]
    facts = {
        "language": locale(),
        "first": first,
        "batch": asdict(batch),
        "words": _words(),
        "control": _control(letters, batch),
        "letters": [
            _facts(one, f"{batch.reference} · {at}/{len(letters)}")
            for at, one in enumerate(own, start + 1)
        ],
    }
    return write_pdf(TEMPLATE, facts)


def _facts(letter: Letter, control: str) -> dict[str, Any]:
    return {
        "address": letter.address,
        "salutation": letter.salutation,
        "paragraphs": letter.paragraphs,
        "qr": qr_svg(letter.link),
        "code": letter.code.replace("-", " "),
        "control": control,
    }


def _control(letters: Sequence[Letter], batch: Batch) -> list[tuple[str, str]]:
    """What whoever prints compares with the pile in hand. No code and no link."""
    first, last = (
        (" ".join(one.address[:1]) for one in (letters[0], letters[-1])) if letters else ("", "")
    )
    return [
        (_("Số hiệu"), batch.reference),
        (_("Số thư"), number(len(letters))),
        (_("Thư đầu tiên"), first),
        (_("Thư cuối cùng"), last),
        *([(_("Thứ tự xếp"), batch.order)] if batch.order else []),
    ]


def _words() -> dict[str, Any]:
    return {
        "cover": _("Phiếu kiểm soát in thư"),
        "check": _(
            "Số trang sau phiếu này bằng số thư; mỗi thư một trang, đánh số ở góc dưới bên phải. Mã truy cập trong thư là riêng của từng người: "
            "xin không sao chụp, hủy bản in hỏng và lập biên bản số lượng."
        ),
        "signatures": [_("Người in"), _("Người kiểm đếm"), _("Người nhận, ngày nhận")],
        "qr": _("Mã QR của liên kết đến phiếu khảo sát"),
        "scan": _("Quét mã QR bằng điện thoại để mở phiếu khảo sát,"),
        "or_type": _("hoặc mở trình duyệt, gõ địa chỉ"),
        "code": _("rồi gõ mã truy cập (gõ liền hoặc cách đều được)"),
        "keep": _("Mã này là của riêng Ông/Bà, xin không chuyển cho người khác."),
    }


def _merged(parts: list[bytes], letters: Sequence[Letter], batch: Batch) -> bytes:
    """One PDF of all parts. Raises `LettersRefused` where a letter runs over its page."""
    import pypdfium2

    with pypdfium2.PdfDocument.new() as whole:
        for part in parts:
            with pypdfium2.PdfDocument(part) as pages:
                whole.import_pages(pages)
        if len(whole) != len(letters) + 1:
            raise LettersRefused(_overflowing(whole, len(letters), batch))
        merged = BytesIO()
        whole.save(merged)
    return merged.getvalue()


def _overflowing(whole: Any, letters: int, batch: Batch) -> list[int]:
    """The letters whose number stands on more than one page."""
    numbered = re.compile(rf"{re.escape(batch.reference)} · (\d+)/{letters}\b")
    seen: Counter[int] = Counter()
    for page in whole:
        numbers = numbered.findall(page.get_textpage().get_text_range())
        seen.update(int(at) - 1 for at in numbers[-1:])
    return sorted(at for at, pages in seen.items() if pages > 1)
