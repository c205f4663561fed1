"""The one opening of a box: on this server with a key in its own custody, or of what custodians opened."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Engine, delete, func, select
from sqlalchemy.orm import Session

from surveyapp import db as database
from surveyapp.accounts import audit
from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.assignments.models import Assignment
from surveyapp.campaigns import service as campaign_service
from surveyapp.campaigns.models import Campaign
from surveyapp.campaigns.states import CampaignState
from surveyapp.invitations import queries as invitations
from surveyapp.keys import KeyRing
from surveyapp.responses.errors import (
    BallotsDamaged,
    BallotsForged,
    BallotsMissing,
    BallotsOfWrongLength,
    BoxError,
    BoxNotReady,
    CellsDiffer,
    CustodyFileRefused,
    NotRegistered,
    OfflineCustody,
    OldExport,
    ReceiptsRepeated,
    WrongBoxKey,
)
from surveyapp.responses.models import BoxExport, BoxOpening, BoxRegistration, Draft, SealedBallot
from surveyapp.responses.opener import acts, errors
from surveyapp.responses.opener.opening import open_ballots
from surveyapp.responses.opener.transfer import bundle, export
from surveyapp.responses.opener.transfer.bundle import Contents
from surveyapp.responses.opener.transfer.export import Header
from surveyapp.responses.sealed_box import box, custody, opened_contents, sealed_export
from surveyapp.responses.sealed_box.sealed_export import FrozenRules

Cell = tuple[str, str]
"""Rated unit code and group code."""


@dataclass(frozen=True)
class Opened:
    """What came out of the box: ballots in all and per rated unit × group, and the digest of it all."""

    ballots: int
    per_cell: dict[Cell, int]
    digest: str


def open_box(
    db: Session,
    campaign: Campaign,
    *,
    private_key: bytes,
    act: Act,
    rules: FrozenRules | None = None,
) -> Opened:
    """Open the box of a closed campaign in the server's custody, and empty it: what custodians do on a
    machine of theirs, by the same program, in one step.

    `rules` are the row rules of cleaning in force, the pack's where none are given. Refuses, changing
    nothing: `OfflineCustody`, `BoxNotReady`, `WrongBoxKey`, `BallotsForged`, `BallotsOfWrongLength`,
    `BallotsMissing`, `BallotsDamaged`, `ReceiptsRepeated`, `CellsDiffer`. There is no exception: that
    takes two custodians.
    """
    if campaign.custody == "offline":
        raise OfflineCustody(campaign.code)
    _lock(db, campaign)
    written = sealed_export.header(
        db, campaign, rules=rules or sealed_export.rules_of_pack(campaign), keys=act.keys
    )
    header = Header(written)
    try:
        opened = open_ballots(
            header, sealed_export.ballots(db, campaign, keys=act.keys), private_key
        )
    except errors.OpenerError as error:
        raise as_box_error(campaign.code, error) from error
    counts = acts.bundle_header(header, "", opened, today=act.today)
    return _take_in(db, campaign, opened.contents, counts, act=act)


def export_box(
    db: Session,
    campaign: Campaign,
    file: BinaryIO,
    *,
    act: Act,
    rules: FrozenRules | None = None,
) -> str:
    """Write a closed box for its custodians, signed by this server; returns the digest of the export.

    Every export is numbered; only a bundle made of the last one is taken back. Raises `BoxNotReady`,
    `NotRegistered`.
    """
    _lock(db, campaign)
    if db.get(BoxRegistration, campaign.id) is None:
        raise NotRegistered(campaign.code)
    header = sealed_export.header(
        db, campaign, rules=rules or sealed_export.rules_of_pack(campaign), keys=act.keys
    )
    held = ballots_in_box(db, campaign.id)
    digest = export.write(
        file,
        header | {"ballots": held},
        sealed_export.ballots(db, campaign, keys=act.keys),
        sealed_export.signing_key(act.keys),
    )
    number = _last_export(db, campaign.id)
    db.add(
        BoxExport(
            campaign_id=campaign.id,
            number=number.number + 1 if number else 1,
            exported_at=act.now,
            exported_by=act.actor,
            ballots=held,
            digest=digest,
        )
    )
    audit.record(
        db,
        act,
        Action.BOX_EXPORTED,
        campaign_code=campaign.code,
        facts={"ballots": held, "digest": digest, "fingerprint": campaign.box_fingerprint},
    )
    return digest


def import_bundle(db: Session, campaign: Campaign, path: Path, *, act: Act) -> Opened:
    """Take in what two custodians opened, and empty the box, in one transaction.

    Refuses, changing nothing: `BoxNotReady` (imported already, too), `NotRegistered`, `OldExport`, or
    `CustodyFileRefused` with what is wrong with the file.
    """
    _lock(db, campaign)
    registration = db.get(BoxRegistration, campaign.id)
    if registration is None:
        raise NotRegistered(campaign.code)
    custodians = [str(one["public_key"]) for one in registration.custodians]
    try:
        opened = bundle.read(path, campaign_code=campaign.code, custodians=custodians)
    except errors.OpenerError as error:
        raise CustodyFileRefused(campaign.code, error) from error
    last = _last_export(db, campaign.id)
    if last is None or opened.header["export"] != last.digest:
        expected = last.digest if last else ""
        raise OldExport(campaign.code, expected=expected, found=str(opened.header["export"]))
    names = {str(one["public_key"]): one["number"] for one in registration.custodians}
    counts = dict(opened.header) | {
        "bundle": opened.file_digest,
        "custodians": sorted(names[signer] for signer in opened.signers),
    }
    return _take_in(db, campaign, opened.contents, counts, act=act)


def check_box(db: Session, campaign: Campaign, *, keys: KeyRing) -> dict[str, int]:
    """Ballots, submitted assignments and failing MACs, without decrypting anything."""
    rows = forged = 0
    for ballot in sealed_export.stored(db, campaign.id):
        rows += 1
        forged += not box.is_ours(keys, campaign.code, ballot.id, ballot.ciphertext, ballot.mac)
    submitted = sum(invitations.submitted_counts(db, campaign.id).values())
    return {"ballots": rows, "submitted": submitted, "forged": forged}


def compact(engine: Engine, *, patience: float = 60) -> bool:
    """Rewrite the database without what opening deleted: nothing of the box stays in the file.

    As `db.compact`, False included. Backups keep their own copies: those become unreadable when the
    key is destroyed.
    """
    return database.compact(engine, ("sealed_ballot", "draft", "name_grams"), patience=patience)


def destroy_key(
    db: Session,
    campaign: Campaign,
    *,
    folder: Path,
    act: Act,
) -> None:
    """Erase the private key once the results are released: ballots in old backups close for ever.

    Raises `OfflineCustody` (custodians destroy theirs with minutes), `BoxNotReady` before the release,
    `BoxKeyRefused` when there is no key.
    """
    if campaign.custody == "offline":
        raise OfflineCustody(campaign.code)
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


def ballots_in_box(db: Session, campaign_id: int) -> int:
    """Sealed ballots that lie in the campaign's box."""
    query = select(func.count()).select_from(SealedBallot)
    return db.scalar(query.where(SealedBallot.campaign_id == campaign_id)) or 0


def as_box_error(campaign_code: str, error: errors.OpenerError) -> BoxError:
    """What the opener refused, as the server says it."""
    counted: dict[type[errors.OpenerError], tuple[str, Callable[..., BoxError]]] = {
        errors.BallotsForged: ("forged", BallotsForged),
        errors.BallotsOfWrongLength: ("wrong_length", BallotsOfWrongLength),
        errors.BallotsDamaged: ("damaged", BallotsDamaged),
        errors.ReceiptsRepeated: ("repeated", ReceiptsRepeated),
    }
    if isinstance(error, errors.WrongKey):
        return WrongBoxKey(campaign_code, expected=error.expected, found=error.found)
    if not isinstance(error, errors.Differs):
        return CustodyFileRefused(campaign_code, error)
    differs = error.difference
    if isinstance(error, errors.BallotsMissing):
        return BallotsMissing(
            campaign_code, ballots=differs["ballots"], submitted=differs["submitted"]
        )
    if isinstance(error, errors.CellsDiffer):
        cells = {(unit, group): (present, n) for unit, group, present, n in differs["cells"]}
        return CellsDiffer(campaign_code, cells)
    name, kind = counted[type(error)]
    return kind(campaign_code, count=differs[name])


def _lock(db: Session, campaign: Campaign) -> None:
    """Two openings at once, or a submission under way, cannot be. Raises `BoxNotReady`."""
    state = db.execute(
        select(Campaign.state).where(Campaign.id == campaign.id).with_for_update()
    ).scalar_one()
    if state != CampaignState.CLOSED:
        raise BoxNotReady(campaign.code, state=state)


def _last_export(db: Session, campaign_id: int) -> BoxExport | None:
    query = select(BoxExport).where(BoxExport.campaign_id == campaign_id)
    return db.scalars(query.order_by(BoxExport.number.desc()).limit(1)).first()


def _take_in(
    db: Session,
    campaign: Campaign,
    contents: Contents,
    counts: dict[str, Any],
    *,
    act: Act,
) -> Opened:
    """Store, empty the box, record the opening and its digest."""
    opened_contents.store(db, campaign, contents)
    _empty(db, campaign.id)
    per_cell = {(cell["unit"], cell["group"]): cell["n"] for cell in contents.cells if cell["n"]}
    exception = (counts.get("exception") or {}).get("reason", "")
    opened = Opened(sum(per_cell.values()), per_cell, contents.digest)
    db.add(
        BoxOpening(
            campaign_id=campaign.id,
            opened_at=act.now,
            opened_by=act.actor,
            custody=campaign.custody,
            ballots=opened.ballots,
            counts=counts,
            exception=exception,
            digest=opened.digest,
        )
    )
    campaign_service.record_opening(db, campaign.code)
    audit.record(
        db,
        act,
        Action.BOX_OPENED,
        campaign_code=campaign.code,
        facts={
            "ballots": opened.ballots,
            "submitted": counts["submitted"],
            "exception": exception,
            "digest": opened.digest,
        },
    )
    return opened


def _empty(db: Session, campaign_id: int) -> None:
    """Nothing of the box stays, nor any draft: after collection nobody can submit one."""
    db.execute(delete(SealedBallot).where(SealedBallot.campaign_id == campaign_id))
    left = select(Assignment.id).where(Assignment.campaign_id == campaign_id)
    db.execute(delete(Draft).where(Draft.assignment_id.in_(left)))
