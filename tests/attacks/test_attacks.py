"""The attack table in its short form: every attack breaks its twin, and does no better than chance on the survey."""

import pytest

from tests.attacks import run
from tests.attacks.interface import NOTHING, Attack, Line, Outcome, table
from tests.attacks.scene import FULL, SHORT

BY_NAME = {attack.name: attack for attack in run.ATTACKS}
ON_SQLITE = ("live pages", "log lines", "counters", "canaries")
"""Through the web, or whole rounds of their own: here on SQLite; `make attack` takes both engines."""


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory):
    with run.on_sqlite(tmp_path_factory.mktemp("attacked"), SHORT) as scene:
        yield scene


@pytest.fixture(scope="module")
def on_postgresql(postgres_folder):
    with run.on_postgresql(postgres_folder, SHORT) as scene:
        yield scene


def chosen(engine):
    names = [name for name, attack in BY_NAME.items() if engine in attack.engines]
    return [name for name in names if engine == "sqlite" or name not in ON_SQLITE]


@pytest.mark.parametrize("name", chosen("sqlite"))
def test_on_sqlite_an_attack_breaks_its_twin_and_tells_nothing_of_ours(on_sqlite, name):
    [line] = run.lines(on_sqlite, [BY_NAME[name]])
    assert line.holds, table([line])


@pytest.mark.parametrize("name", chosen("postgresql"))
def test_on_postgresql_an_attack_breaks_its_twin_and_tells_nothing_of_ours(on_postgresql, name):
    [line] = run.lines(on_postgresql, [BY_NAME[name]])
    assert line.holds, table([line])


def test_the_table_is_over_a_thousand_people_in_forty_cells_of_one_to_two_hundred():
    assert (len(FULL) >= 40, sum(FULL) >= 1000, min(FULL), max(FULL)) == (True, True, 1, 200)


@pytest.mark.parametrize(
    ("outcome", "at_chance"),
    [
        (NOTHING, True),
        (Outcome(100, 0), True),
        (Outcome(100, 1), False),
        (Outcome(100, 12, 5.0), True),
        (Outcome(100, 40, 5.0), False),
        (Outcome(30, 30, 15.0), False),
    ],
)
def test_what_guessing_explains_is_chance_and_nothing_beyond(outcome, at_chance):
    assert outcome.is_at_chance == at_chance


def test_an_attack_whose_twin_stands_proves_nothing():
    weak = Attack("weak", "nothing", lambda _scene, _side: NOTHING)
    line = Line(weak, "sqlite", NOTHING, NOTHING)
    assert not line.holds
    assert "TWIN STANDS" in table([line])
