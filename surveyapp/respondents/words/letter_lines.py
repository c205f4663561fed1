"""Lines of a letter around a list: its number, whom it is sent to, its date and place. None names an office of the people below."""

import re
from functools import lru_cache

from surveyapp.respondents.words.names import fold

_NUMBER = re.compile(
    r"(?:văn bản |công văn |quyết định )?s[ốo]\s{0,9}(?:[:.]|\d|…|/)", re.IGNORECASE
)
_BEGINS = re.compile(
    r"(?:kinh (?:gui|trinh)|noi nhan|can cu|(?:thuc hien|theo|trien khai) (?:ke hoach|cong van|quyet dinh|van ban|chi dao|de nghi|yeu cau|thong bao)"
    r"|v v |ve viec|(?:ban hanh )?kem theo|doc lap tu do|cong hoa xa hoi|(?:mau|bieu|bang) (?:so|bieu|phieu)|bieu mau|phu luc|dia diem|thoi gian"
    r"|(?:dia chi|tru so|dien thoai|dt|fax|e ?mail|website|hop thu) .|hoa toc|thuong khan|nam \d{4}|quy (?:[ivx]{1,3}|\d) nam|thang \d{1,2} nam"
    r"|ngay \d|trang (?:so )?\d|(?:don vi|co quan) (?:bao cao|lap|gui|tong hop)|(?:ubnd|uy ban nhan dan|hdnd|hoi dong nhan dan) tinh "
    r"|bo (?:noi vu|tu phap|tai chinh|cong thuong|y te|xay dung|ngoai giao|giao thong van|giao duc va|khoa hoc va|ke hoach va|lao dong|nong nghiep|tai nguyen va"
    r"|thong tin va|van hoa the )|don vi tinh|ky hieu|chu thich|quy uoc|chu giai|viet tat)"
)  # fmt: skip
_DATED = re.compile(r" ngay (?:\d{1,2}|thang) ")
_SIGNS = re.compile(r"[\s\-–—_=*.…]+")
_COMMITTEE = re.compile(r"^(?:ubnd|uy ban nhan dan|hdnd|hoi dong nhan dan) ")
_LONGEST = 300


@lru_cache(maxsize=10_000)
def is_letter_line(text: str, unit_name: str = "", *, is_city: bool = True) -> bool:
    """Whether a text is a line of a letter, or names the very unit that supplies the list.

    Not `is_city`: a city of the unit's name is a district of it, as Hải Dương is one of Hải Dương.
    """
    if len(text) > _LONGEST:
        return False
    if _SIGNS.fullmatch(text) or _NUMBER.match(text):
        return True
    folded = fold(text)
    if _BEGINS.match(folded) or _DATED.search(f" {folded} "):
        return True
    own = fold(unit_name)
    names = (own, f"tinh {own}", *((f"thanh pho {own}", f"tp {own}") if is_city else ()))
    return bool(own) and _COMMITTEE.sub("", folded) in names
