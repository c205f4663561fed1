"""What a page of one list shows, at the desk and at the centre."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import g, request, url_for

from surveyapp.accounts.queries import display_names
from surveyapp.campaigns.models import ListKind, Unit
from surveyapp.db import reading
from surveyapp.respondents import queries
from surveyapp.respondents.context import COLUMNS
from surveyapp.respondents.labels import column_name, severity_name
from surveyapp.respondents.lists import carry_over
from surveyapp.respondents.lists import lines as stored
from surveyapp.respondents.models import ListFinding
from surveyapp.web.http import numbers
from surveyapp.web.parts.list_words import STATES, TONES, finding_words, kind_name

CHANGES = 15
"""Rows of each table on a page of changes."""
FILTERS = ("must", "check", "note", "all", "left_out")


def addresses(room: str) -> dict[str, Any]:
    """Functions a template calls for the addresses of versions: `room` is desk or centre."""
    return {
        "list_url": lambda version: url_for(f"{room}.one_list", list_id=version.id),
        "file_url": lambda version: url_for(f"{room}.original", list_id=version.id),
    }


def list_page(list_id: UUID, *, unit: Unit | None) -> dict[str, Any]:
    """The list, its lines of the chosen filter and page, its counts and versions.

    Raises `UnknownList` where it is not of the campaign in `g`, or not of `unit` if one is given.
    """
    number = max(numbers.whole(request.values.get("page", "")) or 1, 1)
    with reading() as db:
        respondent_list, kind, of_unit = queries.one_list(
            db, list_id, campaign_id=g.campaign.id, unit_id=unit.id if unit else None
        )
        counts = stored.finding_counts(db, list_id)
        show = _filter(counts)
        lines, total = stored.shown_lines(db, list_id, show=show, page=number)
        alike = stored.alike_findings(db, list_id)
        whole = stored.whole_list_findings(db, list_id)
        versions = queries.versions(db, unit_id=of_unit.id, kind_id=kind.id)
        changes = carry_over.summary(db, respondent_list)
        names = display_names(db, {version.staged_by for version in versions})
        planned = queries.planned(db, g.campaign.id).get((of_unit.id, kind.id), 0)
    room = str(request.blueprint)
    return {
        **addresses(room),
        "filter_url": lambda name: url_for(
            f"{room}.one_list", list_id=list_id, show=name, _anchor="lines"
        ),
        "list": respondent_list,
        "kind": kind,
        "of_unit": of_unit,
        "counts": counts,
        "show": show,
        "page": number,
        "pages": -(-total // stored.PAGE),
        "total": total,
        "lines": lines,
        "whole": whole,
        "alike": alike,
        "versions": versions,
        "changes": changes,
        "names": names,
        "planned": planned,
        "columns": _columns(kind, lines),
        "states": STATES,
        "tones": TONES,
        "kind_name": kind_name,
        "column_name": column_name,
        "severity_name": severity_name,
        "finding_words": finding_words,
        "in_column": _in_column,
    }


def changes_page(list_id: UUID, *, unit: Unit | None) -> dict[str, Any]:
    """A version against the one before it. Raises `UnknownList` as `list_page` does."""
    with reading() as db:
        respondent_list, kind, of_unit = queries.one_list(
            db, list_id, campaign_id=g.campaign.id, unit_id=unit.id if unit else None
        )
        before = carry_over.replaced_by(db, respondent_list)
        changes = carry_over.changes_between(db, before.id, list_id) if before else None
    longest = 0
    if changes is not None:
        longest = max(len(part) for part in (changes.changed, changes.added, changes.removed))
    pages = max(1, -(-longest // CHANGES))
    page = min(max(numbers.whole(request.args.get("page", "")) or 1, 1), pages)
    return {
        "page": page,
        "pages": pages,
        "address": url_for(str(request.endpoint), list_id=list_id, page="PAGE"),
        "first": (page - 1) * CHANGES,
        "list": respondent_list,
        "kind": kind,
        "of_unit": of_unit,
        "before": before,
        "changes": changes,
        "most": CHANGES,
        "kind_name": kind_name,
        "column_name": column_name,
    }


def _filter(counts: stored.FindingCounts) -> str:
    """The filter asked for; the gravest there is something of, if unasked or nothing is left in it."""
    left = {**counts.lines, "left_out": counts.left_out, "all": 1}
    asked = request.values.get("show", "")
    if asked in FILTERS and left[asked]:
        return asked
    return next((s for s in ("must", "check") if left[s]), "all")


def _columns(kind: ListKind, lines: Sequence[stored.ShownLine]) -> list[str]:
    """Columns of the kind in their usual order, without optional ones that are empty on this page."""
    filled = {c for line in lines for c, cell in line.cells.items() if cell}
    wrong = {finding.column for line in lines for finding in line.findings}
    optional = {c for c in (*kind.optional, "group") if c in filled | wrong}
    return [c for c in COLUMNS if c in {*kind.required, *optional}]


def _in_column(line: stored.ShownLine, column: str) -> list[ListFinding]:
    return [finding for finding in line.findings if finding.column == column]
