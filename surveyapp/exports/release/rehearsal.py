"""The nightly rehearsal: a whole release from synthetic answers, checked as its receiver would, thrown away.

It runs in a database of its own that is never committed and lies in a folder that is removed. Of the
real one it reads the campaign, its frozen questionnaires and the counts of assignments: no ballot, no
response, no person, no key. It is signed with a key of the moment, so it can never pass for a release.
"""

import resource
import secrets
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.accounts import audit
from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.campaigns.models import Campaign
from surveyapp.campaigns.states import CampaignState
from surveyapp.db import Base, make_engine
from surveyapp.exports import verify
from surveyapp.exports.disclosure.row_labels import Cell
from surveyapp.exports.models import ReleaseRehearsal
from surveyapp.exports.release import building, signature, synthetic
from surveyapp.exports.release.results import Frame, read_frame
from surveyapp.fieldwork.counts import queries as fieldwork
from surveyapp.fieldwork.models import ROLLUPS
from surveyapp.fieldwork.rules import LETTERS
from surveyapp.keys import ROOT_BYTES, KeyRing
from surveyapp.responses.sealed_box import opened_contents, rehearsed_cells

RUNNING, GOOD, FAULTY, FAILED = "running", "good", "faulty", "failed"
MARK = "-dien-tap"
"""Ends the campaign's code in everything a rehearsal writes."""

OVERDUE = timedelta(days=2)
LONGEST = timedelta(hours=3)
"""A rehearsal still running after this was interrupted."""

_COPIED = ("campaign", "unit", "department", "instrument", "respondent_group", "list_kind", "sample_plan", "cleaning_version")  # fmt: skip
_PLACE = ("supplying_unit_id", "rated_unit_id", "group_id", "department_id", "channel")
_BATCH = 2000
_MOST_FAULTS = 20
_PREFIX = ".rehearsal-"


@dataclass(frozen=True)
class RehearsalResult:
    """What became of one: `seconds`, `peak_kib` of the whole process, bytes of every file by path;
    faults as `path: code (detail)`, or the error that ended it."""

    outcome: str
    responses: int
    seconds: float
    peak_kib: int
    sizes: Mapping[str, int] = field(default_factory=dict)
    faults: tuple[str, ...] = ()
    error: str = ""


@dataclass(frozen=True)
class RehearsalStatus:
    """The last rehearsal, and what is wrong: "", "never", "overdue", "interrupted", "faulty", "failed"."""

    last: ReleaseRehearsal | None
    warning: str


def begin(db: Session, campaign: Campaign, *, now: datetime) -> None:
    """Enter that one begins, so that one that is killed leaves a trace."""
    db.execute(
        insert(ReleaseRehearsal).values(
            campaign_id=campaign.id, started_at=now, outcome=RUNNING, sizes={}, faults=[], error=""
        )
    )


def finish(
    db: Session, campaign: Campaign, rehearsed: RehearsalResult, *, started_at: datetime
) -> None:
    """Enter what became of it."""
    db.execute(
        update(ReleaseRehearsal)
        .where(
            ReleaseRehearsal.campaign_id == campaign.id, ReleaseRehearsal.started_at == started_at
        )
        .values(
            outcome=rehearsed.outcome,
            responses=rehearsed.responses,
            seconds=round(rehearsed.seconds, 1),
            peak_kib=rehearsed.peak_kib,
            sizes=dict(rehearsed.sizes),
            faults=list(rehearsed.faults),
            error=rehearsed.error,
        )
    )


def status(db: Session, campaign: Campaign, *, now: datetime) -> RehearsalStatus:
    """The last rehearsal, and while answers are out whether there is something to warn of."""
    last = db.scalar(
        select(ReleaseRehearsal)
        .where(ReleaseRehearsal.campaign_id == campaign.id)
        .order_by(ReleaseRehearsal.started_at.desc())
        .limit(1)
    )
    return RehearsalStatus(last, _warning(campaign, last, now))


def _warning(campaign: Campaign, last: ReleaseRehearsal | None, now: datetime) -> str:
    if campaign.state not in (CampaignState.OPEN, CampaignState.CLOSED):
        return ""
    since = max(campaign.opens_at, last.started_at) if last else campaign.opens_at
    if now - since > OVERDUE:
        return "overdue" if last else "never"
    if last is None:
        return ""
    if last.outcome == RUNNING:
        return "interrupted" if now - last.started_at > LONGEST else ""
    return "" if last.outcome == GOOD else last.outcome


def rehearse(db: Session, campaign: Campaign, *, folder: Path, now: datetime) -> RehearsalResult:
    """Run one in a new folder below `folder`, reading `db` only. Never raises for what goes wrong in it."""
    folder.mkdir(parents=True, exist_ok=True)
    _sweep(folder, now)
    scratch = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=folder))
    began = perf_counter()
    sizes: dict[Cell, int] = {}
    became: dict[str, Any] = {"outcome": FAILED}
    try:
        sizes = _assignments(db, campaign)
        became = _run(db, campaign, sizes, scratch, now)
    except Exception as error:  # whatever it is, the centre has to know it in the morning
        became["error"] = f"{type(error).__name__}: {error}"[:300]
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return RehearsalResult(
        responses=sum(sizes.values()), seconds=perf_counter() - began, peak_kib=peak, **became
    )


def _sweep(folder: Path, now: datetime) -> None:
    """Take away what killed rehearsals left."""
    for left in folder.glob(f"{_PREFIX}*"):
        if now.timestamp() - left.stat().st_mtime > LONGEST.total_seconds():
            shutil.rmtree(left, ignore_errors=True)


def _assignments(db: Session, campaign: Campaign) -> dict[Cell, int]:
    """Responses by rated unit × group if every assignment that may be eligible were answered; those
    of the plan while there is none."""
    frame = read_frame(db, campaign)
    figures = fieldwork.figures(db, campaign.id, by=("group", "rated"))
    sizes = {key: row.counts.maybe_eligible for key, row in figures.items()}
    if not any(sizes.values()):
        sizes = {key: row.planned or 0 for key, row in figures.items()}
    by_code = {(frame.units[u].code, frame.groups[g].code): n for (g, u), n in sizes.items() if n}
    return {cell: by_code[cell] for cell in frame.in_order(by_code)}


def _run(
    db: Session, campaign: Campaign, sizes: Mapping[Cell, int], scratch: Path, now: datetime
) -> dict[str, Any]:
    engine = make_engine(f"sqlite:///{scratch / 'rehearsal.sqlite3'}")
    keys = KeyRing({1: secrets.token_bytes(ROOT_BYTES)})
    chance = Random(f"{campaign.code} {clock.day(now)}")  # noqa: S311  answers nobody gave
    try:
        with Session(engine) as dry:
            Base.metadata.create_all(dry.connection())
            _copy(db, dry, campaign)
            _write_counts(db, dry, campaign.id)
            copied = dry.get_one(Campaign, campaign.id)
            frame = read_frame(dry, copied)
            _write_answers(dry, frame, sizes, chance, act=Act("rehearsal", now, keys))
            prepared = building.prepare(
                dry,
                copied,
                out=scratch / "out",
                keys=keys,
                sipas_table=synthetic.sipas_table(frame, chance),
            )
        return _checked(prepared, key=signature.public_key(keys))
    finally:
        engine.dispose()


def _copy(db: Session, dry: Session, campaign: Campaign) -> None:
    """The campaign as it is frozen, under a code of its own and without a box key."""
    for table in Base.metadata.sorted_tables:
        if table.name not in _COPIED:
            continue
        if table.name == "campaign":
            part = table.c.id == campaign.id
        elif "campaign_id" in table.c:
            part = table.c.campaign_id == campaign.id
        else:
            groups = Base.metadata.tables["respondent_group"]
            part = table.c.group_id.in_(select(groups.c.id).where(groups.c.campaign_id == campaign.id))  # fmt: skip
        rows = [dict(row) for row in db.execute(select(table).where(part)).mappings()]
        if table.name == "campaign":
            dry_only = {
                "code": campaign.code + MARK,
                "state": CampaignState.OPENED,
                "box_public_key": None,
            }
            rows = [row | dry_only for row in rows]
        _insert(dry, table.name, rows)


def _write_counts(db: Session, dry: Session, campaign_id: int) -> None:
    """Every assignment that may be eligible submitted; the others as they are."""
    out = LETTERS["out"] | LETTERS["list"]
    totals: dict[tuple[str, tuple[Any, ...], str], int] = {}
    by = ("supplying", "rated", "group", "department", "channel")
    for cell, counts in fieldwork.counted(db, campaign_id, by=by).items():
        for disposition, n in counts.by_disposition.items():
            counted_as = str(disposition) if disposition in out else "submitted"
            for rollup, dimensions in ROLLUPS.items():
                kept = tuple(
                    value if name in dimensions else type(value)()
                    for name, value in zip(_PLACE, cell, strict=True)
                )
                totals[rollup, kept, counted_as] = totals.get((rollup, kept, counted_as), 0) + n
    rows = (
        {
            "campaign_id": campaign_id,
            "rollup": rollup,
            "disposition": counted_as,
            "n": n,
            **dict(zip(_PLACE, kept, strict=True)),
        }
        for (rollup, kept, counted_as), n in totals.items()
    )
    _insert(dry, "kept_count", rows)


def _write_answers(
    dry: Session, frame: Frame, sizes: Mapping[Cell, int], chance: Random, *, act: Act
) -> None:
    """What the opening of the box would have written."""
    total = sum(sizes.values())
    id_ = frame.campaign.id
    given = synthetic.responses(frame, sizes, chance)
    leaving, cells = rehearsed_cells.counted(dry, frame.campaign, given, keys=act.keys)
    _insert(dry, "opened_cell", cells)
    _insert(dry, "response", leaving)
    remarks = list(synthetic.remarks(frame, total, chance))
    _insert(dry, "remark", remarks)
    _insert(dry, "remark_review", synthetic.reviews(remarks, on=act.now))
    tags = ({"tag": chance.randbytes(16), "campaign_id": id_} for _ in range(total))
    _insert(dry, "receipt", tags)
    digest = opened_contents.digest(dry, frame.campaign)
    opening = {"campaign_id": id_, "opened_at": act.now, "opened_by": act.actor, "counts": {}}
    opening |= {"custody": frame.campaign.custody, "ballots": total, "exception": ""}
    _insert(dry, "box_opening", [opening | {"digest": digest}])
    code, facts = frame.campaign.code, {"digest": digest}
    audit.record(dry, act, Action.BOX_OPENED, campaign_code=code, facts=facts)


def _insert(dry: Session, name: str, rows: Iterable[dict[str, Any]]) -> None:
    """Into the database of the rehearsal, whoever owns the table in the real one."""
    waiting: Iterator[dict[str, Any]] = iter(rows)
    while batch := list(islice(waiting, _BATCH)):
        dry.execute(Base.metadata.tables[name].insert(), batch)


def _checked(prepared: building.PreparedRelease, *, key: str) -> dict[str, Any]:
    """Check the files as the receiver would."""
    written = prepared.aside / prepared.folder.name
    faults = [
        f"{fault.path}: {fault.code}" + (f" ({fault.detail})" if fault.detail else "")
        for fault in verify.verify(written, key=key)
    ]
    archive = prepared.aside / prepared.archive.name
    with zipfile.ZipFile(archive) as packed:
        broken = packed.testzip()
    faults += [f"{archive.name}: {broken}"] if broken else []
    files = sorted(path for path in written.rglob("*") if path.is_file())
    sizes = {path.relative_to(written).as_posix(): path.stat().st_size for path in files}
    sizes[archive.name] = archive.stat().st_size
    first = tuple(faults[:_MOST_FAULTS])
    return {"outcome": FAULTY if faults else GOOD, "sizes": sizes, "faults": first}
