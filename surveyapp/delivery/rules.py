"""Who gets a message, by which channel and when: pure rules of delivery."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from surveyapp.assignments.rules import STARTED, Disposition
from surveyapp.assignments.states import AssignmentState
from surveyapp.clock import VIETNAM
from surveyapp.delivery.states import DeliveryState
from surveyapp.invitations.states import InvitationState
from surveyapp.messaging import registry
from surveyapp.messaging.channel_kinds import ContactDetails

KINDS = (
    "invitation",
    "reminder_not_started",
    "reminder_begun",
    "last_day",
    "reissue",
    "thanks",
)
"""Kinds of wave, in the order of a campaign. `thanks` goes out only if somebody makes such a wave."""
REMINDERS = ("reminder_not_started", "reminder_begun", "last_day")
CHANNELS = registry.CODES
SENT_BY_WORKER = registry.SENT_BY_WORKER
FINAL = frozenset(
    {
        DeliveryState.HANDED_OVER,
        DeliveryState.DELIVERED,
        DeliveryState.HARD_BOUNCE,
        DeliveryState.SUPPRESSED,
        DeliveryState.FAILED,
    }
)
"""States in which nothing more will be tried for this delivery."""
MOST_ATTEMPTS = 8
LONGEST_WAIT = timedelta(hours=6)
PATIENCE = timedelta(hours=24)
"""What was first tried so long ago and is not taken yet is given up, whoever was at fault."""


@dataclass(frozen=True, slots=True)
class FormInMessage:
    """One questionnaire of the person a message is meant for."""

    group_id: int
    state: AssignmentState
    disposition: str


@dataclass(frozen=True, slots=True)
class InvitationFacts:
    """What is true of an invitation at the moment of sending."""

    invitation_id: UUID
    invitation_state: InvitationState
    held: bool
    forms: Sequence[FormInMessage]
    issue_number: int = 1
    is_away: bool = False


_SAID = {
    Disposition.REFUSED: "declined",
    Disposition.UNAVAILABLE: "not_me",
    Disposition.MOVED: "moved",
    Disposition.WRONG_GROUP: "wrong_group",
}


def reason_to_skip(kind: str, standing: InvitationFacts, *, tried_before: bool = False) -> str:
    """Why this person gets no message of this kind now; an empty string when she does.

    `tried_before`: the same wave has tried her in vain by another channel, or what it handed over came back.
    Whatever her forms count as since, what it says is still news to her.

    revoked, on_hold, submitted, declined, not_me, moved, wrong_group, already_sent, not_sent, started,
    not_started, not_submitted, not_reissued, away.
    """
    if standing.invitation_state != InvitationState.ACTIVE:
        return "revoked"
    if standing.held:
        return "on_hold"
    live = [form for form in standing.forms if form.state == AssignmentState.ACTIVE]
    if not live:
        submitted = any(form.state == AssignmentState.SUBMITTED for form in standing.forms)
        return ("" if kind == "thanks" else "submitted") if submitted else "revoked"
    if kind == "thanks":
        return "not_submitted"
    if standing.is_away:
        return "away"
    asked = [form for form in live if form.disposition not in _SAID]
    if not asked:
        return next(word for said, word in _SAID.items() if said == live[0].disposition)
    if kind == "reissue" and standing.issue_number == 1:
        return "not_reissued"
    reason = _reason_of_kind(kind, asked)
    return "" if tried_before and reason in ("already_sent", "not_sent") else reason


def _reason_of_kind(kind: str, asked: Sequence[FormInMessage]) -> str:
    unsent = {Disposition.NOT_SENT, Disposition.BOUNCED}
    if kind in ("invitation", "reissue"):
        return "" if any(form.disposition in unsent for form in asked) else "already_sent"
    if all(form.disposition in unsent for form in asked):
        return "not_sent"
    begun = any(form.disposition in STARTED for form in asked)
    if kind == "reminder_not_started":
        return "started" if begun else ""
    if kind == "reminder_begun":
        return "" if begun else "not_started"
    return ""


def choose_channel(
    allowed: Sequence[str], *, email: str, phone: str, dead: Collection[str] = ()
) -> str:
    """The first allowed channel that reaches the person; an empty string when none does.

    `dead` names channels that failed for her before or whose address refuses our messages.
    """
    contact = ContactDetails(email, phone)
    for kind in registry.KINDS:
        if kind.code in allowed and kind.code not in dead and kind.reaches(contact):
            return kind.code
    return ""


def is_quiet(moment: datetime, *, quiet_from: int, quiet_until: int) -> bool:
    """Whether nobody should be written to at this hour in Vietnam; equal hours mean never quiet."""
    hour = moment.astimezone(VIETNAM).hour
    if quiet_from == quiet_until:
        return False
    if quiet_from < quiet_until:
        return quiet_from <= hour < quiet_until
    return hour >= quiet_from or hour < quiet_until


def start_of_day(moment: datetime) -> datetime:
    """Midnight in Vietnam before `moment`: daily limits count from here."""
    return datetime.combine(moment.astimezone(VIETNAM).date(), time.min, tzinfo=VIETNAM)


def retry_after(attempts: int, *, spread: float) -> timedelta:
    """How long to wait after the n-th failed attempt: 1, 4, 16, 64 … minutes, at most six hours.

    `spread` (0..1) lengthens it by up to a quarter, so that a server that was down is not stormed.
    """
    wait = min(timedelta(minutes=4 ** (attempts - 1)), LONGEST_WAIT)
    return wait * (1 + spread / 4)
