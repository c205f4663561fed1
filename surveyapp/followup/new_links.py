"""A new link for whoever asks for one on the telephone: replaced, and sent by the workers, never shown."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveyapp.accounts.act import Act
from surveyapp.campaigns.models import Campaign
from surveyapp.delivery import rules
from surveyapp.delivery.models import Wave
from surveyapp.delivery.sending import queue
from surveyapp.delivery.states import WaveState
from surveyapp.delivery.waves import audience, lifecycle, planning
from surveyapp.delivery.waves.planning import WavePlan
from surveyapp.followup.errors import ChannelRefused
from surveyapp.keys import KeyRing
from surveyapp.messaging import registry

REASON = "asked for by telephone"
ASKED_BY = ("email", "sms")
"""What a caller can choose between: words of her own on these channels, on others an approved template."""
HEEDED = ("after_deadline", "recently")
"""Somebody on the telephone wants the message now."""


def channels(db: Session, invitation_id: UUID, *, keys: KeyRing) -> list[str]:
    """By which channels a new link reaches the person at once: e-mail, text message, both or none."""
    person = audience.recipients(db, [invitation_id])[invitation_id]
    dead = audience.dead_channels(db, [person], keys=keys).get(invitation_id, set())
    return [
        kind.code
        for kind in registry.KINDS
        if kind.code in ASKED_BY and kind.reaches(person.contact) and kind.code not in dead
    ]


def send_link(
    db: Session, campaign: Campaign, invitation_id: UUID, *, channel: str, act: Act
) -> UUID:
    """Queue the message with the present link; the wave it goes with. Raises `ChannelRefused`.

    One wave a day and channel carries them all, so that the list of waves stays readable.
    """
    if channel not in channels(db, invitation_id, keys=act.keys):
        raise ChannelRefused(channel)
    wave = _of_today(db, campaign.id, invitation_id, channel, now=act.now)
    if wave is None:
        return _begin(db, campaign, invitation_id, channel, act=act)
    named = [*wave.audience["invitations"], str(invitation_id)]
    wave.audience = {**wave.audience, "invitations": named}
    wave.people += 1
    if wave.is_filled:
        contact = audience.recipients(db, [invitation_id])[invitation_id].contact
        domain = registry.domain(channel, contact)
        queue.add(db, wave, [(invitation_id, channel, domain)], now=act.now)
        if wave.state == WaveState.DONE:
            wave.state = WaveState.RUNNING
    db.flush()
    return wave.id


def _of_today(
    db: Session, campaign_id: int, invitation_id: UUID, channel: str, *, now: datetime
) -> Wave | None:
    """Today's wave of calls that does not hold the person yet."""
    wave_today = db.scalars(
        select(Wave)
        .where(
            Wave.campaign_id == campaign_id,
            Wave.kind == "reissue",
            Wave.state.in_(
                (WaveState.TESTING, WaveState.RUNNING, WaveState.PAUSED, WaveState.DONE)
            ),
            Wave.created_at >= rules.start_of_day(now),
        )
        .order_by(Wave.created_at)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    for wave in wave_today:
        named = wave.audience["invitations"]
        is_of_calls = wave.audience.get("calls") and wave.channels == [channel]
        if is_of_calls and str(invitation_id) not in named:
            return wave
    return None


def _begin(db: Session, campaign: Campaign, invitation_id: UUID, channel: str, *, act: Act) -> UUID:
    plan = WavePlan(
        kind="reissue", starts_at=act.now, channels=(channel,), invitations=(invitation_id,)
    )
    counted = planning.count(db, campaign, plan, keys=act.keys)
    wave = planning.plan_wave(db, campaign, plan, counted, act=act)
    wave.audience = {**wave.audience, "calls": True}
    db.flush()
    typed = str(wave.people)
    lifecycle.confirm(db, campaign, wave.id, counted, typed=typed, heeded=HEEDED, act=act)
    return wave.id
