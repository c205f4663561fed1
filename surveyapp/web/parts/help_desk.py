"""Whom a respondent can call: also where nobody knows yet which campaign they come from."""

from collections.abc import Mapping
from typing import Any

from flask import g

from surveyapp import clock, log
from surveyapp import db as database
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.models import Campaign
from surveyapp.db import reading
from surveyapp.i18n import locale


def contact(settings: Mapping[str, Any]) -> dict[str, str]:
    """The campaign's help desk in the present language."""
    written = settings.get("contact", {})
    name = written.get("name", {})
    return {
        "name": name.get(locale(), name.get("vi", "")),
        "phone": written.get("phone", ""),
        "email": written.get("email", ""),
    }


def nearest() -> dict[str, str] | None:
    """The help desk of the visit; before it is known, that of the campaign that collects, or the latest.

    Of several that collect an official one goes before others, and one of many units before a small one beside it.
    None while no campaign names one, or while the database cannot tell.
    """
    known: dict[str, str] | None = g.get("contact")
    if known:
        return known
    try:
        with reading() as db:
            rounds = campaigns.campaigns(db)
            breadth = campaigns.unit_counts(db) if len(rounds) > 1 else {}
    except Exception as error:
        if not database.of_database(error):
            raise
        log.event("help_desk_unknown", fault=database.fault_of(error))
        return None
    now = clock.now()

    def order(one: Campaign) -> tuple[int, ...]:
        return (0, not one.official, -breadth.get(one.id, 0)) if one.is_collecting(now) else (1,)

    likely = sorted(rounds, key=order)
    return next((desk for one in likely if (desk := contact(one.settings))["phone"]), None)
