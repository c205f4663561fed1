"""Single statements that commit by themselves: in order, together where they wait, none taking another along."""

import subprocess
import sys
import threading
from collections.abc import Callable

import pytest
from sqlalchemy import (
    Column,
    Engine,
    Integer,
    MetaData,
    Table,
    bindparam,
    event,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from surveyapp.db import PreparedStatement, reading, transaction, write_once


@pytest.fixture
def notes(engine: Engine) -> Table:
    """A table of numbered counters."""
    table = Table("note", MetaData(), Column("id", Integer, primary_key=True), Column("n", Integer))
    table.create(engine)
    return table


def stored(notes: Table) -> dict[int, int]:
    with reading() as db:
        return {row.id: row.n for row in db.execute(select(notes))}


def together(acts: list[Callable[[], object]]) -> list[object]:
    """Begin all at one moment; what each gave or raised."""
    ready, outcomes = threading.Barrier(len(acts)), [None] * len(acts)

    def run(position: int) -> None:
        ready.wait(60)
        try:
            outcomes[position] = acts[position]()
        except Exception as exc:
            outcomes[position] = exc

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return outcomes


def once(statement, values) -> int:
    return write_once(PreparedStatement(statement), values)


def test_a_statement_is_committed_when_it_returns_and_tells_how_many_rows_it_changed(notes: Table):
    add = insert(notes)
    assert once(add, {"id": 1, "n": 0}) == 1
    raised = update(notes).where(notes.c.id == bindparam("which")).values(n=notes.c.n + 1)
    assert once(raised, {"which": 1}) == 1
    assert once(raised, {"which": 2}) == 0
    assert stored(notes) == {1: 1}


def test_of_many_at_one_moment_each_is_written_once(notes: Table):
    once(insert(notes), {"id": 1, "n": 0})
    raised = update(notes).where(notes.c.id == bindparam("which")).values(n=notes.c.n + 1)
    outcomes = together([lambda: [once(raised, {"which": 1}) for _ in range(10)]] * 8)
    assert outcomes == [[1] * 10] * 8
    assert stored(notes) == {1: 80}


def test_of_several_with_one_condition_one_holds(notes: Table):
    once(insert(notes), {"id": 1, "n": 0})
    taken = update(notes).where(notes.c.id == 1, notes.c.n == 0).values(n=bindparam("mine"))
    outcomes = together([lambda n=n: once(taken, {"mine": n}) for n in range(1, 9)])
    assert sorted(outcomes) == [0] * 7 + [1]
    assert stored(notes) == {1: outcomes.index(1) + 1}


def test_a_statement_that_fails_takes_no_other_along(notes: Table):
    add = insert(notes)
    once(add, {"id": 1, "n": 0})
    acts = [lambda n=n: once(add, {"id": n, "n": n}) for n in (1, 2, 3, 1, 4, 5)]
    outcomes = together(acts)
    assert [isinstance(one, IntegrityError) for one in outcomes] == [True, False, False, True, False, False]  # fmt: skip
    assert sorted(stored(notes)) == [1, 2, 3, 4, 5]


def test_those_who_wait_on_sqlite_share_one_commit(sqlite_engine: Engine):
    table = Table("note", MetaData(), Column("id", Integer, primary_key=True))
    table.create(sqlite_engine)
    commits = []
    with transaction(in_turn=True):  # whoever comes now stands in the queue
        event.listen(sqlite_engine, "commit", commits.append)
        begun = [threading.Thread(target=once, args=(insert(table), {"id": n})) for n in range(6)]  # fmt: skip
        for thread in begun:
            thread.start()
        _until_waiting(sqlite_engine, 6)
        assert commits == []
    for thread in begun:
        thread.join(60)
    assert len(commits) <= 3  # that of the transaction, and one or two for the six
    with reading() as db:
        assert len(db.execute(select(table)).all()) == 6


def _until_waiting(engine: Engine, number: int) -> None:
    from surveyapp.db import sessions

    queue, waited = sessions._queues[engine], threading.Event()
    for _moment in range(600):
        if len(queue._waiting) == number:
            return
        waited.wait(0.05)
    raise AssertionError("they do not come to the queue")


def test_two_processes_take_turns_and_lose_nothing(sqlite_engine: Engine):
    table = Table("note", MetaData(), Column("id", Integer, primary_key=True), Column("n", Integer))
    table.create(sqlite_engine)
    once(insert(table), {"id": 1, "n": 0})
    program = (
        "import sys; from sqlalchemy import column, table, update;"
        "from surveyapp.db import PreparedStatement, bind, make_engine, write_once;"
        "bind(make_engine(sys.argv[1])); n = column('n');"
        "more = PreparedStatement(update(table('note', n)).values(n=n + 1));"
        "[write_once(more, {}) for _ in range(50)]"
    )
    address = sqlite_engine.url.render_as_string(hide_password=False)
    running = [subprocess.Popen([sys.executable, "-c", program, address]) for _ in range(2)]
    assert [one.wait(120) for one in running] == [0, 0]
    assert stored(table) == {1: 100}
