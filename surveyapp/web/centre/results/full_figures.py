"""The full figures, small counts too: for an operator who shows a second factor, each look on record."""

from flask import abort, g, render_template, request
from flask.typing import ResponseReturnValue

from surveyapp.accounts.actions import Action
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.models import RespondentGroup
from surveyapp.db import reading, transaction
from surveyapp.exports import labels
from surveyapp.exports.download import full_counts
from surveyapp.exports.download.full_counts import FullCounts
from surveyapp.exports.errors import ReleaseError
from surveyapp.exports.release import building
from surveyapp.i18n import _, locale, tenths
from surveyapp.instruments.kinds.registry import kind_of
from surveyapp.instruments.model import Instrument, InstrumentItem
from surveyapp.web.centre import bp
from surveyapp.web.centre.results.distributions import group_name, item_name
from surveyapp.web.http.access import allow
from surveyapp.web.http.audit_context import enter
from surveyapp.web.http.frame import unit_name
from surveyapp.web.http.safeguards.fresh_factor import fresh_factor
from surveyapp.web.http.state import store
from surveyapp.web.parts import result_table
from surveyapp.web.parts.table_rows import NONE, count_cell, sorted_by


@bp.get("/results/full")
@allow("operator")
def full_results() -> str:
    """What may be asked for; no figure yet."""
    return _page()


@bp.post("/results/full")
@allow("operator")
@fresh_factor
def show_full_results() -> ResponseReturnValue:
    """The counts of one item by rated unit, as the scoring stage has them."""
    groups, forms = _asked()
    group, item_id = request.form.get("group", ""), request.form.get("item", "")
    item = (
        next((i for i in forms[group].items if i.id == item_id), None) if group in groups else None
    )
    if item is None:
        abort(404)
    try:
        with reading() as db:
            registered = building.releases(db, g.campaign.id)
            if not registered:
                abort(404)
            newest = registered[0]
            unit_counts = full_counts.read_full(newest, store=store(), group=group, item_id=item_id)
            names = {unit.code: unit_name(unit) for unit in campaigns.units(db, g.campaign.id)}
    except ReleaseError as error:
        return _page(errors=[("", labels.refusal(error))]), 404
    with transaction() as db:
        facts = {"number": newest.number, "group": group, "item": item_id}
        enter(db, Action.FULL_RESULTS_SHOWN, facts)
    rows = [_row(item, one, names[one.unit]) for one in unit_counts]
    return _page(
        group=group,
        item=item_id,
        title=f"{item_name(item)} – {group_name(groups[group])}",
        number=newest.number,
        columns=_columns(item),
        rows=rows,
    )


def _asked() -> tuple[dict[str, RespondentGroup], dict[str, Instrument]]:
    with reading() as db:
        groups = {group.code: group for group in campaigns.groups(db, g.campaign.id)}
        instruments = campaigns.instruments(db, g.campaign.id)
    return groups, {code: instruments[group.instrument_id] for code, group in groups.items()}


def _page(**shown: object) -> str:
    groups, forms = _asked()
    items = {item.id: item for form in forms.values() for item in form.items}
    return render_template(
        "centre/results_full.html",
        **({"errors": [], "rows": [], "title": "", "group": "", "item": ""} | shown),
        groups=[(code, group_name(group)) for code, group in groups.items()],
        items=[(item.id, item_name(item)) for item in items.values()],
    )


def _columns(item: InstrumentItem) -> list[dict[str, object]]:
    labels_of = [
        one.get(locale()) for one in kind_of(item).categories(item) if one.role == "option"
    ]
    names = [
        _("Trung bình (0–100)"), _("Phiếu trả lời"), *labels_of,
        *([result_table.dont_know()] if item.dont_know else []), result_table.not_answered(),
    ]  # fmt: skip
    return [{"label": _("Đơn vị")}, *({"label": name, "number": True} for name in names)]


def _row(item: InstrumentItem, counts_of_unit: FullCounts, name: str) -> dict[str, object]:
    mean = counts_of_unit.mean(item)
    counts = [counts_of_unit.options.get(code, 0) for code in kind_of(item).option_codes(item)]
    counts += [counts_of_unit.dont_know] if item.dont_know else []
    shown = NONE if mean is None else sorted_by(mean, tenths(mean), 4)
    cells = [count_cell(n) for n in (counts_of_unit.responses, *counts, counts_of_unit.missing)]
    return {"cells": (name, shown, *cells)}
