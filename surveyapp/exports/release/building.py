"""Building a release: written aside, then named, numbered and registered; never changed again."""

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from surveyapp.accounts import audit
from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.campaigns import service as campaigns
from surveyapp.campaigns.models import Campaign
from surveyapp.campaigns.pack.cleaning_rules import CleaningRule
from surveyapp.exports.cleaning import rulesets
from surveyapp.exports.errors import (
    NotReleasable,
    NumberTaken,
    ReleaseExists,
    ReleaseNotShared,
)
from surveyapp.exports.formats import csv_files
from surveyapp.exports.models import Release
from surveyapp.exports.release import publication, signature, sipas
from surveyapp.exports.release.kept_files import RELEASES
from surveyapp.exports.release.manifest import MANIFEST
from surveyapp.exports.release.results import Frame, read_frame
from surveyapp.exports.release.writing import ReleaseInputs, write_files
from surveyapp.keys import KeyRing
from surveyapp.store import BucketAway, Store


@dataclass(frozen=True)
class PreparedRelease:
    """A release written aside under `aside`, ready to be registered as `folder`."""

    campaign_code: str
    number: int
    responses: int
    aside: Path
    folder: Path

    @property
    def archive(self) -> Path:
        """The same files in one zip, beside the folder."""
        return self.folder.with_name(self.folder.name + ".zip")


def build(
    db: Session,
    campaign: Campaign,
    *,
    out: Path,
    act: Act,
    store: Store | None = None,
    sipas_table: bytes | None = None,
    rules: Sequence[CleaningRule] | None = None,
) -> Path:
    """Write the next release of an opened campaign as `out/<campaign>-release-<nnn>/` and `.zip`.

    All or nothing. Raises `NotReleasable`, `ReleaseExists`, `ResponsesChanged`, `SipasRefused`.
    `rules` stand in for the cleaning rules in force.
    Where others write meanwhile, use `prepare` in a session that reads and `register` after it.
    """
    prepared = prepare(
        db, campaign, out=out, keys=act.keys, store=store, sipas_table=sipas_table, rules=rules
    )
    return register(db, campaign, prepared, act=act, store=store)


def prepare(
    db: Session,
    campaign: Campaign,
    *,
    out: Path,
    keys: KeyRing,
    store: Store | None = None,
    sipas_table: bytes | None = None,
    rules: Sequence[CleaningRule] | None = None,
) -> PreparedRelease:
    """Write every file of the next release aside, reading only; takes a minute for a full round.

    What differs from a public part that is out is left out of this one. Raises as `build`, and `ReleaseAway` or
    `ReleaseAltered` where the files of one that is out are not at hand.
    """
    if not campaign.is_box_opened:
        raise NotReleasable(campaign.code, state=campaign.state)
    frame = read_frame(db, campaign)
    inputs = ReleaseInputs(
        number=_last_number(db, campaign.id) + 1,
        ruleset=_rules_for(db, campaign, rules),
        sipas_rows=None if sipas_table is None else _sipas_rows(frame, sipas_table),
        public_key=signature.public_key(keys),
        published=tuple(publication.public_folders(db, campaign.id, store=store, beside=out)),
    )
    folder = out / f"{campaign.code}-release-{inputs.number:03d}"
    out.mkdir(parents=True, exist_ok=True)
    _refuse_standing(folder)
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=out))
    try:
        written = aside / folder.name
        total = write_files(db, frame, written, inputs)
        signature.sign(written, keys)
        csv_files.make_read_only(written)
        csv_files.write_zip(written, written.with_name(folder.name + ".zip"), name=folder.name)
    except BaseException:
        shutil.rmtree(aside)
        raise
    return PreparedRelease(campaign.code, inputs.number, total, aside, folder)


def register(
    db: Session,
    campaign: Campaign,
    prepared: PreparedRelease,
    *,
    act: Act,
    store: Store | None = None,
) -> Path:
    """Enter a prepared release under its number, share it with every node and give it its name.

    Raises `NumberTaken`, `ReleaseExists` or `ReleaseNotShared`; what was written aside is then gone.
    """
    written = prepared.aside / prepared.folder.name
    digest = csv_files.sha256(written / MANIFEST)
    try:
        _enter(db, campaign, prepared, act=act, digest=digest)
        campaigns.record_release(db, campaign.code)
        audit.record(
            db,
            act,
            Action.RELEASE_BUILT,
            campaign_code=campaign.code,
            facts={
                "number": prepared.number,
                "responses": prepared.responses,
                "manifest_sha256": digest,
            },
        )
        _refuse_standing(prepared.folder)
        if store is not None:
            _share(store, prepared, written)
        (prepared.aside / prepared.archive.name).rename(prepared.archive)
        written.rename(prepared.folder)
    finally:
        shutil.rmtree(prepared.aside)
    return prepared.folder


def _share(store: Store, prepared: PreparedRelease, written: Path) -> None:
    """Under its number, which is ours by now: nobody else writes there."""
    try:
        for path in (written, prepared.aside / prepared.archive.name):
            store.share(path, f"{RELEASES}/{path.name}")
    except BucketAway as exc:
        raise ReleaseNotShared(prepared.number, str(exc)) from exc


def releases(db: Session, campaign_id: int) -> Sequence[Release]:
    """The register of a campaign, the newest first."""
    query = select(Release).where(Release.campaign_id == campaign_id)
    return db.scalars(query.order_by(Release.number.desc())).all()


def _rules_for(
    db: Session, campaign: Campaign, rules: Sequence[CleaningRule] | None
) -> rulesets.RuleSet:
    """Those given for this release, else those in force."""
    if rules is None:
        return rulesets.in_force(db, campaign)
    return rulesets.RuleSet(rulesets.FROM_FILE, tuple(rules))


def _sipas_rows(frame: Frame, table: bytes) -> list[sipas.SipasRow]:
    provinces = [unit.code for unit in frame.units.values() if unit.kind == "province"]
    return sipas.read_sipas(table, provinces)


def _last_number(db: Session, campaign_id: int) -> int:
    query = select(func.max(Release.number)).where(Release.campaign_id == campaign_id)
    return db.scalar(query) or 0


def _refuse_standing(folder: Path) -> None:
    for path in (folder, folder.with_name(folder.name + ".zip")):
        if path.exists():
            raise ReleaseExists(path)


def _enter(
    db: Session, campaign: Campaign, prepared: PreparedRelease, *, act: Act, digest: str
) -> None:
    try:
        with db.begin_nested():
            db.execute(
                insert(Release).values(
                    campaign_id=campaign.id,
                    number=prepared.number,
                    built_at=act.now,
                    built_by=act.actor,
                    manifest_sha256=digest,
                    response_count=prepared.responses,
                    folder=str(prepared.folder),
                )
            )
    except IntegrityError as exc:
        raise NumberTaken(campaign.code, prepared.number) from exc
