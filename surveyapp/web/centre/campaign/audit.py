"""The audit trail for auditors and operators: what the staff did, newest first, and whether the chain holds."""

from flask import g, render_template, request, url_for

from surveyapp.accounts import audit as trail
from surveyapp.accounts.errors import AuditBroken
from surveyapp.campaigns import queries as campaigns
from surveyapp.db import reading
from surveyapp.web.centre import bp
from surveyapp.web.http import numbers
from surveyapp.web.http.access import allow
from surveyapp.web.http.frame import unit_name
from surveyapp.web.http.state import keys
from surveyapp.web.parts.audit_words import action_name

PAGE = 100


@bp.get("/audit")
@allow("operator", "auditor")
def audit() -> str:
    """A page of entries, of one unit where chosen; older ones by number."""
    unit_code = request.args.get("unit", "")
    with reading() as db:
        entries = trail.entries(
            db,
            campaign_code=g.campaign.code,
            unit_code=unit_code or None,
            before=numbers.whole(request.args.get("before", "")),
            limit=PAGE,
        )
        units = campaigns.units(db, g.campaign.id)
    more = len(entries) == PAGE
    older = (
        url_for("centre.audit", unit=unit_code or None, before=entries[-1].number) if more else None
    )
    return render_template(
        "centre/audit.html",
        entries=entries,
        units=[(unit.code, unit_name(unit)) for unit in units],
        unit_names={unit.code: unit_name(unit) for unit in units},
        unit_code=unit_code,
        older=older,
        facts_in_words=facts_in_words,
        action_name=action_name,
    )


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


def facts_in_words(facts: dict[str, object]) -> str:
    """Facts of an entry as name: value; ids and counts only, so they are the same in every language."""
    return "; ".join(f"{name}: {value}" for name, value in facts.items()) or "–"
