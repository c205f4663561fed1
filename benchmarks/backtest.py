"""How often the forecast's interval holds what comes, on simulated rounds that do not follow its model.

python -m benchmarks.backtest                 12 rounds of each kind
python -m benchmarks.backtest --rounds 40
"""

import argparse
import random
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from math import exp

from surveyapp.fieldwork.forecast.coming_answers import LEVEL
from surveyapp.fieldwork.forecast.projection import Forecast, Key, UnitGroup
from surveyapp.fieldwork.forecast.response_curve import ReminderCalendar, days_between

OPENS = date(2024, 1, 8)
DAYS = 35
MORNINGS = (4, 7, 10, 14, 20, 27)
KINDS = ("willing", "hazard", "chased", "late", "unrecorded")
GROUPS = {1: 84, 4: 42, 5: 9, 11: 56, 12: 65, 13: 283, 14: 33, 2: 59, 3: 260}
"""Forms of an average unit in M1, M4, M5, P1–P4, M2, M3, by a number of ours."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=12)
    arguments = parser.parse_args()
    print(f"share of intervals of {LEVEL:.0%} that held, by days since the invitation")
    for kind in KINDS:
        held, errors, widths, took = back_test(kind, arguments.rounds)
        print(f"{kind}: {took * 1000:.0f} ms a forecast")
        for what in ("cell", "group", "campaign"):
            line = "  ".join(
                f"day {m}: {_share(held[what, m]):4.0%} ±{_mean(widths[what, m]) / 2:5.1%} err {_mean(errors[what, m]):5.1%}"
                for m in MORNINGS
            )
            print(f"  {what:9} {line}")


Found = dict[tuple[str, int], list[float]]


def back_test(kind: str, rounds: int) -> tuple[Found, Found, Found, float]:
    """Whether each interval held, the absolute error and the width of the rate, by what and morning."""
    held, errors, widths = defaultdict(list), defaultdict(list), defaultdict(list)
    spent, asked = 0.0, 0
    for seed in range(rounds):
        whole, reminders = simulate(kind, seed)
        for morning in MORNINGS:
            until = OPENS + timedelta(days=morning)
            known = {key: _until(cell, until) for key, cell in whole.items()}
            begun = time.perf_counter()
            forecast = Forecast(
                known,
                ReminderCalendar(reminders),
                until=until,
                closes=OPENS + timedelta(days=DAYS - 1),
            )
            spent, asked = spent + time.perf_counter() - begun, asked + 1
            for what, keys in _parts(whole):
                expected = forecast.of(keys)
                if expected is None:
                    continue
                came = sum(whole[key].so_far for key in keys)
                held[what, morning].append(float(expected.low <= came <= expected.high))
                errors[what, morning].append(abs(expected.final - came) / expected.forms)
                widths[what, morning].append((expected.high - expected.low) / expected.forms)
    return held, errors, widths, spent / asked


def _parts(cells: dict[Key, UnitGroup]) -> Iterator[tuple[str, list[Key]]]:
    for key in cells:
        yield "cell", [key]
    for group in GROUPS:
        yield "group", [key for key in cells if key[1] == group]
    yield "campaign", list(cells)


def simulate(kind: str, seed: int) -> tuple[dict[Key, UnitGroup], tuple[date, ...]]:
    """One round to its end: answers by day of 82 units and their groups, and when reminders went out.

    willing: some never answer, the others after a delay (the usual cure model); hazard: everybody has
    a falling chance each day; chased: units are pressed on days of their own; late: a rush before the
    last day, which no forecast can know; unrecorded: as willing, reminders went out that nobody entered. All days scatter together, and units are sent to on three days.
    """
    dice = random.Random(f"{kind} {seed}")
    reminders = tuple(sorted(OPENS + timedelta(days=d) for d in dice.sample(range(6, 30), 3)))
    decay, tail = dice.uniform(0.70, 0.93), dice.uniform(0.0, 0.004)
    weekend, height = dice.uniform(0.08, 0.4), dice.uniform(0.25, 0.8)
    shocks = [exp(dice.gauss(0, 0.25)) for _ in range(DAYS)]
    level = dice.uniform(0.05, 0.16)
    cells: dict[Key, UnitGroup] = {}
    for unit in range(82):
        starts = OPENS + timedelta(days=dice.choice((0, 0, 1, 2)))
        willing = 0.35 + 0.6 * dice.betavariate(4, 2)
        chase = {dice.randrange(DAYS) for _ in range(2)} if kind == "chased" else set()
        groups = (1, 4, 5) if unit < 19 else (11, 12, 13, 14, 2, 3)
        for group in groups:
            forms = max(2, round(GROUPS[group] * dice.uniform(0.5, 1.5)))
            own = min(max(willing + dice.gauss(0, 0.07), 0.05), 0.98)
            left = forms if kind == "hazard" else sum(dice.random() < own for _ in range(forms))
            answered: dict[date, int] = {}
            for day in days_between(starts, OPENS + timedelta(days=DAYS - 1)):
                since, is_reminded = _since(day, starts, reminders)
                n = (day - OPENS).days
                chance = (level * decay**since * (height if is_reminded else 1) + tail) * shocks[n]
                chance *= weekend if day.weekday() >= 5 else 1
                chance *= 2.2 * own if kind == "hazard" else 2.2
                if n in chase:
                    chance = chance * 3 + 0.05
                if kind == "late" and n >= DAYS - 3:
                    chance = chance * 2 + 0.03
                came = sum(dice.random() < min(chance, 0.9) for _ in range(left))
                left -= came
                if came:
                    answered[day] = came
            cells[unit, group] = UnitGroup(forms, starts, answered)
    return cells, () if kind == "unrecorded" else reminders


def _since(day: date, starts: date, reminders: tuple[date, ...]) -> tuple[int, bool]:
    pushes = [reminder for reminder in reminders if starts < reminder <= day]
    return (day - max(pushes, default=starts)).days, bool(pushes)


def _until(cell: UnitGroup, until: date) -> UnitGroup:
    seen = {day: n for day, n in cell.answered.items() if day <= until}
    return UnitGroup(
        cell.forms, cell.starts if cell.starts and cell.starts <= until else None, seen
    )


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else float("nan")


_share = _mean

if __name__ == "__main__":
    main()
