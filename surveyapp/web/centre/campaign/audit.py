"""The audit trail for auditors and operators: what the staff did, newest first, searched, exported, checked."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from io import BytesIO
from typing import Any

from flask import g, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.accounts import audit as trail
from surveyapp.accounts.actions import Action
from surveyapp.accounts.audit import EntryWords, Sought
from surveyapp.accounts.errors import AuditBroken
from surveyapp.campaigns import queries as campaigns
from surveyapp.db import reading, transaction
from surveyapp.documents import tables
from surveyapp.i18n import _, moment
from surveyapp.web.centre import bp
from surveyapp.web.http import numbers
from surveyapp.web.http.access import allow
from surveyapp.web.http.audit_context import enter
from surveyapp.web.http.frame import unit_name
from surveyapp.web.http.safeguards.fresh_factor import fresh_factor
from surveyapp.web.http.state import keys
from surveyapp.web.parts.audit_words import action_name
from surveyapp.web.parts.dates import read_day
from surveyapp.web.parts.narrowed_list import is_found

PAGE = 100
MOST = 50_000
FIELDS = ("search", "unit", "action", "actor", "since", "until")


@bp.get("/audit")
@allow("operator", "auditor")
def audit() -> str:
    """A page of entries, of those sought; older ones by number."""
    chosen = {name: request.args.get(name, "")[:100] for name in FIELDS}
    with reading() as db:
        names = _unit_names(db)
        entries = trail.entries(
            db,
            campaign_code=g.campaign.code,
            unit_code=chosen["unit"] or None,
            before=numbers.whole(request.args.get("before", "")),
            sought=_sought(chosen, names),
            limit=PAGE,
        )
    more = len(entries) == PAGE
    kept: dict[str, Any] = {name: value for name, value in chosen.items() if value}
    older = url_for("centre.audit", **kept, before=entries[-1].number) if more else None
    return render_template(
        "centre/audit.html",
        entries=entries,
        units=list(names.items()),
        unit_names=names,
        actions=sorted(((str(one), action_name(one)) for one in Action), key=lambda one: one[1]),
        chosen=chosen,
        older=older,
        facts_in_words=facts_in_words,
        action_name=action_name,
    )


@bp.post("/audit/table.<any(csv, xlsx):format>")
@allow("operator", "auditor")
@fresh_factor
def export_audit(format: str) -> ResponseReturnValue:
    """The entries sought as a file, each with its digest. That it was taken is an entry, too."""
    chosen = {name: request.form.get(name, "")[:100] for name in FIELDS}
    with reading() as db:
        entries = trail.entries(
            db,
            campaign_code=g.campaign.code,
            unit_code=chosen["unit"] or None,
            sought=_sought(chosen, _unit_names(db)),
            limit=MOST,
        )
    with transaction() as db:
        enter(db, Action.AUDIT_EXPORTED, {"entries": len(entries)})
    columns = [tables.Column(_("Số"), "count")] + [
        tables.Column(words)
        for words in (_("Thời điểm"), _("Người làm"), _("Việc"), _("Đơn vị"), _("Chi tiết"), _("Mã xác thực"))
    ]  # fmt: skip
    rows = [
        (
            one.number,
            one.at.isoformat(),
            one.actor,
            one.action,
            one.unit_code,
            json.dumps(one.facts, ensure_ascii=False, sort_keys=True),
            one.digest.hex(),
        )
        for one in entries
    ]
    notes = [moment(clock.now())]
    content = tables.write(format, columns, rows, title=_("Nhật ký"), notes=notes)
    name = f"nhat-ky-{g.campaign.code}-{clock.day(clock.now())}.{format}"
    return send_file(
        BytesIO(content), mimetype=tables.MEDIA[format], as_attachment=True, download_name=name
    )


def _unit_names(db: Session) -> dict[str, str]:
    return {unit.code: unit_name(unit) for unit in campaigns.units(db, g.campaign.id)}


def _sought(chosen: dict[str, str], names: Mapping[str, str]) -> Sought:
    """Days are whole days in Vietnam; what is no day is no limit."""
    since, until = _midnight(chosen["since"]), _midnight(chosen["until"])
    return Sought(
        actor=chosen["actor"],
        action=chosen["action"],
        since=since,
        until=until + timedelta(days=1) if until else None,
        says=_says(chosen["search"], names) if chosen["search"].strip() else None,
    )


def _says(text: str, names: Mapping[str, str]) -> Callable[[EntryWords], bool]:
    """Whether every word typed stands in a row of the page, with or without accents."""
    acts = {str(one): action_name(one) for one in Action}

    def says(entry: EntryWords) -> bool:
        act = acts.get(entry.action) or action_name(entry.action)
        row = (entry.actor, entry.action, act, entry.unit_code, names.get(entry.unit_code, ""))
        return is_found(text, *row, *_told(entry.facts))

    return says


def _midnight(text: str) -> datetime | None:
    day = read_day(text)
    if day is None or day.year <= 2000:
        return None
    return datetime.combine(day, time(), tzinfo=clock.VIETNAM)


@bp.get("/audit/verify")
@allow("operator", "auditor")
def audit_chain() -> str:
    """Walk the whole trail and say whether it is intact."""
    broken_at, chain = None, None
    with reading() as db:
        try:
            chain = trail.verify(db, keys=keys())
        except AuditBroken as broken:
            broken_at = broken.number
    return render_template("centre/audit_chain.html", chain=chain, broken_at=broken_at)


def facts_in_words(facts: Mapping[str, Any]) -> str:
    """Facts of an entry as name: value; ids and counts only, so they are the same in every language."""
    return "; ".join(_told(facts)) or "–"


def _told(facts: Mapping[str, Any]) -> list[str]:
    return [f"{name}: {value}" for name, value in facts.items()]
