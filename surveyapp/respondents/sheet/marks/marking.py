"""What is marked in a unit's own workbook, as it travels into the child process and to the writers."""

from dataclasses import dataclass

from surveyapp.respondents.sheet import limits

AUTHOR = "PAR INDEX"
# By this our rules are known again when the workbook comes back and is marked anew.
SIGN = "PAR-INDEX"
LEGEND_SHEET = "PAR INDEX"
COLOURS = {"must": "F8CBC4", "check": "FFE8A3", "done": "CFE8D4", "out": "D9D9D9"}
STYLES = ("plain", "bold", "title", *COLOURS)


@dataclass(frozen=True, slots=True)
class Mark:
    """A cell (line as shown, column from A = 0), its tone, what the comment says, and its sheet.

    `was` is the text in the cell, so that the colour goes once it is mended; None where Excel
    would not show it as we read it.
    """

    line: int
    column: int
    tone: str
    comment: str
    was: str | None
    sheet: str

    @property
    def cell(self) -> str:
        """`B5`."""
        return f"{letters(self.column)}{self.line}"


@dataclass(frozen=True, slots=True)
class LegendCell:
    """A cell of the sheet that explains the marks; `link` is the cell it leads to, `sheet` where that is."""

    text: str
    style: str = "plain"
    link: str = ""
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Marking:
    """All that is added to a workbook; `sheet` is the one that holds the list, or its first table."""

    sheet: str
    marks: tuple[Mark, ...]
    legend: tuple[tuple[LegendCell, ...], ...]
    widths: tuple[int, ...]

    def by_sheet(self) -> dict[str, tuple[Mark, ...]]:
        """The marks of every sheet that has any; the list's own sheet comes first, marked or not."""
        marks: dict[str, list[Mark]] = {self.sheet: []}
        for mark in self.marks:
            marks.setdefault(mark.sheet, []).append(mark)
        return {sheet: tuple(own) for sheet, own in marks.items()}


def letters(column: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def column_index(typed: str) -> int | None:
    """`b` → 1; None for anything that is not one of the columns that are read."""
    name = typed.strip().upper()
    return next((index for index in range(limits.COLUMNS) if letters(index) == name), None)


def formula(mark: Mark) -> str:
    """True while the cell holds what it held; always, where that cannot be told."""
    signed = f'LEN("{SIGN}")'
    if mark.was is None:
        return f"AND({signed},TRUE)"
    text = mark.was.replace('"', '""')
    return f'AND({signed},EXACT({mark.cell}&"","{text}"))'


def linked(sheet: str, cell: str) -> str:
    """The place in the workbook that a legend's link leads to."""
    return f"'{sheet.replace(chr(39), chr(39) * 2)}'!{cell}"
