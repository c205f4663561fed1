"""What the frame of every page shows: who is signed in, which campaign, whether it is a demo."""

from typing import Any

from flask import Flask, g, url_for

from surveyapp.i18n import _, locale
from surveyapp.web.http.state import settings


def install(app: Flask) -> None:
    """Give the layout templates their variables."""
    app.context_processor(_frame)


def role_name(role: str) -> str:
    """The role in words."""
    return {
        "operator": _("Điều hành"),
        "viewer": _("Theo dõi"),
        "auditor": _("Giám sát"),
        "coordinator": _("Đầu mối"),
    }[role]


def unit_name(unit: Any) -> str:
    """The unit's name in the present language."""
    return str(unit.name_en if locale() == "en" else unit.name_vi)


def _frame() -> dict[str, Any]:
    shown: dict[str, Any] = {"demo": settings().demo}
    actor, campaign, unit = g.get("actor"), g.get("campaign"), g.get("unit")
    if campaign is not None:
        shown["campaign"] = campaign.title_en if locale() == "en" else campaign.title_vi
        shown["custody"] = campaign.custody
    if actor is not None:
        role = actor.role_in(campaign.code) if campaign is not None else None
        shown["signed_in"] = {
            "name": actor.display_name,
            "role": role_name(role) if role else actor.username,
            "unit": unit_name(unit) if unit is not None else None,
        }
        shown["sign_out_url"] = url_for("account.sign_out")
        shown["account_url"] = url_for("account.home")
    return shown
