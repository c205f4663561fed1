"""A small database of every released version comes up to this one with all that was in it, on both engines.

The dumps in `databases/` were made by the released program itself: a campaign that is open, four people,
the first of whom has submitted and the second begun. They are never made anew.
"""

import gzip
import json
import re
import sqlite3
from base64 import b64decode
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from sqlalchemy import text

from surveyapp import clock, create_app, schema
from surveyapp.cli.main import main
from surveyapp.config import Settings
from surveyapp.db import bind, make_engine, reading, transaction
from surveyapp.keys import KeyRing, install_key_ring
from surveyapp.operations.backup import sealed_file
from surveyapp.operations.installation import ownership
from surveyapp.operations.installation.errors import ForeignKeyRing
from surveyapp.tables import metadata
from tests.operations.test_key_ring import FOREIGN
from tests.web.browsing import HERE, sign_in

DUMPS = Path(__file__).parent / "databases"
VERSIONS = sorted({path.name.rsplit(".", 2)[0] for path in DUMPS.glob("*.json")})
RELEASED_AT = {"1.0.0": "0001"}


@pytest.fixture(params=[(v, e) for v in VERSIONS for e in ("sqlite", "postgresql")], ids="-".join)
def old(request, tmp_path):
    """The engine of a released version's database, what was noted of it, and its settings."""
    version, name = request.param
    words = gzip.decompress((DUMPS / f"{version}.{name}.sql.gz").read_bytes()).decode()
    noted = json.loads((DUMPS / f"{version}.{name}.json").read_text())
    url = request.getfixturevalue({"sqlite": "empty_sqlite"}.get(name, "empty_postgres"))
    if name == "sqlite":
        file = Path(url.removeprefix("sqlite:///"))
        sqlite3.connect(file).executescript(words).connection.close()
        file.chmod(0o600)
    else:
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(words)
    settings = Settings(
        instance=tmp_path / "instance",
        database_url=url,
        keys=tmp_path / "instance" / "keys.json",
        store=tmp_path / "instance",
        base_url="http://localhost",
    )
    install_key_ring(settings.keys, ring_of(noted))
    engine = make_engine(url)
    bind(engine)
    yield version, engine, noted, settings
    engine.dispose()


def ring_of(noted) -> KeyRing:
    return KeyRing({int(n): b64decode(key) for n, key in noted["ring"].items()})


def counts(engine: sa.Engine) -> dict[str, int]:
    tables = ("person", "invitation", "assignment", "sealed_ballot", "audit_entry", "list_line")
    with engine.connect() as connection:
        return {t: connection.scalar(text(f"select count(*) from {t}")) for t in tables}


def test_a_released_database_is_refused_until_it_is_migrated_and_then_is_this_codes(old):
    version, engine, _noted, _settings = old
    with pytest.raises(schema.SchemaDiffers) as refused:
        schema.check(engine, metadata)
    assert refused.value.found == RELEASED_AT[version]
    before = counts(engine)
    assert before["sealed_ballot"] > 0
    assert schema.migrate(engine) == schema.newest()
    schema.check(engine, metadata)
    assert counts(engine) == before


def test_after_the_upgrade_links_live_receipts_are_shown_and_staff_signs_in(old):
    _version, engine, noted, settings = old
    schema.migrate(engine)
    now = clock.now()
    with transaction() as db:
        db.execute(
            text("update campaign set opens_at = :o, closes_at = :c").bindparams(
                sa.bindparam("o", now - timedelta(days=1), sa.DateTime(timezone=True)),
                sa.bindparam("c", now + timedelta(days=1), sa.DateTime(timezone=True)),
            )
        )
    with pytest.raises(ForeignKeyRing):
        create_app(settings, keys=FOREIGN, engine=engine)
    app = create_app(settings, keys=ring_of(noted), engine=engine)
    for number, link in enumerate(noted["links"]):
        person = app.test_client()
        assert person.get(link).status_code == 200
        assert person.post(f"{link}/start", headers=HERE).status_code == 303
        hub = person.get("/phieu").text
        if number == 0:
            pages = sorted(set(re.findall(r'href="(/phieu/\d/bien-nhan[^"]*)"', hub)))
            shown = [person.get(page).text for page in pages]
            assert all(one in text for one, text in zip(noted["receipts"], shown, strict=True))
        else:
            assert person.get("/phieu/1/1").status_code == 200
    centre = app.test_client()
    sign_in(centre, "operator")
    assert centre.get("/centre/tiny/").status_code == 200


def test_going_down_past_a_campaign_is_refused_until_it_is_named(old, runner_of):
    version, engine, _noted, settings = old
    schema.migrate(engine)
    run = runner_of(settings)
    assert run("keys", "check").exit_code == 0, "the ring claims the database"
    back = ["migrate", "--to", RELEASED_AT[version]]
    refused = run(*back)
    assert refused.exit_code == 1
    assert "--giving-up tiny" in refused.output
    with engine.connect() as connection:
        assert schema.revision(connection) == schema.newest()
    assert run(*back, "--plan").exit_code == 0
    old = run(*back, "--giving-up", "tiny")
    assert old.exit_code == 1
    assert "--backup" in old.output
    kept = settings.instance / "now.backup"
    with engine.connect() as connection:
        identity = connection.execute(text("select identity from installation")).scalar_one()
    key = sealed_file.read_public(sealed_file.make_key()[0])

    def taken(owner, hours_ago):
        at = clock.now() - timedelta(hours=hours_ago)
        facts = {"identity": owner, "taken_at": at.isoformat()}
        with kept.open("wb") as out:
            sealed_file.Writer(out, facts, key).close()

    for owner, hours_ago in ((identity, 2), ("another", 0)):
        taken(owner, hours_ago)
        told = run(*back, "--giving-up", "tiny", "--backup", str(kept))
        assert told.exit_code == 1
        assert "--backup" in told.output
    taken(identity, 0)
    gone = run(*back, "--giving-up", "tiny", "--backup", str(kept))
    assert gone.exit_code == 0, gone.output
    with engine.connect() as connection:
        assert schema.revision(connection) == RELEASED_AT[version]
    assert run("migrate").exit_code == 0
    schema.check(engine, metadata)


def test_the_ring_of_a_released_database_is_claimed_by_the_first_command(old, runner_of):
    _version, _engine, noted, settings = old
    run = runner_of(settings)
    assert run("keys", "check").exit_code == 1
    assert run("migrate").exit_code == 0
    assert run("keys", "check").exit_code == 0
    with reading() as db:
        assert ownership.fits(db, ring_of(noted)) is not None


@pytest.fixture
def runner_of():
    """A terminal on the settings that are given."""

    def made(settings: Settings):
        env = {
            "DATABASE_URL": settings.database_url,
            "SURVEYAPP_INSTANCE": str(settings.instance),
            "SURVEYAPP_KEYS": str(settings.keys),
            "SURVEYAPP_BASE_URL": settings.base_url,
        }
        return lambda *words: CliRunner(env=env).invoke(main, list(words))

    return made
