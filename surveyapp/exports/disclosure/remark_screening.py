"""What is proposed to be taken out of a remark before it leaves: contacts, numbers of papers, names, small units.

Names of the lists were found at the opening. Any other is known by the title before it or by its family name, with or
without accents; what is written otherwise than people usually write it, `remark_variants` knows. The rest is left to
the two persons who read (`remark_review`).
"""

import re
from collections.abc import Collection, Iterable, Mapping

from surveyapp.exports.disclosure.remark_variants import (
    hidden_contacts,
    is_plain_family,
    plain_titles,
    small_letter_names,
    spelled_names,
    unaccented,
    unit_variants,
)
from surveyapp.exports.disclosure.row_labels import Cell
from surveyapp.exports.release.results import Frame

TAKEN_OUT = "[…]"

Span = tuple[int, int]

_ADDRESS = re.compile(r"(?<![^\s@<>(),;])[^\s@<>(),;]++@[^\s@<>(),;.]++(?:\.[\w-]++)+")
_NUMBER = re.compile(
    r"(?<!\w)(?:\(\+?\d{2,4}\)(?:[ .\-_]{0,2}\d){6,}|\+?\d(?:[ .\-_]{0,2}\d){8,})(?!\w)"
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
_LONG_CODE = 3
"""Letters of a code that is no common word."""

_LONGEST_NAME, _INITIAL = 5, 2


def small_units(frame: Frame, opened: Mapping[Cell, int]) -> dict[str, list[str]]:
    """By level, names of the units that so few rated that a remark on one would point to them.

    `opened` is responses by rated unit and group.
    """
    answered: dict[tuple[str, str], int] = {}
    for (unit, group), n in opened.items():
        level = frame.groups_by_code[group].level
        answered[level, unit] = answered.get((level, unit), 0) + n
    small: dict[str, list[str]] = {}
    for (level, code), n in answered.items():
        if n < frame.row_minimum:
            rated = frame.units_by_code[code]
            code = rated.code if rated.code.isalpha() and len(rated.code) >= _LONG_CODE else ""
            small.setdefault(level, []).extend(filter(None, (rated.name_vi, rated.name_en, code)))
    return small


def spans_to_hide(
    text: str, *, named: Iterable[Iterable[int]] = (), units: Collection[str] = ()
) -> list[Span]:
    """Where the text tells whom to call, who somebody is, or one of `units`, in order, none touching another.

    `named`: where names of the lists stand, as the opening noted it.
    """
    spans = [(start, end) for start, end in named]
    for pattern in (_ADDRESS, _NUMBER):
        spans += [one.span() for one in pattern.finditer(text)]
    spans += [*hidden_contacts(text), *spelled_names(text), *small_letter_names(text, _FAMILY)]
    spans += [(start, _name_end(text, start)) for start in plain_titles(text, _POSITIONS)]
    plain = unaccented(text)
    for unit in dict.fromkeys(variant for name in units for variant in unit_variants(name)):
        whole = re.compile(rf"(?<!\w){re.escape(unit)}(?!\w)", re.IGNORECASE)
        spans += [one.span() for one in whole.finditer(plain)]
    spans += [
        (title.end(), _name_end(text, title.end()))
        for title in _TITLE.finditer(text)
        if title[1][0].isupper() and title[1] not in _POSITIONS
    ]
    for word in _WORD.finditer(text):
        following = _WORD.match(text, min(word.end() + 1, len(text)))
        is_family = word[0] in _FAMILY or is_plain_family(
            word[0], following[0] if following else "", _FAMILY
        )
        if is_family and not text.startswith(_PLACES, word.start()):
            end = _name_end(text, word.start())
            if end > word.end():
                spans.append((word.start(), end))
    return _merged(spans)


def redacted(text: str, spans: Iterable[Span]) -> str:
    """The text with `TAKEN_OUT` in the place of each of `spans`."""
    for start, end in sorted(spans, reverse=True):
        text = text[:start] + TAKEN_OUT + text[end:]
    return text


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _name_end(text: str, start: int) -> int:
    """Where the run of capitalised words that begins at `start` ends; an initial may have a dot behind it."""
    end = at = start
    for _ in range(_LONGEST_NAME):
        word = _WORD.match(text, at)
        if word is None or not word[0][0].isupper():
            break
        end = at = word.end()
        if len(word[0]) <= _INITIAL and text[at : at + 1] == ".":
            at += 1
        if text[at : at + 1] == " ":
            at += 1
        elif at == end:
            break
    return end
