"""The briefing's rules: why forms are missing, how fast they must come, where most of them are, what to do next."""

from datetime import date, timedelta

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


@pytest.mark.parametrize(
    ("row", "lately", "step"),
    [
        (figures(sent=80, bounced=20), False, NextStep.MEND),
        (figures(sent=70, not_sent=30), False, NextStep.INVITE),
        (figures(sent=80, begun=20), False, NextStep.REMIND),
        (figures(sent=20, begun=80), False, NextStep.FINISH),
        (figures(sent=80, begun=20), True, NextStep.CALL),
        (figures(planned=400, approved=100, sent=5, submitted=95), False, NextStep.LETTER),
        (figures(planned=100, approved=100, sent=80, submitted=20), False, NextStep.REMIND),
    ],
)
def test_what_to_do_next_follows_from_the_reason_and_from_what_was_sent_of_late(row, lately, step):
    assert briefing.next_step(row, reminded_lately=lately) == step


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
