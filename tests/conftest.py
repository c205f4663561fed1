"""Fixtures of the whole test house: both engines, keys, a fixed moment, the application."""

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Engine
from sqlalchemy.orm import Session

import surveyapp.responses.drafts  # noqa: F401  says what becomes of drafts
from surveyapp import clock
from surveyapp.accounts import passwords
from surveyapp.config import Settings
from surveyapp.db import bind, make_engine, transaction
from surveyapp.i18n import speaking
from surveyapp.keys import KeyRing
from surveyapp.operations.wall import roles
from tests import factories, pooler, postgres, wall
from tests.fakes import Moment

# The same examples every time, however busy the machine is: a refusal must be repeatable. Looking for
# new ones is `pytest --hypothesis-profile=default`.
hypothesis.settings.register_profile(
    "steady",
    derandomize=True,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("steady")

RUN_FOLDER = "SURVEY_TEST_RUN"  # not SURVEYAPP_…: it is no setting of the server


def pytest_configure(config: pytest.Config) -> None:
    """Choose the run's folder in memory before any worker starts; workers inherit it.

    Processes that tests start keep what they compile: each would else compile the house anew.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if not hasattr(config, "workerinput"):
        memory = Path("/dev/shm")
        parent = memory if os.access(memory, os.W_OK) else Path(tempfile.gettempdir())
        _sweep(parent)
        folder = parent / f"surveyapp-tests-{os.getpid()}"
        folder.mkdir(mode=0o711)
        os.environ[RUN_FOLDER] = str(folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    """The process that chose the folder stops the server and takes everything away."""
    if not hasattr(config, "workerinput"):
        _remove(Path(os.environ.pop(RUN_FOLDER)))


def _sweep(parent: Path) -> None:
    """Take away what a killed run of the same user left behind."""
    for folder in parent.glob("surveyapp-tests-*"):
        alive = Path("/proc", folder.name.rpartition("-")[2]).exists()
        if not alive and folder.stat().st_uid == os.geteuid():
            _remove(folder)


def _remove(folder: Path) -> None:
    postgres.stop(folder / "postgres")
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def _in_vietnamese() -> Iterator[None]:
    """The language that the last request of the test before spoke does not linger."""
    with speaking("vi"):
        yield


@pytest.fixture(autouse=True)
def _masking_as_before() -> Iterator[None]:
    """A program that a test calls in this process masks the modes of files for itself alone."""
    before = os.umask(0o022)
    os.umask(before)
    yield
    os.umask(before)


@pytest.fixture(scope="session", autouse=True)
def _passwords_cost_little() -> None:
    """Argon2id is slow on purpose; the tests that ask about its cost set it themselves."""
    passwords.use_cost(memory_kib=8, passes=1)


@pytest.fixture(scope="session")
def run_folder() -> Path:
    """A folder in memory, one for the whole run, gone afterwards."""
    return Path(os.environ[RUN_FOLDER])


@pytest.fixture(scope="session")
def postgres_folder(run_folder: Path) -> Path:
    """The running PostgreSQL of this test run; `postgres.url(folder, name)` is a database on it."""
    folder = run_folder / "postgres"
    postgres.start(folder)
    return folder


def _create_tables(url: str) -> None:
    # From the models, not by the migrations: tests/architecture proves that these are equal.
    from surveyapp import schema
    from surveyapp.tables import metadata

    engine = make_engine(url)
    metadata.create_all(engine)
    schema.stamp(engine)
    engine.dispose()


@pytest.fixture(scope="session")
def _sqlite_template(run_folder: Path) -> Path:
    file = run_folder / f"template-{uuid.uuid4().hex}.sqlite3"
    _create_tables(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def _postgres_template(postgres_folder: Path) -> str:
    name = f"template_{uuid.uuid4().hex}"
    postgres.execute(postgres_folder, f"CREATE DATABASE {name}")
    _create_tables(postgres.url(postgres_folder, name))
    return name


@pytest.fixture
def empty_postgres(postgres_folder: Path) -> Iterator[str]:
    """The address of a PostgreSQL database without tables."""
    name = f"empty_{uuid.uuid4().hex}"
    postgres.execute(postgres_folder, f"CREATE DATABASE {name}")
    yield postgres.url(postgres_folder, name)
    postgres.execute(postgres_folder, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_sqlite(run_folder: Path) -> Iterator[str]:
    """The address of an SQLite database without tables."""
    folder = Path(tempfile.mkdtemp(dir=run_folder))
    yield f"sqlite:///{folder / 'survey.sqlite3'}"
    shutil.rmtree(folder)


@pytest.fixture
def sqlite_engine(empty_sqlite: str, _sqlite_template: Path) -> Iterator[Engine]:
    """A fresh survey database on SQLite, bound for `transaction()` and `reading()`."""
    file = Path(empty_sqlite.removeprefix("sqlite:///"))
    shutil.copyfile(_sqlite_template, file)
    file.chmod(0o600)  # the server refuses one that others can read
    yield from _bound(empty_sqlite)


@pytest.fixture
def postgresql_engine(postgres_folder: Path, _postgres_template: str) -> Iterator[Engine]:
    """A fresh survey database on PostgreSQL, bound for `transaction()` and `reading()`."""
    name = f"survey_{uuid.uuid4().hex}"
    postgres.execute(postgres_folder, f"CREATE DATABASE {name} TEMPLATE {_postgres_template}")
    yield from _bound(postgres.url(postgres_folder, name))
    postgres.execute(postgres_folder, f"DROP DATABASE {name} WITH (FORCE)")


def _bound(url: str) -> Iterator[Engine]:
    engine = make_engine(url)
    bind(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def _walled_template(postgres_folder: Path, _postgres_template: str) -> str:
    name = f"walled_{uuid.uuid4().hex}"
    postgres.execute(postgres_folder, f"CREATE DATABASE {name} TEMPLATE {_postgres_template}")
    engine = make_engine(postgres.url(postgres_folder, name))
    with postgres.alone(postgres_folder), engine.begin() as connection:
        roles.make(connection)  # roles are those of the whole server
    engine.dispose()
    return name


@pytest.fixture(scope="session")
def pooler_port(postgres_folder: Path, run_folder: Path) -> Iterator[int]:
    """Where PgBouncer lends connections of this run's PostgreSQL, to the roles of the second wall too."""
    folder = Path(tempfile.mkdtemp(dir=run_folder))
    with pooler.running(postgres_folder, folder, wall.users()) as port:
        yield port


@pytest.fixture
def pooled_wall(postgres_folder: Path, _walled_template: str, pooler_port: int) -> Iterator[Engine]:
    """A database behind the second wall and PgBouncer: each request signs in as its role, by name."""
    name = f"survey_{uuid.uuid4().hex}"
    postgres.execute(postgres_folder, f"CREATE DATABASE {name} TEMPLATE {_walled_template}")
    for engine in _bound(postgres.pooled_url(name, pooler_port)):
        wall.sign_in_by_name(engine)
        yield engine
    postgres.execute(postgres_folder, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def walled_engine(postgres_folder: Path, _walled_template: str) -> Iterator[Engine]:
    """A fresh survey database on PostgreSQL behind the second wall: requests are answered as their role."""
    name = f"survey_{uuid.uuid4().hex}"
    postgres.execute(postgres_folder, f"CREATE DATABASE {name} TEMPLATE {_walled_template}")
    for engine in _bound(postgres.url(postgres_folder, name)):
        wall.stand(engine)
        yield engine
    postgres.execute(postgres_folder, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """A fresh survey database; every test that asks for it runs on both engines.

    A folder whose tests need one engine only overrides this fixture (see tests/web/conftest.py).
    """
    given_engine: Engine = request.getfixturevalue(f"{request.param}_engine")
    return given_engine


@pytest.fixture
def db(engine: Engine) -> Iterator[Session]:
    """One writing session for the whole test, never committed.

    On SQLite it holds the write lock, so a test that also goes through `client`, a command or a
    second session opens its own `with transaction() as db:` blocks instead.
    """
    with transaction() as db:
        yield db
        db.rollback()


@pytest.fixture
def now() -> datetime:
    """A Monday in the middle of collection: 10:00 on 15 January 2024 in Vietnam."""
    return datetime(2024, 1, 15, 3, 0, tzinfo=UTC)


@pytest.fixture
def moment(now: datetime, monkeypatch: pytest.MonkeyPatch) -> Moment:
    """The server's clock, standing at `now`; a test moves it by `moment.at += …`."""
    moment = Moment(now)
    monkeypatch.setattr(clock, "now", moment)
    return moment


@pytest.fixture
def keys() -> KeyRing:
    """A key ring in memory with one root key."""
    return factories.TEST_KEYS


class Compiled(BytecodeCache):
    """Templates compiled once per process: every test makes the application anew."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bytecode := self.kept.get(bucket.key):
            bucket.bytecode_from_string(bytecode)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


COMPILED = Compiled()


@pytest.fixture
def settings(engine: Engine, tmp_path: Path) -> Settings:
    """Settings of a server on `engine` whose instance folder is the test's own."""
    return Settings(
        instance=tmp_path / "instance",
        database_url=engine.url.render_as_string(hide_password=False),
        keys=tmp_path / "instance" / "keys.json",
        backups=tmp_path / "backups",
        store=tmp_path / "instance",
        base_url="http://localhost",
    )


@pytest.fixture
def own_app(settings: Settings, keys: KeyRing, engine: Engine) -> Flask:
    """The application as it is served, made for this test, which may add pages to it."""
    from surveyapp import create_app

    settings.instance.mkdir(mode=0o700, exist_ok=True)
    made = create_app(settings, keys=keys, engine=engine)
    made.jinja_env.bytecode_cache = COMPILED
    return made


@pytest.fixture(scope="session")
def _made() -> dict[tuple[bool, int], Flask]:
    return {}


@pytest.fixture
def app(
    settings: Settings,
    keys: KeyRing,
    request: pytest.FixtureRequest,
    _made: dict[tuple[bool, int], Flask],
) -> Flask:
    """The application as it is served, with CSRF protection on.

    Registering some 180 routes takes longer than most tests: it is done once per process, and each
    test gives the application its own settings and keys.
    """
    from surveyapp import log
    from surveyapp.web import application

    kind = (settings.demo, settings.trusted_proxies)
    if kind not in _made:
        _made[kind] = request.getfixturevalue("own_app")
    settings.instance.mkdir(mode=0o700, exist_ok=True)
    log.configure(settings.log_level)
    application.configure(_made[kind], settings, keys)
    return _made[kind]


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without scripts that has not been here before."""
    return app.test_client()


@pytest.fixture
def runner(settings: Settings, keys: KeyRing) -> CliRunner:
    """A terminal whose environment is that of `settings`, with the ring of `keys` on disk."""
    from surveyapp.keys import install_key_ring

    settings.instance.mkdir(mode=0o700, exist_ok=True)
    install_key_ring(settings.keys, keys)
    return CliRunner(
        env={
            "DATABASE_URL": settings.database_url,
            "SURVEYAPP_INSTANCE": str(settings.instance),
            "SURVEYAPP_KEYS": str(settings.keys),
            "SURVEYAPP_BASE_URL": settings.base_url,
        }
    )
