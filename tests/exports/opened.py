"""A campaign whose box is open, made row by row: what a release needs and nothing more."""

import hashlib
import os
import random
import shutil
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from surveyapp.accounts import audit
from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.campaigns import queries
from surveyapp.campaigns.models import Campaign
from surveyapp.exports.models import RemarkReview
from surveyapp.exports.release import building
from surveyapp.exports.verify.layout import DOCUMENTS
from surveyapp.instruments.model import Instrument
from surveyapp.keys import KeyRing
from surveyapp.responses.models import BoxOpening, OpenedCell, Receipt, Remark, Response
from surveyapp.responses.sealed_box import opened_contents, rehearsed_cells
from tests import factories

SIZES = {
    ("BNV", "M1"): 14, ("NHNN", "M1"): 11, ("TTCP", "M1"): 3,
    ("BNV", "M2"): 30, ("NHNN", "M2"): 25,
    ("BNV", "M5"): 6, ("NHNN", "M5"): 7,
    ("BNV", "M4"): 4,
    ("01", "P1"): 40, ("46", "P1"): 21,
    ("01", "P3"): 60,
}  # fmt: skip
"""Responses per rated unit × group: large cells, small ones to pool, and a group too small to tell."""

UNDER_FLOOR = ("yes", "no", "no", "no", "unknown")


def opened_campaign(
    db: Session,
    now: datetime,
    sizes: dict[tuple[str, str], int] | None = None,
    *,
    seed: int = 1,
    remarks: tuple[tuple[str, str], ...] = (("ministry", "Nên giảm họp."),),
    reviewed: bool = True,
) -> Campaign:
    """The tiny campaign with `sizes` responses, each answered at random from `seed`; two persons let every
    remark leave as it was written, or nobody read them."""
    campaign = factories.campaign(db, now, opened=True)
    db.execute(update(Campaign).where(Campaign.id == campaign.id).values(state="opened"))
    told = SIZES if sizes is None else sizes
    store_results(db, campaign, now, told, seed=seed, remarks=remarks, reviewed=reviewed)
    db.refresh(campaign)
    return campaign


def store_results(
    db: Session,
    campaign: Campaign,
    now: datetime,
    sizes: dict[tuple[str, str], int],
    *,
    seed: int = 1,
    remarks: tuple[tuple[str, str], ...] = (),
    reviewed: bool = True,
    as_opened: KeyRing | None = None,
) -> None:
    """Responses, remarks and receipts, the rows of small cells too, as old openings left them; with the keys in
    `as_opened` what an opening of today leaves: such cells by counts, or the number alone."""
    chance = random.Random(seed)
    instruments = queries.instruments(db, campaign.id)
    forms = {g.code: instruments[g.instrument_id] for g in queries.groups(db, campaign.id)}
    rows = [
        _response(campaign.id, cell, forms[cell[1]], chance)
        for cell, n in sizes.items()
        for _ in range(n)
    ]
    rows.sort(key=lambda row: row["id"])
    tags = [hashlib.sha256(row["id"]).digest()[:16] for row in rows]
    leaving = rows
    if as_opened is not None:
        leaving, cells = rehearsed_cells.counted(db, campaign, rows, keys=as_opened)
        db.execute(insert(OpenedCell), cells)
    if rows:
        db.execute(insert(Response), leaving)
        db.execute(insert(Receipt), [{"tag": tag, "campaign_id": campaign.id} for tag in tags])
    for level, text in remarks:
        db.add(Remark(id=chance.randbytes(16), campaign_id=campaign.id, level=level, text=text))
    db.flush()
    if reviewed:
        accept_remarks(db, campaign.id, now)
    digest = opened_contents.digest(db, campaign)
    db.add(
        BoxOpening(
            campaign_id=campaign.id,
            opened_at=now,
            opened_by="centre",
            custody="server",
            ballots=len(rows),
            counts={},
            digest=digest,
        )
    )
    act = Act("centre", now, factories.TEST_KEYS)
    audit.record(db, act, Action.BOX_OPENED, campaign_code=campaign.code, facts={"digest": digest})
    db.flush()


def accept_remarks(db: Session, campaign_id: int, now: datetime) -> None:
    """Two persons let every remark leave as it was written."""
    for remark in db.scalars(select(Remark).where(Remark.campaign_id == campaign_id)):
        db.add(
            RemarkReview(
                remark_id=remark.id, campaign_id=campaign_id, leaves=True, text=remark.text,
                first_by="an", first_at=now, second_by="binh", second_at=now,
            )
        )  # fmt: skip
    db.flush()


def _response(
    campaign_id: int, cell: tuple[str, str], form: Instrument, chance: random.Random
) -> dict[str, Any]:
    answers = {}
    for item in form.items:
        code = chance.choice(["", *sorted(item.codes), "2", "2", "1"])
        if code:
            answers[item.id] = code
    return {
        "id": chance.randbytes(16),
        "campaign_id": campaign_id,
        "instrument_code": form.code,
        "instrument_version": form.version,
        "rated_unit_code": cell[0],
        "group_code": cell[1],
        "answers": answers,
        "quality": {"under_floor": chance.choice(UNDER_FLOOR)},
    }


_WRITTEN: dict[str, building.PreparedRelease] = {}


def released(db: Session, campaign: Campaign, now: datetime, keys: KeyRing, *, out: Path) -> Path:
    """Release 1 of `opened_campaign(db, now)`, registered in `out`. The same inputs give the same
    files, so a test run writes them once."""
    if campaign.code not in _WRITTEN:
        kept = Path(tempfile.mkdtemp(dir=os.environ["SURVEY_TEST_RUN"]))
        _WRITTEN[campaign.code] = building.prepare(db, campaign, out=kept, keys=keys)
    made = _WRITTEN[campaign.code]
    out.mkdir(parents=True, exist_ok=True)
    aside = Path(shutil.copytree(made.aside, out / made.aside.name))
    prepared = building.PreparedRelease(made.campaign_code, made.number, made.responses, aside, out / made.folder.name)  # fmt: skip
    return building.register(db, campaign, prepared, act=Act("x", now, keys))


def stand_in_formats(folder: Path, *_frame: Any, **_at: Any) -> None:
    """Files of the names that statistics programs read, for tests of all else: the real ones take a second."""
    for path in DOCUMENTS:
        if path.startswith("scoring/") and path.endswith((".parquet", ".sav", ".dta")):
            (folder / Path(path).name).write_bytes(b"stand-in")
