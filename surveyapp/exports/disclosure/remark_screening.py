"""What is taken out of a remark before it leaves: contacts, numbers of papers, names that can be told, small units.

By pattern alone: a name is known by the title before it or by its family name, so one written without either, or
in small letters, stays. The page that asks for remarks therefore asks to name nobody.
"""

import re
from collections.abc import Collection, Iterable, Mapping

from surveyapp.exports.disclosure.row_labels import Cell
from surveyapp.exports.release.results import Frame
from surveyapp.responses.queries import RemarkRow

TAKEN_OUT = "[…]"

_ADDRESS = re.compile(r"(?<![^\s@<>(),;])[^\s@<>(),;]++@[^\s@<>(),;.]++(?:\.[\w-]++)+")
_NUMBER = re.compile(
    r"(?<!\w)(?:\(\+?\d{2,4}\)(?:[ .\-]{0,2}\d){6,}|\+?\d(?:[ .\-]{0,2}\d){8,})(?!\w)"
)
"""Nine digits and more: telephone, identity card, tax code, access code. A span of years has eight."""

_TITLE = re.compile(
    r"(?<!\w)(?i:ông|bà|anh|chị|cô|chú|bác|thầy|em|đồng\s+chí|đ/c|mr|ms|mrs)\.?\s+(?=(\w+))"
)
_FAMILY = frozenset(
    [
        "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ",
        "Hồ", "Ngô", "Dương", "Lý", "Đinh", "Trịnh", "Mai", "Đào", "Đoàn", "Vương", "Tạ", "Lương",
        "Tô", "Trương", "Chu", "Châu", "Thái", "Tống", "Quách", "Lưu", "Kiều", "La", "Khổng",
        "Thạch",
    ]
)  # fmt: skip
_POSITIONS = frozenset(
    [
        "Giám", "Phó", "Chủ", "Bí", "Trưởng", "Chánh", "Thứ", "Bộ", "Sở", "Vụ", "Cục", "Ban",
        "Phòng", "Ủy", "Hội", "Văn", "Thanh", "Cán", "Công", "Chuyên",
    ]
)  # fmt: skip
"""First words of what somebody is: after a title they are no name."""

_PLACES = (" ".join(["Hồ", "Chí", "Minh"]),)
_WORD = re.compile(r"\w+")
_LONGEST_NAME = 5


def screened(
    remarks: Iterable[RemarkRow], frame: Frame, opened: Mapping[Cell, int]
) -> list[RemarkRow]:
    """The remarks as they may leave; `opened` is responses by rated unit and group."""
    small = _small_units(frame, opened)
    return [
        RemarkRow(one.level, without_names(one.text, units=small.get(one.level, ())), one.item)
        for one in remarks
    ]


def _small_units(frame: Frame, opened: Mapping[Cell, int]) -> dict[str, list[str]]:
    """Names of the units that so few rated at a level that a remark on one would point to them."""
    answered: dict[tuple[str, str], int] = {}
    for (unit, group), n in opened.items():
        level = frame.groups_by_code[group].level
        answered[level, unit] = answered.get((level, unit), 0) + n
    small: dict[str, list[str]] = {}
    for (level, code), n in answered.items():
        if n < frame.row_minimum:
            rated = frame.units_by_code[code]
            small.setdefault(level, []).extend(filter(None, (rated.name_vi, rated.name_en)))
    return small


def without_names(text: str, *, units: Collection[str] = ()) -> str:
    """The text with `TAKEN_OUT` where it told whom to call, who somebody is, or one of `units`."""
    text = _NUMBER.sub(TAKEN_OUT, _ADDRESS.sub(TAKEN_OUT, text))
    for unit in units:
        text = re.sub(rf"(?<!\w){re.escape(unit)}(?!\w)", TAKEN_OUT, text, flags=re.IGNORECASE)
    named = [
        (title.end(), _name_end(text, title.end()))
        for title in _TITLE.finditer(text)
        if title[1][0].isupper() and title[1] not in _POSITIONS
    ]
    for word in _WORD.finditer(text):
        if word[0] in _FAMILY and not text.startswith(_PLACES, word.start()):
            end = _name_end(text, word.start())
            if end > word.end():
                named.append((word.start(), end))
    for start, end in sorted(named, reverse=True):
        if TAKEN_OUT not in text[start:end]:
            text = text[:start] + TAKEN_OUT + text[end:]
    return text


def _name_end(text: str, start: int) -> int:
    """Where the run of capitalised words that begins at `start` ends."""
    end = start
    for _ in range(_LONGEST_NAME):
        word = _WORD.match(text, end + (end > start and text[end : end + 1] == " "))
        if word is None or not word[0][0].isupper() or (end > start and text[end] != " "):
            break
        end = word.end()
        if end >= len(text):
            break
    return end
