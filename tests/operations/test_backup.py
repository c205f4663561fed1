"""A backup is taken while the server runs, opens nothing by itself, and gives back what it was given."""

import json
import re
import shutil
import subprocess
import tempfile
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text

from surveyapp import clock, schema
from surveyapp.cli.main import main
from surveyapp.db import make_engine, reading, transaction
from surveyapp.delivery.models import Wave
from surveyapp.delivery.states import WaveState
from surveyapp.keys import make_key_ring, read_key_ring
from surveyapp.operations.backup import sealed_file, service
from surveyapp.operations.backup.errors import BackupUnreadable
from surveyapp.operations.installation import ownership
from tests import factories, postgres


@pytest.fixture
def installation(runner, settings, engine, now, tmp_path):
    """A survey with one campaign and a release, whose backups go to a folder under a key of their own."""
    with transaction() as db:
        factories.campaign(db, now)
    (settings.store / "releases" / "tiny").mkdir(parents=True)
    (settings.store / "releases" / "tiny" / "manifest.json").write_text("{}")
    (settings.instance / "box").mkdir()
    (settings.instance / "box" / "tiny.json").write_text("never in a backup")
    public, secret = sealed_file.make_key()
    (tmp_path / "secret").write_text(secret)
    runner.env |= {
        "SURVEYAPP_BACKUP_RECIPIENT": public,
        "SURVEYAPP_BACKUPS": str(settings.backups),
        "SURVEYAPP_BACKUP_KEEP": "2",
    }
    return runner


def run(runner, *words: str) -> str:
    done = runner.invoke(main, list(words))
    assert done.exit_code == 0, done.output
    return done.output


def only(folder: Path) -> Path:
    (backup,) = folder.glob("*.backup")
    return backup


def members(path: Path, secret: str) -> list[str]:
    key = sealed_file.unwrap(path, sealed_file.read_secret(secret))
    with service.opened(path, key) as archive:
        return sorted(member.name for member in archive)


def test_without_a_recipient_nothing_is_written(runner, settings):
    assert runner.invoke(main, ["backup", "take"]).exit_code == 1
    assert not settings.backups.exists()


def test_a_backup_has_the_database_and_the_releases_and_no_key(
    installation, settings, tmp_path, engine
):
    run(installation, "backup", "take")
    path, secret = only(settings.backups), (tmp_path / "secret").read_text()
    name = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}[engine.dialect.name]
    assert members(path, secret) == [name, "releases/tiny/manifest.json"]
    assert b"tiny" not in path.read_bytes().partition(b"\n")[2]
    assert "0006" in sealed_file.read_head(path)["revision"] or schema.newest()
    assert path.stat().st_mode & 0o077 == 0
    with reading() as db:
        assert service.last(db) is not None
    assert "2" in run(
        installation, "backup", "verify", str(path), "--secret", str(tmp_path / "secret")
    )


def test_the_oldest_go_when_there_are_too_many(settings):
    settings.backups.mkdir()
    for day in (1, 2, 3):
        (settings.backups / f"2024010{day}T000000Z.backup").touch()
    gone = service.rotate(settings.backups, keep=2)
    assert [path.name for path in gone] == ["20240101T000000Z.backup"]


@pytest.mark.parametrize("fault", ["cut", "bit", "head", "key"])
def test_a_backup_that_was_altered_cut_or_is_for_another_key_is_refused(
    installation, settings, tmp_path, fault
):
    run(installation, "backup", "take")
    path, secret = only(settings.backups), (tmp_path / "secret").read_text()
    content = path.read_bytes()
    if fault == "cut":
        content = content[: len(content) - 100]
    elif fault == "bit":
        content = content[:-300] + bytes([content[-300] ^ 1]) + content[-299:]
    elif fault == "head":
        content = content.replace(b'"version": "', b'"version": "9', 1)
    else:
        secret = sealed_file.make_key()[1]
    path.write_bytes(content)
    with pytest.raises(BackupUnreadable):
        service.verify(path, secret)


def test_a_stream_of_many_chunks_comes_back_and_one_left_out_is_seen(tmp_path):
    public, secret = sealed_file.make_key()
    path = tmp_path / "big.backup"
    content = bytes(range(256)) * 12_345
    with path.open("wb") as out:
        writer = sealed_file.Writer(out, {}, sealed_file.read_public(public))
        writer.write(content)
        writer.close()
    key = sealed_file.unwrap(path, sealed_file.read_secret(secret))
    assert b"".join(sealed_file._chunks(path, key)) == content
    head, _line, sealed = path.read_bytes().partition(b"\n")
    path.write_bytes(head + b"\n" + sealed[sealed_file.CHUNK + 16 :])
    with pytest.raises(BackupUnreadable):
        list(sealed_file._chunks(path, key))


def test_a_restore_brings_everything_back_holds_what_would_be_sent_again_and_says_since_when(
    installation, settings, engine, now, tmp_path, request
):
    with transaction() as db:
        campaign = db.execute(text("select id from campaign")).scalar_one()
        db.add(_wave(campaign, now))
    run(installation, "backup", "take")
    path = only(settings.backups)
    before = _tables(engine)
    env = dict(installation.env)
    if engine.dialect.name == "sqlite":
        env["DATABASE_URL"] = f"sqlite:///{tmp_path / 'again' / 'survey.sqlite3'}"
        (tmp_path / "again").mkdir(mode=0o700)
    else:
        env["DATABASE_URL"] = request.getfixturevalue("empty_postgres")
    env["SURVEYAPP_INSTANCE"] = str(tmp_path / "other")
    (tmp_path / "other").mkdir(mode=0o700)
    shutil.copy(settings.keys, tmp_path / "other" / "keys.json")
    env["SURVEYAPP_KEYS"] = str(tmp_path / "other" / "keys.json")
    installation.env = env
    told = run(installation, "restore", str(path), "--secret", str(tmp_path / "secret"))
    assert "1" in told
    again = make_engine(env["DATABASE_URL"])
    assert _tables(again) == before
    with again.connect() as connection:
        state = connection.execute(text("select state, reason from wave")).one()
        assert tuple(state) == ("paused", "restored")
        assert connection.execute(text("select restored_from from installation")).scalar_one()
    again.dispose()
    assert (tmp_path / "other" / "releases" / "tiny" / "manifest.json").exists()
    refused = installation.invoke(
        main, ["restore", str(path), "--secret", str(tmp_path / "secret")]
    )
    assert refused.exit_code == 1, "it is not empty any more"


def test_for_a_foreign_or_missing_ring_nothing_is_put_back(installation, settings, tmp_path):
    """The database would stand there with its waves going, and could not be restored once more."""
    with transaction() as db:
        ownership.claim(db, read_key_ring(settings.keys), now=clock.now())
    run(installation, "backup", "take")
    (tmp_path / "other").mkdir(mode=0o700)
    file = tmp_path / "again.sqlite3"
    env = {"SURVEYAPP_INSTANCE": str(tmp_path / "other"), "SURVEYAPP_KEYS": str(tmp_path / "ring")}
    if settings.database_url.startswith("sqlite"):
        env["DATABASE_URL"] = f"sqlite:///{file}"
    command = ["restore", str(only(settings.backups)), "--secret", str(tmp_path / "secret")]
    missing = installation.invoke(main, command, env=env)
    make_key_ring(tmp_path / "ring")
    foreign = installation.invoke(main, command, env=env)
    for refused in (missing, foreign):
        assert refused.exit_code == 1
        assert "keys import" in refused.output
    assert not file.exists()
    assert not list((tmp_path / "other").iterdir())


def _wave(campaign_id, now):
    return Wave(
        id=uuid4(),
        campaign_id=campaign_id,
        kind="invitation",
        state=WaveState.RUNNING,
        reason="",
        channels=["email"],
        audience={},
        language="vi",
        people=0,
        is_filled=False,
        spread=[],
        quiet_from=20,
        quiet_until=7,
        per_minute=60,
        per_day=1000,
        per_domain=60,
        starts_at=now - timedelta(days=1),
        created_at=now,
        created_by="operator",
    )


def _tables(engine) -> dict[str, int]:
    names = ("campaign", "unit", "respondent_group", "wave", "instrument")
    with engine.connect() as connection:
        return {
            n: connection.execute(text(f"select count(*) from {n}")).scalar_one() for n in names
        }


def test_a_backup_of_a_newer_program_is_refused_with_words(installation, settings, tmp_path):
    run(installation, "backup", "take")
    path = only(settings.backups)
    head, _line, rest = path.read_bytes().partition(b"\n")
    facts = json.loads(head) | {"revision": "9999"}
    path.write_bytes(json.dumps(facts).encode() + b"\n" + rest)
    refused = installation.invoke(
        main, ["restore", str(path), "--secret", str(tmp_path / "secret")]
    )
    assert refused.exit_code == 1
    assert "9999" in refused.output


def test_after_a_recovery_to_a_point_in_time_the_survey_is_told_by_hand(installation, now):
    run(installation, "restore", "--mark", "2024-01-15T10:00:00+07:00")
    with reading() as db:
        assert ownership.find(db).restored_from == now


def test_the_write_ahead_log_brings_a_database_to_a_point_in_time(run_folder):
    """As docs/operating.md says: a base backup, an archive of the log, and a target."""
    folder = Path(tempfile.mkdtemp(dir=run_folder))
    folder.chmod(0o711)
    archive = folder / "archive"
    archive.mkdir()
    if user := postgres.server_user():
        shutil.chown(archive, user)
    old, pg = dict(postgres.SETTINGS), folder / "pg"
    postgres.SETTINGS |= {
        "wal_level": "replica",
        "archive_mode": "on",
        "archive_command": f"test ! -f {archive}/%f && cp %p {archive}/%f",
        "max_wal_senders": "3",
    }
    try:
        postgres.start(pg)
    finally:
        postgres.SETTINGS.clear()
        postgres.SETTINGS.update(old)
    base = folder / "base"
    base.mkdir()
    if user:
        shutil.chown(base, user)
    postgres.execute(pg, "create table answer (n int)", "insert into answer values (1)")
    postgres._run(
        "pg_basebackup", "-h", str(pg), "-D", str(base), "-c", "fast", "-X", "none", cwd=pg
    )
    postgres.execute(
        pg,
        "insert into answer values (2)",
        "select pg_create_restore_point('mark')",
        "insert into answer values (3)",
        "select pg_switch_wal()",
        "checkpoint",
    )
    for _ in range(100):
        if any(re.fullmatch(r"[0-9A-F]{24}", one.name) for one in archive.iterdir()):
            break
        postgres.execute(pg, "select pg_sleep(0.1)")
    postgres._run("pg_ctl", "-D", str(pg / "cluster"), "-m", "fast", "-w", "stop", cwd=pg)
    shutil.rmtree(pg / "cluster")
    shutil.move(base, pg / "cluster")
    with (pg / "cluster" / "postgresql.conf").open("a") as file:
        file.write(f"restore_command = 'cp {archive}/%f %p'\nrecovery_target_name = 'mark'\n")
        file.write("recovery_target_action = 'promote'\narchive_mode = off\n")
    (pg / "cluster" / "recovery.signal").touch()
    if user:
        subprocess.run(["chown", "-R", user, str(pg / "cluster")], check=True)
    (pg / "cluster").chmod(0o700)
    postgres._run(
        "pg_ctl", "-D", str(pg / "cluster"), "-l", str(pg / "server.log"), "-w", "start", cwd=pg
    )
    engine = make_engine(postgres.url(pg, "postgres"))
    with engine.connect() as connection:
        numbers = connection.execute(text("select n from answer order by n")).scalars().all()
    engine.dispose()
    postgres.stop(pg)
    assert numbers == [1, 2]
