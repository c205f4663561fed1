"""A run: both servers up on one engine, each measurement after the other, round by round, all checked."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.flows import checking, serving
from benchmarks.flows.checking import Database
from benchmarks.flows.figures import BARE, MEASURES, OURS, PLAIN, Seen
from benchmarks.flows.load import Job
from benchmarks.flows.steps import Form
from tests import postgres

BUSIEST = 90
"""Flows a second that no server here reaches: so many invitations are made ready."""
WARM = 8
"""Clients of the second before anything is measured: what has answered nothing yet is slower."""
GRACE = 120
"""Seconds after its time at which a client that has not ended is stopped."""


@dataclass(frozen=True)
class Plan:
    """What is measured."""

    engines: tuple[str, ...] = ("sqlite", "postgresql")
    clients: tuple[int, ...] = (8, 32)
    only: tuple[str, ...] = tuple(MEASURES)
    rounds: int = 3
    seconds: float = 6.0
    lean: bool = False
    """Of the ceiling only what something is compared with."""

    @property
    def jobs(self) -> list[tuple[str, str]]:
        """(server, measure) of one round: each of ours next to what it is compared with."""
        compared = dict.fromkeys(MEASURES[name][2] for name in self.only)
        ceiling = compared if self.lean else dict.fromkeys((*BARE, *compared))
        return [*((PLAIN, name) for name in ceiling), *((OURS, name) for name in self.only)]

    @property
    def invitations(self) -> int:
        """As many as a run may use up on either server; ours is the slower."""
        using = sum(MEASURES[name][0] in ("pages", "script") for name in self.only)
        per_second = BUSIEST * self.rounds * self.seconds * len(self.clients)
        return int(per_second * max(using, 1)) + 50 * sum(self.clients) * self.rounds


@dataclass
class Side:
    """One of the two servers, with its invitations."""

    name: str
    server: serving.Server
    links: Iterator[str]
    database: Database
    acknowledged: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    saved: dict[str, dict[str, str]] = field(default_factory=dict)
    browsers: dict[str, str] = field(default_factory=dict)


@dataclass
class Stage:
    """Both servers on one engine."""

    engine: str
    folder: Path
    url: str
    known: dict[str, Any]
    sides: dict[str, Side]
    postmaster: int | None


def run(plan: Plan, tell: Callable[[str], None]) -> list[Seen]:
    """Everything the plan asks for. Raises `checking.Lost` where something acknowledged is missing."""
    seen = []
    with serving.scratch() as folder:
        for engine in plan.engines:
            tell(f"== {engine}: {plan.invitations} invitations are made")
            with _staged(engine, folder, plan.invitations) as stage:
                for clients in plan.clients:
                    seen += _rounds(plan, stage, clients, tell)
                tell(_check_all(stage))
    return seen


def _rounds(plan: Plan, stage: Stage, clients: int, tell: Callable[[str], None]) -> list[Seen]:
    """The jobs of a round in turn, every other round backwards, so that drift touches all alike."""
    seen = []
    for side in stage.sides.values():
        _one(stage, side, "pages", WARM, 1.0)
    for number in range(plan.rounds):
        for name, measure in plan.jobs if number % 2 == 0 else reversed(plan.jobs):
            one = _one(stage, stage.sides[name], measure, clients, plan.seconds)
            seen.append(one)
            tell(words(one))
    return seen


def words(one: Seen) -> str:
    """One line for whoever waits."""
    errors = f"  ERRORS {one.errors}" if one.errors else ""
    beside = f"  beside {len(one.beside)}" if one.beside else ""
    return (
        f"{one.engine:10} {one.clients:3} {one.server:5} {one.measure:12} {one.rate:7.1f}/s "
        f"{one.processor:7.2f} + {one.database:.2f} ms  client {one.client_share:.0%} "
        f"others {one.others_share:.0%}{beside}{errors}"
    )


def _one(stage: Stage, side: Side, measure: str, clients: int, seconds: float) -> Seen:
    """One job by a client in a process of its own, with what it cost; checked at once."""
    flow, beside, _ = MEASURES.get(measure, (measure, "", ""))
    is_plain = side.name == PLAIN
    before = checking.counted(side.database, is_plain=is_plain)
    spent = _spent(stage, side)
    outcome = _client(side, _job(stage, side, flow, beside, clients, seconds))
    worked, database, machine = (b - a for a, b in zip(spent, _spent(stage, side), strict=True))
    side.acknowledged += outcome["acknowledged"]
    side.unanswered += outcome["unanswered"]
    side.saved |= outcome["saved"]
    side.browsers |= outcome["browsers"]
    checking.check(
        before,
        checking.counted(side.database, is_plain=is_plain),
        acknowledged=len(outcome["acknowledged"]),
        unanswered=len(outcome["unanswered"]),
        uploads=len(outcome["beside"]) if beside == "desk" else 0,
    )
    took, done = outcome["seconds"], outcome["flows"]
    others = (machine - worked - database) / took - outcome["client_share"]
    return Seen(
        engine=stage.engine,
        clients=clients,
        server=side.name,
        measure=measure,
        rate=done / took,
        processor=1000 * worked / max(done, 1),
        database=1000 * database / max(done, 1),
        client_share=outcome["client_share"],
        others_share=max(others, 0.0),
        megabytes=side.server.megabytes(),
        timed=outcome["timed"],
        beside=outcome["beside"],
        errors=outcome["errors"],
        done=done,
    )


def _spent(stage: Stage, side: Side) -> tuple[float, float, float]:
    """Processor seconds so far: of the server, of the database's processes, of the machine."""
    database = serving.tree_seconds(stage.postmaster) if stage.postmaster else 0.0
    return side.server.processor(), database, serving.machine_seconds()


def _job(
    stage: Stage, side: Side, flow: str, beside: str, clients: int, seconds: float
) -> dict[str, Any]:
    uses_up = flow in ("pages", "script", "saves")
    n_links = clients if flow == "saves" else int(BUSIEST * seconds) + clients
    links = [link for _, link in zip(range(n_links), side.links, strict=False)] if uses_up else []
    person = dict(stage.known["people"].get(beside, {}))
    if person:
        person["code"] = person.pop("codes").pop()  # a recovery code opens once
    if beside == "desk":
        mine, stage.known["people"]["desk"]["files"] = person["files"][:5], person["files"][5:]
        person["files"] = mine
    job = Job(
        port=side.server.port,
        flow=flow,
        clients=clients,
        seconds=seconds,
        links=links or stage.known["links"][:100],
        form=stage.known["form"],
        beside=beside,
        person=person,
    )
    return asdict(job)


def _client(side: Side, job: dict[str, Any]) -> dict[str, Any]:
    """The client's outcome. What it did not use goes back to the others."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.flows.load"],
        cwd=serving.ROOT,
        input=json.dumps(job).encode(),
        stdout=subprocess.PIPE,
        timeout=job["seconds"] + GRACE,
        check=True,
    )
    outcome: dict[str, Any] = json.loads(done.stdout)
    if job["flow"] in ("pages", "script"):
        unused = job["links"][outcome["used"] :]
        side.links = iter([*unused, *side.links])
    return outcome


# ---- both servers of an engine


@contextmanager
def _staged(engine: str, folder: Path, people: int) -> Iterator[Stage]:
    """Campaign and plain tables filled, both served; all stopped afterwards."""
    engine_folder = folder / engine
    engine_folder.mkdir(mode=0o700)
    with ExitStack() as stack:
        master = stack.enter_context(_postgres(folder)) if engine == "postgresql" else None
        url, plain = _addresses(engine, folder, engine_folder)
        _call("benchmarks.flows.stage", str(engine_folder), url, str(people))
        known = json.loads((engine_folder / "stage.json").read_text())
        (engine_folder / "form.json").write_text(json.dumps(known["form"], ensure_ascii=False))
        given = {"PLAIN_DATABASE": plain, "PLAIN_FORM": str(engine_folder / "form.json")}
        codes = [link.removeprefix("/t/") for link in known["links"]]
        from benchmarks.flows.plain_flask import prepare

        prepare(plain, codes)
        served = {
            OURS: ("wsgi:app", _environment(engine_folder, url), url),
            PLAIN: ("benchmarks.flows.plain_flask:app", given, plain),
        }
        sides = {}
        for name, (application, environment, address) in served.items():
            log = engine_folder / f"{name}.log"
            server = stack.enter_context(serving.gunicorn(application, environment, log))
            sides[name] = Side(name, server, iter(known["links"]), Database(address))
        yield Stage(engine, engine_folder, url, known, sides, master)


@contextmanager
def _postgres(folder: Path) -> Iterator[int]:
    server = folder / "postgres"
    postgres.start(server)
    try:
        for name in ("ours", "plain"):
            postgres.execute(server, f"CREATE DATABASE {name}")
        yield serving.postmaster(server)
    finally:
        postgres.stop(server)


def _addresses(engine: str, folder: Path, engine_folder: Path) -> tuple[str, str]:
    """Where ours and the ceiling keep what they keep."""
    if engine == "sqlite":
        return f"sqlite:///{engine_folder / 'survey.sqlite3'}", str(engine_folder / "plain.sqlite3")
    user = postgres.url(folder / "postgres", "x").partition("://")[2].partition("@")[0]
    plain = f"dbname=plain user={user} host={folder / 'postgres'}"
    return postgres.url(folder / "postgres", "ours"), plain


def _environment(instance: Path, url: str) -> dict[str, str]:
    return {
        "DATABASE_URL": url,
        "SURVEYAPP_INSTANCE": str(instance),
        "SURVEYAPP_KEYS": str(instance / "keys.json"),
        "SURVEYAPP_BASE_URL": "http://127.0.0.1:8000",
        "SURVEYAPP_LOG_LEVEL": "ERROR",
    }


def _call(module: str, *arguments: str, given: str = "[]") -> str:
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=serving.ROOT,
        input=given,
        stdout=subprocess.PIPE,
        text=True,
        timeout=900,
        check=True,
    )
    return done.stdout


def _check_all(stage: Stage) -> str:
    """Open every ballot and draft and compare them with what was answered and acknowledged."""
    form = Form.from_json(stage.known["form"])
    ours, plain = stage.sides[OURS], stage.sides[PLAIN]
    url = stage.url
    opened = json.loads(
        _call("benchmarks.flows.opened", str(stage.folder), url, given=json.dumps(ours.browsers))
    )
    stored = [json.loads(row[0]) for row in plain.database.rows("SELECT answers FROM ballot")]
    checked = []
    for side, box_answers in ((ours, opened["ballots"]), (plain, stored)):
        if not side.unanswered:
            checked.append(checking.check_answers(box_answers, side.acknowledged, form))
    for link, saved in ours.saved.items():
        if opened["drafts"].get(link) != saved:
            raise checking.Lost(f"a draft holds {opened['drafts'].get(link)} instead of {saved}")
    return (
        f"{stage.engine}: {' and '.join(map(str, checked))} sheets and {len(ours.saved)} drafts opened: "
        "each as it was answered"
    )
