"""The forecast leans on the others where a cell knows little, and its intervals hold what comes."""

from datetime import date, timedelta

import pytest

from benchmarks.backtest import OPENS, back_test, simulate
from surveyapp.fieldwork.forecast.coming_answers import LEVEL
from surveyapp.fieldwork.forecast.projection import Forecast, UnitGroup
from surveyapp.fieldwork.forecast.response_curve import Cohort, ReminderCalendar, fit

CLOSES = OPENS + timedelta(days=30)


def answers(*by_day: int) -> dict[date, int]:
    """Answers on the first days, one figure a day."""
    return {OPENS + timedelta(days=n): each for n, each in enumerate(by_day) if each}


def forecast(cells: dict[tuple[int, int], UnitGroup], *, days: int, calendar: ReminderCalendar | None = None) -> Forecast:  # fmt: skip
    until = OPENS + timedelta(days=days - 1)
    return Forecast(cells, calendar or ReminderCalendar(), until=until, closes=CLOSES)


@pytest.fixture
def round_of_cells() -> dict[tuple[int, int], UnitGroup]:
    """Twenty units of a group that answer alike, one that is silent, one that is eager, a tiny one."""
    usual = UnitGroup(100, OPENS, answers(12, 9, 7, 5, 3, 1, 1))
    cells = {(unit, 1): usual for unit in range(20)}
    cells[20, 1] = UnitGroup(100, OPENS, {})
    cells[21, 1] = UnitGroup(100, OPENS, answers(22, 15, 12, 9, 6, 2, 2))
    cells[22, 1] = UnitGroup(3, OPENS, {})
    return cells


def test_a_unit_that_answers_faster_is_expected_to_end_higher(round_of_cells):
    course = forecast(round_of_cells, days=7)
    silent, usual, eager = (course.cell((unit, 1)) for unit in (20, 0, 21))
    assert silent.rate < usual.rate < eager.rate
    assert usual.so_far == 38
    assert usual.low <= usual.final <= usual.high


def test_a_cell_that_knows_little_leans_on_the_others(round_of_cells):
    course = forecast(round_of_cells, days=7)
    silent, tiny = course.cell((20, 1)), course.cell((22, 1))
    assert tiny.rate > 2 * silent.rate
    width = tiny.bounds[1] - tiny.bounds[0]
    assert width > silent.bounds[1] - silent.bounds[0]


def test_nothing_is_foretold_before_there_is_a_foundation():
    cells = {(1, 1): UnitGroup(100, OPENS, answers(40))}
    assert forecast(cells, days=1).of() is None
    few = {(1, 1): UnitGroup(100, OPENS, answers(3, 2, 1, 1))}
    assert forecast(few, days=5).of() is None


def test_a_cell_nobody_was_written_to_counts_its_forms_and_brings_nothing(round_of_cells):
    alone = forecast(round_of_cells, days=7).of()
    unsent = forecast({**round_of_cells, (30, 1): UnitGroup(50, None, {})}, days=7)
    together = unsent.of()
    assert unsent.cell((30, 1)) is None
    assert together.forms == alone.forms + 50
    assert together.final == pytest.approx(alone.final)


def test_after_the_last_day_the_forecast_is_what_came(round_of_cells):
    until = CLOSES + timedelta(days=2)
    course = Forecast(round_of_cells, ReminderCalendar(), until=until, closes=CLOSES).of()
    assert course.low == course.final == course.high == course.so_far
    assert course.reminder == 0


def test_no_forecast_leaves_the_forms_there_are(round_of_cells):
    full = {**round_of_cells, (40, 1): UnitGroup(40, OPENS, answers(20, 12, 5, 2))}
    course = forecast(full, days=7)
    for key in course.keys():  # noqa: SIM118  not a mapping
        each = course.cell(key)
        assert each.so_far <= each.low <= each.high <= each.forms


def test_a_target_is_reached_on_a_day_or_not_in_time(round_of_cells):
    course = forecast(round_of_cells, days=7).of()
    assert course.reaches(0.1) == OPENS + timedelta(days=6)
    soon = course.reaches(course.rate - 0.005)
    assert soon is not None
    assert OPENS + timedelta(days=6) < soon <= CLOSES
    assert course.reaches(0.99) is None


def test_one_more_reminder_brings_answers_when_few_come_by_themselves(round_of_cells):
    course = forecast(round_of_cells, days=7)
    assert course.of().reminder > 20
    assert not course.reminder_is_seen
    reminded = ReminderCalendar((OPENS + timedelta(days=3),))
    assert forecast(round_of_cells, days=7, calendar=reminded).reminder_is_seen


def test_the_curve_learns_that_few_answer_at_weekends():
    days = [OPENS + timedelta(days=n) for n in range(21)]
    came = {day: 20 if day.weekday() >= 5 else 200 for day in days}
    curves = fit([Cohort(OPENS, 20_000, came)], ReminderCalendar(), until=days[-1])
    monday, saturday = days[-1] + timedelta(days=1), days[-1] + timedelta(days=6)
    likely = max(curves, key=lambda curve: curve.weight)
    shares = likely.coming(
        Cohort(OPENS, 20_000, came), sum(came.values()) / 20_000, [monday, saturday]
    )
    assert shares[1] < shares[0] / 4
    assert sum(curve.weight for curve in curves) == pytest.approx(1)


@pytest.mark.parametrize("kind", ["willing", "hazard"])
def test_intervals_hold_what_comes_in_rounds_that_do_not_follow_the_model(kind):
    held, errors, _widths, _took = back_test(kind, 1)
    every = [each for (what, _), is_within in held.items() if what == "cell" for each in is_within]
    assert len(every) > 2000
    assert sum(every) / len(every) > LEVEL - 0.07
    late = errors["cell", 27]
    assert sum(late) / len(late) < 0.05


def test_a_simulated_round_never_answers_more_than_was_asked():
    cells, reminders = simulate("late", 7)
    assert len(reminders) == 3
    assert all(cell.so_far <= cell.forms for cell in cells.values())


def test_a_holiday_is_a_day_off_for_the_curve():
    monday = date(2024, 2, 12)
    plain = ReminderCalendar()
    tet = ReminderCalendar(holidays=frozenset({monday}))
    saturday = date(2024, 2, 10)
    sent = Cohort(date(2024, 2, 1), 100, {})
    assert plain.features(sent, saturday)[3] == tet.features(sent, monday)[3] == 1.0
    assert plain.features(sent, monday)[3] == 0.0
    assert tet.with_reminder(saturday).features(sent, monday)[3] == 1.0


def test_reminders_of_a_part_are_learnt_from_and_foretold_for_that_part_alone(round_of_cells):
    later = OPENS + timedelta(days=9)
    reminded = {
        key: UnitGroup(cell.forms, cell.starts, cell.answered, (later,) if key[0] < 5 else ())
        for key, cell in round_of_cells.items()
    }
    plain, course = forecast(round_of_cells, days=7), forecast(reminded, days=7)
    assert course.cell((0, 1)).final > plain.cell((0, 1)).final + 1
    assert course.cell((10, 1)).final == pytest.approx(plain.cell((10, 1)).final, rel=0.02)


def test_every_coming_day_has_its_bounds_and_the_last_those_of_the_whole(round_of_cells):
    course = forecast(round_of_cells, days=7)
    for keys in (None, [(0, 1)], [(0, 1), (22, 1)]):
        whole, days = course.of(keys), course.by_day(keys)
        assert [each.day for each in days] == [day for day, _ in whole.path[1:]]
        assert all(each.low <= each.expected <= each.high for each in days)
        widths = [each.high - each.low for each in days]
        assert widths == sorted(widths)
        assert (days[-1].low, days[-1].high) == (whole.low, whole.high)
        assert days[-1].expected == pytest.approx(whole.final)


def test_planned_reminders_raise_the_forecast_and_what_was_learnt_stays(round_of_cells):
    course = forecast(round_of_cells, days=7)
    planned = course.with_reminders(OPENS + timedelta(days=9), OPENS + timedelta(days=16))
    assert planned.of().final > course.of().final + 20
    assert [c.coefficients for c in planned.curves] == [c.coefficients for c in course.curves]
    assert planned.of().so_far == course.of().so_far
    assert course.of().final == forecast(round_of_cells, days=7).of().final
