"""Calling: one operator takes a person, calls, and records what came of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.accounts import audit
from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.campaigns.models import Campaign
from surveyapp.delivery.returned import returns
from surveyapp.delivery.waves import absences, audience
from surveyapp.followup import new_links, queries, rules, shifts
from surveyapp.followup.errors import BeingCalled, NotClaimed, NotForSeveral, NotToBeCalled
from surveyapp.followup.models import CallAttempt, CallLease
from surveyapp.followup.queries import ToCall
from surveyapp.followup.rules import DECLARATIONS, LEASE, Result
from surveyapp.invitations import queries as invitations
from surveyapp.invitations import service
from surveyapp.invitations.models import Invitation


@dataclass(frozen=True, kw_only=True)
class CallOutcome:
    """What the operator fills in: `until` where the person is away, `channel` for a new link."""

    result: Result
    until: date | None = None
    channel: str = ""


def claim(db: Session, campaign: Campaign, invitation_id: UUID, *, act: Act) -> None:
    """Take the person for `LEASE`, on record. Raises `NoShift`, `NotToBeCalled`, `BeingCalled`."""
    service.check_open(campaign, act.now)
    shift = shifts.current(db, campaign, act.actor, now=act.now)
    card = _held(db, campaign, invitation_id, now=act.now)
    if card.operator not in (None, act.actor):
        raise BeingCalled(*_lease(db, invitation_id))
    db.execute(delete(CallLease).where(CallLease.invitation_id == invitation_id))
    db.execute(
        insert(CallLease).values(
            invitation_id=invitation_id, operator=act.actor, until=act.now + LEASE
        )
    )
    facts = {"invitation": str(invitation_id), "reason": shift.reason}
    audit.record(
        db,
        act,
        Action.CALLS_SEEN,
        campaign_code=campaign.code,
        unit_code=card.unit_code,
        facts=facts,
    )


def release(db: Session, invitation_id: UUID, *, actor: str) -> None:
    """Give the person back without having called."""
    db.execute(
        delete(CallLease).where(
            CallLease.invitation_id == invitation_id, CallLease.operator == actor
        )
    )


def claimed(db: Session, campaign: Campaign, invitation_id: UUID, *, act: Act) -> ToCall:
    """The card of a person this operator has taken. Raises `NoShift`, `NotToBeCalled`, `NotClaimed`."""
    shifts.current(db, campaign, act.actor, now=act.now)
    card = queries.person(db, campaign, invitation_id, now=act.now)
    if card is None:
        raise NotToBeCalled
    if card.operator != act.actor:
        raise NotClaimed
    return card


def record(
    db: Session, campaign: Campaign, invitation_id: UUID, outcome: CallOutcome, *, act: Act
) -> None:
    """Keep the call and let its result take effect.

    Raises `NoShift`, `NotToBeCalled` (who submits while on the telephone needs no result),
    `NotClaimed`, `DateRefused` and `ChannelRefused`.
    """
    service.check_open(campaign, act.now)
    _held(db, campaign, invitation_id, now=act.now)
    _keep(db, campaign, claimed(db, campaign, invitation_id, act=act), outcome, act=act)


def record_several(
    db: Session,
    campaign: Campaign,
    invitation_ids: Iterable[UUID],
    outcome: CallOutcome,
    *,
    act: Act,
) -> int:
    """Keep the same result for several people called one after another; gives for how many.

    Whoever another operator is calling, or nobody has to call any more, is left out. Raises
    `NotForSeveral` unless the result is one of `rules.FOR_SEVERAL`, `NoShift` and `DateRefused`.
    """
    if outcome.result not in rules.FOR_SEVERAL:
        raise NotForSeveral(outcome.result)
    service.check_open(campaign, act.now)
    shifts.current(db, campaign, act.actor, now=act.now)
    _away_until(outcome, now=act.now)
    chosen = db.scalars(
        select(Invitation.id)
        .where(Invitation.id.in_(list(invitation_ids)), Invitation.campaign_id == campaign.id)
        .order_by(Invitation.id)
        .with_for_update(key_share=True)
    ).all()
    recorded = 0
    for invitation_id in chosen:
        card = queries.person(db, campaign, invitation_id, now=act.now)
        if card is not None and card.operator in (None, act.actor):
            _keep(db, campaign, card, outcome, act=act)
            recorded += 1
    return recorded


def _keep(db: Session, campaign: Campaign, card: ToCall, outcome: CallOutcome, *, act: Act) -> None:
    invitation_id = card.invitation_id
    absences.end(db, campaign.id, invitation_id, today=act.today)
    db.execute(
        insert(CallAttempt).values(
            id=uuid4(),
            campaign_id=campaign.id,
            invitation_id=invitation_id,
            result=outcome.result,
            at=act.now,
            operator=act.actor,
            away_until=_away_until(outcome, now=act.now),
        )
    )
    effect = _EFFECTS.get(outcome.result)
    if effect:
        effect(db, campaign, invitation_id, outcome, act=act)
    release(db, invitation_id, actor=act.actor)
    facts = {"invitation": str(invitation_id), "result": str(outcome.result)}
    audit.record(
        db,
        act,
        Action.CALLS_RECORDED,
        campaign_code=campaign.code,
        unit_code=card.unit_code,
        facts=facts,
    )


def _held(db: Session, campaign: Campaign, invitation_id: UUID, *, now: datetime) -> ToCall:
    """The person, whose invitation is locked until the transaction ends."""
    db.execute(
        select(Invitation.id)
        .where(Invitation.id == invitation_id, Invitation.campaign_id == campaign.id)
        .with_for_update(key_share=True)
    )
    card = queries.person(db, campaign, invitation_id, now=now)
    if card is None:
        raise NotToBeCalled
    return card


def _lease(db: Session, invitation_id: UUID) -> tuple[str, datetime]:
    row = db.execute(
        select(CallLease.operator, CallLease.until).where(CallLease.invitation_id == invitation_id)
    ).one()
    return row.operator, row.until


def _away_until(outcome: CallOutcome, *, now: datetime) -> date | None:
    if outcome.result != Result.UNAVAILABLE:
        return None
    return rules.check_away(outcome.until, today=clock.day(now))


def _wrong_number(
    db: Session, _campaign: Campaign, invitation_id: UUID, _outcome: CallOutcome, *, act: Act
) -> None:
    """No text goes to that number again; the desk is asked for a better contact."""
    phone = audience.recipients(db, [invitation_id])[invitation_id].phone
    tag = audience.address_tag(act.keys, "sms", phone)
    returns.wrong_number(db, invitation_id=invitation_id, address_tag=tag, now=act.now)


def _unavailable(
    db: Session, campaign: Campaign, invitation_id: UUID, outcome: CallOutcome, *, act: Act
) -> None:
    """Left alone until the day; away until collection is over counts as unavailable (AAPOR 2.26)."""
    assert outcome.until is not None
    absences.leave_alone(db, campaign, invitation_id, until=outcome.until, today=act.today)


def _new_link(
    db: Session, campaign: Campaign, invitation_id: UUID, outcome: CallOutcome, *, act: Act
) -> None:
    service.reissue(db, campaign, invitation_id, reason=new_links.REASON, act=act)
    new_links.send_link(db, campaign, invitation_id, channel=outcome.channel, act=act)


def _declared(
    db: Session, campaign: Campaign, invitation_id: UUID, outcome: CallOutcome, *, act: Act
) -> None:
    invited = invitations.invited(db, campaign, invitation_id)
    service.declare(db, invited, DECLARATIONS[outcome.result], today=act.today)


_EFFECTS: dict[Result, Callable[..., None]] = {
    Result.WRONG_NUMBER: _wrong_number,
    Result.UNAVAILABLE: _unavailable,
    Result.NEW_LINK: _new_link,
    Result.MOVED: _declared,
    Result.REFUSED: _declared,
}
