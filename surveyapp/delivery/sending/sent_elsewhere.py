"""A reminder that another program sent: kept like one of ours, so that forecasts and people's pages know it."""

from collections import Counter

from sqlalchemy import update
from sqlalchemy.orm import Session

from surveyapp.accounts.act import Act
from surveyapp.campaigns.models import Campaign
from surveyapp.delivery.models import Delivery, Wave
from surveyapp.delivery.states import DeliveryState, WaveState
from surveyapp.delivery.waves import counting, planning, queue_filling
from surveyapp.delivery.waves.counting import DryRun
from surveyapp.delivery.waves.planning import WavePlan


def record(db: Session, campaign: Campaign, plan: WavePlan, *, act: Act) -> Wave:
    """Note that everybody whom the plan reaches at `act.now` was written to at that moment.

    Whom it reaches is decided as for any wave, but once: nobody confirms the number beforehand. Raises
    `WaveRefused` for a description that makes no sense.
    """
    reached = DryRun()
    wave = planning.plan_wave(db, campaign, plan, reached, act=act)
    wave.state = WaveState.RUNNING
    wave.confirmed_by, wave.confirmed_at = act.actor, act.now
    db.flush()
    since = counting.recent_since(wave, campaign)
    while (batch := queue_filling.next_batch(db, wave.id, keys=act.keys, now=act.now)) is not None:
        people = [invitation_id for invitation_id, _channel, _domain in batch.messages]
        reached.people += len(people)
        reached.by_channel += Counter(channel for _id, channel, _domain in batch.messages)
        reached.by_day += Counter({0: len(people)})
        reached.skipped += Counter(reason for _unit_id, reason in batch.skipped)
        reached.recently += len(counting.written_to(db, people, since=since))
        queue_filling.queue_batch(db, batch, now=act.now)
        db.flush()
    counting.keep(wave, reached, now=act.now)
    db.execute(
        update(Delivery)
        .where(Delivery.wave_id == wave.id)
        .values(
            state=DeliveryState.HANDED_OVER,
            attempts=1,
            attempted_at=act.now,
            first_attempt_at=act.now,
            settled_at=act.now,
        )
    )
    wave.state = WaveState.DONE
    db.flush()
    return wave
