"""The whole examination, from what needs nothing to what needs everything."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Engine, MetaData

from surveyapp import db
from surveyapp.config import Settings
from surveyapp.keys import KeyRing
from surveyapp.operations.doctor import background_work, database, machine, outside
from surveyapp.operations.doctor.findings import Diagnosis, Level


def examine(
    settings: Settings,
    *,
    keys: KeyRing,
    engine: Engine,
    metadata: MetaData,
    now: datetime,
    from_outside: bool,
) -> Iterator[Diagnosis]:
    """Every finding, the good ones too. `engine` is bound for `reading()`."""
    yield from machine.look(settings)
    broken = False
    for finding in database.look(engine, metadata, keys, now=now):
        broken = broken or (finding.level == Level.FAIL and finding.check in {"database", "schema"})
        yield finding
    if not broken:
        with db.reading() as session:
            yield from list(background_work.look(session, settings, now=now))
    if from_outside:
        yield from outside.look(settings)
