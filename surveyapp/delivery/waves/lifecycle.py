"""Waves: described, counted, confirmed by typing the count, filled, paused, resumed and stopped."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.accounts import audit
from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.campaigns.models import Campaign
from surveyapp.delivery import rules
from surveyapp.delivery.errors import (
    CountMistyped,
    NobodyToSendTo,
    UnknownWave,
    WaveInOtherState,
    WaveRefused,
)
from surveyapp.delivery.models import Delivery, LetterBatch, Wave
from surveyapp.delivery.sending import queue
from surveyapp.delivery.states import GOING, DeliveryState, WaveState
from surveyapp.delivery.waves import audience, left_out, staggering
from surveyapp.delivery.waves.audience import Recipient
from surveyapp.keys import KeyRing

BATCH = 1000
SAMPLE = 10


@dataclass(frozen=True, kw_only=True)
class WavePlan:
    """What an operator fills in. Hours are Vietnam's; limits count messages, per mail domain too."""

    kind: str
    starts_at: datetime
    channels: tuple[str, ...] = ("email", "sms")
    language: str = "vi"
    level: str = ""
    units: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    invitations: tuple[UUID, ...] = ()
    spread: tuple[int, ...] = staggering.ONE_DAY
    quiet_from: int = 20
    quiet_until: int = 7
    per_minute: int = 300
    per_day: int = 20_000
    per_domain: int = 60


@dataclass
class DryRun:
    """Whom a wave would reach if it went out now, and whom it leaves out for which reason."""

    people: int = 0
    by_channel: Counter[str] = field(default_factory=Counter)
    by_day: Counter[int] = field(default_factory=Counter)
    """People by day of the wave, from 0."""
    skipped: Counter[str] = field(default_factory=Counter)
    sample: list[tuple[Recipient, str]] = field(default_factory=list)


def plan_wave(db: Session, campaign: Campaign, plan: WavePlan, *, act: Act) -> Wave:
    """Keep a wave as a draft, with the number of people it would reach now.

    Raises `WaveRefused` for a description that makes no sense.
    """
    if faults := _faults(plan):
        raise WaveRefused(faults)
    wave = Wave(
        id=uuid4(),
        campaign_id=campaign.id,
        kind=plan.kind,
        state=WaveState.DRAFT,
        reason="",
        language=plan.language,
        channels=[c for c in rules.CHANNELS if c in plan.channels],
        audience=_audience(plan),
        starts_at=plan.starts_at,
        spread=list(plan.spread),
        quiet_from=plan.quiet_from,
        quiet_until=plan.quiet_until,
        per_minute=plan.per_minute,
        per_day=plan.per_day,
        per_domain=plan.per_domain,
        created_by=act.actor,
        created_at=act.now,
        people=0,
        is_filled=False,
    )
    db.add(wave)
    db.flush()
    wave.people = dry_run(db, wave, keys=act.keys).people
    db.flush()
    return wave


def _faults(plan: WavePlan) -> dict[str, str]:
    faults = {}
    if plan.kind not in rules.KINDS:
        faults["kind"] = "unknown"
    if not plan.channels or set(plan.channels) - set(rules.CHANNELS):
        faults["channels"] = "missing"
    if plan.language not in ("vi", "en"):
        faults["language"] = "unknown"
    for name in ("quiet_from", "quiet_until"):
        if not 0 <= getattr(plan, name) <= 23:
            faults[name] = "hour"
    for name in ("per_minute", "per_day", "per_domain"):
        if not 1 <= getattr(plan, name) <= 1_000_000:
            faults[name] = "limit"
    if fault := staggering.fault(plan.spread):
        faults["spread"] = fault
    return faults


def _audience(plan: WavePlan) -> dict[str, Any]:
    return {
        "level": plan.level,
        "units": list(plan.units),
        "groups": list(plan.groups),
        "invitations": [str(one) for one in plan.invitations],
    }


def wave(db: Session, campaign_id: int, wave_id: UUID) -> Wave:
    """One wave of the campaign; raises `UnknownWave`."""
    found = db.scalars(
        select(Wave).where(Wave.id == wave_id, Wave.campaign_id == campaign_id)
    ).one_or_none()
    if found is None:
        raise UnknownWave(wave_id)
    return found


def dry_run(db: Session, wave: Wave, *, keys: KeyRing) -> DryRun:
    """Count by the same rules as sending, person by person, and sending nothing."""
    result = DryRun()
    groups, day = audience.group_ids(db, wave), clock.day(wave.starts_at)
    day_of = staggering.days(db, wave)
    after: UUID | None = None
    while ids := audience.next_invitations(db, wave, after=after, limit=BATCH):
        for person, channel, reason in _decided(db, wave, ids, groups, on=day, keys=keys):
            if reason:
                result.skipped[reason] += 1
                continue
            result.people += 1
            result.by_channel[channel] += 1
            result.by_day[day_of.get(person.invitation_id, 0)] += 1
            if len(result.sample) < SAMPLE:
                result.sample.append((person, channel))
        after = ids[-1]
    return result


def _decided(
    db: Session,
    wave: Wave,
    ids: Sequence[UUID],
    groups: frozenset[int],
    *,
    on: date,
    keys: KeyRing,
) -> list[tuple[Recipient, str, str]]:
    """(person, channel, reason to skip) of each invitation as things stand, on that day."""
    people = audience.recipients(db, ids)
    dead = audience.dead_channels(db, people.values(), keys=keys)
    decided = []
    for id_ in ids:
        person = people[id_]
        reason = rules.reason_to_skip(wave.kind, person.standing(groups, on=on))
        channel = rules.choose_channel(
            wave.channels, email=person.email, phone=person.phone, dead=dead.get(id_, ())
        )
        decided.append((person, channel, reason or ("" if channel else "no_contact")))
    return decided


def recount(db: Session, wave: Wave, *, keys: KeyRing) -> DryRun:
    """The dry run anew, kept as the number to type. Raises `WaveInOtherState` unless it is a draft."""
    if wave.state != WaveState.DRAFT:
        raise WaveInOtherState(wave.state)
    result = dry_run(db, wave, keys=keys)
    wave.people = result.people
    return result


def confirm(db: Session, campaign: Campaign, wave_id: UUID, *, typed: str, act: Act) -> Wave:
    """Let the wave go: it is tested with a canary first, then filled and sent by the workers.

    Raises `WaveInOtherState` unless it is a draft, `NobodyToSendTo`, and `CountMistyped` unless `typed`
    is the number of people it was shown to reach.
    """
    subject = locked(db, campaign, wave_id)
    if subject.state != WaveState.DRAFT:
        raise WaveInOtherState(subject.state)
    if not subject.people:
        raise NobodyToSendTo
    if "".join(sign for sign in typed if sign.isdigit()) != str(subject.people):
        raise CountMistyped(subject.people, typed)
    subject.state = WaveState.TESTING
    subject.confirmed_by, subject.confirmed_at = act.actor, act.now
    audit.record(db, act, Action.WAVE_CONFIRMED, campaign_code=campaign.code, facts=_facts(subject))
    return subject


def pause(db: Session, campaign: Campaign, wave_id: UUID, *, act: Act, reason: str = "") -> None:
    """Send no more for now; what is queued stays. Raises `WaveInOtherState` unless it is going."""
    subject = locked(db, campaign, wave_id)
    if not subject.is_going:
        raise WaveInOtherState(subject.state)
    subject.state, subject.reason = WaveState.PAUSED, reason
    audit.record(db, act, Action.WAVE_PAUSED, campaign_code=campaign.code, facts=_facts(subject))


def pause_all(db: Session, *, reason: str) -> int:
    """Pause every wave that is going, of all campaigns; how many. An operator resumes each, or stops it."""
    paused = db.execute(
        update(Wave).where(Wave.state.in_(GOING)).values(state=WaveState.PAUSED, reason=reason)
    )
    return int(paused.rowcount)  # type: ignore[attr-defined]


def resume(db: Session, campaign: Campaign, wave_id: UUID, *, act: Act) -> None:
    """Go on with a paused wave, after another canary. Raises `WaveInOtherState` unless it is paused."""
    subject = locked(db, campaign, wave_id)
    if subject.state != WaveState.PAUSED:
        raise WaveInOtherState(subject.state)
    subject.state, subject.reason = WaveState.TESTING, ""
    subject.confirmed_at = act.now  # the canary must be younger than this
    audit.record(db, act, Action.WAVE_RESUMED, campaign_code=campaign.code, facts=_facts(subject))


def stop(db: Session, campaign: Campaign, wave_id: UUID, *, act: Act) -> None:
    """Give up what is not sent yet, for good. Raises `WaveInOtherState` if it has ended already."""
    subject = locked(db, campaign, wave_id)
    if subject.is_over:
        raise WaveInOtherState(subject.state)
    subject.state = WaveState.STOPPED
    db.execute(
        update(Delivery)
        .where(Delivery.wave_id == wave_id, Delivery.state == DeliveryState.QUEUED)
        .values(state=DeliveryState.SUPPRESSED, reason="stopped", settled_at=act.now)
        .execution_options(synchronize_session=False)
    )
    audit.record(db, act, Action.WAVE_STOPPED, campaign_code=campaign.code, facts=_facts(subject))


def fill(db: Session, wave_id: UUID, *, keys: KeyRing, now: datetime) -> bool:
    """Queue the messages of the next thousand people of a wave that has begun. False when none remain.

    Each batch is its own transaction and remembers how far it came; a crash repeats one batch,
    which queues nobody twice and counts nobody twice among those left out.
    """
    subject = db.scalars(
        select(Wave)
        .where(Wave.id == wave_id, Wave.state == WaveState.RUNNING, Wave.is_filled.is_(False))
        .where(Wave.starts_at <= now)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if subject is None:
        return False
    ids = audience.next_invitations(db, subject, after=subject.filled_to, limit=BATCH)
    groups = audience.group_ids(db, subject)
    decided = _decided(db, subject, ids, groups, on=clock.day(now), keys=keys)
    day_of = staggering.days(db, subject)
    queue.add(
        db,
        subject,
        [
            (person.invitation_id, channel, rules.domain_of(channel, person.email))
            for person, channel, reason in decided
            if not reason
        ],
        now=now,
        not_before={id_: staggering.begins(subject, day) for id_, day in day_of.items()},
    )
    left_out.note(
        db, subject.id, [(p.unit_id, reason) for p, _channel, reason in decided if reason]
    )
    if ids:
        subject.filled_to = ids[-1]
    subject.is_filled = len(ids) < BATCH
    return not subject.is_filled


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
    return int(done.rowcount)  # type: ignore[attr-defined]


def locked(db: Session, campaign: Campaign, wave_id: UUID) -> Wave:
    """The wave for this transaction alone; raises `UnknownWave`."""
    found = db.scalars(
        select(Wave)
        .where(Wave.id == wave_id, Wave.campaign_id == campaign.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise UnknownWave(wave_id)
    return found


def _facts(subject: Wave) -> dict[str, Any]:
    return {
        "wave": str(subject.id),
        "kind": subject.kind,
        "people": subject.people,
        "reason": subject.reason,
    }
