"""The attacks that join people to answers: they succeed on a naive twin and stay at chance on ours.

The naive twin is what one would write first: two tables, random keys, no foreign key, no time, both
rows of a person committed together. Pairing 600 people with 600 answers at random gives one right
pair on average; the number is nearly Poisson(1), so more than `CHANCE` right pairs come by accident
less than twice in a million attacks.
"""

import os
import random
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from surveyapp.accounts.act import Act
from surveyapp.db import bind, make_engine, transaction
from surveyapp.keys import KeyRing
from surveyapp.responses.sealed_box import opening
from surveyapp.tables import metadata
from tests import postgres
from tests.factories import close_campaign
from tests.responses.world import PRIVATE, World, answers, survey

PEOPLE = 600
CHANCE = 8
SPEARMAN = 5 / PEOPLE**0.5  # five standard deviations


@dataclass
class Round:
    """A survey from the first answer to the opened box, and the twin beside it."""

    world: World
    engine: Engine
    given: dict[str, str]
    """What each assignment id really answered, as one string: the truth the attacker wants."""
    order: list[str]
    """Assignment ids in the order of submission, which a curious administrator can watch."""
    ballots: dict[str, str]
    """Ballot id by assignment id, by the database's own marks, before the opening."""


TWIN = (
    "CREATE TABLE naive_person (id {blob} PRIMARY KEY, person text)",
    "CREATE TABLE naive_answer (id {blob} PRIMARY KEY, answers text)",
)


def play(engine: Engine) -> Round:
    """600 people answer and submit one by one, the campaign is closed, the box is opened."""
    bind(engine)
    keys = KeyRing({1: os.urandom(32)})
    now = datetime(2024, 1, 15, 3, 0, tzinfo=UTC)
    blob = "bytea" if engine.dialect.name == "postgresql" else "blob"
    with transaction() as db:
        for statement in TWIN:
            db.execute(text(statement.format(blob=blob)))
        world = survey(db, keys, now, people=PEOPLE)
        for number, form in enumerate(world.forms):
            remark = {"P1-900": f"Ý kiến {'|'.join(answers(form, number * 61).values())}"}
            world.save(db, form, {**answers(form, number * 61), **remark})
    given = {
        str(form.id): "|".join(answers(form, number * 61).values())
        for number, form in enumerate(world.forms)
    }
    forms = random.Random(7).sample(world.forms, PEOPLE)
    for form in forms:
        with transaction() as db:
            world.submit(db, form)
            for table, column, value in (
                ("person", "person", str(form.id)),
                ("answer", "answers", given[str(form.id)]),
            ):
                db.execute(
                    text(f"INSERT INTO naive_{table} (id, {column}) VALUES (:id, :value)"),
                    {"id": os.urandom(16), "value": value},
                )
    played = Round(world, engine, given, [str(form.id) for form in forms], {})
    with transaction() as db:
        if engine.dialect.name == "postgresql":
            played.ballots = dict(
                tuple(row)
                for row in db.execute(
                    text(
                        "SELECT a.id::text, encode(b.id, 'hex') FROM assignment a "
                        "JOIN sealed_ballot b ON a.xmin = b.xmin"
                    )
                )
            )
        close_campaign(db, world.campaign.code, now=now)
        opening.open_box(db, world.campaign, private_key=PRIVATE, act=Act("vanhanh", now, keys))
    return played


def column(engine: Engine, statement: str) -> list[str]:
    with engine.connect() as connection:
        values = [row[0] for row in connection.execute(text(statement))]
        connection.rollback()
    return values


def opened_answers(engine: Engine, order: str = "") -> list[str]:
    """What stands in `response`, each as one string, in an order the database gives."""
    if engine.dialect.name == "postgresql":
        joined = "(SELECT string_agg(value, '|' ORDER BY key) FROM json_each_text(answers))"
    else:
        joined = "(SELECT group_concat(value, '|') FROM json_each(answers))"
    return column(engine, f"SELECT {joined} FROM response {order}")


def right(pairs: Iterator[tuple[str, str]], given: dict[str, str]) -> int:
    return sum(given[person] == answer for person, answer in pairs)


def spearman(order: list[str], given: dict[str, str], answers_in_order: list[str]) -> float:
    """Rank correlation between the order of submission and the order the answers stand in."""
    rank = {given[person]: at for at, person in enumerate(order)}
    n = len(order)
    squares = sum((rank[answer] - at) ** 2 for at, answer in enumerate(answers_in_order))
    return 1 - 6 * squares / (n * (n * n - 1))


def at_chance(order: list[str], given: dict[str, str], answers_in_order: list[str]) -> bool:
    assert sorted(answers_in_order) == sorted(given.values())
    pairs = right(zip(order, answers_in_order, strict=True), given)
    backwards = right(zip(order, reversed(answers_in_order), strict=True), given)
    return (
        max(pairs, backwards) <= CHANCE and abs(spearman(order, given, answers_in_order)) < SPEARMAN
    )


@pytest.fixture(scope="module")
def on_postgresql(postgres_folder: Path) -> Iterator[Round]:
    """The round played once for all attacks on PostgreSQL."""
    name = f"attacked_{os.urandom(8).hex()}"
    postgres.execute(postgres_folder, f"CREATE DATABASE {name}")
    engine = make_engine(postgres.url(postgres_folder, name))
    metadata.create_all(engine)
    yield play(engine)
    engine.dispose()
    postgres.execute(postgres_folder, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Round]:
    """The round played once for all attacks on SQLite."""
    engine = make_engine(f"sqlite:///{tmp_path_factory.mktemp('attacked') / 'survey.sqlite3'}")
    metadata.create_all(engine)
    yield play(engine)
    engine.dispose()


class TestOnPostgreSQL:
    @pytest.fixture
    def round_(self, on_postgresql):
        return on_postgresql

    def test_the_transaction_number_joins_the_twin_and_nothing_of_ours(self, round_):
        with round_.engine.connect() as connection:
            twin = connection.execute(
                text(
                    "SELECT p.person, a.answers FROM naive_person p "
                    "JOIN naive_answer a ON p.xmin = a.xmin"
                )
            ).all()
            ours = connection.execute(
                text("SELECT 1 FROM assignment a JOIN response r ON a.xmin = r.xmin")
            ).all()
            marks = connection.execute(
                text("SELECT count(DISTINCT xmin::text) FROM response")
            ).scalar_one()
            connection.rollback()
        assert right((tuple(row) for row in twin), round_.given) == PEOPLE
        assert (len(ours), marks) == (0, 1)

    def test_the_same_join_reaches_every_ciphertext_and_that_is_where_it_ends(self, round_):
        assert len(round_.ballots) == PEOPLE
        left = column(round_.engine, "SELECT encode(id, 'hex') FROM response")
        assert not set(round_.ballots.values()) & set(left)
        by_ballot = sorted(round_.ballots, key=lambda person: round_.ballots[person])
        assert at_chance(by_ballot, round_.given, opened_answers(round_.engine, "ORDER BY id"))

    def test_the_place_in_the_table_orders_the_twin_and_nothing_of_ours(self, round_):
        twin = column(round_.engine, "SELECT answers FROM naive_answer ORDER BY ctid")
        assert right(zip(round_.order, twin, strict=True), round_.given) == PEOPLE
        assert at_chance(round_.order, round_.given, opened_answers(round_.engine, "ORDER BY ctid"))

    def test_the_keys_order_nothing(self, round_):
        assert at_chance(round_.order, round_.given, opened_answers(round_.engine, "ORDER BY id"))

    def test_remarks_responses_and_receipts_stand_in_unrelated_orders(self, round_):
        unrelated_orders(round_, "ORDER BY ctid")


class TestOnSQLite:
    @pytest.fixture
    def round_(self, on_sqlite):
        return on_sqlite

    def test_the_hidden_rowid_orders_the_twin_and_ours_has_none(self, round_):
        twin = column(round_.engine, "SELECT answers FROM naive_answer ORDER BY rowid")
        assert right(zip(round_.order, twin, strict=True), round_.given) == PEOPLE
        with sqlite3.connect(file_of(round_.engine)) as connection:
            for table in ("sealed_ballot", "response", "remark", "receipt", "draft"):
                with pytest.raises(sqlite3.OperationalError, match="no such column"):
                    connection.execute(f"SELECT rowid FROM {table}")
        connection.close()

    @pytest.mark.parametrize("order", ["", "ORDER BY id"])
    def test_no_order_of_ours_is_the_order_of_submission(self, round_, order):
        assert at_chance(round_.order, round_.given, opened_answers(round_.engine, order))

    def test_the_place_in_the_file_says_nothing(self, round_):
        opening.compact(round_.engine)
        content = file_of(round_.engine).read_bytes()
        items = [item.id for item in round_.world.forms[0].instrument.items]

        def offset_of(answer: str) -> int:
            fields = ", ".join(
                f'"{item}": "{code}"' for item, code in zip(items, answer.split("|"), strict=True)
            )
            return content.index(f"{{{fields}}}".encode())

        answers_in_file = sorted(round_.given.values(), key=offset_of)
        assert at_chance(round_.order, round_.given, answers_in_file)

    def test_remarks_responses_and_receipts_stand_in_unrelated_orders(self, round_):
        unrelated_orders(round_, "")


def unrelated_orders(round_: Round, order: str) -> None:
    answers_in_order = opened_answers(round_.engine, order)
    remarks = column(round_.engine, f"SELECT text FROM remark {order}")
    told = [remark.removeprefix("Ý kiến ") for remark in remarks]
    same = sum(answer == remark for answer, remark in zip(answers_in_order, told, strict=True))
    assert sorted(told) == sorted(answers_in_order)
    assert same <= CHANCE


def file_of(engine: Engine) -> Path:
    return Path(engine.url.database)
