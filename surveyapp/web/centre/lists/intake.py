"""The centre's intake of lists: what every unit has handed in, approved or sent back."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import groupby
from uuid import UUID

from flask import (
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue

from surveyapp import clock
from surveyapp.accounts.second_person import Deed
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.models import ListKind, Unit
from surveyapp.db import reading, transaction
from surveyapp.documents import tables
from surveyapp.i18n import _, _n, moment
from surveyapp.respondents import queries, service
from surveyapp.respondents.lists import carry_over
from surveyapp.respondents.people import frame_checks
from surveyapp.respondents.queries import Expected
from surveyapp.respondents.states import ListState
from surveyapp.web.centre import bp
from surveyapp.web.http import live
from surveyapp.web.http.access import allow
from surveyapp.web.http.audit_context import act
from surveyapp.web.http.frame import unit_name
from surveyapp.web.http.safeguards.fresh_factor import fresh_factor
from surveyapp.web.http.safeguards.people_shown import Purpose, note_shown
from surveyapp.web.http.safeguards.two_persons import two_persons
from surveyapp.web.parts.list_page import list_page
from surveyapp.web.parts.list_words import STATES, concern_words, deadline, kind_name, versus_plan
from surveyapp.web.parts.narrowed_list import narrowed

SUPPLIERS = ("ministry", "province")


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One unit with its lists, a place per list kind of its level."""

    unit: Unit
    cells: Sequence[Expected | None]


@bp.get("/lists")
@allow("operator", "viewer", "auditor")
def lists() -> str:
    """Units × list kinds with states and counts against the plan, and what can be approved."""
    state = request.args.get("state", "")
    live.offer(clock.now())
    with reading() as db:
        expected = queries.expected(db, g.campaign.id)
        kinds = {s: campaigns.list_kinds(db, g.campaign.id, supplier=s) for s in SUPPLIERS}
    rows = {
        supplier: [
            row
            for row in _matrix([e for e in expected if e.unit.kind == supplier], kinds[supplier])
            if not state or any(cell is not None and cell.state == state for cell in row.cells)
        ]
        for supplier in SUPPLIERS
    }
    shown = narrowed(
        [(supplier, row) for supplier in SUPPLIERS for row in rows[supplier]],
        words=lambda one: f"{one[1].unit.code} {unit_name(one[1].unit)}",
        kept={"state": state} if state else None,
    )
    return render_template(
        "centre/lists.html",
        rows={of: [row for supplier, row in shown.rows if supplier == of] for of in SUPPLIERS},
        shown=shown,
        kinds=kinds,
        counted={name: sum(e.state == name for e in expected) for name in STATES},
        total=len(expected),
        ready=_ready(expected),
        state=state,
        states=STATES,
        due=deadline(g.campaign.lists_due, today=clock.day(clock.now())),
        kind_name=kind_name,
        unit_name=unit_name,
        versus_plan=versus_plan,
        may_decide=_may_decide(),
    )


def _matrix(expected: Sequence[Expected], kinds: Sequence[ListKind]) -> list[MatrixRow]:
    rows = []
    for _unit_id, of_unit in groupby(expected, key=lambda e: e.unit.id):
        by_kind = {e.kind.id: e for e in of_unit}
        unit = next(iter(by_kind.values())).unit
        rows.append(MatrixRow(unit, [by_kind.get(kind.id) for kind in kinds]))
    return rows


def _ready(expected: Sequence[Expected]) -> int:
    """Accepted lists without an open must: those that one button approves."""
    current = [e.handed_in for e in expected if e.handed_in is not None]
    return sum(
        c.state == ListState.ACCEPTED and c.must_count == 0 and not c.hold_note for c in current
    )


def _may_decide() -> bool:
    return "operator" in g.actor.roles_in(g.campaign.code)


@bp.get("/lists/integrity")
@allow("operator", "viewer", "auditor")
def frame() -> ResponseReturnValue:
    """Whether the lists add up over all units, on screen or as a workbook."""
    with reading() as db:
        totals = frame_checks.totals(db, g.campaign.id)
        concerns = frame_checks.concerns(db, g.campaign.id)
    if request.args.get("as") == "xlsx":
        return _frame_book(concerns)
    return make_response(
        render_template(
            "centre/lists_integrity.html",
            totals=totals,
            concerns=narrowed(
                concerns,
                words=lambda one: " ".join(f"{u.code} {unit_name(u)}" for u in one.units),
            ),
            kind_name=kind_name,
            unit_name=unit_name,
            words=concern_words,
        )
    )


def _frame_book(concerns: Sequence[frame_checks.Concern]) -> ResponseReturnValue:
    now = clock.now()
    columns = [tables.Column(_("Đơn vị")), tables.Column(_("Điều cần xem xét"))]
    rows = [(", ".join(unit_name(u) for u in c.units), concern_words(c)) for c in concerns]
    title = _("Rà soát danh sách trước khi mời")
    content = tables.write("xlsx", columns, rows, title=title, notes=[moment(now)])
    return send_file(
        BytesIO(content),
        mimetype=tables.MEDIA["xlsx"],
        as_attachment=True,
        download_name=f"ra-soat-{g.campaign.code}-{clock.day(now)}.xlsx",
    )


@bp.get("/list/<uuid:list_id>/")
@allow("operator", "viewer", "auditor")
def one_list(list_id: UUID) -> str:
    """A list as its desk sent it, with findings and versions."""
    return _list_page(list_id)


def _list_page(list_id: UUID, *, errors: Sequence[tuple[str, str]] = ()) -> str:
    page = list_page(list_id, unit=None)
    note_shown(Purpose.LIST_REVIEW, people=len(page["lines"]), unit_code=page["of_unit"].code)
    return render_template(
        "centre/list.html", **page, unit_name=unit_name, may_decide=_may_decide(), errors=errors
    )


def _removes_invited() -> bool:
    """What is approved takes people out of a round that has begun: some are invited and may have answered."""
    if not g.campaign.is_open:
        return False
    list_id = (request.view_args or {}).get("list_id")
    with reading() as db:
        return carry_over.removes_somebody(db, g.campaign.id, list_id=list_id)


@bp.post("/list/<uuid:list_id>/approve")
@allow("operator")
@fresh_factor
@two_persons(Deed.REMOVAL, when=_removes_invited)
def approve_list(list_id: UUID) -> ResponseReturnValue:
    """Make the lines of an accepted list persons."""
    with transaction() as db:
        changes = service.approve(db, list_id, campaign=g.campaign, act=act())
    words = _(
        "Đã duyệt: %(added)s người mới, giữ %(kept)s, bớt %(removed)s người.",
        added=changes.added,
        kept=changes.kept,
        removed=changes.removed,
    )
    flash(words, "success")
    return redirect(url_for("centre.one_list", list_id=list_id), code=303)


@bp.post("/list/<uuid:list_id>/return")
@allow("operator")
def return_list(list_id: UUID) -> ResponseReturnValue:
    """Send an accepted list back to its desk with a note."""
    note = request.form.get("note", "").strip()
    if not note:
        errors = [("note", _("Vui lòng ghi rõ đơn vị cần sửa gì."))]
        return _list_page(list_id, errors=errors), 422
    with transaction() as db:
        service.return_list(db, list_id, note=note[:2000], campaign=g.campaign, act=act())
    flash(_("Đã trả lại danh sách cho đơn vị kèm lý do."), "success")
    return redirect(url_for("centre.one_list", list_id=list_id), code=303)


@bp.post("/lists/approve")
@allow("operator")
@fresh_factor
@two_persons(Deed.REMOVAL, when=_removes_invited)
def approve_lists() -> ResponseReturnValue:
    """Approve every accepted list without an open must."""
    with transaction() as db:
        done = list(service.approve_many(db, g.campaign, act=act()))
    people = sum(changes.kept + changes.added for _list_id, changes in done)
    words = _n(
        "Đã duyệt %(n)s danh sách, %(people)s người.",
        "Đã duyệt %(n)s danh sách, %(people)s người.",
        len(done),
        people=people,
    )
    flash(words, "success")
    return redirect(url_for("centre.lists"), code=303)
