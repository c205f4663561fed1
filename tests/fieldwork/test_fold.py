"""Kept counts plus the changes not folded yet are always what a recount of the assignments finds."""

import random
import threading
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, insert, select

from surveyapp.assignments.count_deltas import Cell, Deltas
from surveyapp.assignments.models import CountDelta
from surveyapp.assignments.rules import CHANNELS, Disposition
from surveyapp.db import reading, transaction
from surveyapp.fieldwork.counts import folding, queries
from surveyapp.fieldwork.counts.scope import Scope
from surveyapp.fieldwork.models import CountDay, CountTotal
from surveyapp.fieldwork.rules import Counts
from tests import factories
from tests.responses.world import answers, survey

D = Disposition
DAY = date(2024, 1, 15)


def write_random_changes(seed: int, rounds: int, mirror: list[tuple[Cell, D, date, int]]) -> None:
    """What invitations would write: forms made, then moved from one disposition to another."""
    dice = random.Random(seed)
    standing: list[tuple[Cell, D]] = []
    for step in range(rounds):
        deltas, day = Deltas(), DAY + timedelta(days=step // 4)
        changes: list[tuple[Cell, D, date, int]] = []
        for _ in range(dice.randint(1, 5)):
            if standing and dice.random() < 0.6:
                cell, before = standing.pop(dice.randrange(len(standing)))
                after = dice.choice(list(D))
                deltas.move(cell, before, after)
                changes += [(cell, before, day, -1), (cell, after, day, 1)]
            else:
                cell = Cell(
                    *(dice.randint(1, 3) for _ in range(3)),
                    dice.randint(0, 2),
                    dice.choice(CHANNELS),
                )
                after = dice.choice(list(D))
                deltas.add(cell, after)
                changes.append((cell, after, day, 1))
            standing.append((cell, after))
        with transaction() as db:
            deltas.write(db, 1, today=day)
        mirror += changes


def recount(mirror, *, until: date | None = None) -> dict[tuple[int, ...], dict[D, int]]:
    cells: dict[tuple[int, ...], dict[D, int]] = {}
    for cell, disposition, day, change in mirror:
        if until is None or day <= until:
            counts = cells.setdefault(tuple(cell), {})
            counts[disposition] = counts.get(disposition, 0) + change
    cells = {cell: {d: n for d, n in counts.items() if n} for cell, counts in cells.items()}
    return {cell: counts for cell, counts in cells.items() if counts}


def shown(*, until: date | None = None, by=queries.CELL):
    with reading() as db:
        counted = queries.counted(db, 1, by=by, until=until)
    return {key: dict(counts.by_disposition) for key, counts in counted.items()}


@pytest.fixture
def campaign(engine, now: datetime) -> None:
    with transaction() as db:
        factories.campaign(db, now)


@pytest.mark.parametrize("seed", range(3))
def test_folding_beside_writers_loses_and_doubles_nothing(engine, campaign, seed):
    mirrors: list[list] = [[], [], []]
    writers = [
        threading.Thread(target=write_random_changes, args=(seed * 10 + n, 12, mirror))
        for n, mirror in enumerate(mirrors)
    ]
    stop = threading.Event()

    def fold_all_the_time() -> None:
        while not stop.wait(0.002):  # writers get a turn: SQLite's lock knows no queue
            with transaction() as db:
                folding.fold(db, limit=7)

    folders = [threading.Thread(target=fold_all_the_time) for _ in range(2)]
    for thread in (*writers, *folders):
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    for thread in folders:
        thread.join()
    mirror = [change for one in mirrors for change in one]
    assert shown() == recount(mirror)
    with transaction() as db:
        while folding.fold(db):
            pass
    assert shown() == recount(mirror)
    assert shown(until=DAY) == recount(mirror, until=DAY)
    with reading() as db:
        assert queries.unfolded(db, at_most=10) == 0
        kept = db.scalar(select(func.sum(CountTotal.n)).where(CountTotal.rollup == "cell"))
        days = db.scalar(select(func.sum(CountDay.change)).where(CountDay.rollup == "cell"))
    assert kept == days == sum(change for *_rest, change in mirror)


def test_every_cut_adds_up_to_the_same_whole(engine, campaign):
    mirror: list = []
    write_random_changes(99, 30, mirror)
    with transaction() as db:
        folding.fold(db, limit=20)  # some folded, some waiting
    whole = shown(by=())[()]
    for by in (("group",), ("supplying",), ("rated",), ("department",), ("channel",), ("supplying", "department"), ("rated", "group"), ("rated", "channel")):  # fmt: skip
        together: dict[D, int] = {}
        for counts in shown(by=by).values():
            for disposition, n in counts.items():
                together[disposition] = together.get(disposition, 0) + n
        assert {d: n for d, n in together.items() if n} == whole, by


def test_a_part_shows_only_its_own(engine, campaign):
    mirror: list = []
    write_random_changes(7, 30, mirror)
    with reading() as db:
        part = queries.counted(
            db, 1, by=("group",), where=Scope(groups=frozenset({1, 2}), supplying=3)
        )
    part_of_all: dict = {}
    for (supplying, _rated, group, _department, _channel), counts in recount(mirror).items():
        if supplying == 3 and group in (1, 2):
            for d, n in counts.items():
                part_of_all.setdefault((group,), {}).setdefault(d, 0)
                part_of_all[group,][d] += n
    assert {key: dict(counts.by_disposition) for key, counts in part.items()} == part_of_all


def test_the_curve_ends_at_what_stands_now(engine, campaign):
    mirror: list = []
    write_random_changes(5, 30, mirror)
    with transaction() as db:
        folding.fold(db, limit=25)
    with reading() as db:
        points = queries.curve(db, 1)
        now = queries.counted(db, 1, by=())[()]
        past = queries.counted(db, 1, by=(), until=points[2].day)[()]
    assert points[-1].counts.of(D) == now.of(D)
    assert all(points[2].counts.of({d}) == past.of({d}) for d in D)
    assert [point.day for point in points] == sorted({day for _c, _d, day, _n in mirror})


def test_what_changed_is_the_difference_between_two_days(engine, campaign):
    write_random_changes(11, 30, [])
    with transaction() as db:
        folding.fold(db, limit=25)
    first, last = DAY + timedelta(days=1), DAY + timedelta(days=4)
    with reading() as db:
        differences = queries.changed(db, 1, by=("supplying",), after=first, until=last)
        now = queries.counted(db, 1, by=("supplying",), until=last)
        then = queries.counted(db, 1, by=("supplying",), until=first)
    for key, counts in now.items():
        difference = counts - then.get(key, Counts())
        changed = differences.get(key, Counts())
        assert all(difference.of({d}) == changed.of({d}) for d in D)


def test_another_campaigns_changes_are_not_counted(engine, campaign):
    with transaction() as db:
        row = {"id": bytes(16), "campaign_id": 1, "supplying_unit_id": 1, "rated_unit_id": 1, "group_id": 1, "department_id": 0, "channel": "none", "disposition": "sent", "day": DAY, "change": 4}  # fmt: skip
        db.execute(insert(CountDelta), [row])
    with reading() as db:
        assert queries.counted(db, 2, by=()) == {}


def test_answers_through_the_real_services_are_counted_as_a_recount_counts_them(db, keys, now):
    world = survey(db, keys, now, people=3)
    form = world.forms[0]
    before = queries.recounted(db, world.campaign.id)
    assert sum(counts.assignments for counts in before.values()) == 3
    world.save(db, form, answers(form))
    world.submit(db, form)
    moved = queries.counted(db, world.campaign.id, by=())[()]
    assert moved.of({D.SUBMITTED}) == 1
    assert moved.of({D.BEGUN}) == -1  # the factory made the forms without their deltas
