"""What is left on the machine: memory of processes, statistics, free pages, and canaries in every file."""

import io
import os
import re
import resource
import sqlite3
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import redirect_stderr, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

from sqlalchemy import Engine, select, text

from surveyapp import clock, create_app, log
from surveyapp.accounts.act import Act
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.models import Campaign
from surveyapp.config import PROJECT, Settings
from surveyapp.db import bind, compact, transaction
from surveyapp.delivery.sending.outbox import Outbox
from surveyapp.delivery.sending.outgoing import Post
from surveyapp.delivery.sending.worker import Worker
from surveyapp.delivery.waves import lifecycle, planning
from surveyapp.delivery.waves.planning import WavePlan
from surveyapp.exports.release import building
from surveyapp.invitations import service as invitations
from surveyapp.keys import KeyRing
from surveyapp.messaging.spool import EmailSpool, SmsSpool
from surveyapp.operations import erasing
from surveyapp.responses import receipts
from surveyapp.responses.sealed_box import opening
from surveyapp.web.http.monitoring import metrics
from tests import factories
from tests.attacks import places
from tests.attacks.interface import Attack, Outcome
from tests.exports.opened import accept_remarks
from tests.factories import close_campaign
from tests.web.person import Person

if TYPE_CHECKING:
    from tests.attacks.scene import Scene

CORES = 3
_DIES = "import os; held = 'chim ' + 'hoàng yến ' * 20; {first}; os.abort()"


def by_core(scene: "Scene", side: str) -> Outcome:
    """A process that holds an answer dies: is its memory written down?"""
    del scene
    dumped = sum(_dumps(side) for _ in range(CORES))
    return Outcome(CORES, dumped)


def _dumps(side: str) -> bool:
    first = "from surveyapp import traces; traces.leave_none()" if side == "real" else "pass"

    def as_anybody() -> None:
        _soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))

    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [sys.executable, "-c", _DIES.format(first=first)],
            cwd=folder,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT)},
            stderr=subprocess.DEVNULL,
            preexec_fn=as_anybody,
        )
        _, status = os.waitpid(process.pid, 0)
        process.returncode = status
    return os.WCOREDUMP(status)


def by_free_pages(scene: "Scene", side: str) -> Outcome:
    """Before the opening: sheets of drafts that were deleted, still readable in pages that are free."""
    if side == "real":
        return Outcome(len(scene.people), len(scene.readable))
    with tempfile.TemporaryDirectory() as folder:
        n_left = _left_in_sqlite(scene, Path(folder)) if scene.engine.dialect.name == "sqlite" else _left_in_postgresql(scene)  # fmt: skip
    return Outcome(len(scene.people), n_left)


def _left_in_sqlite(scene: "Scene", folder: Path) -> int:
    connection = sqlite3.connect(folder / "naive.sqlite3")
    connection.execute("PRAGMA secure_delete=OFF")
    connection.execute("CREATE TABLE draft (id integer PRIMARY KEY, sheet text)")
    connection.executemany("INSERT INTO draft (sheet) VALUES (?)", _marked(scene))
    connection.commit()
    connection.execute("DELETE FROM draft")
    connection.commit()
    connection.close()
    return len(set(re.findall(_TILDE, (folder / "naive.sqlite3").read_bytes())))


def _left_in_postgresql(scene: "Scene") -> int:
    with scene.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CREATE TABLE naive_draft (sheet text)"))
        connection.execute(
            text("INSERT INTO naive_draft VALUES (:sheet)"),
            [{"sheet": s} for (s,) in _marked(scene)],
        )
        connection.execute(text("DELETE FROM naive_draft"))
        connection.execute(text("CHECKPOINT"))
        where = connection.execute(text("SELECT pg_relation_filepath('naive_draft')")).scalar_one()
        left = set(re.findall(_TILDE, (scene.files / where).read_bytes()))
        connection.execute(text("DROP TABLE naive_draft"))
    return len(left)


_TILDE = re.compile(rb"~[0-9|]+~")


def _marked(scene: "Scene") -> list[tuple[str]]:
    return [(f"~{person.sheet}~",) for person in scene.people]


NAMED = re.compile(r"nguoi-[0-9a-f]{16}")
"""How everybody of the scene is called, in their address."""


def still_named(scene: "Scene") -> set[str]:
    """Who can still be read in the files of the tables and in what the planner remembers."""
    postgres = scene.engine.dialect.name == "postgresql"
    names: set[str] = set()
    if postgres:
        with scene.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("CHECKPOINT"))
            kept = connection.execute(
                text(
                    "SELECT coalesce(most_common_vals::text, '') || coalesce(histogram_bounds::text, '')"
                    " FROM pg_stats WHERE schemaname = 'public'"
                )
            )
            for told in kept.scalars():
                names |= set(NAMED.findall(told))
    for path in places.files(scene.files / "base" if postgres else scene.files):
        with suppress(OSError):
            names |= set(NAMED.findall(path.read_bytes().decode("latin-1")))
    return names


def by_statistics(scene: "Scene", side: str) -> Outcome:
    """After the end: names that PostgreSQL's statistics or old pages still hold."""
    return Outcome(len(scene.people), len(scene.left[side]))


# ---- canaries


def by_canaries(scene: "Scene", side: str) -> Outcome:
    """Strings that stand nowhere else are planted, and looked for in every file wherever they may not be."""
    if scene.canaries is None:
        assert scene.fresh
        with scene.fresh() as engine, tempfile.TemporaryDirectory() as folder:
            bind(engine)
            scene.canaries = Canaries(engine, Path(folder), scene.files).played()
        bind(scene.engine)
    claims, hits = scene.canaries[side]
    return Outcome(claims, hits)


class Canaries:
    """A small round through the real pages, worker and commands, with a folder for everything it writes."""

    def __init__(self, engine: Engine, folder: Path, files: Path) -> None:
        self.engine, self.folder, self.files = engine, folder, files
        if engine.dialect.name == "sqlite":
            self.files = Path(str(engine.url.database)).parent
        self.keys = KeyRing({1: os.urandom(32)})
        self.now = datetime(2024, 1, 15, 3, 0, tzinfo=UTC)
        self.remarks = [f"ý{uuid.uuid4().hex}" for _ in range(12)]
        self.unfinished = [f"ý{uuid.uuid4().hex}" for _ in range(3)]
        self.codes: list[str] = []
        self.receipts: list[str] = []
        marks = [uuid.uuid4().hex[:12] for _ in range(15)]
        self.people = [(f"Nguyễn Văn {_letters(m)}", "", f"{m}@donvi.example.vn") for m in marks]
        self.claims = self.hits = 0
        self.naive = 0
        self.where: list[str] = []
        for name in ("instance", "outbox", "log", "tmp", "releases", "metrics"):
            (folder / name).mkdir(mode=0o700)

    def played(self) -> dict[str, tuple[int, int]]:
        """The round; claims and hits of both sides."""
        written = io.StringIO()
        with (
            mock.patch.object(clock, "now", lambda: self.now),
            mock.patch.object(tempfile, "tempdir", str(self.folder / "tmp")),
            mock.patch.dict(os.environ, {"TMPDIR": str(self.folder / "tmp")}),
            redirect_stderr(written),
        ):
            self._collect()
            (self.folder / "metrics" / "metrics").write_bytes(metrics.exposition())
            (self.folder / "log" / "stderr").write_text(written.getvalue())
            names = [name for name, _, _ in self.people] + [mail for _, _, mail in self.people]
            self._look(self.remarks + self.unfinished + self.receipts, allowed=())
            self._look(self.codes, allowed=("outbox",))
            self._look(names, allowed=("outbox", "database", "database's log"))
            self._must_find({"outbox": self.codes, "database": names})
            self._finish()
            self._must_find({"releases": self.remarks, "database": self.remarks})
            (self.folder / "log" / "stderr").write_text(written.getvalue())
            self._look(self.unfinished + self.receipts, allowed=())
            self._look(self.remarks, allowed=("database", "database's log", "releases"))
            self._look(self.codes, allowed=("outbox",))
            self._look(names, allowed=("outbox", "database's log"), passed="database")
        return {"real": (self.claims, self.hits), "naive": (len(self.codes) * 2, self.naive)}

    def _collect(self) -> None:
        instance = self.folder / "instance"
        url = self.engine.url.render_as_string(hide_password=False)
        settings = Settings(instance=instance, database_url=url, keys=instance / "keys.json", base_url="http://localhost")  # fmt: skip
        app = create_app(settings, keys=self.keys, engine=self.engine)
        act = Act("operator", self.now, self.keys)
        with transaction() as db:
            campaign = factories.campaign(db, self.now, opened=True)
            factories.approved_list(db, campaign, self.now, self.keys, unit="BNV", kind="department-leaders", listed=self.people)  # fmt: skip
            invitations.issue(db, campaign, keys=self.keys, now=self.now)
        with transaction() as db:
            campaign = campaigns.campaign(db, "tiny")
            counted = planning.count(db, campaign, _plan(self.now), keys=self.keys)
            wave = planning.plan_wave(db, campaign, _plan(self.now), counted, act=act)
            typed = str(counted.people)
            lifecycle.confirm(db, campaign, wave.id, counted, typed=typed, act=act)
        self._send()
        with transaction() as db:
            campaign = campaigns.campaign(db, "tiny")
            rows = list(invitations.mailing(db, campaign, keys=self.keys, base_url="http://localhost"))  # fmt: skip
        assert len(rows) == len(self.people)
        naive = []
        for row, remark in zip(rows, self.remarks + self.unfinished, strict=True):
            person = Person(app.test_client(), row)
            self._visit(person, remark, submits=remark in self.remarks)
            self.codes.append(person.code)
            naive.append(f"GET /t/{person.code} remark={remark}")
        told = "\n".join(naive)
        self.naive = sum(code in told for code in self.codes) + sum(
            remark in told for remark in self.remarks + self.unfinished
        )
        with suppress(LookupError):
            app.test_client().get(f"/t/{self.codes[0]}~forged")
        log.event("looked", what="nothing")

    def _send(self) -> None:
        spool = self.folder / "outbox"
        post = Post(
            {"email": EmailSpool(spool / "email.jsonl"), "sms": SmsSpool(spool / "sms.jsonl")},
            sender="cchc@moha.example.vn", domain="khaosat.example.vn",
        )  # fmt: skip
        worker = Worker(
            post, keys=self.keys, base_url="http://localhost", outbox=Outbox(spool, "first"), now=lambda: self.now,
        )  # fmt: skip
        with worker.outbox:
            for _ in range(4):
                worker.round()
        assert (spool / "email.jsonl").stat().st_size

    def _visit(self, person: Person, remark: str, *, submits: bool) -> None:
        person.start()
        page = 1
        while items := person.items(1, page):
            person.send(1, page, dict.fromkeys(items, "2"), go="next")
            page += 1
        area = re.search(r'<textarea[^>]*name="([^"]+)"', person.get(f"/phieu/1/{page}").text)
        assert area
        person.send(1, page, {area[1]: remark}, go="review")
        if not submits:
            return
        review = person.get("/phieu/1/xem-lai")
        assert remark in review.text
        version = re.search(r'name="version" value="([0-9a-f]+)"', review.text)
        assert version
        person.post("/phieu/1/nop", page="/phieu/1/xem-lai", version=version[1])
        shown = person.get("/phieu/1/bien-nhan").text
        receipt_shown = re.search(
            r'id="receipt">([0-9A-Z]{4}(?:-(?:<wbr>)?[0-9A-Z]{4}){3})<', shown
        )
        assert receipt_shown
        receipt = receipt_shown[1].replace("<wbr>", "")
        assert receipts.tag(receipt)
        self.receipts.append(receipt)

    def _finish(self) -> None:
        self.now += timedelta(days=30)
        act = Act("operator", self.now, self.keys)
        with transaction() as db:
            close_campaign(db, "tiny", now=self.now)
            campaign = db.scalars(select(Campaign)).one()
            opening.open_box(db, campaign, private_key=factories.box_key()[0], act=act)
        opening.compact(self.engine)
        with transaction() as db:
            campaign = db.scalars(select(Campaign)).one()
            accept_remarks(db, campaign.id, self.now)
            building.build(db, campaign, out=self.folder / "releases", act=act)
        with transaction() as db:
            erasing.erase_people(db, "tiny", act=act)
        compact(self.engine, erasing.KEPT_IN)

    def _look(self, strings: list[str], *, allowed: tuple[str, ...], passed: str = "") -> None:
        """`passed` is a place where they were, and are looked for now that they must be gone."""
        for store, content in self._everything():
            if store in allowed and store != passed:
                continue
            self.claims += len(strings)
            for string in strings:
                if string.encode() in content or string.encode("utf-16-le") in content:
                    self.hits += 1
                    self.where.append(f"{store}: {string}")

    def _must_find(self, there: dict[str, list[str]]) -> None:
        """The search itself finds what is where it belongs."""
        for store, content in self._everything():
            for string in there.get(store, ()):
                assert string.encode() in content, (store, string)

    def _everything(self) -> Iterator[tuple[str, bytes]]:
        postgres = self.engine.dialect.name == "postgresql"
        if postgres:
            with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as open_:
                open_.execute(text("CHECKPOINT"))
        yield "database", _bytes(self.files / "base" if postgres else self.files)
        if postgres:
            yield "database's log", _bytes(self.files / "pg_wal")
            yield "server's log", (self.files.parent / "server.log").read_bytes()
        for store in ("instance", "outbox", "log", "tmp", "releases", "metrics"):
            yield store, _bytes(self.folder / store)


def _letters(mark: str) -> str:
    """A word in letters alone, for names take no digits."""
    return mark.translate(str.maketrans("0123456789", "ghijklmnop")).capitalize()


def _plan(now: datetime) -> WavePlan:
    wide: dict[str, Any] = {
        "kind": "invitation", "starts_at": now, "quiet_from": 0, "quiet_until": 0,
        "per_minute": 100_000, "per_day": 100_000, "per_domain": 100_000, "channels": ("email",),
    }  # fmt: skip
    return WavePlan(**wide)


def _bytes(folder: Path) -> bytes:
    content = []
    for path in places.files(folder):
        with suppress(OSError):
            content.append(path.read_bytes())
    return b"\n".join(content)


TRACES = (
    Attack("core dumps", "memory of a process that died", by_core, ("sqlite",)),
    Attack("free pages", "deleted drafts, before the opening", by_free_pages),
    Attack("names after the end", "statistics and old pages, after erasing", by_statistics),
    Attack("canaries", "every file that is written, outbox to release", by_canaries),
)
