"""Waves as an operator describes them, kept as drafts with the count of the moment."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete
from sqlalchemy.orm import Session

from surveyapp.accounts import audit
from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.campaigns.models import Campaign
from surveyapp.delivery import rules
from surveyapp.delivery.errors import WaveInOtherState, WaveRefused
from surveyapp.delivery.models import Wave
from surveyapp.delivery.states import WaveState
from surveyapp.delivery.waves import counting, staggering, wave_lookup
from surveyapp.delivery.waves.counting import DryRun
from surveyapp.delivery.waves.wave_lookup import locked
from surveyapp.keys import KeyRing


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


def count(db: Session, campaign: Campaign, plan: WavePlan, *, keys: KeyRing) -> DryRun:
    """Whom a wave so described would reach now. It only reads: ask outside a transaction that writes.

    Raises `WaveRefused` for a description that makes no sense.
    """
    return counting.dry_run(db, _described(campaign, plan), campaign=campaign, keys=keys)


def plan_wave(
    db: Session, campaign: Campaign, plan: WavePlan, counted: DryRun, *, act: Act
) -> Wave:
    """Keep a wave as a draft, with the number of people it would reach as just counted.

    Raises `WaveRefused` for a description that makes no sense.
    """
    wave = _described(campaign, plan)
    wave.created_by, wave.created_at = act.actor, act.now
    counting.keep(wave, counted, now=act.now)
    db.add(wave)
    db.flush()
    return wave


def count_moved(
    db: Session, campaign: Campaign, wave_id: UUID, starts_at: datetime, *, keys: KeyRing
) -> DryRun:
    """Whom the wave would reach if it began at `starts_at`. It only reads. Raises `UnknownWave`."""
    wave = wave_lookup.wave(db, campaign.id, wave_id)
    db.expunge(wave)
    wave.starts_at = starts_at
    return counting.dry_run(db, wave, campaign=campaign, keys=keys)


def move(
    db: Session,
    campaign: Campaign,
    wave_id: UUID,
    starts_at: datetime,
    counted: DryRun,
    *,
    act: Act,
) -> Wave:
    """Let a wave begin at another moment, while nothing of it is queued; `counted` is true of that moment.

    What was confirmed is a draft again: its start was part of what was confirmed. Raises `WaveInOtherState`
    once it has begun or is over.
    """
    wave = locked(db, campaign, wave_id)
    if not is_movable(wave):
        raise WaveInOtherState(wave.state)
    facts = {
        "wave": str(wave_id),
        "kind": wave.kind,
        "was": wave.starts_at.isoformat(),
        "now": starts_at.isoformat(),
    }
    audit.record(db, act, Action.WAVE_MOVED, campaign_code=campaign.code, facts=facts)
    wave.starts_at = starts_at
    wave.state, wave.reason = WaveState.DRAFT, ""
    wave.confirmed_by = wave.confirmed_at = None
    counting.keep(wave, counted, now=act.now)
    return wave


def is_movable(wave: Wave) -> bool:
    """It may begin at another moment: nothing of it is queued and it is not over."""
    return not (wave.is_over or wave.filled_to or wave.is_filled)


def delete_draft(db: Session, campaign: Campaign, wave_id: UUID, *, act: Act) -> None:
    """Throw a draft away; of what was confirmed nothing is. Raises `WaveInOtherState`."""
    wave = locked(db, campaign, wave_id)
    if wave.state != WaveState.DRAFT:
        raise WaveInOtherState(wave.state)
    facts = {"wave": str(wave_id), "kind": wave.kind, "people": wave.people}
    audit.record(db, act, Action.WAVE_DELETED, campaign_code=campaign.code, facts=facts)
    db.execute(delete(Wave).where(Wave.id == wave_id))


def _described(campaign: Campaign, plan: WavePlan) -> Wave:
    """The wave of this description, in no session. Raises `WaveRefused`."""
    if faults := _faults(plan):
        raise WaveRefused(faults)
    return Wave(
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
        is_filled=False,
    )


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
