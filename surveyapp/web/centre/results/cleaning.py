"""Cleaning rules at the centre: what they would do, freezing them, coordination, holding for review."""

from collections.abc import Callable
from typing import Any

from flask import Response, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.pack.cleaning_rules import CleaningRule
from surveyapp.campaigns.pack.rule_kinds import KINDS
from surveyapp.db import reading, transaction
from surveyapp.documents import tables
from surveyapp.exports.cleaning import answer_similarity as likeness
from surveyapp.exports.cleaning import rulesets, sensitivity, studies
from surveyapp.exports.cleaning.report import whole
from surveyapp.exports.cleaning.rule_labels import EFFECTS, VARIANTS, condition
from surveyapp.exports.errors import ReleaseError
from surveyapp.exports.formats import report_document
from surveyapp.exports.labels import refusal
from surveyapp.fieldwork.counts import unusual_days
from surveyapp.i18n import _, locale
from surveyapp.web.centre import bp
from surveyapp.web.http.access import allow
from surveyapp.web.http.audit_context import act
from surveyapp.web.http.frame import unit_name
from surveyapp.web.parts.narrowed_list import NARROWING, narrowed

SHOWN = 100


@bp.get("/cleaning")
@allow("operator", "viewer", "auditor")
def cleaning() -> str:
    """The rules in force, or as proposed in the address, and what they would do to results."""
    return _page()


@bp.post("/cleaning")
@allow("operator")
def freeze_rules() -> ResponseReturnValue:
    """Freeze the proposed rules as the next version."""
    try:
        with transaction() as db:
            campaign = campaigns.campaign(db, g.campaign.code)
            rules = rulesets.propose(rulesets.in_force(db, campaign).rules, _asked())
            made = rulesets.freeze(db, campaign, rules, reason=_reason(), act=act())
    except ReleaseError as error:
        return _page([("", refusal(error))]), 409
    flash(_("Đã chốt quy tắc làm sạch, phiên bản %(number)s.", number=made.number), "success")
    return redirect(url_for("centre.cleaning"), code=303)


@bp.get("/cleaning/<any(sensitivity, coordination, days):study>.csv")
@allow("operator", "viewer", "auditor")
def cleaning_file(study: str) -> Response:
    """One of the studies as a CSV; sensitivity is of the version in force or the one asked for."""
    columns, rows = {"sensitivity": _sensitivity, "coordination": _likeness, "days": _days}[study]()
    heads = [tables.Column(name) for name in columns]
    content = tables.write("csv", heads, rows, title=study)
    answer = Response(content, mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{g.campaign.code}-{study}.csv"'
    return answer


@bp.get("/cleaning/report.<any(html, pdf):file>")
@allow("operator", "viewer", "auditor")
def cleaning_report(file: str) -> ResponseReturnValue:
    """The report of the version in force, or the one asked for, as a release carries it."""
    with reading() as db:
        campaign = campaigns.campaign(db, g.campaign.code)
        if not campaign.is_box_opened:
            abort(404)
        versions = rulesets.versions(db, campaign)
        account = studies.account_of(db, campaign, _other(versions) or versions[0])
    paper = whole(account)
    content = (
        report_document.as_pdf(paper) if file == "pdf" else report_document.as_html(paper).encode()
    )
    answer = Response(content, mimetype="application/pdf" if file == "pdf" else "text/html")
    name = f"{g.campaign.code}-cleaning-{account.ruleset.number}.{file}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@bp.get("/cleaning/coordination")
@allow("operator", "viewer", "auditor")
def coordination() -> str:
    """Cells whose answers are more alike than chance; beside them unusual days by supplying unit."""
    return _coordination_page()


@bp.post("/cleaning/<any(hold, lift):holding>")
@allow("operator")
def hold_cell(holding: str) -> ResponseReturnValue:
    """Hold a rated unit × group for review, or end it: on record, as a new version of the rules."""
    enter: Callable[..., Any] = rulesets.hold if holding == "hold" else rulesets.lift
    cell = request.form.get("unit", ""), request.form.get("group", "")
    try:
        with transaction() as db:
            made = enter(
                db, campaigns.campaign(db, g.campaign.code), cell, reason=_reason(), act=act()
            )
    except ReleaseError as error:
        return _coordination_page([("", refusal(error))]), 409
    flash(_("Đã ghi nhận, phiên bản quy tắc %(number)s.", number=made.number), "success")
    return redirect(url_for("centre.coordination"), code=303)


def _reason() -> str:
    return request.form.get("reason", "")


def _asked() -> dict[str, dict[str, object]]:
    """Changes by rule id, from fields named `effect.<id>`, `at_least.<id>`, `below.<id>`."""
    changes: dict[str, dict[str, object]] = {}
    for name, value in request.values.items():
        field, _dot, rule = name.partition(".")
        if field == "effect":
            changes.setdefault(rule, {})[field] = value
        elif field in ("at_least", "below"):
            changes.setdefault(rule, {})[field] = _number(value)
    return changes


def _number(text: str) -> float | str:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return text


def _page(errors: list[tuple[str, str]] | None = None) -> str:
    errors = errors or []
    with reading() as db:
        campaign = campaigns.campaign(db, g.campaign.code)
        versions = rulesets.versions(db, campaign)
        rules = versions[0].rules
        try:
            rules = rulesets.propose(rules, _asked())
        except ReleaseError as error:
            errors = errors or [("", refusal(error))]
        is_open = campaign.is_box_opened
        outcome = studies.sensitivity_of(db, campaign, rules) if is_open else None
        other = _other(versions)
        compared = studies.sensitivity_of(db, campaign, other.rules) if other and is_open else None
        names = {unit.code: unit_name(unit) for unit in campaigns.units(db, campaign.id)}
    return render_template(
        "centre/cleaning.html",
        errors=errors,
        versions=versions,
        rules=rules,
        is_proposal=rules != versions[0].rules,
        parameter=_parameter,
        condition=condition,
        effect_words=EFFECTS,
        variant_words=VARIANTS,
        outcome=outcome,
        other=other,
        shown=(other or versions[0]).number,
        compared={u.unit: u for u in compared.together.units} if compared else {},
        variants=sensitivity.VARIANTS[1:],
        units=narrowed(
            sorted(outcome.together.units, key=_move, reverse=True) if outcome else [],
            words=lambda one: f"{one.unit} {names[one.unit]}",
            kept={name: value for name, value in request.args.items() if name not in NARROWING},
            page_of="centre.cleaning",
        ),
        names=names,
        language=locale(),
        may_act="operator" in g.actor.roles_in(g.campaign.code),
    )


def _parameter(rule: CleaningRule) -> tuple[str, Any]:
    """Name and value of the one parameter of the rule; empty where it takes none."""
    name = KINDS[rule.kind].parameter
    return name, getattr(rule, name) if name else ""


def _move(unit: sensitivity.UnitShift) -> float:
    return abs(unit.shift("person_out") or 0)


def _other(versions: list[rulesets.RuleSet]) -> rulesets.RuleSet | None:
    asked = request.args.get("version", "")
    return next((one for one in versions if str(one.number) == asked), None)


def _coordination_page(errors: list[tuple[str, str]] | None = None) -> str:
    with reading() as db:
        campaign = campaigns.campaign(db, g.campaign.code)
        is_open = campaign.is_box_opened
        alike_groups = studies.coordination_of(db, campaign) if is_open else []
        units = {unit.id: unit for unit in campaigns.units(db, campaign.id)}
        days = unusual_days.unusual_days(db, campaign.id)
        held = rulesets.held_cells(rulesets.in_force(db, campaign).rules)
        groups = [group.code for group in campaigns.groups(db, campaign.id)]
    names, kinds = {unit.code: unit_name(unit) for unit in units.values()}, _kinds()
    return render_template(
        "centre/cleaning_coordination.html",
        errors=errors or [],
        is_open=is_open,
        alike_groups=narrowed(
            [one for one in alike_groups if one.pairs],
            words=lambda one: f"{names[one.cell[0]]} {one.cell[1]} {kinds[one.kind]}",
            filters={"marked": lambda one, _yes: one.is_marked},
            page_of="centre.coordination",
        ),
        looked_at=len(alike_groups),
        marked=sum(one.is_marked for one in alike_groups),
        kinds=kinds,
        days=[(unit_name(units[one.unit_id]), one) for one in days[:SHOWN]],
        held=held,
        units=[(unit.code, unit_name(unit)) for unit in units.values()],
        names=names,
        groups=[(code, code) for code in groups],
        language=locale(),
        may_act="operator" in g.actor.roles_in(g.campaign.code),
    )


def _kinds() -> dict[str, str]:
    """Kinds of evidence, in words."""
    return {
        "identical": _("cặp giống hệt"),
        "near": _("cặp gần giống"),
        "partly": _("cặp giống một phần"),
        "one_answer": _("phiếu chọn một mức cho mọi câu"),
        "too_fast": _("phiếu trả lời quá nhanh"),
    }


def _sensitivity() -> tuple[tuple[str, ...], list[Any]]:
    with reading() as db:
        campaign = campaigns.campaign(db, g.campaign.code)
        versions = rulesets.versions(db, campaign)
        ruleset = _other(versions) or versions[0]
        if not campaign.is_box_opened:
            return sensitivity.COLUMNS, []
        outcome = studies.sensitivity_of(db, campaign, ruleset.rules)
    return sensitivity.COLUMNS, list(sensitivity.table(outcome))


def _likeness() -> tuple[tuple[str, ...], list[Any]]:
    with reading() as db:
        campaign = campaigns.campaign(db, g.campaign.code)
        is_open = campaign.is_box_opened
        alike_groups = studies.coordination_of(db, campaign) if is_open else []
    return likeness.COLUMNS, list(likeness.table(alike_groups))


def _days() -> tuple[tuple[str, ...], list[Any]]:
    with reading() as db:
        codes = {unit.id: unit.code for unit in campaigns.units(db, g.campaign.id)}
        days = unusual_days.unusual_days(db, g.campaign.id)
    return unusual_days.COLUMNS, [
        (codes[one.unit_id], one.day.isoformat(), one.submitted, one.expected, one.residual)
        for one in days
    ]
