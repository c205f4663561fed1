"""Nothing that stands beside a name depends on answers: the same acts with other answers leave the same rows.

Two runs do the same things to the same people at the same moments and differ only in what is answered: next to
nothing, or everything and a remark of the greatest length. Then every table of the database is compared, row by
row and column by column. Random values are compared by their length. The twins write what one would write
first, and each is seen.
"""

import pytest
from sqlalchemy import update

from surveyapp.assignments.models import Assignment
from tests.attacks import same_acts
from tests.responses.world import survey


@pytest.fixture
def world(db, keys, now):
    surveyed = survey(db, keys, now, people=6)
    db.execute(update(Assignment).values(disposition="sent", begun_on=None))
    return surveyed


def differing(db, world, twin) -> set[str]:
    """The tables in which the two runs can be told apart."""
    left = []
    for given in (same_acts.next_to_nothing, same_acts.everything):
        with db.begin_nested() as run:
            same_acts.act(db, world, given, twin)
            db.flush()
            left.append(same_acts.rows(db))
            run.rollback()
            db.expire_all()
    return {name for name in left[0] if left[0][name] != left[1][name]}


def test_other_answers_leave_the_same_rows_in_every_table(db, world):
    assert differing(db, world, same_acts.nobody) == set()


@pytest.mark.parametrize(
    ("twin", "told"),
    [
        (same_acts.event_tells, "assignment_event"),
        (same_acts.note_tells, "assignment_event"),
        (same_acts.step_tells, "draft"),
        (same_acts.day_tells, "assignment"),
        (same_acts.delta_tells, "kept_count"),
    ],
)
def test_a_naive_twin_is_seen(db, world, twin, told):
    assert told in differing(db, world, twin)
