"""What the name of a sheet and the titles above a table say of everybody in it."""

import re
from collections.abc import Mapping, Sequence

from surveyapp.respondents.context import ListContext
from surveyapp.respondents.reading.rows import of_letter, section_title
from surveyapp.respondents.words.departments import DepartmentIndex
from surveyapp.respondents.words.names import fold, tidy

_BUREAU = re.compile(
    r"^(vu|cuc|tong cuc|van phong bo|thanh tra bo|vien|trung tam|ban(?! hanh)|hoc vien|truong|bao|nha xuat ban|chi cuc|phong) \w"
)
_DISTRICT = re.compile(
    r"(?:ubnd |uy ban nhan dan )?((?:huyen|quan|thi xa|thanh pho|tp|tx) [\w ]{2,40})$"
)
_ASSOCIATION = re.compile(r"^(hoi|hiep hoi|lien hiep hoi|lien hiep|lien doan) \w")
_ABOUT = re.compile(r"\b(danh sach|lanh dao|can bo|cong chuc|vien chuc|nhan su|ho va ten)\b")
_ACCEPTABLE = 8
_LONGEST_NAME = 16
"""Words of a department with the name of its province behind it."""


def given_by_titles(
    sheet: str,
    titles: Sequence[str],
    mapping: Mapping[str, int],
    context: ListContext,
    index: DepartmentIndex,
) -> dict[str, str]:
    """The value of a required column that stands in the sheet's name or a title instead of a column."""
    given: dict[str, str] = {}
    for column in context.identifying:
        if column in mapping:
            continue
        # `SỞ NỘI VỤ` on top of a letter is who wrote it; a title of the list says whose people it holds.
        about = [t for t in titles[-_ACCEPTABLE:] if _ABOUT.search(fold(t))]
        if column == "department":
            # One department, for certain, right above the headings but for the lines of a letter.
            about += [t for t in titles if not of_letter(t, context)][-1:]
        for text in (sheet, *about):
            named = named_in(column, tidy(text), index, context)
            if named:
                given[column] = named
                break
    return given


def named_in(column: str, text: str, index: DepartmentIndex, context: ListContext) -> str:
    """What of a text names a value of that column; empty when it names none."""
    words = section_title(text.replace("_", " ").lstrip("0123456789 ")).split() or text.split()
    if column == "department":
        return department_in(words, index)
    for start in range(min(len(words), 8)):
        rest = " ".join(words[start:])
        folded = fold(rest)
        if column == "workplace" and _BUREAU.match(folded) and context.unit_kind == "ministry":
            return rest
        if column == "district" and (match := _DISTRICT.match(folded)):
            return " ".join(rest.split()[-len(match[1].split()) :])
        if column == "association" and _ASSOCIATION.match(folded):
            return rest
    return ""


def department_in(words: Sequence[str], index: DepartmentIndex) -> str:
    """The longest run of words, to the end or to the province's name, that is one department for certain."""
    for start in range(min(len(words), 12)):
        if fold(words[start]) not in ("so", "ban", "van", "thanh", "ngan", "vp") and start:
            continue
        for end in range(len(words), start, -1):
            if end - start > _LONGEST_NAME or (end - start < 2 and len(words) > 1):
                continue
            entry = index.certainly(" ".join(words[start:end]))
            if entry is not None:
                return entry.name
    return ""
