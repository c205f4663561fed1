"""Within which time a request is answered, and by which fields one is refused. Pure.

Decree 356/2025/NĐ-CP, in force since 1 January 2026 in place of Decree 13/2023: a first answer in two working
days; seeing and correcting in ten days, objecting in fifteen, erasing in twenty; each put off once, by as much.
Read in published commentaries: the ministry's lawyers confirm.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from surveyapp.campaigns.models import Campaign
from surveyapp.operations.personal_data.states import DataRequestKind, DataRequestOutcome

FIRST_ANSWER_WORKING_DAYS: Final = 2
FINISH_DAYS: Final[Mapping[DataRequestKind, int]] = {
    DataRequestKind.SEE: 10,
    DataRequestKind.CORRECT: 10,
    DataRequestKind.OBJECT: 15,
    DataRequestKind.ERASE: 20,
}
LONGEST: Final = 1000
"""Letters of what is asked and of what was answered."""
OLDEST_DAYS: Final = 60
"""A request is entered late, but not as late as this."""
OUTCOMES: Final[Mapping[DataRequestKind, tuple[DataRequestOutcome, ...]]] = {
    DataRequestKind.SEE: (DataRequestOutcome.GIVEN,),
    DataRequestKind.CORRECT: (DataRequestOutcome.CORRECTED,),
    DataRequestKind.ERASE: (DataRequestOutcome.REMOVED,),
    DataRequestKind.OBJECT: (DataRequestOutcome.REMOVED,),
}
"""What fulfils each; that nothing is held, or why it is refused, can be answered to any."""
ALWAYS: Final = (DataRequestOutcome.NOTHING_HELD, DataRequestOutcome.REFUSED)


def outcomes(kind: DataRequestKind, *, is_known: bool) -> tuple[DataRequestOutcome, ...]:
    """What can be answered to a request of this kind, of somebody on the lists or of nobody on them."""
    return OUTCOMES[kind] + ALWAYS if is_known else ALWAYS


def says_what(kind: DataRequestKind) -> bool:
    """A request that means nothing without words; whoever wants to see is shown everything."""
    return kind != DataRequestKind.SEE


def first_answer_by(campaign: Campaign, received: date) -> date:
    """The second working day after the day on which the request came in; holidays are the campaign's."""
    day, left = received, FIRST_ANSWER_WORKING_DAYS
    while left:
        day += timedelta(days=1)
        left -= not campaign.is_day_off(day)
    return day


def finish_by(kind: DataRequestKind, received: date) -> date:
    """The last day on which the request is to be fulfilled."""
    return received + timedelta(days=FINISH_DAYS[kind])


def put_off(kind: DataRequestKind, due: date) -> date:
    """The last day after the one extension there is."""
    return due + timedelta(days=FINISH_DAYS[kind])
