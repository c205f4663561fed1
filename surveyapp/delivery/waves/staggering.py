"""A wave over several days: who is written to on which day, evenly across units and groups."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from surveyapp.accounts import audit
from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.assignments.models import Assignment
from surveyapp.campaigns.models import Campaign
from surveyapp.delivery.errors import WaveInOtherState, WaveRefused
from surveyapp.delivery.models import Wave
from surveyapp.delivery.states import WaveState
from surveyapp.delivery.waves import audience
from surveyapp.invitations.models import Invitation
from surveyapp.respondents.models import Person

ONE_DAY = (100,)
MOST_DAYS = 31


def fault(shares: Sequence[int]) -> str:
    """What is wrong with the shares of the days, in percent: `shares`, `sum`, or nothing."""
    if not 1 <= len(shares) <= MOST_DAYS or any(not 1 <= share <= 100 for share in shares):
        return "shares"
    return "" if sum(shares) == 100 else "sum"


def deal(people: Sequence[UUID], shares: Sequence[int]) -> dict[UUID, int]:
    """The day of each, from 0: always the day that lags furthest behind its share so far.

    So each day gets its share of any stretch of the order, give or take one or two: put people of one
    unit and group side by side and every unit and group is spread alike.
    """
    given = [0] * len(shares)
    dealt = {}
    for position, one in enumerate(people, 1):
        lag = [share * position - 100 * n for share, n in zip(shares, given, strict=True)]
        day = lag.index(max(lag))
        given[day] += 1
        dealt[one] = day
    return dealt


def days(db: Session, wave: Wave) -> dict[UUID, int]:
    """The day of everybody the wave is meant for; empty for a wave of one day.

    It depends on the audience alone, so a worker that starts again deals the same.
    """
    if len(wave.spread) <= 1:
        return {}
    group = select(func.min(Assignment.group_id)).where(Assignment.invitation_id == Invitation.id)
    in_order = audience.meant_for(wave).order_by(
        Person.unit_id, group.scalar_subquery(), Invitation.id
    )
    return deal(db.scalars(in_order).all(), wave.spread)


def begins(wave: Wave, day: int) -> datetime:
    """When the messages of this day may go: the wave's hour, so many days later."""
    return wave.starts_at + timedelta(days=day)


def plan(wave: Wave) -> list[tuple[datetime, int]]:
    """(from when, share in percent) of each day."""
    return [(begins(wave, day), share) for day, share in enumerate(wave.spread)]


def is_open(wave: Wave) -> bool:
    """The days can still be changed: nothing is queued yet and the wave has not ended."""
    return wave.state in (WaveState.DRAFT, WaveState.TESTING, WaveState.PAUSED) and not (
        wave.filled_to or wave.is_filled
    )


def change(db: Session, campaign: Campaign, wave: Wave, shares: Sequence[int], *, act: Act) -> None:
    """Spread a wave anew, while nothing of it is queued.

    `wave` is locked by the caller. Raises `WaveInOtherState` once workers fill it, `WaveRefused` for shares
    that do not make 100.
    """
    if not is_open(wave):
        raise WaveInOtherState(wave.state)
    if wrong := fault(shares):
        raise WaveRefused({"spread": wrong})
    wave.spread = list(shares)
    audit.record(
        db,
        act,
        Action.WAVE_SPREAD,
        campaign_code=campaign.code,
        facts={"wave": str(wave.id), "spread": list(shares)},
    )
