"""What a page shows of a list: its lines with their findings, and how many there are of each."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from surveyapp.respondents.errors import UnknownLine
from surveyapp.respondents.models import ListFinding, ListLine

PAGE = 15
SEVERITIES = ("must", "check", "note")


def shown(line: ListLine, column: str) -> str:
    """A cell as a form shows it: what the desk wrote, else what was understood, else what was sent."""
    if column in line.mends:
        return line.mends[column]
    return line.values.get(column) or line.cells.get(column, "")


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line with its findings; `cells` as sent or mended, `values` as understood, `shown` for a form."""

    line: int
    cells: Mapping[str, str]
    values: Mapping[str, str]
    shown: Mapping[str, str]
    mended: frozenset[str]
    left_out: bool
    added: bool
    findings: tuple[ListFinding, ...]


@dataclass(frozen=True, slots=True)
class FindingCounts:
    """How many lines carry a finding of each severity, how many none that counts, how many are out."""

    lines: Mapping[str, int]
    left_out: int


def finding_counts(db: Session, list_id: uuid.UUID) -> FindingCounts:
    """How many lines carry a finding of each severity, how many none, how many are left out."""
    rows = db.execute(
        select(ListFinding.severity, func.count(func.distinct(ListFinding.line)))
        .where(ListFinding.list_id == list_id, ListFinding.line > 0)
        .group_by(ListFinding.severity)
    )
    by_severity = {row[0]: row[1] for row in rows}
    lines = db.execute(
        select(ListLine.left_out, func.count())
        .where(ListLine.list_id == list_id)
        .group_by(ListLine.left_out)
    )
    standing = {bool(left_out): n for left_out, n in lines}
    with_doubt = db.scalar(
        select(func.count(func.distinct(ListFinding.line))).where(
            ListFinding.list_id == list_id,
            ListFinding.line > 0,
            ListFinding.severity.in_(("must", "check")),
        )
    )
    every = standing.get(False, 0)
    return FindingCounts(
        {**{s: by_severity.get(s, 0) for s in SEVERITIES}, "clean": every - (with_doubt or 0)},
        standing.get(True, 0),
    )


@dataclass(frozen=True, slots=True)
class Alike:
    """Findings of one code and column that one click can mend, with the first as the example."""

    column: str
    code: str
    cells: int
    line: int
    value: str
    proposal: str


def alike_findings(db: Session, list_id: uuid.UUID) -> list[Alike]:
    """Groups of several findings with a proposal each, the largest first. Notes are left alone."""
    counted: dict[tuple[str, str], list[Any]] = {}
    rows = db.execute(
        select(
            ListFinding.column,
            ListFinding.code,
            ListFinding.line,
            ListFinding.value,
            ListFinding.proposal,
        )
        .where(ListFinding.list_id == list_id, ListFinding.line > 0)
        .where(ListFinding.proposal != "", ListFinding.severity != "note")
        .order_by(ListFinding.line)
    )
    for row in rows:
        counted.setdefault((row.column, row.code), []).append(row)
    several = [alike for alike in counted.values() if len(alike) > 1]
    several.sort(key=len, reverse=True)
    return [
        Alike(f[0].column, f[0].code, len(f), f[0].line, f[0].value, f[0].proposal) for f in several
    ]


def whole_list_findings(db: Session, list_id: uuid.UUID) -> Sequence[ListFinding]:
    """Findings about the list as a whole, the gravest first."""
    return db.scalars(
        select(ListFinding)
        .where(ListFinding.list_id == list_id, ListFinding.line == 0)
        .order_by(_gravity(), ListFinding.id)
    ).all()


def _gravity() -> Any:
    return case((ListFinding.severity == "must", 0), (ListFinding.severity == "check", 1), else_=2)


def _lines_wanted(list_id: uuid.UUID, show: str) -> Select[ListLine]:
    """Lines of the filter `show`: must, check, note, doubt (must or check), left_out, or all."""
    query = select(ListLine).where(ListLine.list_id == list_id)
    if show == "left_out":
        return query.where(ListLine.left_out.is_(True))
    if show in (*SEVERITIES, "doubt"):
        severities = ("must", "check") if show == "doubt" else (show,)
        return query.where(
            ListLine.line.in_(
                select(ListFinding.line).where(
                    ListFinding.list_id == list_id, ListFinding.severity.in_(severities)
                )
            )
        )
    return query


def shown_lines(
    db: Session, list_id: uuid.UUID, *, show: str = "all", page: int = 1
) -> tuple[list[ShownLine], int]:
    """One page of lines in the sheet's order with their findings, and how many lines there are."""
    query = _lines_wanted(list_id, show)
    total = db.scalar(select(func.count()).select_from(query.subquery())) or 0
    lines = db.scalars(
        query.order_by(ListLine.line).limit(PAGE).offset((max(page, 1) - 1) * PAGE)
    ).all()
    return _with_findings(db, list_id, lines), total


def one_line(db: Session, list_id: uuid.UUID, line: int) -> ShownLine:
    """One line with its findings; raises `UnknownLine`."""
    list_line = db.get(ListLine, (list_id, line))
    if list_line is None:
        raise UnknownLine(list_id, line)
    return _with_findings(db, list_id, [list_line])[0]


def _with_findings(db: Session, list_id: uuid.UUID, lines: Sequence[ListLine]) -> list[ShownLine]:
    by_line: dict[int, list[ListFinding]] = {line.line: [] for line in lines}
    for finding in db.scalars(
        select(ListFinding)
        .where(ListFinding.list_id == list_id, ListFinding.line.in_(by_line))
        .order_by(_gravity(), ListFinding.id)
    ):
        by_line[finding.line].append(finding)
    return [
        ShownLine(
            line=line.line,
            cells={**line.cells, **line.mends},
            values=line.values,
            shown={c: shown(line, c) for c in {*line.cells, *line.mends}},
            mended=frozenset(line.mends),
            left_out=line.left_out,
            added=not line.cells,
            findings=tuple(by_line[line.line]),
        )
        for line in lines
    ]


def every_finding(db: Session, list_id: uuid.UUID) -> Iterator[ListFinding]:
    """All findings of a list: those on the whole list, then line by line."""
    yield from db.scalars(
        select(ListFinding)
        .where(ListFinding.list_id == list_id)
        .order_by(ListFinding.line, _gravity(), ListFinding.id)
    )
