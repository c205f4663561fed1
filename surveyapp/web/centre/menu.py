"""The centre's menu in two rows: what the work is, and the pages of the part that is open."""

from dataclasses import dataclass
from typing import Any

from flask import current_app, g, request, url_for

from surveyapp import clock
from surveyapp.accounts import second_person
from surveyapp.accounts.access import OPERATOR
from surveyapp.db import reading
from surveyapp.i18n import _, lazy
from surveyapp.web.centre import bp
from surveyapp.web.http.safeguards import two_persons

QUEUE = "centre.confirmations"


@dataclass(frozen=True)
class MenuPage:
    """A page of the menu and the modules whose pages belong to it, its own (`endpoint`) among them."""

    endpoint: str
    label: Any
    modules: tuple[str, ...]


PARTS = (
    (
        lazy("Tiến độ"),
        (
            MenuPage("centre.overview", lazy("Tổng quan"), ("overview", "chart_files", "one_unit")),
            MenuPage("centre.rates", lazy("Tỷ lệ trả lời"), ("drill_down",)),
            MenuPage("centre.forecast", lazy("Dự báo"), ("forecast",)),
            MenuPage("centre.representativeness", lazy("Tính đại diện"), ("representativeness",)),
            MenuPage("centre.report", lazy("Báo cáo"), ("report",)),
        ),
    ),
    (
        lazy("Chuẩn bị"),
        (
            MenuPage("centre.lists", lazy("Danh sách"), ("intake", "late_desks")),
            MenuPage(
                "centre.questionnaires",
                lazy("Phiếu điều tra"),
                ("questionnaires", "authoring", "walk_through"),
            ),
        ),
    ),
    (
        lazy("Gửi và đôn đốc"),
        (
            MenuPage(
                "centre.messages",
                lazy("Gửi tin"),
                ("waves", "wave_form", "channels", "templates", "letters", "wave_counts"),
            ),
            MenuPage("centre.reminder_calendar", lazy("Lịch nhắc"), ("reminder_calendar",)),
            MenuPage("centre.invitations", lazy("Lời mời"), ("invitations", "bulk_reissue")),
            MenuPage("centre.declarations", lazy("Người được mời báo lại"), ("declarations",)),
            MenuPage("centre.chase", lazy("Đôn đốc"), ("reminding_letters",)),
            MenuPage("centre.calls", lazy("Gọi điện"), ("calls",)),
        ),
    ),
    (
        lazy("Dữ liệu"),
        (
            MenuPage("centre.cleaning", lazy("Làm sạch"), ("cleaning",)),
            MenuPage(
                "centre.releases", lazy("Phát hành"), ("releases", "release_tokens", "remarks")
            ),
            MenuPage(
                "centre.results",
                lazy("Kết quả điều tra"),
                ("distributions", "full_figures", "national_results", "unit_results"),
            ),
        ),
    ),
    (
        lazy("Quản trị"),
        (
            MenuPage("centre.life", lazy("Đợt điều tra"), ("lifecycle",)),
            MenuPage(QUEUE, lazy("Việc cần hai người"), ("confirmations",)),
            MenuPage("centre.staff", lazy("Tài khoản"), ("staff", "staff_book")),
            MenuPage("centre.audit", lazy("Nhật ký"), ("audit",)),
            MenuPage("centre.personal_data", lazy("Dữ liệu cá nhân"), ("personal_data",)),
            MenuPage("centre.installation", lazy("Máy chủ"), ("installation",)),
        ),
    ),
)


@bp.context_processor
def _menu() -> dict[str, Any]:
    """`navigation`: the parts; `navigation_below`: the pages of the one that is open, and what it is called."""
    if g.get("campaign") is None:  # the page of a refusal
        return {}
    here, waiting = _module_here(), _waiting()
    shown: dict[str, Any] = {"navigation": []}
    for label, rooms in PARTS:
        admitted = [room for room in rooms if _admits(room)]
        if not admitted:
            continue
        is_here = any(here in room.modules for room in admitted)
        first = url_for(admitted[0].endpoint)
        count = waiting if any(room.endpoint == QUEUE for room in admitted) else 0
        shown["navigation"].append(
            {"label": label, "url": first, "current": is_here and "true", "waiting": count}
        )
        if is_here:
            shown["navigation_below_of"] = _("Các trang của mục %(part)s", part=label)
            shown["navigation_below"] = [
                {
                    "label": room.label,
                    "url": url_for(room.endpoint),
                    "current": _state(room, here),
                    "waiting": waiting if room.endpoint == QUEUE else 0,
                }
                for room in admitted
            ]
    return shown


def _waiting() -> int:
    """How many requests wait for this person: who is asked must see it wherever she works."""
    if not two_persons.is_demanded() or OPERATOR not in g.actor.roles_in(g.campaign.code):
        return 0
    with reading() as db:
        return second_person.count_to_answer(
            db, g.campaign.code, me=g.actor.username, now=clock.now()
        )


def _module_here() -> str:
    view = current_app.view_functions.get(request.endpoint or "")
    return view.__module__.rpartition(".")[2] if view is not None else ""


def _state(room: MenuPage, here: str) -> str:
    """As `aria-current` says it: this page, or a page that belongs to it."""
    if request.endpoint == room.endpoint:
        return "page"
    return "true" if here in room.modules else ""


def _admits(room: MenuPage) -> bool:
    """The person may open the room, and there is something in it: no link is shown that would be refused."""
    if room.endpoint == "centre.results" and not g.campaign.is_released:
        return False
    admitted = getattr(current_app.view_functions[room.endpoint], "admits", ())
    return bool(g.actor.roles_in(g.campaign.code) & set(admitted))
