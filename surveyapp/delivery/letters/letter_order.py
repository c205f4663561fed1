"""The order in which a post office sorts letters, read from what a list says of a person's office.

Lists hold no postal address as such: the district column, the department and the workplace in free
words, which may be a name (`Phòng Nội vụ, UBND huyện Đồng Văn`) or an address (`Số 5 phố Trần Phú,
phường Ngọc Hà`). Whatever of province, district, ward, street and number is there decides, in that
order; then department and workplace, then the name.
"""

import re
from dataclasses import dataclass

from surveyapp.respondents.words.names import fold

_DIGITS = re.compile(r"\d+")
_PARTS = re.compile(r"[,;\n]|\s[-–—]\s")
# Folded text: no accents, đ as d, single blanks. What follows a word of the first group names the place.
_DISTRICT = re.compile(
    r"\b(?:huyen(?! uy\b)|quan(?! (?:uy|ly|su|doi|he|tri)\b)|thi xa|tx|q|h) (.+)"
)
_CITY = re.compile(r"\b(?:thanh pho|tp) (.+)")
_WARD = re.compile(r"\b(?:phuong|(?<!thi )xa(?! hoi\b)|thi tran|dac khu) (.+)")
_STREET = re.compile(r"\b(?:duong(?! (?:bo|sat|thuy|cao toc)\b)|(?<!thanh )pho(?! (?:giam|chu|truong|bi|vu|cuc)\b)|dai lo) (.+)")  # fmt: skip
_PROVINCE = re.compile(r"\btinh (?!uy\b|doan\b)(.+)")
_NUMBER = re.compile(r"^(?:so )?(\d+)\b")


@dataclass(frozen=True)
class Office:
    """What is known of where a letter goes to."""

    unit: str
    district: str
    department: str
    workplace: str
    full_name: str


def order(office: Office) -> tuple[str, ...]:
    """A sorting key: province, district, ward, street, house number, department, workplace, name."""
    parts = [fold(part) for part in _PARTS.split(office.workplace)]
    district = _name(_DISTRICT, [fold(office.district)]) or fold(office.district)
    number = next((match[1] for part in parts if (match := _NUMBER.match(part))), "")
    keys = (
        _name(_PROVINCE, parts) or fold(office.unit),
        district or _name(_DISTRICT, parts) or _name(_CITY, parts),
        _name(_WARD, parts),
        _name(_STREET, parts),
        number,
        fold(office.department),
        fold(office.workplace),
        fold(office.full_name),
    )
    return tuple(_natural(key) for key in keys)


def _name(pattern: re.Pattern[str], parts: list[str]) -> str:
    return next((match[1] for part in parts if (match := pattern.search(part))), "")


def _natural(text: str) -> str:
    """Numbers by their size: `quan 2` before `quan 10`."""
    return _DIGITS.sub(lambda digits: digits[0].rjust(8, "0"), text)
