"""What kind of row this is: a person, a section title, a total, a signature, an example, nothing."""

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from functools import lru_cache

from surveyapp.respondents.context import ListContext
from surveyapp.respondents.reading.own_counts import Numbering
from surveyapp.respondents.words.bearers import (
    could_be_person,
    is_footnote,
    is_serial,
    names_office,
)
from surveyapp.respondents.words.charsets import converted
from surveyapp.respondents.words.departments import DepartmentIndex
from surveyapp.respondents.words.ditto_marks import COLUMNS as DITTO_COLUMNS
from surveyapp.respondents.words.letter_lines import is_letter_line
from surveyapp.respondents.words.names import fold, tidy, without_bullet
from surveyapp.respondents.words.positions import is_position, says_position

_TOTAL = re.compile(
    r"^(tổng(\s*+(cộng|số|hợp))?+|ấn định danh sách|cộng|tong cong|tong so|total)\b(?!\s+(văn(?!\s+phòng)|thị(?!\s+(xã|trấn)))\b)",
    re.IGNORECASE,
)  # Tống Văn An is a person, Tổng Văn phòng a sum
_PAGE = re.compile(r"^(trang|tờ)\s*+(số\s*+)?+[:.]?+\s*+\d++(\s*+/\s*+\d++)?$", re.IGNORECASE)
_SUM = re.compile(r"^(tổng (cộng|số)|cộng(?!\s+(tác|hòa|hoà)\b))\b.*", re.IGNORECASE)
_SIGNATURE = re.compile(
    r"^\(?(tm|kt|tl|tuq|q)\s*+\.\s*+\S|người lập|người tổng hợp|nguoi lap|nơi nhận|thủ trưởng (cơ quan|đơn vị)|xác nhận của"
    r"|ký[, ]+(ghi rõ|tên|đóng)|\(ký|đóng dấu|\bngày[\d.…_\s]*+tháng[\d.…_\s]*+năm|^[*(]?\s*ghi chú\s*:|^[*(]?\s*lưu ý\s*:"
    r"|^(lập biểu|lập bảng|lập danh sách|người (kiểm tra|kiểm soát|duyệt|phê duyệt|ký)|phê duyệt|kiểm soát|xác nhận|duyệt)$"
    r"|^\(?danh sách (này |có |gồm )",
    re.IGNORECASE,
)
_NUMBERING = re.compile(r"^\(?([0-9]{1,2}|[a-zA-Z])\)?$")
_SECTION_MARK = re.compile(r"^\s*+([IVXLC]{1,6}|[A-ZĐ]|\d{1,3})\s*+[.)/:\-–]?+\s*+$")
_SECTION_LEAD = re.compile(
    r"^\s*(?:[IVXLC]{1,6}|[A-ZĐ]|\d{1,3}(?:\.\d{1,2})*)\s*[.)/:\-–]+\s*(?=\D)"
)
_COUNT_TAIL = re.compile(
    r"(?:(?<![\s:(\-–])[\s:(\-–]++|(?<![\s:(\-–\d]))\d++"
    r"\s*+(người|đồng chí|đ/c|đại biểu|cán bộ)?+\s*+\)?+\s*+:?+\s*+$",
    re.IGNORECASE,
)
_CLERK = re.compile(
    r"(người|cán bộ|chuyên viên|đầu mối|thông tin)( \w+){0,3} (liên hệ|đầu mối|tổng hợp|theo dõi|phụ trách lập|lập|cung cấp|nhập liệu|nhập số liệu)\b"
    r"|^liên hệ\b|^(mọi|nếu) (thắc mắc|vướng mắc)|^(chi tiết|cần) (xin )?liên hệ|^đầu mối\b|^điện thoại liên hệ",
    re.IGNORECASE,
)
_ORGANISATION = re.compile(
    r"^(so|ban|phong|chi cuc|cuc|tong cuc|vu|trung tam|ubnd|uy ban|huyen|quan|thi xa|thanh pho|tp|hoi|hiep hoi"
    r"|lien hiep|van phong|vien|truong|benh vien|thanh tra|ngan hang|quy|don vi|khoi|cong an|vp|bql|doan|xa|phuong)\b"
)
_MOST_IN_LETTER = 3
_HINT = re.compile(r"\(.{2,60}\)")
_SIGNS = re.compile(r"[\W_]+")
_END = re.compile(r"[\W_]*hết[\W_]*", re.IGNORECASE)
_EXAMPLE = {"vd", "vi du", "example", "mau"}
_EXAMPLE_NAME = "nguyen van vi du"  # of our own template
_WORD_OF_BOTH = tuple(
    "hệ mối hợp dõi lập lap cấp liệu mắc nhận trưởng ký dấu tháng kiểm duyệt sách".split()
)
"""Every text of `_CLERK` or `_SIGNATURE` holds one of these, or a sign that is no letter."""


def _signs_or_clerks(name: str) -> bool:
    """Whether the cell of a name names whoever signs or answers the telephone; at a glance for most."""
    if not any(map(_may_sign, name.split(" "))):
        return False
    return bool(_CLERK.search(name) or _SIGNATURE.search(name))


@lru_cache(maxsize=50_000)
def _may_sign(word: str) -> bool:
    small = word.lower()
    return not word.isalpha() or any(key in small for key in _WORD_OF_BOTH)


_CONTACT = re.compile(r"@|\d{3}[\d .]{4,}")


class RowKind(Enum):
    """What a row below the header is."""

    BLANK = "blank"
    PERSON = "person"
    SECTION = "section"
    TOTAL = "total"
    SIGNATURE = "signature"
    EXAMPLE = "example"
    HEADER = "header"
    PAGE = "page"
    CLERK = "clerk"
    CONTINUED = "continued"
    NOBODY = "nobody"
    TITLE = "title"
    LETTER = "letter"
    UNREAD = "unread"


class RowReader:
    """Tells the rows of one sheet apart, top to bottom; after a signature only clear persons count."""

    def __init__(
        self,
        mapping: Mapping[str, int],
        headings: Sequence[str],
        context: ListContext,
        index: DepartmentIndex,
        numbering: Numbering,
    ) -> None:
        self._mapping, self._numbering = mapping, numbering
        self._header = {fold(h) for h in headings if h}
        self._context = context
        self._index = index
        self._columns = [c for c in context.columns if c in mapping]
        self._posts = [c for c in DITTO_COLUMNS if c in self._columns]
        self._signed = self._clerked = self._titled = False
        self._first = True  # nothing but headings so far on this page
        self._after_person = False

    def kind(self, row: Sequence[str], *, below_name: bool = False) -> RowKind:
        """The kind of the next row; `below_name`: its cell of the name is merged with the one above."""
        if self._plainly_a_person(row):
            self._signed = self._first = self._clerked = self._titled = False
            self._after_person = True
            return RowKind.PERSON
        filled = [(i, text) for i, cell in enumerate(row) if cell and (text := tidy(cell))]
        if not filled:
            return RowKind.BLANK
        if all(_PAGE.match(text) for _, text in filled):
            return RowKind.PAGE
        number = self._cell(row, "number")
        if number and fold(number) in _EXAMPLE:
            return RowKind.EXAMPLE
        if self._first and len(filled) > 2 and all(_NUMBERING.match(t) for _, t in filled):
            return RowKind.HEADER
        if all(_SIGNS.fullmatch(text) for _, text in filled) and (self._first or len(filled) > 2):
            return RowKind.LETTER  # a line drawn of dashes
        if self._first and len(filled) > 1 and all(_HINT.fullmatch(text) for _, text in filled):
            return (
                RowKind.HEADER
            )  # below the headings, how they are meant: `(ghi đầy đủ)`, `(10 số)`
        if len(filled) == 1 and _END.fullmatch(filled[0][1]):
            return RowKind.LETTER
        if self._continues(row, number, below_name):
            return RowKind.CONTINUED
        kind = self._in_letter(filled) or self._below_header(row, filled, number)
        self._after_person = kind is RowKind.PERSON
        self._titled = (
            kind is RowKind.SIGNATURE and len(filled) == 1 and says_position(filled[0][1])
        )
        if kind is not RowKind.NOBODY:
            self._first = kind is RowKind.HEADER
        return kind

    def _in_letter(self, filled: list[tuple[int, str]]) -> RowKind | None:
        """A line of a letter; an office beside it has a section of its own: `SỞ Y TẾ`, `Độc lập - Tự do`."""
        if len(filled) > _MOST_IN_LETTER or (len(filled) > 1 and is_serial(filled[0][1])):
            return None
        if any(_SIGNATURE.search(text) for _, text in filled):
            return None  # a day below the table: whoever follows it signs
        rest = [t for t in _texts(t for _, t in filled) if not of_letter(t, self._context)]
        if len(rest) > 1 or len(rest) == len(_texts(t for _, t in filled)):
            return None
        if rest and self._index.certainly(section_title(rest[0])) is not None:
            return RowKind.SECTION
        return None if rest else RowKind.LETTER

    def _plainly_a_person(self, row: Sequence[str]) -> bool:
        """A name and a contact, numbered or with a position: nearly every row."""
        name, number = self._raw(row, "full_name"), self._raw(row, "number")
        if not name or "ví dụ" in name.lower():
            return False
        position = self._raw(row, "position")
        if not number.isdigit() and (number or not position):
            return False
        if not position and self._is_office(name):
            return False
        if self._clerked and not number and not is_position(position):
            return False
        if not number and (
            _signs_or_clerks(name) or any(_is_clerk(self._raw(row, c)) for c in self._posts)
        ):
            return False
        return any(_CONTACT.search(self._raw(row, c)) for c in ("phone", "email"))

    def _is_office(self, name: str) -> bool:
        """Whether the cell of a name holds that of an office: `Sở Nội vụ`, with the mailbox of its clerk."""
        if names_office(tidy(name)):
            return True
        match = self._index.certainly(name) if "department" in self._context.columns else None
        return match is not None and match.exact

    def _continues(self, row: Sequence[str], number: str, below_name: bool) -> bool:
        """The second row of one person: her second telephone under merged cells, or alone in its row."""
        if not self._after_person or self._cell(row, "full_name") or number:
            return False
        filled = [c for c in self._columns if self._cell(row, c)]
        if below_name:
            return all(c in ("phone", "email", "note", "position") for c in filled)
        return bool(filled) and all(
            c in ("phone", "email") and _CONTACT.search(self._cell(row, c)) for c in filled
        )

    def _raw(self, row: Sequence[str], column: str) -> str:
        index = self._mapping.get(column, -1)
        return row[index].strip() if 0 <= index < len(row) else ""

    def _below_header(
        self, row: Sequence[str], filled: list[tuple[int, str]], number: str
    ) -> RowKind:
        name = self._cell(row, "full_name")
        if fold(name) == _EXAMPLE_NAME:
            return RowKind.EXAMPLE
        others = [c for c in self._columns if c != "full_name" and self._cell(row, c)]
        has_contact = any(_CONTACT.search(self._cell(row, c)) for c in ("phone", "email"))
        if name and others and fold(name) in self._header and self._repeats_header(filled):
            return RowKind.HEADER
        serial = is_serial(number)
        if not serial and any(_CLERK.search(t) for _, t in filled):
            self._signed = self._clerked = True
            return RowKind.CLERK
        if not has_contact and not others and is_footnote(f"{number} {name}"):
            return RowKind.LETTER
        named = could_be_person(without_bullet(name))
        if not has_contact and len(filled) <= 4:
            ended = self._ending(filled, name, others, serial=serial, named=named)
            if ended is not None:
                return ended
        if self._is_section(row, filled, number) or self._is_group(name, others):
            return RowKind.SECTION
        if not name and not has_contact and len(others) < 2:
            return self._nobody(number, others)
        in_office = named and is_position(self._cell(row, "position"))
        if (
            self._signed
            and not serial
            and not in_office
            and not (has_contact and "position" in others and not self._clerked)
        ):
            return RowKind.SIGNATURE if not has_contact else RowKind.CLERK
        self._signed = self._clerked = False
        return RowKind.PERSON

    def _ending(
        self,
        filled: list[tuple[int, str]],
        name: str,
        others: list[str],
        *,
        serial: bool,
        named: bool,
    ) -> RowKind | None:
        """A sum or a signature, if the row is one."""
        is_sum = any(_TOTAL.match(t) for t in (filled[0][1], name))
        is_sum = is_sum or (not serial and any(_SUM.match(t) for _, t in filled))
        if is_sum and not (serial and others):
            return RowKind.TOTAL
        if serial or (named and "position" in others):
            return None
        if any(_SIGNATURE.search(t) for _, t in filled):
            self._signed = True
            return RowKind.SIGNATURE
        # `GIÁM ĐỐC` alone in its row, and below it the name of whoever signs.
        if len(filled) == 1 and (says_position(filled[0][1]) or (self._titled and named)):
            return RowKind.SIGNATURE
        return None

    def _is_group(self, name: str, others: list[str]) -> bool:
        """An office with its own telephone or mailbox above its people."""
        if not name or "position" in others or not set(others) <= {"phone", "email", "note"}:
            return False
        return self._is_office(name)

    def _nobody(self, number: str, others: list[str]) -> RowKind:
        """A row without name or contact: a position alone beside a number is somebody unnamed."""
        return RowKind.PERSON if is_serial(number) and "position" in others else RowKind.NOBODY

    def _cell(self, row: Sequence[str], column: str) -> str:
        return tidy(self._raw(row, column))

    def _repeats_header(self, filled: list[tuple[int, str]]) -> bool:
        same = sum(1 for _, text in filled if fold(text) in self._header)
        return same >= max(2, len(filled) - 1)

    def _is_section(self, row: Sequence[str], filled: list[tuple[int, str]], number: str) -> bool:
        """One text alone in its row, which reads as an organisation rather than a person."""
        texts = _texts(t for _, t in filled)
        if len(set(texts)) != 1 or len(filled) > len(self._columns) + 2:
            return False
        numeral = bool(number) and not is_serial(number)
        match = self._index.certainly(texts[0]) if "department" in self._context.columns else None
        if (
            self._cell_is(row, "position", texts[0])
            and not (match is not None)
            and not numeral
            and not _SECTION_LEAD.match(texts[0])
        ):
            return False
        text = section_title(texts[0])
        if not text or self._signed:
            return False
        match = self._index.certainly(text) if "department" in self._context.columns else None
        if match is not None:
            return True
        in_name = self._cell_is(row, "full_name", texts[0])
        bare = without_bullet(texts[0])
        if could_be_person(bare):
            # Numbered as everybody is, she is somebody; among people numbered otherwise it may be a title.
            lead = number if numeral else texts[0]
            plain = bare == texts[0] and not numeral
            if plain or self._numbering.numbers_people(lead, bare, in_number=numeral):
                return False
        if _ORGANISATION.match(fold(text)) and not (
            is_serial(number) and in_name and len(texts) > 1
        ):
            return True
        return numeral or text != texts[0]

    def _cell_is(self, row: Sequence[str], column: str, text: str) -> bool:
        """Whether the lone text stands in that column: a position is not a section."""
        return self._cell(row, column) == text


@lru_cache(maxsize=10_000)
def _is_clerk(text: str) -> bool:
    """Whether a position or an office says that its bearer made the list; lists have few different ones."""
    return _CLERK.search(text) is not None


def of_letter(text: str, context: ListContext) -> bool:
    """Whether a text is a line of a letter around this list."""
    return is_letter_line(text, context.unit_name, is_city="district" not in context.columns)


def _texts(cells: Iterable[str]) -> list[str]:
    """What is left of a row without its numbering and head counts."""
    return [t for t in cells if t and not _SECTION_MARK.match(t) and not _is_count(t)]


def section_text(row: Sequence[str], context: ListContext) -> str:
    """The title in a section row, without its numbering and the letter's line beside it."""
    texts = [t for t in _texts(map(tidy, row)) if not _CONTACT.search(t)]
    texts = [t for t in texts if not of_letter(t, context)] or texts
    return section_title(max(texts, key=len, default=""))


def _is_count(text: str) -> bool:
    return bool(re.fullmatch(r"\(?\d+\s*(người|đồng chí|đ/c|đại biểu)?\)?", text, re.IGNORECASE))


def section_title(text: str) -> str:
    """`I. SỞ NỘI VỤ (5 người):` → `SỞ NỘI VỤ`, in Unicode."""
    written = tidy(converted(text) or text)
    return _COUNT_TAIL.sub("", _SECTION_LEAD.sub("", written)).strip(" :.-–")


def section_column(text: str, context: ListContext, index: DepartmentIndex) -> str:
    """The column that a section title fills in for the rows below it; empty when none does."""
    columns = [
        c for c in ("department", "district", "association", "workplace") if c in context.columns
    ]
    if "department" in columns and "workplace" in columns:
        if index.find(text) is not None or fold(text).split()[:1] == ["so"]:
            return "department"
        return "workplace"
    return columns[0] if columns else ""
