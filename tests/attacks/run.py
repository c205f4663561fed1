"""Plays the survey on both engines and runs every attack on it."""

import tempfile
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from surveyapp import schema
from surveyapp.db import make_engine
from surveyapp.tables import metadata
from tests import postgres
from tests.attacks.interface import Attack, Line
from tests.attacks.joins import JOINS
from tests.attacks.openings import OPENINGS
from tests.attacks.scene import Scene, play
from tests.attacks.stolen import STOLEN
from tests.attacks.traces import TRACES
from tests.attacks.watching import WATCHING

ATTACKS: tuple[Attack, ...] = (*JOINS, *OPENINGS, *WATCHING, *TRACES, *STOLEN)


def lines(scene: Scene, attacks: Iterable[Attack] = ATTACKS) -> Iterator[Line]:
    """Each attack on the twin and on the survey, one after the other."""
    engine = scene.engine.dialect.name
    for attack in attacks:
        if engine in attack.engines:
            yield Line(attack, engine, attack.run(scene, "naive"), attack.run(scene, "real"))


@contextmanager
def empty(url: str) -> Iterator[Engine]:
    """A database with all tables and nothing in them."""
    engine = make_engine(url)
    metadata.create_all(engine)
    schema.stamp(engine)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def played(url: str, files: Path, sizes: tuple[int, ...], seed: int) -> Iterator[Scene]:
    """The scene on a database without tables."""
    with empty(url) as engine, tempfile.TemporaryDirectory() as folder:
        yield play(engine, Path(folder), files, sizes=sizes, seed=seed)


@contextmanager
def on_sqlite(folder: Path, sizes: tuple[int, ...], seed: int = 7) -> Iterator[Scene]:
    """On a file in `folder`."""

    @contextmanager
    def fresh() -> Iterator[Engine]:
        with (
            tempfile.TemporaryDirectory() as other,
            empty(f"sqlite:///{other}/survey.sqlite3") as engine,
        ):
            Path(other, "survey.sqlite3").chmod(0o600)
            yield engine

    with played(f"sqlite:///{folder / 'survey.sqlite3'}", folder, sizes, seed) as scene:
        scene.fresh = fresh
        yield scene


@contextmanager
def on_postgresql(
    server: Path, sizes: tuple[int, ...], seed: int = 7, name: str = "attacked"
) -> Iterator[Scene]:
    """On a database of its own of the server in `server`."""

    @contextmanager
    def database() -> Iterator[str]:
        made = f"{name}_{uuid.uuid4().hex}"
        postgres.execute(server, f"CREATE DATABASE {made}")
        try:
            yield postgres.url(server, made)
        finally:
            postgres.execute(server, f"DROP DATABASE {made} WITH (FORCE)")

    @contextmanager
    def fresh() -> Iterator[Engine]:
        with database() as url, empty(url) as engine:
            yield engine

    with database() as url, played(url, server / "cluster", sizes, seed) as scene:
        scene.fresh = fresh
        yield scene
