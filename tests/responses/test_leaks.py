"""Unique strings are put in as answers; none may lie readable in any file of the database."""

import os
import uuid
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text

from surveyapp.accounts.act import Act
from surveyapp.db import transaction
from surveyapp.responses import receipts
from surveyapp.responses.models import SealedBallot
from surveyapp.responses.sealed_box import opening
from tests.factories import close_campaign
from tests.responses.world import PRIVATE, survey

NAME = "Nguyễn Văn Thử"
Search = Callable[[Iterable[bytes]], set[bytes]]


@pytest.fixture
def remark() -> str:
    """Found nowhere else: the run's PostgreSQL keeps the logs of other tests' openings."""
    return f"Chim hoàng yến {uuid.uuid4().hex} hót trong hầm mỏ"


def search(folder: Path, secrets: Iterable[bytes]) -> set[bytes]:
    """Which of the secrets lie in the files; those of other tests come and go while it looks."""
    content = []
    for inner, _folders, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):
                content.append(Path(inner, name).read_bytes())
    everything = b"\n".join(content)
    return {secret for secret in secrets if secret in everything}


@pytest.fixture
def everywhere(engine: Engine, request: pytest.FixtureRequest) -> Search:
    """Which of the secrets lie in any file of the engine: tables, indexes, write-ahead log."""

    def look(secrets: Iterable[bytes]) -> set[bytes]:
        if engine.dialect.name == "sqlite":
            return search(Path(engine.url.database).parent, secrets)
        checkpoint(engine)
        return search(request.getfixturevalue("postgres_folder") / "cluster", secrets)

    return look


@pytest.fixture
def tables(engine: Engine, request: pytest.FixtureRequest, everywhere: Search) -> Search:
    """Which of the secrets lie in the files of this database alone."""

    def look(secrets: Iterable[bytes]) -> set[bytes]:
        if engine.dialect.name == "sqlite":
            return everywhere(secrets)
        oid = checkpoint(engine)
        cluster = request.getfixturevalue("postgres_folder") / "cluster"
        return search(cluster / "base" / str(oid), secrets)

    return look


def checkpoint(engine: Engine) -> int:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CHECKPOINT"))
        oid = "SELECT oid FROM pg_database WHERE datname = current_database()"
        return connection.execute(text(oid)).scalar_one()


def test_no_answer_code_or_receipt_lies_readable_before_the_opening(
    engine, keys, now, remark, everywhere, tables
):
    with transaction() as db:
        world = survey(db, keys, now, people=2)
    submitted, unfinished = world.forms
    for form in world.forms:
        with transaction() as db:
            world.save(db, form, {"P1-101": "4", "P1-102": "98", "P1-900": remark})
    with transaction() as db:
        receipt = world.submit(db, submitted)
    name = NAME.encode()
    unique = {
        remark.encode(),
        remark.encode("utf-16-le"),
        remark.split()[3].encode(),
        receipt.encode(),
        receipts.tag(receipt),
        PRIVATE,
    }
    assert everywhere({name, *unique}) == {name}, "the search itself can find something"
    ordinary = {b'"P1-102":"98"', b'"P1-102": "98"', b'"4","98"', b'"4", "98"'}
    codes = {submitted.code.encode(), unfinished.code.encode()}
    assert tables({name, *ordinary, *codes}) == {name}


def test_after_the_opening_nothing_of_the_box_stays_in_the_file(engine, keys, now, remark, tables):
    with transaction() as db:
        world = survey(db, keys, now, people=20)
        for form in world.forms:
            world.save(db, form, {"P1-101": "4", "P1-900": remark})
            world.submit(db, form)
        ciphertexts = list(db.scalars(select(SealedBallot.ciphertext)))
        close_campaign(db, world.campaign.code, now=now)
    with transaction() as db:
        opening.open_box(db, world.campaign, private_key=PRIVATE, act=Act("vanhanh", now, keys))
    pieces = {ciphertext[2000:2032] for ciphertext in ciphertexts}
    assert tables(pieces) & pieces, "the search itself can find something"
    opening.compact(engine)
    assert tables({remark.encode(), *pieces}) == {remark.encode()}
    if engine.dialect.name == "sqlite":
        assert Path(engine.url.database + "-wal").stat().st_size == 0
