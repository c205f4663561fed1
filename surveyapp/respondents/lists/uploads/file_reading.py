"""A file read and judged in the guarded child: understood, looked at, checked. What `file_work` answers."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from surveyapp.respondents import errors, labels
from surveyapp.respondents.context import ListContext
from surveyapp.respondents.errors import FileRefused
from surveyapp.respondents.findings import Finding, Line, Row, SheetMarks
from surveyapp.respondents.lists.uploads.preview import Look, SheetColumn
from surveyapp.respondents.progress import Progress, no_progress
from surveyapp.respondents.reading.checking import Checked
from surveyapp.respondents.reading.sheet_reading import Override, WorkbookReading
from surveyapp.respondents.rules import check_rows
from surveyapp.respondents.sheet import guarded, refuse_by_size

LITTLE_TEXT, ROW_COSTS = 8_000, 60
"""Characters that are checked where they stand, an empty row counted as sixty: some fifty people, done within
fifty milliseconds whatever they hold: what one row costs does not grow with the others."""
_WORK = "surveyapp.respondents.lists.uploads.file_work"


@dataclass(frozen=True, slots=True)
class Arrived:
    """A file and what is known to whoever reads it.

    `table` are its sheets as an earlier look kept them; `remembered` how a person once said that this
    unit's files are read, `before` how its last one was.
    """

    content: bytes
    file_name: str
    context: ListContext
    table: bytes = b""
    remembered: WorkbookReading | None = None
    before: WorkbookReading | None = None


@dataclass(frozen=True, slots=True)
class Understood:
    """A file as understood, with its preview, or why there is no list in it; `table` is to be kept."""

    table: bytes
    reading: WorkbookReading | None = None
    preview: Mapping[str, Any] = field(default_factory=dict)
    refusal: FileRefused | None = None


def understand(file: Arrived, *, progress: Progress = no_progress) -> Understood:
    """What the file says, for a person to confirm. Raises FileRefused when it is no table at all."""
    refuse_by_size(len(file.content))
    table, told = guarded.run(
        f"{_WORK}:understand",
        file.content,
        progress=progress,
        file_name=file.file_name,
        context=file.context,
        remembered=file.remembered,
        before=file.before,
    )
    answer = json.loads(told)
    if "refused" in answer:
        refused = answer["refused"]
        return Understood(table, refusal=errors.refused_as(refused["code"], refused["facts"]))
    return Understood(table, WorkbookReading.from_json(answer["reading"]), answer["preview"])


def look(file: Arrived, sheet: str, header_line: int | None) -> Look:
    """One row of one sheet looked at as if it were the header row. Raises FileRefused."""
    (told,) = guarded.run(
        f"{_WORK}:look",
        file.content,
        file_name=file.file_name,
        table=file.table,
        context=file.context,
        sheet=sheet,
        header_line=header_line,
    )
    answer = json.loads(told)
    columns = tuple(SheetColumn(**column) for column in answer.pop("columns"))
    return Look(**answer, columns=columns)


def check(
    file: Arrived, *, told: Override | None = None, progress: Progress = no_progress
) -> Checked:
    """Lines and findings; a refusal is a result too, with its reason in words.

    Sheet, header row and columns are those a person has `told`, or told for an earlier file with the
    same headings, or what the reader makes of them.
    """
    try:
        refuse_by_size(len(file.content))
        first, *judged = guarded.run(
            f"{_WORK}:check",
            file.content,
            progress=progress,
            file_name=file.file_name,
            table=file.table,
            context=file.context,
            told=told,
            remembered=file.remembered,
        )
    except FileRefused as refusal:
        return Checked(False, labels.refusal(refusal), refusal=refusal)
    answer = json.loads(first)
    understood, marks = (
        WorkbookReading.from_json(answer["reading"]),
        SheetMarks.from_json(answer["marks"]),
    )
    lines, findings = _lines_and_findings(judged)
    return Checked(True, None, tuple(lines), tuple(findings), understood, marks=marks)


def check_stored(rows: Sequence[Row], **how: Any) -> tuple[list[Line], list[Finding]]:
    """`check_rows` of rows that are stored: in the guarded child, but for a few, which are done before
    a child has started. What checking takes grows with the text and no faster.
    """
    text = sum(len(cell) for row in rows for cell in row.cells.values())
    if text + ROW_COSTS * len(rows) <= LITTLE_TEXT:
        return check_rows(rows, **how)
    return _lines_and_findings(guarded.run(f"{_WORK}:check_again", b"", rows=rows, **how))


def _lines_and_findings(judged: Sequence[bytes]) -> tuple[list[Line], list[Finding]]:
    lines: list[Line] = []
    findings: list[Finding] = []
    for told in judged:
        piece = json.loads(told)
        lines += [Line(*row) for row in piece.get("Line", ())]
        findings += [Finding(*row) for row in piece.get("Finding", ())]
    return lines, findings
