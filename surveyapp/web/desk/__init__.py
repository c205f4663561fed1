"""Pages of the desks: a unit's lists and people, and nothing of any other unit."""

from importlib import import_module
from typing import Any

from flask import Blueprint, g, request, url_for

from surveyapp.i18n import _

bp = Blueprint("desk", __name__, url_prefix="/desk/<campaign>/<unit>")


@bp.url_defaults
def _place(_endpoint: str, values: dict[str, Any]) -> None:
    """Addresses on a desk's page stay with its campaign and unit."""
    if g.get("unit") is not None:
        values.setdefault("campaign", g.campaign.code)
        values.setdefault("unit", g.unit.code)


@bp.before_request
def _place_is_known() -> None:
    """Views find campaign and unit in `g`, where access has put those the person may see."""
    for part in ("campaign", "unit"):
        (request.view_args or {}).pop(part, None)


@bp.context_processor
def _rooms() -> dict[str, Any]:
    if g.get("unit") is None:  # the page of a refusal
        return {}
    rooms = (
        ("desk.home", _("Danh sách")),
        ("desk.people", _("Người đã duyệt")),
        ("desk.contacts", _("Địa chỉ cần bổ sung")),
        ("desk.rates", _("Tiến độ trả lời")),
        ("desk.chase", _("Đôn đốc")),
    )
    return {
        "navigation": [
            {"label": label, "url": url_for(room), "current": request.endpoint == room}
            for room, label in rooms
        ]
    }


_MODULES = (
    "home",
    "upload",
    "received",
    "findings",
    "workbook",
    "people",
    "contacts",
    "rates",
    "reminding_letter",
)
for _module in _MODULES:
    import_module(f"surveyapp.web.desk.{_module}")
