"""What the centre does next about a part of the campaign: the one advice, as words, a reason and an address."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import g, url_for
from sqlalchemy.orm import Session

from surveyapp.campaigns import queries as campaigns
from surveyapp.delivery import queries as deliveries
from surveyapp.delivery.queries import Reminded
from surveyapp.fieldwork.counts import briefing, queries
from surveyapp.fieldwork.counts.briefing import NextStep
from surveyapp.fieldwork.counts.queries import Figures
from surveyapp.i18n import _


@dataclass(frozen=True)
class Advice:
    """What to do next, why, and where it is done; no address where there is nothing to press."""

    step: NextStep
    words: str
    why: str
    url: str = ""


@dataclass(frozen=True)
class Adviser:
    """Tells every page the same, from the counts of a part and the reminders of late."""

    lately: Reminded
    now: datetime

    def advise(self, figures: Figures, *, unit: str = "", group: str = "") -> Advice:
        """For a unit, for a group, or for a unit's group: then `figures` are those of the unit."""
        step = briefing.next_step(
            figures,
            last_reminder=self.lately.last(unit=unit, group=group),
            now=self.now,
            is_unit=bool(unit),
        )
        words, why = _told(step)
        return Advice(step, words, why, _address(step, unit=unit, group=group))


def adviser(db: Session, now: datetime) -> Adviser:
    """With the reminders that begin within the least days between messages, before and after now."""
    days = timedelta(days=max(g.campaign.least_days_between_messages, 1))
    lately = deliveries.reminded(db, g.campaign.id, since=now - days, until=now + days)
    return Adviser(lately, now)


def of_units(db: Session, now: datetime) -> dict[str, Advice]:
    """By the code of each supplying unit with forms, as it stands now."""
    asked = adviser(db, now)
    codes = {unit.id: unit.code for unit in campaigns.units(db, g.campaign.id)}
    figures = queries.figures(db, g.campaign.id, by=("supplying",))
    return {codes[id_]: asked.advise(each, unit=codes[id_]) for (id_,), each in figures.items()}


def _told(step: NextStep) -> tuple[str, str]:
    match step:
        case NextStep.MEND:
            return _("Sửa liên hệ"), _("nhiều người không nhận được tin ở địa chỉ đã có")
        case NextStep.INVITE:
            return _("Gửi lời mời"), _("nhiều người chưa được gửi lời mời")
        case NextStep.LETTER:
            return _("Gửi công văn"), _("danh sách còn ngắn so với kế hoạch")
        case NextStep.CALL:
            return _("Gọi điện"), _("đã nhắc, chưa đến lúc nhắc lại")
        case NextStep.WAIT:
            return _("Chờ"), _("vừa được nhắc hoặc sắp được nhắc")
        case NextStep.FINISH:
            return _("Nhắc người làm dở"), _("phần lớn người còn thiếu đang làm dở")
        case NextStep.REMIND:
            return _("Nhắc"), _("phần lớn người còn thiếu chưa mở phiếu")
    return _("Không cần làm gì"), _("không còn ai để nhắc")


def _address(step: NextStep, *, unit: str, group: str) -> str:
    where: dict[str, Any] = {
        name: code for name, code in (("unit", unit), ("group", group)) if code
    }
    match step:
        case NextStep.MEND:
            return url_for("centre.one_unit", code=unit, _anchor="contacts")
        case NextStep.LETTER:
            return url_for("centre.one_unit", code=unit, _anchor="letter")
        case NextStep.CALL:
            return url_for("centre.calls", **where)
        case NextStep.FINISH:
            return url_for("centre.new_wave", kind="reminder_begun", **where)
        case NextStep.INVITE:
            return url_for("centre.new_wave", kind="invitation", **where)
        case NextStep.REMIND:
            return url_for("centre.new_wave", kind="reminder_not_started", **where)
    return ""
