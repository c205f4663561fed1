"""Pages of the centre: lists, invitations, rates and the state of a campaign, over all units."""

from importlib import import_module
from typing import Any

from flask import Blueprint, current_app, g, request, url_for

from surveyapp.i18n import _

bp = centre = Blueprint("centre", __name__, url_prefix="/centre/<campaign>")

MODULES = (
    "overview",
    "questionnaires",
    "lists",
    "desks",
    "invitations",
    "messages",
    "channels",
    "messagewords",
    "letters",
    "wavecounts",
    "rates",
    "chase",
    "calls",
    "forecast",
    "representativeness",
    "chartfiles",
    "report",
    "life",
    "cleaning",
    "releases",
    "results",
    "handover",
    "staff",
    "audit",
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


def _current(room: str) -> str:
    """As `aria-current` says it: "page" for the room itself, "true" for a page within it, else ""."""
    if request.endpoint == room:
        return "page"
    is_within = room != "centre.overview" and request.path.startswith(f"{url_for(room)}/")
    return "true" if is_within else ""


@bp.context_processor
def _rooms() -> dict[str, Any]:
    if g.get("campaign") is None:  # the page of a refusal
        return {}
    rooms = (
        ("centre.overview", _("Tổng quan")),
        ("centre.questionnaires", _("Phiếu điều tra")),
        ("centre.lists", _("Danh sách")),
        ("centre.invitations", _("Lời mời")),
        ("centre.messages", _("Gửi tin")),
        ("centre.rates", _("Tỷ lệ trả lời")),
        ("centre.chase", _("Đôn đốc")),
        ("centre.calls", _("Gọi điện")),
        ("centre.forecast", _("Dự báo")),
        ("centre.representativeness", _("Tính đại diện")),
        ("centre.report", _("Báo cáo")),
        ("centre.life", _("Đợt điều tra")),
        ("centre.cleaning", _("Làm sạch")),
        ("centre.releases", _("Phát hành")),
        *([("centre.results", _("Kết quả điều tra"))] if g.campaign.state == "released" else []),
        ("centre.staff", _("Tài khoản")),
        ("centre.audit", _("Nhật ký")),
    )
    return {
        "navigation": [
            {"label": label, "url": url_for(room), "current": _current(room)}
            for room, label in rooms
            if _admits(room)
        ]
    }


def _admits(room: str) -> bool:
    """The person may open the room: a link that would be refused is not shown."""
    admitted = getattr(current_app.view_functions[room], "admits", ())
    return bool(g.actor.roles_in(g.campaign.code) & set(admitted))


for _module in MODULES:
    import_module(f"surveyapp.web.centre.{_module}")
