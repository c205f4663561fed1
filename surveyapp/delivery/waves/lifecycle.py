"""A wave's life: confirmed by typing the count, paused, resumed, tried again, stopped, and done."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session, aliased

from surveyapp.accounts import audit
from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.campaigns.models import Campaign
from surveyapp.db import rows_changed
from surveyapp.delivery.errors import (
    CountMistyped,
    CountMoved,
    NobodyToSendTo,
    WarningsUnread,
    WaveInOtherState,
)
from surveyapp.delivery.models import Delivery, LetterBatch, Wave
from surveyapp.delivery.rules import SENT_BY_WORKER
from surveyapp.delivery.states import GOING, DeliveryState, WaveState
from surveyapp.delivery.waves import cautions, counting
from surveyapp.delivery.waves.counting import DryRun
from surveyapp.delivery.waves.wave_lookup import locked

REACHING = (
    DeliveryState.QUEUED,
    DeliveryState.LEASED,
    DeliveryState.HANDED_OVER,
    DeliveryState.DELIVERED,
)
"""The person is reached by such a message, or will be."""


def recount(db: Session, campaign: Campaign, wave_id: UUID, counted: DryRun, *, act: Act) -> None:
    """Note a new count as the number to type. Raises `WaveInOtherState` unless it is a draft."""
    wave = locked(db, campaign, wave_id)
    if wave.state != WaveState.DRAFT:
        raise WaveInOtherState(wave.state)
    counting.keep(wave, counted, now=act.now)


def confirm(
    db: Session,
    campaign: Campaign,
    wave_id: UUID,
    counted: DryRun,
    *,
    typed: str,
    heeded: Collection[str] = (),
    act: Act,
) -> Wave:
    """Let the wave go: it is tested with a canary first, then filled and sent by the workers.

    What is confirmed is the rule, and `counted`, its count of this moment. Raises `WaveInOtherState`
    unless it is a draft, `NobodyToSendTo`, `CountMistyped` unless `typed` is the number of people it was
    shown to reach, `CountMoved` where the count differs from that by more than people answering
    meanwhile explain, and `WarningsUnread` for warnings whose kind is not in `heeded`.
    """
    wave = locked(db, campaign, wave_id)
    if wave.state != WaveState.DRAFT:
        raise WaveInOtherState(wave.state)
    shown = wave.people
    if not counted.people:
        raise NobodyToSendTo
    if "".join(sign for sign in typed if sign.isdigit()) != str(shown):
        raise CountMistyped(shown, typed)
    if abs(counted.people - shown) > counting.may_move(shown):
        raise CountMoved(shown, counted.people)
    warned = cautions.cautions(wave, campaign, counted, now=act.now)
    if unread := [one for one in warned if one.kind not in heeded]:
        raise WarningsUnread([one.kind for one in unread])
    counting.keep(wave, counted, now=act.now)
    wave.state = WaveState.TESTING
    wave.confirmed_by, wave.confirmed_at = act.actor, act.now
    facts = {**_facts(wave), "shown": shown, "warnings": [one.kind for one in warned]}
    audit.record(db, act, Action.WAVE_CONFIRMED, campaign_code=campaign.code, facts=facts)
    return wave


def pause(db: Session, campaign: Campaign, wave_id: UUID, *, act: Act, reason: str = "") -> None:
    """Send no more for now; what is queued stays. Raises `WaveInOtherState` unless it is going."""
    wave = locked(db, campaign, wave_id)
    if not wave.is_going:
        raise WaveInOtherState(wave.state)
    wave.state, wave.reason = WaveState.PAUSED, reason
    audit.record(db, act, Action.WAVE_PAUSED, campaign_code=campaign.code, facts=_facts(wave))


def pause_all(db: Session, *, reason: str) -> int:
    """Pause every wave that is going, of all campaigns; how many. An operator resumes each, or stops it."""
    paused = db.execute(
        update(Wave).where(Wave.state.in_(GOING)).values(state=WaveState.PAUSED, reason=reason)
    )
    return rows_changed(paused)


def resume(db: Session, campaign: Campaign, wave_id: UUID, *, act: Act) -> None:
    """Go on with a paused wave, after another canary. Raises `WaveInOtherState` unless it is paused."""
    wave = locked(db, campaign, wave_id)
    if wave.state != WaveState.PAUSED:
        raise WaveInOtherState(wave.state)
    wave.state, wave.reason = WaveState.TESTING, ""
    wave.confirmed_at = act.now  # the canary must be younger than this
    audit.record(db, act, Action.WAVE_RESUMED, campaign_code=campaign.code, facts=_facts(wave))


def stop(db: Session, campaign: Campaign, wave_id: UUID, *, act: Act) -> None:
    """Give up what is not sent yet, for good. Raises `WaveInOtherState` if it has ended already."""
    wave = locked(db, campaign, wave_id)
    if wave.is_over:
        raise WaveInOtherState(wave.state)
    wave.state = WaveState.STOPPED
    db.execute(
        update(Delivery)
        .where(Delivery.wave_id == wave_id, Delivery.state == DeliveryState.QUEUED)
        .values(state=DeliveryState.SUPPRESSED, reason="stopped", settled_at=act.now)
        .execution_options(synchronize_session=False)
    )
    audit.record(db, act, Action.WAVE_STOPPED, campaign_code=campaign.code, facts=_facts(wave))


def retry_now(db: Session, campaign: Campaign, wave_id: UUID, *, act: Act) -> int:
    """Try at once whatever waits for another attempt, and once more what was given up. How many.

    Given up is tried anew, with all its attempts, unless the wave has reached the person since or is on its
    way to her by another channel. Domains and channels at rest are tried, too. Raises
    `WaveInOtherState` for a wave that neither sends nor is done.
    """
    wave = locked(db, campaign, wave_id)
    if not wave.is_going and wave.state != WaveState.DONE:
        raise WaveInOtherState(wave.state)
    waiting = db.execute(
        update(Delivery)
        .where(
            Delivery.wave_id == wave_id,
            Delivery.state == DeliveryState.QUEUED,
            Delivery.first_attempt_at.is_not(None),
            Delivery.not_before > act.now,
        )
        .values(not_before=act.now)
        .execution_options(synchronize_session=False)
    )
    other = aliased(Delivery)
    elsewhere = exists(
        select(other.id).where(
            other.wave_id == wave_id,
            other.invitation_id == Delivery.invitation_id,
            other.id != Delivery.id,
            other.state.in_(REACHING),
        )
    )
    given_up = db.execute(
        update(Delivery)
        .where(
            Delivery.wave_id == wave_id,
            Delivery.state == DeliveryState.FAILED,
            Delivery.channel.in_(SENT_BY_WORKER),
            ~elsewhere,
        )
        .values(
            state=DeliveryState.QUEUED,
            reason="",
            attempts=0,
            first_attempt_at=None,
            not_before=act.now,
        )
        .execution_options(synchronize_session=False)
    )
    if rows_changed(given_up) and wave.state == WaveState.DONE:
        wave.state = WaveState.RUNNING
    wave.retried_at = act.now
    n = int(rows_changed(waiting) + rows_changed(given_up))
    facts = {**_facts(wave), "messages": n}
    audit.record(db, act, Action.WAVE_RETRIED, campaign_code=campaign.code, facts=facts)
    return n


def finish(db: Session) -> int:
    """Mark as done the running waves of which nothing is left to do. How many."""
    waiting = exists(
        select(Delivery.id).where(
            Delivery.wave_id == Wave.id,
            Delivery.state.in_((DeliveryState.QUEUED, DeliveryState.LEASED)),
        )
    )
    unconfirmed = exists(
        select(LetterBatch.id).where(
            LetterBatch.wave_id == Wave.id, LetterBatch.confirmed_at.is_(None)
        )
    )
    done = db.execute(
        update(Wave)
        .where(Wave.state == WaveState.RUNNING, Wave.is_filled.is_(True), ~waiting, ~unconfirmed)
        .values(state=WaveState.DONE)
        .execution_options(synchronize_session=False)
    )
    return rows_changed(done)


def _facts(wave: Wave) -> dict[str, Any]:
    return {
        "wave": str(wave.id),
        "kind": wave.kind,
        "people": wave.people,
        "reason": wave.reason,
    }
