"""Which column could be what by its cells, where headings do not say: shown to a person to confirm."""

import re
from collections.abc import Callable, Mapping, Sequence

from surveyapp.respondents.context import ListContext
from surveyapp.respondents.reading.headings import NUMBER, columns_meant
from surveyapp.respondents.sheet.workbook import Sheet
from surveyapp.respondents.words.bearers import could_be_person, is_no_name, is_serial, names_office
from surveyapp.respondents.words.departments import index_for
from surveyapp.respondents.words.ditto_marks import is_ditto
from surveyapp.respondents.words.names import FAMILIES, fold, tidy
from surveyapp.respondents.words.positions import is_position

OFFERED = ("email", "phone", "full_name", "department", "position")
_FAMILIES = frozenset(fold(name) for name in FAMILIES)


def guess(
    samples: Mapping[int, Sequence[str]], mapping: Mapping[str, int], context: ListContext
) -> dict[str, int]:
    """The mapping with columns added whose cells all look like what is missing. `samples` by index."""
    signs = {c: sign for c, sign in _signs(context).items() if c in OFFERED}
    guessed = dict(mapping)
    for column, looks_so in signs.items():
        if column in guessed or column not in context.columns:
            continue
        for index, sample in samples.items():
            cells = [cell for cell in sample if not is_ditto(cell)]
            if cells and index not in guessed.values() and all(map(looks_so, cells)):
                guessed[column] = index
                break
    return guessed


_LOOKED_AT = 300
_NEARLY_ALL = 0.7


def guess_table(sheet: Sheet, context: ListContext) -> tuple[int, dict[str, int]] | None:
    """Of a sheet without headings: the row before its first person, and which column holds what.

    None where no column holds names, or nothing beside them tells a list from a letter.
    """
    rows = [
        (line, row) for line, row in sheet.numbered() if sum(map(bool, map(str.strip, row))) > 1
    ]
    rows = rows[:_LOOKED_AT]
    width = max((len(row) for _, row in rows), default=0)
    columns = {
        i: [row[i].strip() for _, row in rows if i < len(row) and row[i].strip()]
        for i in range(width)
    }
    mapping: dict[str, int] = {}
    for column, looks_so in _signs(context).items():
        shares = {
            index: sum(map(looks_so, cells)) / len(cells)
            for index, cells in columns.items()
            if cells and index not in mapping.values() and len(cells) * 3 >= len(rows)
        }
        best = max(shares, key=lambda index: shares[index], default=None)
        if (
            best is not None
            and shares[best] >= _NEARLY_ALL
            and (column in context.columns or column == NUMBER)
        ):
            mapping[column] = best
    if "full_name" not in mapping or not {"email", "phone"} & set(mapping):
        return None
    name = mapping["full_name"]
    people = [line for line, row in rows if name < len(row) and could_be_person(tidy(row[name]))]
    return (_above(people[0], sheet, context) - 1, mapping) if people else None


def _above(line: int, sheet: Sheet, context: ListContext) -> int:
    """The line of the first person, or of the title of her section right above her."""
    index = index_for(context)
    while line > sheet.first_line:
        texts = [tidy(cell) for cell in sheet.row(line - 1) if cell.strip()]
        title = max(texts, key=len, default="")
        if len(texts) > 2 or index.certainly(title) is None:
            return line
        line -= 1
    return line


def complete(
    sheet: Sheet,
    header_line: int,
    headings: Sequence[str],
    mapping: Mapping[str, int],
    context: ListContext,
) -> dict[str, int]:
    """The columns of the list that no heading names, told by what stands in columns without a known heading."""
    missing = [c for c in OFFERED if c in context.columns and c not in mapping]
    free = {
        i for i in range(max(map(len, sheet.rows), default=0))
        if i not in mapping.values() and not (i < len(headings) and columns_meant(headings[i]))
    }  # fmt: skip
    if not missing or not free:
        return {}
    below = [row for line, row in sheet.numbered() if line > header_line][:_LOOKED_AT]
    signs, guessed = _signs(context), dict[str, int]()
    for column in missing:
        for index in sorted(free - set(guessed.values())):
            cells = [row[index].strip() for row in below if index < len(row) and row[index].strip()]
            if len(cells) > 1 and sum(map(signs[column], cells)) >= _NEARLY_ALL * len(cells):
                guessed[column] = index
                break
    return guessed


def _signs(context: ListContext) -> dict[str, Callable[[str], bool]]:
    index = index_for(context)
    return {
        "email": lambda cell: "@" in cell,
        "phone": _is_number,
        "full_name": _is_name,
        "department": lambda cell: index.certainly(cell) is not None,
        "position": is_position,
        "district": lambda cell: _DISTRICT.match(fold(cell)) is not None,
        "association": lambda cell: _ASSOCIATION.match(fold(cell)) is not None,
        "workplace": lambda cell: names_office(tidy(cell)),
        NUMBER: is_serial,
    }


_DISTRICT = re.compile(r"(ubnd |uy ban nhan dan )?(huyen|quan|thi xa|thanh pho|tp|tx) ")
_ASSOCIATION = re.compile(r"(hoi|hiep hoi|lien hiep|lien doan) ")


def _is_number(cell: str) -> bool:
    digits = sum(letter.isdigit() for letter in cell)
    return 9 <= digits <= 12 and not any(letter.isalpha() for letter in cell)


def _is_name(cell: str) -> bool:
    words = fold(cell).split()
    if not 2 <= len(words) <= 6 or words[0] not in _FAMILIES or any(map(str.isdigit, cell)):
        return False
    return not is_no_name(tidy(cell))
