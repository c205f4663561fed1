"""Whether a demo stands in the instance folder, was left half done, or something else is there."""

import shutil
from pathlib import Path

from sqlalchemy import Engine, inspect, make_url

from surveyapp import db, schema
from surveyapp.config import DEMO_MARKS, Settings
from surveyapp.errors import SurveyError

FINISHED, _BEGUN = DEMO_MARKS


class NotADemo(SurveyError):
    """The instance folder or its database holds a survey that no demo made."""

    def __init__(self, instance: Path) -> None:
        super().__init__(str(instance))
        self.instance = instance


def is_finished(settings: Settings) -> bool:
    """A demo was prepared to its end."""
    return (settings.instance / FINISHED).exists()


def was_interrupted(settings: Settings) -> bool:
    """A demo was begun and not brought to its end."""
    return (settings.instance / _BEGUN).exists()


def begin(settings: Settings) -> None:
    """Leave the mark by which an interrupted demo is recognised. Raises `NotADemo`."""
    if not was_interrupted(settings):
        _refuse_foreign(settings)
    mark = settings.instance / _BEGUN
    settings.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    mark.parent.mkdir(exist_ok=True)
    mark.touch()


def finish(settings: Settings) -> None:
    """Everything is there: take the mark away."""
    (settings.instance / _BEGUN).unlink()


def clear(settings: Settings) -> None:
    """Take away what a demo made: database, keys, workbooks, releases. Raises `NotADemo`."""
    if not is_finished(settings) and not was_interrupted(settings):
        _refuse_foreign(settings)
        return
    begin_again = settings.instance / _BEGUN
    begin_again.parent.mkdir(exist_ok=True)
    begin_again.touch()  # a clearing cut short is taken up again
    _empty_database(settings)
    (settings.instance / FINISHED).unlink(missing_ok=True)
    for path in settings.instance.iterdir():
        if path.name == "demo":
            continue
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    shutil.rmtree(settings.instance / "demo")
    settings.instance.rmdir()


def _refuse_foreign(settings: Settings) -> None:
    """Only an empty database may become a demo's, and a folder with nothing but a key ring."""
    if is_finished(settings):
        return
    there = list(settings.instance.iterdir()) if settings.instance.is_dir() else []
    file = _sqlite_file(settings)
    known = {settings.keys, *_sqlite_files(settings)}
    if any(path.absolute() not in known for path in there):
        raise NotADemo(settings.instance)
    if file is not None and not file.exists():
        return
    engine = db.make_engine(settings.database_url)
    try:
        if _holds_campaigns(engine):
            raise NotADemo(settings.instance)
    finally:
        engine.dispose()


def _holds_campaigns(engine: Engine) -> bool:
    if not inspect(engine).has_table("campaign"):
        return False
    with engine.connect() as connection:
        return bool(connection.exec_driver_sql("SELECT count(*) FROM campaign").scalar_one())


def _empty_database(settings: Settings) -> None:
    for path in _sqlite_files(settings):
        path.unlink(missing_ok=True)
    if _sqlite_file(settings) is None:
        engine = db.make_engine(settings.database_url)
        try:
            schema.migrate(engine, to="base")
        finally:
            engine.dispose()


def _sqlite_file(settings: Settings) -> Path | None:
    address = make_url(settings.database_url)
    if address.get_backend_name() != "sqlite" or not address.database:
        return None
    return Path(address.database).absolute()


def _sqlite_files(settings: Settings) -> list[Path]:
    file = _sqlite_file(settings)
    return [] if file is None else [file.with_name(file.name + end) for end in ("", "-wal", "-shm")]
