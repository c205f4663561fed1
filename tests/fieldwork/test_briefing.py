"""The briefing's rules: why forms are missing, how fast they must come, where most of them are, what to do next."""

from datetime import UTC, date, datetime, timedelta

import pytest

from surveyapp.assignments.rules import INVITED, Disposition
from surveyapp.fieldwork.counts import briefing
from surveyapp.fieldwork.counts.briefing import NextStep
from surveyapp.fieldwork.counts.queries import DayFigures, Figures
from surveyapp.fieldwork.rules import Counts

MONDAY = date(2024, 1, 15)


def figures(planned=None, approved=0, **dispositions) -> Figures:
    counts = {Disposition(name): n for name, n in dispositions.items()}
    return Figures(planned, approved, approved, Counts(counts))


def test_every_disposition_of_an_invited_form_has_exactly_one_reason():
    told = [d for dispositions in briefing.REASONS.values() for d in dispositions]
    assert sorted(told) == sorted(INVITED - {Disposition.SUBMITTED})
    every = Counts(dict.fromkeys(Disposition, 3))
    assert sum(briefing.reasons(every).values()) == every.invited - every.submitted


def test_units_are_ranked_by_people_missing_and_not_by_their_rates():
    rows = {
        1: figures(sent=900, submitted=900),
        2: figures(sent=3),
        3: figures(sent=50, submitted=1),
        4: figures(submitted=7),
    }
    assert briefing.furthest_behind(rows, most=2) == [1, 3]
    assert briefing.furthest_behind(rows, most=9) == [1, 3, 2]


NOW = datetime(2024, 1, 10, 8, tzinfo=UTC)
LONG_AGO, AN_HOUR_AGO, TOMORROW = (NOW + timedelta(hours=h) for h in (-60, -1, 24))


@pytest.mark.parametrize(
    ("row", "reminder", "step"),
    [
        (figures(sent=80, bounced=20), None, NextStep.MEND),
        (figures(sent=70, not_sent=30), None, NextStep.INVITE),
        (figures(sent=80, begun=20), None, NextStep.REMIND),
        (figures(sent=20, begun=80), None, NextStep.FINISH),
        (figures(sent=80, begun=20), LONG_AGO, NextStep.CALL),
        (figures(sent=80, begun=20), AN_HOUR_AGO, NextStep.WAIT),
        (figures(sent=80, begun=20), TOMORROW, NextStep.WAIT),
        (figures(sent=80, bounced=20), AN_HOUR_AGO, NextStep.MEND),
        (figures(planned=400, approved=100, sent=5, submitted=95), None, NextStep.LETTER),
        (figures(planned=100, approved=100, sent=80, submitted=20), None, NextStep.REMIND),
        (figures(submitted=80), None, NextStep.NOTHING),
        (figures(submitted=80, refused=3), None, NextStep.NOTHING),
    ],
)
def test_what_to_do_next_follows_from_the_reason_and_from_what_was_sent_of_late(
    row, reminder, step
):
    assert briefing.next_step(row, last_reminder=reminder, now=NOW) == step


def test_a_group_has_no_list_and_no_contacts_of_its_own():
    told = [
        briefing.next_step(row, last_reminder=None, now=NOW, is_unit=False)
        for row in (figures(sent=80, bounced=20), figures(planned=400, approved=100, sent=5))
    ]
    assert told == [NextStep.REMIND, NextStep.REMIND]


def points(*totals: int, first: date) -> list[DayFigures]:
    return [
        DayFigures(first + timedelta(days=n), Counts({Disposition.SUBMITTED: total}))
        for n, total in enumerate(totals)
    ]


def weekend(day: date) -> bool:
    return day.weekday() >= 5


def test_the_pace_needed_counts_working_days_and_leaves_today_to_run():
    came = points(10, 30, 60, 100, 150, 150, 150, 170, first=MONDAY - timedelta(days=7))
    seen = briefing.pace(
        came, target=1150, today=MONDAY, opens=MONDAY - timedelta(days=7), closes=MONDAY + timedelta(days=6), is_off=weekend
    )  # fmt: skip
    assert (seen.submitted, seen.days, seen.needed) == (150, 5, 200)
    assert seen.present == 30
    assert not seen.is_enough


def test_a_holiday_makes_the_days_fewer_and_the_pace_steeper():
    off = {MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)}
    seen = briefing.pace(
        [], target=90, today=MONDAY, opens=MONDAY, closes=MONDAY + timedelta(days=4), is_off=lambda d: d in off
    )  # fmt: skip
    assert (seen.days, seen.needed, seen.present) == (3, 30, None)


def test_after_the_last_day_or_without_a_plan_no_pace_is_asked_for():
    day = MONDAY + timedelta(days=9)
    late = briefing.pace([], target=90, today=day, opens=MONDAY, closes=MONDAY, is_off=weekend)
    assert (late.days, late.needed, late.is_enough) == (0, None, False)
    unplanned = briefing.pace(
        [], target=None, today=MONDAY, opens=MONDAY, closes=day, is_off=weekend
    )
    assert unplanned.needed is None
