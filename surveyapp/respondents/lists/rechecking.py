"""What follows from the stored cells and mends of a list: values, findings, counts."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from surveyapp.campaigns.models import Campaign, Department, ListKind, Unit
from surveyapp.respondents import queries
from surveyapp.respondents.findings import CHECK, MUST, Finding, Line, Row, SheetMarks
from surveyapp.respondents.lists.cross_list_checks import compare
from surveyapp.respondents.lists.uploads.file_reading import check_stored
from surveyapp.respondents.models import FINDINGS, ListFinding, ListLine, RespondentList
from surveyapp.respondents.words.names import name_key


def department_ids(db: Session, campaign_id: int) -> dict[str, int]:
    """Ids of the campaign's departments by code."""
    rows = db.execute(
        select(Department.code, Department.id).where(Department.campaign_id == campaign_id)
    )
    return {row.code: row.id for row in rows}


def derived(line: Line, departments: Mapping[str, int]) -> dict[str, Any]:
    """What is stored beside the cells: it follows from them."""
    return {
        "values": dict(line.values),
        "name_key": name_key(line.values.get("full_name", "")),
        "department_id": departments[line.department] if line.department else None,
    }


def store_findings(
    db: Session, respondent_list: RespondentList, lines: Sequence[Line], findings: Sequence[Finding]
) -> None:
    """Replace the list's findings by these and those that other lists show, and count them."""
    all_findings = [*findings, *compare(db, respondent_list, lines)]
    rows = [
        {
            "list_id": respondent_list.id,
            "line": f.line,
            "column": f.column,
            "severity": f.severity,
            "code": f.code,
            "value": f.value,
            "proposal": f.proposal,
            "facts": dict(f.facts),
        }
        for f in all_findings
    ]
    db.execute(delete(ListFinding).where(ListFinding.list_id == respondent_list.id))
    if rows:
        db.execute(insert(FINDINGS), rows)
    respondent_list.must_count = sum(f.severity == MUST for f in all_findings)
    respondent_list.check_count = sum(f.severity == CHECK for f in all_findings)
    db.flush()


def recheck(db: Session, campaign: Campaign, unit: Unit, respondent_list: RespondentList) -> None:
    """Derive values and findings anew from cells and mends of the lines that stand."""
    kind = db.get_one(ListKind, respondent_list.kind_id)
    context = queries.list_context(db, campaign, unit, kind)
    stored = db.execute(
        select(ListLine.line, ListLine.cells, ListLine.mends, ListLine.values)
        .where(ListLine.list_id == respondent_list.id, ListLine.left_out.is_(False))
        .order_by(ListLine.line)
    ).all()
    read = respondent_list.understanding
    lines, findings = check_stored(
        [Row(row.line, {**row.cells, **row.mends}) for row in stored],
        context=context,
        titles=tuple(read.get("titles", ())),
        others=tuple(read.get("others", ())),
        remarks=tuple(read.get("remarks", ())),
        notices=tuple((code, facts) for code, facts in read.get("notices", ())),
        marks=SheetMarks.from_json(read.get("marks", {})),
        mended=frozenset(row.line for row in stored if "full_name" in row.mends),
    )
    before = {row.line: row.values for row in stored}
    departments = department_ids(db, respondent_list.campaign_id)
    changed = [
        {"list_id": respondent_list.id, "line": line.number, **derived(line, departments)}
        for line in lines
        if before[line.number] != dict(line.values)
    ]
    if changed:
        db.execute(update(ListLine), changed)
    respondent_list.line_count = len(stored)
    respondent_list.left_out_count = (
        db.scalar(
            select(func.count()).where(
                ListLine.list_id == respondent_list.id, ListLine.left_out.is_(True)
            )
        )
        or 0
    )
    store_findings(db, respondent_list, lines, findings)
