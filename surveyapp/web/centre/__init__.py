"""Pages of the centre: lists, invitations, rates and the state of a campaign, over all units."""

from importlib import import_module
from typing import Any

from flask import Blueprint, g, request

bp = centre = Blueprint("centre", __name__, url_prefix="/centre/<campaign>")

MODULES = (
    "menu",
    "rates.overview",
    "campaign.authoring",
    "campaign.questionnaires",
    "campaign.walk_through",
    "lists.intake",
    "lists.late_desks",
    "sending.invitations",
    "sending.bulk_reissue",
    "sending.declarations",
    "sending.wave_form",
    "sending.waves",
    "sending.reminder_calendar",
    "sending.channels",
    "sending.templates",
    "sending.letters",
    "sending.wave_counts",
    "rates.drill_down",
    "units.one_unit",
    "rates.reminding_letters",
    "sending.calls",
    "rates.forecast",
    "rates.representativeness",
    "rates.chart_files",
    "rates.report",
    "campaign.lifecycle",
    "results.cleaning",
    "results.full_figures",
    "results.releases",
    "results.distributions",
    "results.national_results",
    "results.unit_results",
    "results.release_tokens",
    "results.remarks",
    "campaign.staff",
    "campaign.staff_book",
    "campaign.confirmations",
    "campaign.audit",
    "campaign.personal_data",
    "campaign.installation",
)


@bp.url_defaults
def _place(_endpoint: str, values: dict[str, Any]) -> None:
    """Addresses on a page of the centre stay with its campaign."""
    if g.get("campaign") is not None:
        values.setdefault("campaign", g.campaign.code)


@bp.before_request
def _place_is_known() -> None:
    """Views find the campaign in `g`, where access has put it."""
    (request.view_args or {}).pop("campaign", None)


for _module in MODULES:
    import_module(f"surveyapp.web.centre.{_module}")
