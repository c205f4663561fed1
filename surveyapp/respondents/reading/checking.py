"""From the sheets of a file to lines and findings, all at once. Nothing is stored here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from surveyapp.respondents import errors
from surveyapp.respondents.context import IDENTIFYING, ListContext
from surveyapp.respondents.findings import NO_MARKS, Finding, Line, Row, SheetMarks
from surveyapp.respondents.progress import Progress, no_progress
from surveyapp.respondents.reading.marks import marks_of
from surveyapp.respondents.reading.people_rows import Taken, gaps, read_rows
from surveyapp.respondents.reading.sheet_reading import (
    Override,
    WorkbookReading,
    recall,
    understand,
    understand_as,
    without_sheets,
)
from surveyapp.respondents.rules import check_rows
from surveyapp.respondents.rules.whole_list import Notice
from surveyapp.respondents.sheet import Workbook
from surveyapp.respondents.words.charsets import converted
from surveyapp.respondents.words.names import fold, tidy


@dataclass(frozen=True, slots=True)
class Checked:
    """What a file says and what is wrong with it, or why it was refused."""

    readable: bool
    reason: str | None
    lines: tuple[Line, ...] = ()
    findings: tuple[Finding, ...] = ()
    understanding: WorkbookReading | None = None
    refusal: errors.FileRefused | None = None
    marks: SheetMarks = NO_MARKS

    @property
    def clean(self) -> int:
        """Lines without a must or a check."""
        return len(self.lines) - len({f.line for f in self.findings if f.counts and f.line > 0})


def check_workbook(
    workbook: Workbook,
    context: ListContext,
    *,
    told: Override | None = None,
    remembered: WorkbookReading | None = None,
    progress: Progress = no_progress,
) -> Checked:
    """Lines and findings of a file that has been read. Raises what `take_in` raises."""
    reading, taken, marks = take_in(workbook, context, told=told, remembered=remembered)
    rows = taken.people
    lines, findings = check_rows(
        rows,
        context,
        titles=reading.titles,
        others=reading.others,
        remarks=workbook.remarks,
        notices=reading.notices,
        marks=marks,
        progress=progress,
    )
    return Checked(True, None, tuple(lines), tuple(findings), reading, marks=marks)


def take_in(
    workbook: Workbook,
    context: ListContext,
    *,
    told: Override | None = None,
    remembered: WorkbookReading | None = None,
) -> tuple[WorkbookReading, Taken, SheetMarks]:
    """What the workbook means, its people and all its other rows, and how they are marked; nothing judged yet.

    Raises EmptyWorkbook, HeaderNotFound, NobodyListed, ColumnsMissing, WrongList, WrongTemplate.
    """
    reading = _understood(workbook, context, told, remembered)
    taken = read_rows(workbook, reading, context, told.people if told else frozenset())
    refuse_wrong_list(reading, taken.people, context)
    marks = marks_of(workbook, reading, taken.people)
    return replace(reading, notices=tuple(_notices(reading, taken, marks, told))), taken, marks


def _notices(
    reading: WorkbookReading, taken: Taken, marks: SheetMarks, told: Override | None
) -> Iterator[Notice]:
    """What is to be said of the whole file."""
    sheets = list(dict.fromkeys(table.sheet for _, table in reading.tables()))
    if len(sheets) > 1:
        yield "other_sheets", {"sheets": ", ".join(sheets), "read": True}
    if reading.guessed:
        yield "headings_guessed", {}
    if reading.by_content and not reading.guessed:
        yield "columns_by_content", {"columns": list(reading.by_content)}
    if taken.carried_down:
        yield "carried_down", {"columns": list(taken.carried_down)}
    if reading.hidden:
        code = "hidden_sheets_read" if reading.sheet in reading.hidden else "hidden_sheets"
        yield code, {"sheets": ", ".join(reading.hidden)}
    if marks.hidden:
        yield "rows_hidden", {"rows": len(marks.hidden), "listed": len(taken.people)}
    for gap in gaps(taken):
        answer = told.answer if told else ""
        yield f"count_gap_{gap.kind}", {"read": gap.read, "said": gap.said, "answer": answer}


def _understood(
    workbook: Workbook,
    context: ListContext,
    told: Override | None,
    remembered: WorkbookReading | None,
) -> WorkbookReading:
    if told is not None and told.mapping:
        return understand_as(workbook, context, told)
    if told is not None:
        own = _understood(workbook, context, None, remembered)
        return without_sheets(own, told.unread)
    known = recall(workbook, context, remembered) if remembered is not None else None
    return known or understand(workbook, context)


def read_lines(
    workbook: Workbook,
    reading: WorkbookReading,
    context: ListContext,
    people: frozenset[int] = frozenset(),
) -> list[Row]:
    """The people of the list, cells as written; `rules.check_rows` judges them. As `read_rows`."""
    return list(read_rows(workbook, reading, context, people).people)


def refuse_wrong_list(reading: WorkbookReading, rows: Sequence[Row], context: ListContext) -> None:
    """Raise WrongList or ColumnsMissing when nothing says where people belong.

    A list of associations under "council" gives itself away by a column this list has no use for.
    """
    empty = [
        c
        for c in context.identifying
        if c not in reading.mapping and not any(row.cells.get(c, "").strip() for row in rows)
    ]
    foreign = [c for c in IDENTIFYING if c in reading.mapping and c not in context.columns]
    if "district" in foreign and not empty and not _led_by_chairmen(rows):
        foreign.remove("district")
    if foreign and (empty or not context.identifying):
        heading = _heading(reading, foreign[0])
        raise errors.WrongList(kind=context.kind_name, column=foreign[0], heading=heading)
    if empty:
        headings = [h for h in reading.headings if h]
        raise errors.ColumnsMissing(kind=context.kind_name, missing=empty, found=headings[:12])


def _led_by_chairmen(rows: Sequence[Row]) -> bool:
    """Whether most positions are those of a district's committee, not just where people live."""
    chairs = sum("chu tich" in fold(row.cells.get("position", "")) for row in rows)
    return chairs * 10 >= len(rows) * 6


def _heading(reading: WorkbookReading, column: str) -> str:
    index = reading.mapping[column]
    heading = reading.headings[index] if index < len(reading.headings) else ""
    return tidy(converted(heading) or heading)
