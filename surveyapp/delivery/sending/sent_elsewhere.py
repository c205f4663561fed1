"""A reminder that another program sent: kept like one of ours, so that forecasts and people's pages know it."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from surveyapp.accounts.act import Act
from surveyapp.campaigns.models import Campaign
from surveyapp.delivery.models import Delivery, Wave
from surveyapp.delivery.states import DeliveryState, WaveState
from surveyapp.delivery.waves import planning, queue_filling
from surveyapp.delivery.waves.planning import WavePlan


def record(db: Session, campaign: Campaign, plan: WavePlan, *, act: Act) -> Wave:
    """Note that everybody whom the plan reaches at `act.now` was written to at that moment.

    Whom it reaches is decided as for any wave. Raises `WaveRefused` for a description that makes no
    sense.
    """
    counted = planning.count(db, campaign, plan, keys=act.keys)
    wave = planning.plan_wave(db, campaign, plan, counted, act=act)
    wave.state = WaveState.RUNNING
    wave.confirmed_by, wave.confirmed_at = act.actor, act.now
    db.flush()
    while (batch := queue_filling.next_batch(db, wave.id, keys=act.keys, now=act.now)) is not None:
        queue_filling.queue_batch(db, batch, now=act.now)
        db.flush()
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
