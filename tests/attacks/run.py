"""Plays the survey on both engines and runs every attack on it."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from surveyapp.db import make_engine
from surveyapp.tables import metadata
from tests import postgres
from tests.attacks.interface import Attack, Line
from tests.attacks.joins import JOINS
from tests.attacks.openings import OPENINGS
from tests.attacks.scene import Scene, play

ATTACKS: tuple[Attack, ...] = (*JOINS, *OPENINGS)


def lines(scene: Scene, attacks: Iterable[Attack] = ATTACKS) -> Iterator[Line]:
    """Each attack on the twin and on the survey, one after the other."""
    engine = scene.engine.dialect.name
    for attack in attacks:
        if engine in attack.engines:
            yield Line(attack, engine, attack.run(scene, "naive"), attack.run(scene, "real"))


@contextmanager
def played(url: str, files: Path, sizes: tuple[int, ...], seed: int) -> Iterator[Scene]:
    """The scene on a database without tables."""
    engine = make_engine(url)
    metadata.create_all(engine)
    with tempfile.TemporaryDirectory() as folder:
        yield play(engine, Path(folder), files, sizes=sizes, seed=seed)
    engine.dispose()


@contextmanager
def on_sqlite(folder: Path, sizes: tuple[int, ...], seed: int = 7) -> Iterator[Scene]:
    """On a file in `folder`."""
    with played(f"sqlite:///{folder / 'survey.sqlite3'}", folder, sizes, seed) as scene:
        yield scene


@contextmanager
def on_postgresql(
    server: Path, sizes: tuple[int, ...], seed: int = 7, name: str = "attacked"
) -> Iterator[Scene]:
    """On a database of its own of the server in `server`."""
    postgres.execute(server, f"CREATE DATABASE {name}")
    try:
        with played(postgres.url(server, name), server / "cluster", sizes, seed) as scene:
            yield scene
    finally:
        postgres.execute(server, f"DROP DATABASE {name} WITH (FORCE)")
