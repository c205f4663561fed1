"""Sends what was queued for late desks: one plain e-mail each, no list and no name in it."""

import uuid
from datetime import date, datetime

from sqlalchemy.orm import Session

from surveyapp.campaigns.models import Campaign, Unit
from surveyapp.i18n import _, day, speaking
from surveyapp.messaging.email import return_addresses
from surveyapp.messaging.model import Email, Outcome
from surveyapp.respondents.deadlines import desks
from surveyapp.respondents.deadlines.desks import how_far
from surveyapp.respondents.models import DeskReminder
from surveyapp.respondents.states import ReminderState

# What may be tried later stays queued.
_STATES = {
    "handed_over": ReminderState.HANDED_OVER,
    "later": ReminderState.QUEUED,
    "never": ReminderState.FAILED,
}


def messages(
    db: Session, *, sender: str, base_url: str, now: datetime, today: date
) -> list[tuple[uuid.UUID, Email]]:
    """Every queued reminder as the e-mail that goes out."""
    return [
        (r.id, _message(db, r, sender=sender, base_url=base_url, now=now, today=today))
        for r in desks.queued_reminders(db)
    ]


def note(db: Session, reminder_id: uuid.UUID, outcome: Outcome, *, now: datetime) -> str:
    """Write what came of one attempt; returns the reminder's state."""
    state = _STATES[outcome.state]
    desks.reminder_tried(db, reminder_id, state=state, code=outcome.code, now=now)
    return state


def _message(
    db: Session,
    reminder: DeskReminder,
    *,
    sender: str,
    base_url: str,
    now: datetime,
    today: date,
) -> Email:
    unit = db.get_one(Unit, reminder.unit_id)
    campaign = db.get_one(Campaign, unit.campaign_id)
    name, address = return_addresses.named(sender)
    late = {row.unit.id: row for row in desks.late_units(db, campaign, today=today)}
    lists = late[unit.id].lists if unit.id in late else ()
    with speaking("vi"):
        facts = {
            "unit": unit.name_vi,
            "campaign": campaign.title_vi,
            "due": day(desks.due_of(db, campaign, unit.id)),
            "lists": "\n".join(f"- {late.kind.name_vi}: {how_far(late)}" for late in lists),
            "address": f"{base_url}/desk/{campaign.code}/{unit.code}/",
        }
        subject = _("Nhắc gửi danh sách điều tra: %(unit)s", **facts)
        text = _(
            "Kính gửi đầu mối của %(unit)s,\n\n%(campaign)s còn chờ các danh sách sau của đơn vị (hạn %(due)s):\n\n%(lists)s\n\nVui lòng gửi tệp, sửa lỗi nếu còn và xác nhận tại %(address)s (cần đăng nhập). Nếu đơn vị đã gửi, xin bỏ qua thư này.\n",
            **facts,
        )
    return Email(
        recipient=reminder.email,
        sender=address,
        sender_name=name,
        subject=subject,
        text=text,
        message_id=return_addresses.message_id(reminder.id.hex, return_addresses.domain_of(sender)),
        dated=now,
    )
