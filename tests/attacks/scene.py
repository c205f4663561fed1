"""A survey from the first answer to the opened box, which the attacks read; a naive twin is filled beside it."""

import json
import os
import random
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, select, text, update
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.accounts.act import Act
from surveyapp.assignments.models import Assignment
from surveyapp.campaigns.models import Campaign
from surveyapp.config import PROJECT
from surveyapp.db import bind, compact, reading, transaction
from surveyapp.exports.release import building
from surveyapp.invitations import service as invitations
from surveyapp.keys import KeyRing
from surveyapp.operations import erasing
from surveyapp.respondents.models import Person as Listed
from surveyapp.responses.models import Draft, SealedBallot
from surveyapp.responses.opener.transfer.export import Header
from surveyapp.responses.opener.transfer.export import SealedBallot as Exported
from surveyapp.responses.sealed_box import opening, sealed_export
from tests import factories
from tests.attacks import places, stolen, traces, twin
from tests.exports.opened import accept_remarks
from tests.factories import close_campaign
from tests.responses.world import Form, World, survey

PACK = PROJECT / "questionnaires" / "par-index-2023"
Cell = tuple[str, str]

MINISTRIES = ("BNG", "BNV", "BTC", "BYT", "NHNN", "BTP", "BGTVT", "BXD")
PROVINCES = ("01", "46", "04", "48", "79", "92")
FULL = (
    1, 1, 2, 2, 3, 3, 4, 5, 6, 7, 8, 9, 9, 9, 10, 10, 11, 12, 13, 14, 15, 17, 18, 20, 22, 24, 26, 28,
    30, 32, 33, 33, 35, 40, 42, 45, 48, 50, 52, 56, 60, 65, 84, 110, 150, 200,
)  # fmt: skip
"""People of each rated unit × group: 46 cells from one person to 200, as the plan's averages lie."""
ARCHIVED = 20
"""Submissions after which the log is copied: SQLite writes over its own beginning, PostgreSQL lets old parts go."""
SHORT = (1, 2, 3, 5, 9, 10, 11, 14, 20, 32)


@dataclass(frozen=True)
class SimulatedPerson:
    """Who answered what: the truth that an attacker wants."""

    form: Form
    cell: Cell
    answers: dict[str, str]
    remark: str

    @property
    def id(self) -> str:
        """The assignment, which the database joins to the name."""
        return str(self.form.id)

    @property
    def sheet(self) -> str:
        """The whole sheet as one string."""
        return sheet(self.answers, self.form)

    @property
    def share(self) -> float:
        """Of the items asked, how many were answered."""
        return len(self.answers) / len(self.form.instrument.items)


def sheet(answers: dict[str, str], form: Form) -> str:
    """Answers in the order of the questionnaire."""
    return "|".join(answers.get(item.id, "") for item in form.instrument.items)


@dataclass
class Row:
    """What an attacker finds after the opening: a sheet of some cell, and all that stands beside it."""

    cell: Cell
    sheet: str
    beside: dict[str, Any] = field(default_factory=dict)


@dataclass
class Scene:
    """The survey, played to its end, and what an attacker kept while it was answered."""

    engine: Engine
    keys: KeyRing
    campaign: Campaign
    people: list[SimulatedPerson]
    order: list[SimulatedPerson]
    """In the order of submission, which a curious administrator can watch."""
    folder: Path
    files: Path
    """Where the files of the database lie."""
    ballots: dict[str, bytes] = field(default_factory=dict)
    """Ballot id by assignment, from two backups: one before and one after each submission."""
    receipts: dict[str, str] = field(default_factory=dict)
    beside: dict[str, dict[str, Any]] = field(default_factory=dict)
    """All that stands beside each name when the campaign closes."""
    header: Header | None = None
    box: list[Exported] = field(default_factory=list)
    release: Path = Path()
    private_key: bytes = b""
    fresh: Callable[[], AbstractContextManager[Engine]] | None = None
    """Another database of the same engine, with tables and nothing in them."""
    watch: Any = None
    canaries: Any = None
    readable: set[str] = field(default_factory=set)
    """Sheets that could be read in the files before the box was opened."""
    left: dict[str, set[str]] = field(default_factory=dict)
    """Who could still be read after erasing: `naive` before what erasing freed is rewritten, `real` after it."""
    loot: stolen.Loot | None = None
    """A backup, its key and the key ring, taken while everybody has a draft."""
    drafts: dict[str, int] = field(default_factory=dict)
    """How long each draft was, by assignment, before it was submitted."""
    log: dict[str, list[str]] = field(default_factory=lambda: {"naive": [], "real": []})
    """Sheets in the order in which the write-ahead log holds them, by an administrator who archives it."""
    log_read: int = 0
    """How far PostgreSQL's log was read, in bytes since its beginning."""

    @property
    def instance(self) -> Path:
        """Where the installation keeps its files."""
        return self.folder / "instance"

    @property
    def by_id(self) -> dict[str, SimulatedPerson]:
        """People by their assignment."""
        return {person.id: person for person in self.people}

    def in_cells(self) -> dict[Cell, list[SimulatedPerson]]:
        """Those of each cell in the order of submission."""
        people_by_cell: dict[Cell, list[SimulatedPerson]] = defaultdict(list)
        for person in self.order:
            people_by_cell[person.cell].append(person)
        return people_by_cell


def play(engine: Engine, folder: Path, files: Path, *, sizes: tuple[int, ...], seed: int) -> Scene:
    """Everybody answers and submits one by one over several days; the box is opened, results released."""
    bind(engine)
    keys, chance = KeyRing({1: os.urandom(32)}), random.Random(seed)
    now = datetime(2024, 1, 15, 3, 0, tzinfo=UTC)
    with transaction() as db:
        campaign = _campaign(db, now)
        people = _people(db, keys, campaign, now, sizes, chance)
        twin.create(db)
    with transaction() as db:
        for person in people:
            _fill(db, campaign, person, keys, now + timedelta(days=chance.randrange(5)))
    scene = Scene(engine, keys, campaign, people, chance.sample(people, len(people)), folder, files)
    with transaction() as db:
        lengths = select(Draft.assignment_id, func.length(Draft.ciphertext))
        scene.drafts = {str(id_): n for id_, n in db.execute(lengths)}
    robbed = Act("nobody", now + timedelta(days=5), keys)
    with transaction() as db:
        stolen.prepare(db, scene, robbed)
    with reading() as db:
        scene.loot = stolen.take(db, scene, robbed)
    scene.private_key = factories.box_key()[0]
    _submit_all(scene, now + timedelta(days=5))
    _end(scene, now + timedelta(days=20))
    return scene


def _campaign(db: Session, now: datetime) -> Campaign:
    campaign = factories.campaign(db, now, pack=str(PACK), opened=True)
    campaign.opens_at, campaign.closes_at = now - timedelta(days=3), now + timedelta(days=30)
    db.flush()
    return campaign


def _people(
    db: Session,
    keys: KeyRing,
    campaign: Campaign,
    now: datetime,
    sizes: tuple[int, ...],
    chance: random.Random,
) -> list[SimulatedPerson]:
    places = [(unit, group) for group in ("M1", "M4", "M2", "M5") for unit in MINISTRIES]
    places += [(unit, group) for group in ("P1", "P2", "P3", "P4") for unit in PROVINCES]
    chosen = chance.sample(places, len(sizes))
    people = []
    for (unit, group), n in zip(chosen, sizes, strict=True):
        world = survey(db, keys, now, people=n, group=group, unit=unit, campaign=campaign)
        people += [_answering(form, (unit, group), chance) for form in world.forms]
    db.execute(update(Assignment).values(disposition="sent", begun_on=None))
    for person in people:
        named = f"nguoi-{chance.getrandbits(64):016x}"
        db.execute(
            update(Listed)
            .where(Listed.id == person.form.person_id)
            .values(full_name=named, name_key=named, email=f"{named}@donvi.example.vn")
        )
    return people


def _answering(form: Form, cell: Cell, chance: random.Random) -> SimulatedPerson:
    """Seven of ten answer all or nearly all, the others leave gaps or break off."""
    items = form.instrument.items
    kept = chance.choices((1.0, 0.95, 0.65, 0.3), (40, 30, 15, 15))[0] - chance.random() * 0.1
    number = len(items) if kept > 0.95 else max(3, round(kept * len(items)))
    answers = {item.id: chance.choice(sorted(item.codes)) for item in items[:number]}
    remark = f"Ý kiến {uuid.UUID(int=chance.getrandbits(128))}" if chance.random() < 0.3 else ""
    return SimulatedPerson(form, cell, answers, remark)


def _fill(
    db: Session, campaign: Campaign, person: SimulatedPerson, keys: KeyRing, at: datetime
) -> None:
    """Begin and save."""
    form = person.form
    invitations.start(db, form.id, today=clock.day(at))
    given = dict(person.answers)
    if person.remark and form.instrument.remark:
        given[form.instrument.remark.id] = person.remark
    World(campaign, [form], keys, at).save(db, form, given, seconds=60 + 10 * len(given), shown=0)


def _submit_all(scene: Scene, now: datetime) -> None:
    """One after the other, each in a transaction; before and after each there is a backup."""
    known: set[bytes] = set()
    for number, person in enumerate(scene.order):
        at = now + timedelta(seconds=number * 400)
        with transaction() as db:
            world = World(scene.campaign, [person.form], scene.keys, at)
            scene.receipts[person.id] = world.submit(db, person.form)
            twin.submit(db, person, at=at, receipt=scene.receipts[person.id])
        with transaction() as db:
            after = set(db.scalars(select(SealedBallot.id)))
        (scene.ballots[person.id],) = after - known
        known = after
        if number % ARCHIVED == 0:
            places.archive(scene)


def _end(scene: Scene, now: datetime) -> None:
    act = Act("vanhanh", now, scene.keys)
    with transaction() as db:
        scene.beside = beside_names(db)
    places.archive(scene)
    scene.readable = set(places.in_files(scene, "real")) | set(scene.log["real"])
    with transaction() as db:
        close_campaign(db, scene.campaign.code, now=now)
        campaign = db.get_one(Campaign, scene.campaign.id)
        rules = sealed_export.rules_of_pack(campaign)
        scene.header = Header(sealed_export.header(db, campaign, rules=rules, keys=scene.keys))
        scene.box = list(sealed_export.ballots(db, campaign, keys=scene.keys))
        opening.open_box(db, campaign, private_key=scene.private_key, act=act)
    places.archive(scene)
    opening.compact(scene.engine)
    with transaction() as db:
        campaign = db.get_one(Campaign, scene.campaign.id)
        accept_remarks(db, campaign.id, now)
        scene.release = building.build(db, campaign, out=scene.folder, act=act)
        scene.campaign = campaign
        db.expunge_all()
    _forget(scene, act)


def _forget(scene: Scene, act: Act) -> None:
    """Erase the people, and look for them before and after what that freed is rewritten."""
    with scene.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    before = traces.still_named(scene)
    with transaction() as db:
        erasing.erase_people(db, scene.campaign.code, act=act)
    kept = traces.still_named(scene)
    # SQLite overwrites what it deletes (secure_delete): its twin is the file before the erasing.
    scene.left["naive"] = kept or before
    compact(scene.engine, erasing.KEPT_IN)
    scene.left["real"] = traces.still_named(scene)


def beside_names(db: Session) -> dict[str, dict[str, Any]]:
    """For each assignment every value that stands in its row, and what its events say."""
    properties: dict[str, dict[str, Any]] = {}
    for row in db.execute(select(Assignment.__table__)).mappings():
        properties[str(row["id"])] = {name: str(value) for name, value in row.items()}
    told: dict[str, list[str]] = defaultdict(list)
    for row in db.execute(text("SELECT * FROM assignment_event")).mappings():
        one = str(uuid.UUID(str(row["assignment_id"])))
        told[one].append(" ".join(str(row[name]) for name in ("event", "on", "note")))
    for id_, events in told.items():
        properties[id_]["events"] = " ".join(sorted(events))
        properties[id_]["number of events"] = str(len(events))
    return properties


def rows_of(scene: Scene, side: str, order: str = "") -> list[Row]:
    """Every sheet that is readable after the opening, in an order that the database gives."""
    if side == "naive":
        return twin.rows(scene.engine, order)
    forms = {person.cell[1]: person.form for person in scene.people}
    selected = "SELECT rated_unit_code, group_code, CAST(answers AS text), CAST(quality AS text)"
    with scene.engine.connect() as connection:
        opened_rows = connection.execute(text(f"{selected} FROM response {order}")).all()
        connection.rollback()
    return [
        Row((unit, group), sheet(json.loads(answers), forms[group]), json.loads(quality))
        for unit, group, answers, quality in opened_rows
    ]


def chance_of(person: SimulatedPerson, rows: Counter[str]) -> float:
    """How likely a row of the cell drawn at random is this person's sheet."""
    n = rows.total()
    return rows[person.sheet] / n if n else 0.0
