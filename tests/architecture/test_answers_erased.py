"""The migration that takes away what stood beside names: erased, mapped, folded and rewritten, both ways."""

import datetime as dt
import json
import uuid
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from surveyapp.db import make_engine
from surveyapp.schema import NotCompacted, migrate
from tests.reflected_rows import insert

DAY, LATER = dt.date(2024, 1, 8), dt.date(2024, 1, 9)
CANARY = "canary-of-an-answer"
BEFORE, AFTER = "0001", "0002"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request):
    """An engine on a database without tables."""
    name = {"sqlite": "empty_sqlite", "postgresql": "empty_postgres"}[request.param]
    engine = make_engine(request.getfixturevalue(name))
    yield engine
    engine.dispose()


FORMS = {
    "not begun": ("active", "sent", "none", None, [("sent", DAY)]),
    "begun": ("active", "started", "none", None, [("sent", DAY), ("started", LATER)]),
    "half way": ("active", "broken_off", "half", None, [("started", DAY), ("answered", LATER)]),
    "saved only": ("active", "broken_off", "some", None, [("answered", DAY), ("answered", LATER)]),
    "complete": ("submitted", "complete", "all", LATER, [("started", DAY), ("answered", DAY)]),
    "partial": ("submitted", "partial", "half", LATER, []),
    "left half": ("submitted", "break_off_submitted", "some", LATER, []),
    "declined": ("active", "refused", "some", None, [("started", DAY), ("declared", LATER)]),
}


def fill(engine: sa.Engine) -> dict[str, uuid.UUID]:
    """A campaign as it stood before, with a form of each kind. SQLite's references are left open."""
    ids = {name: uuid.uuid4() for name in FORMS}
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET session_replication_role = replica")
        else:
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = on")
        _fill(connection, ids)
    return ids


def _fill(connection: sa.Connection, ids: dict[str, uuid.UUID]) -> None:
    insert(connection, "campaign", id=1, code="tiny", state="open", custody="server", settings="{}",
           opens_at=dt.datetime(2024, 1, 8, tzinfo=dt.UTC), closes_at=dt.datetime(2024, 2, 8, tzinfo=dt.UTC))  # fmt: skip
    for unit in (1, 2):
        insert(connection, "unit", id=unit, campaign_id=1, kind="province", code=str(unit))
    insert(connection, "instrument", id=1, campaign_id=1)
    insert(connection, "respondent_group", id=1, campaign_id=1, instrument_id=1,
           level="province", rates="unit")  # fmt: skip
    for number, (name, (state, disposition, progress, submitted_on, events)) in enumerate(
        FORMS.items()
    ):
        person, invitation = uuid.uuid4(), uuid.uuid4()
        insert(connection, "person", id=person, campaign_id=1, unit_id=1, state="active")
        insert(connection, "invitation", id=invitation, campaign_id=1, person_id=person,
               state="active", tag=number.to_bytes(16))  # fmt: skip
        insert(connection, "assignment", id=ids[name], invitation_id=invitation, campaign_id=1,
               group_id=1, instrument_id=1, supplying_unit_id=1, rated_unit_id=2, number=1,
               state=state, disposition=disposition, progress=progress, channel="none",
               submitted_on=submitted_on)  # fmt: skip
        for event, on in events:
            insert(connection, "assignment_event", id=uuid.uuid4(), assignment_id=ids[name],
                   event=event, on=on)  # fmt: skip
    insert(connection, "draft", assignment_id=ids["half way"], revision=3,
           ciphertext=CANARY.encode() * 40)  # fmt: skip
    cell = {"campaign_id": 1, "supplying_unit_id": 1, "rated_unit_id": 2, "group_id": 1,
            "department_id": 0, "channel": "none"}  # fmt: skip
    for disposition, n in (("started", 1), ("broken_off", 2), ("complete", 4), ("partial", 1), ("sent", 3)):  # fmt: skip
        insert(connection, "kept_count", **cell, cut="cell", disposition=disposition, n=n)
        insert(connection, "kept_day", **cell, cut="cell", day=DAY, disposition=disposition,
               change=n)  # fmt: skip
    for disposition, change in (
        ("started", -1),
        ("broken_off", 1),
        ("complete", 1),
        ("partial", 1),
    ):
        insert(connection, "count_delta", **cell, disposition=disposition, day=LATER, change=change)
    for duration in ("below_floor", "brisk", "unknown"):
        insert(connection, "response", id=uuid.uuid4().bytes, campaign_id=1, answers={},
               quality={"duration": duration, "longest_run": 4})  # fmt: skip


def column(engine: sa.Engine, statement: str) -> list[Any]:
    with engine.connect() as connection:
        return [row if len(row) > 1 else row[0] for row in connection.execute(sa.text(statement))]


def standings(engine: sa.Engine) -> dict[uuid.UUID, tuple[Any, ...]]:
    table = sa.Table("assignment", sa.MetaData(), autoload_with=engine)
    names = ("state", "disposition", "begun_on" if "begun_on" in table.c else "progress")
    with engine.connect() as connection:
        rows = connection.execute(sa.select(table.c.id, *(table.c[name] for name in names)))
        return {uuid.UUID(str(id_)): tuple(rest) for id_, *rest in rows}


def test_what_told_of_answers_becomes_begun_and_submitted(empty):
    migrate(empty, to=BEFORE)
    ids = fill(empty)
    migrate(empty, to=AFTER)
    migrated = standings(empty)
    assert {name: migrated[id_] for name, id_ in ids.items()} == {
        "not begun": ("active", "sent", None),
        "begun": ("active", "begun", LATER),
        "half way": ("active", "begun", DAY),
        "saved only": ("active", "begun", migrated[ids["saved only"]][2]),
        "complete": ("submitted", "submitted", DAY),
        "partial": ("submitted", "submitted", LATER),
        "left half": ("submitted", "submitted", LATER),
        "declined": ("active", "refused", DAY),
    }
    assert migrated[ids["saved only"]][2] in (DAY, LATER)
    events = column(empty, "select event from assignment_event")
    assert sorted(events) == ["begun"] * 5 + ["declared", "sent", "sent"]
    assert column(empty, "select count(*) from draft") == [0]


def test_counts_are_folded_and_waiting_changes_lose_their_order(empty):
    migrate(empty, to=BEFORE)
    fill(empty)
    migrate(empty, to=AFTER)
    for table, figure in (("kept_count", "n"), ("kept_day", "change")):
        folded = column(empty, f"select disposition, {figure} from {table} order by disposition")
        assert [tuple(row) for row in folded] == [("begun", 3), ("sent", 3), ("submitted", 5)]
    assert [tuple(row) for row in column(empty, "select disposition, change from count_delta")] == [
        ("submitted", 2)
    ]
    (key,) = column(empty, "select id from count_delta")
    assert len(key) == 16


def test_of_an_opened_response_one_mark_is_left(empty):
    migrate(empty, to=BEFORE)
    fill(empty)
    migrate(empty, to=AFTER)
    marks = [
        mark if isinstance(mark, dict) else json.loads(mark)
        for mark in column(empty, "select quality from response")
    ]
    assert sorted(marks, key=str) == [{"under_floor": m} for m in ("no", "unknown", "yes")]


def test_going_back_invents_nothing_and_forward_again_ends_in_the_same_place(empty):
    migrate(empty, to=BEFORE)
    ids = fill(empty)
    migrate(empty, to=AFTER)
    before = standings(empty)
    migrate(empty, to=BEFORE)
    back = {name: standings(empty)[id_] for name, id_ in ids.items()}
    assert back["begun"] == back["half way"] == ("active", "started", "none")
    assert back["complete"] == back["left half"] == ("submitted", "complete", "all")
    migrate(empty, to=AFTER)
    assert {id_: row[:2] for id_, row in standings(empty).items()} == {
        id_: row[:2] for id_, row in before.items()
    }


def test_nothing_of_a_discarded_draft_is_left_in_the_file(empty_sqlite):
    engine = make_engine(empty_sqlite)
    migrate(engine, to=BEFORE)
    fill(engine)
    folder = Path(str(engine.url.database)).parent
    files = lambda: b"".join(path.read_bytes() for path in folder.glob("*") if path.is_file())  # noqa: E731
    assert CANARY.encode() in files()
    migrate(engine, to=AFTER)
    assert CANARY.encode() not in files()
    assert b"broken_off" not in files()
    engine.dispose()


def test_a_transaction_that_still_sees_what_was_erased_is_told(empty, monkeypatch):
    migrate(empty, to=BEFORE)
    fill(empty)
    monkeypatch.setattr("surveyapp.db.compact", lambda _engine, _tables: False)
    with pytest.raises(NotCompacted) as told:
        migrate(empty, to=AFTER)
    assert "draft" in told.value.tables
    assert column(empty, "select count(*) from draft") == [0]
