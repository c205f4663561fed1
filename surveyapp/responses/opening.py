"""The one opening of a box: all ballots at once, checked against who submitted, then shuffled."""

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, delete, insert, select
from sqlalchemy.orm import Session

from surveyapp import db as database
from surveyapp.accounts import audit
from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.assignments.models import Assignment
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns import service as campaign_service
from surveyapp.campaigns.models import Campaign
from surveyapp.campaigns.states import CampaignState
from surveyapp.instruments.model import Instrument
from surveyapp.invitations import queries as invitations
from surveyapp.keys import KeyRing
from surveyapp.responses import box, custody, rules
from surveyapp.responses.errors import (
    BallotsDamaged,
    BallotsForged,
    BallotsMissing,
    BallotUnreadable,
    BoxNotReady,
    CellsDiffer,
    ReceiptsRepeated,
    WrongBoxKey,
)
from surveyapp.responses.models import (
    BoxOpening,
    Draft,
    Receipt,
    Remark,
    Response,
    SealedBallot,
)

Cell = tuple[str, str]
"""Rated unit code and group code."""


@dataclass(frozen=True)
class Opened:
    """What came out of the box: responses in all and per rated unit × group."""

    ballots: int
    per_cell: dict[Cell, int]


@dataclass
class _Contents:
    """The box read through once: what is sound, and how much is not."""

    campaign_id: int
    rows: int = 0
    forged: int = 0
    damaged: int = 0
    repeated: int = 0
    per_cell: Counter[Cell] = field(default_factory=Counter)
    responses: list[dict[str, Any]] = field(default_factory=list)
    remarks: list[dict[str, Any]] = field(default_factory=list)
    tags: set[bytes] = field(default_factory=set)


def open_box(
    db: Session, campaign: Campaign, *, private_key: bytes, act: Act, exception: str = ""
) -> Opened:
    """Turn every sealed ballot of a closed campaign into an anonymous response, and empty the box.

    Refuses, changing nothing: `BoxNotReady`, `WrongBoxKey`, `BallotsForged`, `BallotsMissing`,
    `BallotsDamaged`, `ReceiptsRepeated`, `CellsDiffer`. With `exception`, the signed reason of the
    custodians, unsound ballots are left out and the differences are recorded with it; a wrong key
    is refused all the same.
    """
    _refuse_unready(db, campaign, private_key)
    expected = invitations.submitted_counts(db, campaign.id)
    contents = _read(db, campaign, private_key=private_key, keys=act.keys)
    if not exception:
        _refuse_unsound(campaign.code, contents, expected)
    elif contents.rows and contents.damaged == contents.rows - contents.forged:
        raise BallotsDamaged(campaign.code, count=contents.damaged)
    _store(db, contents)
    _empty(db, campaign.id)
    db.add(
        BoxOpening(
            campaign_id=campaign.id,
            opened_at=act.now,
            opened_by=act.actor,
            custody=campaign.custody,
            ballots=len(contents.responses),
            counts=_counts(contents, expected),
            exception=exception,
        )
    )
    campaign_service.record_opening(db, campaign.code)
    audit.record(
        db,
        act,
        Action.BOX_OPENED,
        campaign_code=campaign.code,
        facts={
            "ballots": len(contents.responses),
            "submitted": sum(expected.values()),
            "exception": exception,
        },
    )
    return Opened(len(contents.responses), dict(contents.per_cell))


def check_box(db: Session, campaign: Campaign, *, keys: KeyRing) -> dict[str, int]:
    """Ballots, submitted assignments and failing MACs, without decrypting anything."""
    rows = forged = 0
    for ballot in _ballots(db, campaign.id):
        rows += 1
        forged += not box.is_ours(keys, campaign.code, ballot.id, ballot.ciphertext, ballot.mac)
    submitted = sum(invitations.submitted_counts(db, campaign.id).values())
    return {"ballots": rows, "submitted": submitted, "forged": forged}


def compact(engine: Engine, *, patience: float = 60) -> bool:
    """Rewrite the database without what opening deleted: nothing of the box stays in the file.

    As `db.compact`, False included. Backups keep their own copies: those become unreadable when the
    key is destroyed.
    """
    return database.compact(engine, ("sealed_ballot", "draft"), patience=patience)


def destroy_key(db: Session, campaign: Campaign, *, folder: Path, act: Act) -> None:
    """Erase the private key once the results are released: ballots in old backups close for ever.

    Raises `BoxNotReady` before the release, `BoxKeyRefused` when there is no key.
    """
    if not campaign.is_released:
        raise BoxNotReady(campaign.code, state=campaign.state)
    audit.record(
        db,
        act,
        Action.BOX_KEY_DESTROYED,
        campaign_code=campaign.code,
        facts={"fingerprint": campaign.box_fingerprint},
    )
    custody.erase_private_key(folder, campaign.code)


def _refuse_unready(db: Session, campaign: Campaign, private_key: bytes) -> None:
    """Locks the campaign: two openings at once, or a submission under way, cannot be."""
    state = db.execute(
        select(Campaign.state).where(Campaign.id == campaign.id).with_for_update()
    ).scalar_one()
    if state != CampaignState.CLOSED:
        raise BoxNotReady(campaign.code, state=state)
    found = box.fingerprint(box.public_half(private_key))
    if found != campaign.box_fingerprint:
        raise WrongBoxKey(campaign.code, expected=campaign.box_fingerprint or "", found=found)


def _ballots(db: Session, campaign_id: int) -> Any:
    return db.execute(
        select(SealedBallot.id, SealedBallot.ciphertext, SealedBallot.mac)
        .where(SealedBallot.campaign_id == campaign_id)
        .order_by(SealedBallot.id)
        .execution_options(yield_per=500)
    )


def _read(db: Session, campaign: Campaign, *, private_key: bytes, keys: KeyRing) -> _Contents:
    """Decrypt in memory; every response and remark gets a new random id, unrelated to the old."""
    forms = {
        (form.code, form.version): form for form in campaigns.instruments(db, campaign.id).values()
    }
    levels = {group.code: group.level for group in campaigns.groups(db, campaign.id)}
    contents = _Contents(campaign.id)
    for row in _ballots(db, campaign.id):
        contents.rows += 1
        if not box.is_ours(keys, campaign.code, row.id, row.ciphertext, row.mac):
            contents.forged += 1
            continue
        try:
            ballot = box.unseal(private_key, campaign.code, row.ciphertext)
            answers = _answers(ballot, forms)
            level = levels[ballot.group_code]
        except (BallotUnreadable, KeyError, ValueError):
            contents.damaged += 1
            continue
        if ballot.receipt_tag in contents.tags:
            contents.repeated += 1
            continue
        _sort_out(contents, ballot, answers, level=level)
    return contents


def _answers(ballot: box.Ballot, forms: Mapping[tuple[str, str], Instrument]) -> dict[str, str]:
    """By item id. KeyError or ValueError if the ballot does not answer a form of the campaign."""
    form = forms[ballot.instrument_code, ballot.instrument_version]
    if box.mark(form) != ballot.instrument_mark:
        raise ValueError(ballot.instrument_mark)
    return rules.by_item(form, ballot.codes)


def _sort_out(
    contents: _Contents, ballot: box.Ballot, answers: dict[str, str], *, level: str
) -> None:
    contents.tags.add(ballot.receipt_tag)
    contents.per_cell[ballot.rated_unit_code, ballot.group_code] += 1
    contents.responses.append(
        {
            "id": os.urandom(16),
            "campaign_id": contents.campaign_id,
            "instrument_code": ballot.instrument_code,
            "instrument_version": ballot.instrument_version,
            "rated_unit_code": ballot.rated_unit_code,
            "group_code": ballot.group_code,
            "answers": answers,
            "quality": ballot.quality,
        }
    )
    if ballot.remark:
        contents.remarks.append(
            {
                "id": os.urandom(16),
                "campaign_id": contents.campaign_id,
                "level": level,
                "text": ballot.remark,
            }
        )


def _refuse_unsound(campaign_code: str, contents: _Contents, expected: Mapping[Cell, int]) -> None:
    """The gravest reason first: what was tampered with, then what is missing."""
    if contents.forged:
        raise BallotsForged(campaign_code, count=contents.forged)
    submitted = sum(expected.values())
    if contents.rows != submitted:
        raise BallotsMissing(campaign_code, ballots=contents.rows, submitted=submitted)
    if contents.damaged:
        raise BallotsDamaged(campaign_code, count=contents.damaged)
    if contents.repeated:
        raise ReceiptsRepeated(campaign_code, count=contents.repeated)
    differences = _differences(contents, expected)
    if differences:
        raise CellsDiffer(campaign_code, differences)


def _differences(contents: _Contents, expected: Mapping[Cell, int]) -> dict[Cell, tuple[int, int]]:
    cells = sorted(contents.per_cell.keys() | expected.keys())
    return {
        cell: (contents.per_cell[cell], expected.get(cell, 0))
        for cell in cells
        if contents.per_cell[cell] != expected.get(cell, 0)
    }


def _store(db: Session, contents: _Contents) -> None:
    """Insert each table in the order of its own random ids, drawn from the operating system: a
    shuffle that also leaves no order of submission in any page of the database."""
    by_id = sorted(contents.responses, key=lambda row: row["id"])
    remarks_by_id = sorted(contents.remarks, key=lambda row: row["id"])
    tags = [{"tag": tag, "campaign_id": contents.campaign_id} for tag in sorted(contents.tags)]
    for table, rows in ((Response, by_id), (Remark, remarks_by_id), (Receipt, tags)):
        if rows:
            db.execute(insert(table), rows)


def _empty(db: Session, campaign_id: int) -> None:
    """Nothing of the box stays, nor any draft: after collection nobody can submit one."""
    db.execute(delete(SealedBallot).where(SealedBallot.campaign_id == campaign_id))
    left = select(Assignment.id).where(Assignment.campaign_id == campaign_id)
    db.execute(delete(Draft).where(Draft.assignment_id.in_(left)))


def _counts(contents: _Contents, expected: Mapping[Cell, int]) -> dict[str, Any]:
    """What the record of the opening says, so that an exception names its difference."""
    return {
        "ballots": contents.rows,
        "submitted": sum(expected.values()),
        "forged": contents.forged,
        "damaged": contents.damaged,
        "repeated": contents.repeated,
        "differences": [
            {"rated_unit": unit, "group": group, "opened": opened, "submitted": submitted}
            for (unit, group), (opened, submitted) in _differences(contents, expected).items()
        ],
    }
