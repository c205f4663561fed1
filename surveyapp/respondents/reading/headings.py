"""Which column a heading means, under any of the usual names, accents and case ignored."""

import re
from collections.abc import Sequence
from functools import lru_cache

from surveyapp.respondents.context import ListContext
from surveyapp.respondents.words.charsets import converted
from surveyapp.respondents.words.names import fold, tidy

NUMBER = "number"
GIVEN_NAME, MIDDLE_NAME = "given_name", "middle_name"
SPARES = {"phone": ("phone_2", "phone_3"), "email": ("email_2", "email_3")}
"""Further columns of the same kind: read where the first has nothing to say."""
HELPER_COLUMNS = (NUMBER, MIDDLE_NAME, *SPARES["phone"], *SPARES["email"])
"""Columns that nobody is asked about: they follow from the headings."""
AGENCY, UNIT = "agency", "unit"  # "Cơ quan" and "Đơn vị": what they mean depends on the list

_SYNONYMS: dict[str, tuple[str, ...]] = {
    NUMBER: ("stt", "tt", "so tt", "so thu tu", "no", "thu tu", "s tt"),
    "full_name": (
        "ho va ten", "ho ten", "ho va ten can bo", "ho ten can bo", "ho va ten lanh dao", "dai bieu",
        "ho va ten dai bieu", "ten can bo", "full name", "fullname", "name", "ho va ten nguoi tra loi",
        "ten day du", "ho va ten day du", "ten nguoi duoc khao sat", "nguoi duoc khao sat", "ho va ten khai sinh", "ten dai bieu",
        "ho va ten dem", "ho ten dem", "ho dem", "ho va dem", "ho chu dem", "ho lot", "ho va chu dem", "ho va ten lot", "ho",
        "last name", "surname", "family name", "name of officer", "names", "full names", "officer",
        "ten lanh dao", "nguoi duoc dieu tra", "nguoi tra loi", "ten nguoi tra loi", "dong chi", "ho ten dong chi", "ong ba", "danh tinh",
    ),
    MIDDLE_NAME: ("ten dem", "dem", "chu dem", "ten lot", "lot", "chu lot", "middle name", "dem va lot"),
    GIVEN_NAME: ("ten", "ten goi", "first name", "given name", "ten rieng"),
    "position": (
        "chuc vu", "chuc danh", "chuc vu chuc danh", "chuc danh chuc vu", "chuc vu hien tai",
        "vi tri cong tac", "chuc vu cong tac", "chuc vu dam nhiem", "position", "vi tri viec lam",
        "chuc vu cong viec", "title", "job title", "job position", "designation", "rank", "post", "role", "nhiem vu", "chuc vu trong hoi", "chuc trach",
        "cuong vi", "vai tro", "vi tri", "designation rank", "cv", "chuc vu lanh dao",
    ),
    "department": (
        "so", "so nganh", "so ban nganh", "ten so", "ten so ban nganh", "co quan chuyen mon",
        "so va tuong duong", "so co quan tuong duong", "co quan chu quan", "don vi chu quan",
        "thuoc so", "co quan chuyen mon thuoc ubnd tinh", "so ban nganh cap tinh",
        "co quan cap tren", "so ban", "so nganh tinh", "so hoac tuong duong", "so tuong duong",
        "ten co quan chuyen mon", "truc thuoc so",
    ),
    "workplace": (
        "vu cuc", "vu cuc don vi", "vu cuc va tuong duong", "vu", "cuc", "phong", "phong ban",
        "don vi truc thuoc", "ten don vi truc thuoc", "don vi thuoc so", "phong don vi",
        "don vi thuoc truc thuoc", "don vi thuoc truc thuoc so", "phong chuyen mon", "bo phan",
        "workplace", "phong ban don vi", "chi cuc trung tam", "don vi su nghiep", "phong trung tam",
        "phong chi cuc trung tam", "don vi thuoc", "ten phong",
    ),
    AGENCY: (
        "co quan", "ten co quan", "co quan cong tac", "co quan don vi", "ten co quan don vi",
        "co quan don vi cong tac", "noi cong tac", "noi lam viec", "to chuc", "agency", "co quan to chuc",
        "department", "department unit", "unit department", "department division", "organization", "organisation", "office", "division",
        "institution", "work unit", "affiliation", "vu cuc cqdd", "cong tac tai", "company", "dang cong tac tai",
        "dia ban", "dia phuong", "don vi hanh chinh", "xa phuong", "xa phuong dac khu", "ubnd xa",
        "ubnd cap xa", "xa", "phuong", "ten xa",
    ),
    UNIT: (
        "don vi", "ten don vi", "don vi cong tac", "don vi hien cong tac", "don vi lam viec",
        "don vi cong tac hien nay", "unit", "don vi co quan",
    ),
    "district": (
        "huyen", "quan huyen", "huyen quan", "ubnd huyen", "ubnd cap huyen", "cap huyen",
        "ten huyen", "district", "don vi hanh chinh cap huyen",
        "huyen thi xa thanh pho", "huyen quan thi xa thanh pho", "quan huyen thi xa thanh pho",
        "quan huyen thi xa", "huyen quan thi xa", "huyen thi xa",
        "huyen thanh pho", "huyen thi thanh pho",
    ),
    "association": (
        "hoi", "hiep hoi", "hoi hiep hoi", "ten hoi", "ten hiep hoi", "ten hoi hiep hoi", "association",
        "to chuc hoi", "hoi nghe nghiep", "hoi hiep hoi nganh nghe", "ten to chuc hoi",
    ),
    "phone": (
        "dien thoai", "so dien thoai", "so dt", "dt", "sdt", "di dong", "dtdd", "dien thoai di dong",
        "so di dong", "so dien thoai di dong", "mobile", "phone", "tel", "so dien thoai lien he",
        "dien thoai lien he", "dt di dong", "so zalo", "zalo", "so dtdd", "so may", "sdt di dong",
        "phone number", "telephone", "telephone number", "mobile number", "mobile phone", "cell phone", "contact number", "tel no",
        "phone no", "mobile no", "cellphone", "d thoai", "so lien he", "d t", "cell", "so lien lac", "hotline", "so dien thoai zalo",
    ),
    "email": (
        "email", "e mail", "thu dien tu", "dia chi email", "dia chi thu dien tu", "hop thu",
        "hop thu dien tu", "hom thu", "hom thu dien tu", "mail", "gmail", "dia chi mail", "email cong vu", "thu cong vu",
        "hop thu cong vu", "hom thu cong vu", "dia chi thu cong vu", "thu dien tu cong vu", "dia chi e mail", "email lien he", "email address", "e mail address", "mail address", "email id", "official email",
    ),
    "group": (
        "nhom doi tuong", "nhom", "nhom phieu", "doi tuong", "doi tuong dieu tra", "loai phieu", "mau phieu",
        "group", "respondent group",
    ),
    "note": ("ghi chu", "chu thich", "note", "notes", "ghi chu khac", "remark", "remarks", "comment", "comments"),
}  # fmt: skip
_EXACT = {word: column for column, words in _SYNONYMS.items() for word in words}
_PATTERNS = (
    ("email", re.compile(r"\b(e ?mail|mail|thu dien tu|hop thu)\b")),
    ("phone", re.compile(r"\b(dien thoai|di dong|dtdd|sdt|so dt|phone|mobile|tel|zalo)\b|^dt\b")),
    ("full_name", re.compile(r"\bho (va )?(chu dem |ten dem )?(va )?ten\b|\bhovaten\b|\bfull ?name\b")),
    ("position", re.compile(r"\b(chuc vu|chuc danh|position)\b")),
    ("note", re.compile(r"\bghi chu\b")),
    ("association", re.compile(r"\bhiep hoi\b|^(ten )?hoi\b(?! dong| nghi)")),
    ("district", re.compile(r"\b(quan huyen|cap huyen|ubnd (cap )?huyen)\b|^(ten )?huyen\b")),
    ("department", re.compile(r"\bso ban nganh\b|^(ten )?so (ban|nganh|va tuong|tuong|hoac)|\bco quan chuyen mon\b")),
    ("workplace", re.compile(r"\b(don vi (thuoc|truc thuoc)|vu cuc|trung tam|chi cuc)\b|^phong\b")),
    (AGENCY, re.compile(r"\b(co quan|noi cong tac|noi lam viec)\b")),
    (UNIT, re.compile(r"\bdon vi\b")),
)  # fmt: skip
_CONTACT = re.compile(r"^(thong tin )?lien he$|^thong tin lien lac$|^lien lac$")
_OFFICE_PHONE = re.compile(r"\b(co quan|cq|ban|fax|co dinh|nha rieng)\b")
_PRIVATE_MAIL = re.compile(r"\b(ca nhan|rieng|khac)\b")
_LONGEST = 160
_FAMILY_PARTS = frozenset(
    ("ho", "ho dem", "ho va dem", "ho chu dem", "ho lot", "ho va chu dem", "ho va ten dem", "ho ten dem", "ho va ten lot", "last name", "surname",
     "family name")
)  # fmt: skip
_OF_OTHERS = re.compile(
    r"\b(thu ky|van thu|nguoi lien he|dau moi|nguoi lap|nguoi nhap|vo|chong|fax)\b"
)


@lru_cache(maxsize=10_000)
def columns_meant(heading: str) -> tuple[str, ...]:
    """The columns a heading names, in glossary words; two for `Email/Điện thoại`; none if unknown."""
    written = tidy(converted(heading) or heading)
    folded = re.sub(r"\b\d+\b", " ", fold(re.sub(r"\([^()]*\)|\*", " ", written))).strip()
    folded = " ".join(folded.split()) or fold(written)
    if not folded or len(written) > _LONGEST:
        return ()
    exact = _EXACT.get(folded) or _EXACT.get(fold(written))
    if exact:
        return (exact,)
    if _CONTACT.search(folded):
        return ("email", "phone")
    columns = [column for column, pattern in _PATTERNS if pattern.search(folded)]
    if columns[:2] == ["email", "phone"]:
        return ("email", "phone")
    return tuple(columns[:1])


def map_headings(headings: Sequence[str], context: ListContext) -> dict[str, int]:
    """Column → index, the better of two candidates where headings repeat.

    `Cơ quan` and `Đơn vị` become the column this list needs. `number` and `given_name` may be
    among the keys: a running number, and a given name kept apart from the family name.
    """
    mapping: dict[str, int] = {}
    uncertain: list[tuple[str, int]] = []
    contacts: dict[str, list[int]] = {column: [] for column in SPARES}
    for index, heading in enumerate(headings):
        for column in columns_meant(heading):
            if column in (AGENCY, UNIT):
                uncertain.append((column, index))
                continue
            if column in contacts:
                contacts[column].append(index)
            if column not in mapping or _is_better(column, heading, headings[mapping[column]]):
                mapping[column] = index
    _settle(mapping, uncertain, context)
    _put_names_together(mapping, headings)
    for column, indices in contacts.items():
        spare = [
            i for i in indices if i != mapping[column] and not _OF_OTHERS.search(fold(headings[i]))
        ]
        mapping.update(zip(SPARES[column], spare, strict=False))
    return mapping


def _put_names_together(mapping: dict[str, int], headings: Sequence[str]) -> None:
    """Leave the parts of a name only where they are columns of one name."""
    if "full_name" not in mapping and GIVEN_NAME in mapping:
        mapping["full_name"] = mapping.pop(GIVEN_NAME)
    if "full_name" not in mapping:
        mapping.pop(MIDDLE_NAME, None)
        return
    name = mapping["full_name"]
    in_parts = fold(headings[name]) in _FAMILY_PARTS
    if not in_parts:
        mapping.pop(MIDDLE_NAME, None)
    if GIVEN_NAME in mapping and not in_parts and mapping[GIVEN_NAME] != name + 1:
        del mapping[GIVEN_NAME]


def _is_better(column: str, heading: str, present: str) -> bool:
    """Mobile before office telephone, office mailbox before private one; else the first stays."""
    unwanted = {"phone": _OFFICE_PHONE, "email": _PRIVATE_MAIL}.get(column)
    if unwanted is None:
        return False
    if _OF_OTHERS.search(fold(present)):
        return not _OF_OTHERS.search(fold(heading))  # `ĐT đầu mối` is the clerk's
    return bool(unwanted.search(fold(present))) and not unwanted.search(fold(heading))


def _settle(
    mapping: dict[str, int], uncertain: list[tuple[str, int]], context: ListContext
) -> None:
    """Give `Cơ quan` and `Đơn vị` the meaning this list needs."""
    bodies = [c for c in ("department", "association", "district") if c in context.columns]
    for word, index in uncertain:
        order = [*bodies, "workplace"]
        if word == UNIT and "workplace" in context.required and "department" in context.required:
            order = ["workplace", *bodies]
        choice = next((c for c in order if c in context.columns and c not in mapping), None)
        if choice is not None:
            mapping[choice] = index
