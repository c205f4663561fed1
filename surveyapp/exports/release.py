"""Building a release: written aside, then named, numbered and registered; never changed again."""

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from surveyapp.accounts import audit
from surveyapp.campaigns import service as campaigns
from surveyapp.campaigns.cleaning import CleaningRule
from surveyapp.campaigns.models import Campaign
from surveyapp.exports import (
    cleaning,
    cleaning_report,
    codebook_page,
    datapackage,
    ddi,
    files,
    formats,
    papers,
    public,
    reports,
    rulesets,
    scoring,
    sensitivity,
    signature,
    sipas,
)
from surveyapp.exports.disclosure import row_labels
from surveyapp.exports.errors import NotReleasable, NumberTaken, ReleaseExists, ResponsesChanged
from surveyapp.exports.manifest import MANIFEST, Made, manifest
from surveyapp.exports.models import Release
from surveyapp.exports.results import Frame, Tally, read_frame
from surveyapp.exports.verify import SCHEMA
from surveyapp.fieldwork import queries as fieldwork
from surveyapp.i18n import DEFAULT, speaking
from surveyapp.keys import KeyRing
from surveyapp.responses import queries as responses

RELEASABLE = ("opened", "released")


@dataclass(frozen=True)
class Prepared:
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
    actor: str,
    now: datetime,
    keys: KeyRing,
    sipas_table: bytes | None = None,
    rules: Sequence[CleaningRule] | None = None,
) -> Path:
    """Write the next release of an opened campaign as `out/<campaign>-release-<nnn>/` and `.zip`.

    All or nothing. Raises `NotReleasable`, `ReleaseExists`, `ResponsesChanged`, `SipasRefused`.
    `rules` stand in for the cleaning rules in force.
    Where others write meanwhile, use `prepare` in a session that reads and `register` after it.
    """
    prepared = prepare(db, campaign, out=out, keys=keys, sipas_table=sipas_table, rules=rules)
    return register(db, campaign, prepared, actor=actor, now=now, keys=keys)


def prepare(
    db: Session,
    campaign: Campaign,
    *,
    out: Path,
    keys: KeyRing,
    sipas_table: bytes | None = None,
    rules: Sequence[CleaningRule] | None = None,
) -> Prepared:
    """Write every file of the next release aside, reading only; takes a minute for a full round."""
    if campaign.state not in RELEASABLE:
        raise NotReleasable(campaign.code, state=campaign.state)
    number = _last_number(db, campaign.id) + 1
    folder = out / f"{campaign.code}-release-{number:03d}"
    frame = read_frame(db, campaign)
    provinces = [unit.code for unit in frame.units.values() if unit.kind == "province"]
    rows = None if sipas_table is None else sipas.read_sipas(sipas_table, provinces)
    ruleset = (
        rulesets.in_force(db, campaign)
        if rules is None
        else rulesets.RuleSet(rulesets.FROM_FILE, tuple(rules))
    )
    out.mkdir(parents=True, exist_ok=True)
    _refuse_standing(folder)
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=out))
    try:
        written = aside / folder.name
        total = _write(
            db,
            frame,
            written,
            number=number,
            ruleset=ruleset,
            sipas_rows=rows,
            public_key=signature.public_key(keys),
        )
        signature.sign(written, keys)
        files.make_read_only(written)
        files.write_zip(written, written.with_name(folder.name + ".zip"), name=folder.name)
    except BaseException:
        shutil.rmtree(aside)
        raise
    return Prepared(campaign.code, number, total, aside, folder)


def register(
    db: Session,
    campaign: Campaign,
    prepared: Prepared,
    *,
    actor: str,
    now: datetime,
    keys: KeyRing,
) -> Path:
    """Enter a prepared release under its number and give it its name; the campaign is released.

    Raises `NumberTaken` or `ReleaseExists`; what was written aside is then gone.
    """
    written = prepared.aside / prepared.folder.name
    digest = files.sha256(written / MANIFEST)
    try:
        _enter(db, campaign, prepared, actor=actor, now=now, digest=digest)
        campaigns.record_release(db, campaign.code)
        audit.record(
            db,
            actor=actor,
            action="built a release",
            campaign_code=campaign.code,
            facts={
                "number": prepared.number,
                "responses": prepared.responses,
                "manifest_sha256": digest,
            },
            now=now,
            keys=keys,
        )
        _refuse_standing(prepared.folder)
        (prepared.aside / prepared.archive.name).rename(prepared.archive)
        written.rename(prepared.folder)
    finally:
        shutil.rmtree(prepared.aside)
    return prepared.folder


def releases(db: Session, campaign_id: int) -> Sequence[Release]:
    """The register of a campaign, the newest first."""
    wanted = select(Release).where(Release.campaign_id == campaign_id)
    return db.scalars(wanted.order_by(Release.number.desc())).all()


def _last_number(db: Session, campaign_id: int) -> int:
    wanted = select(func.max(Release.number)).where(Release.campaign_id == campaign_id)
    return db.scalar(wanted) or 0


def _refuse_standing(folder: Path) -> None:
    for path in (folder, folder.with_name(folder.name + ".zip")):
        if path.exists():
            raise ReleaseExists(path)


def _write(
    db: Session,
    frame: Frame,
    folder: Path,
    *,
    number: int,
    ruleset: rulesets.RuleSet,
    sipas_rows: list[sipas.Row] | None,
    public_key: str,
) -> int:
    """Every file of the release below `folder`, its manifest last."""
    campaign, rules = frame.campaign, ruleset.rules
    sizes = responses.response_counts(db, campaign.id)
    labels = row_labels(sizes, frame.row_minimum)
    tally, touched = Tally(), cleaning.Touched()
    study = reports.study_of(frame, rules, sizes)
    forms = {code: frame.instrument(code) for code in frame.groups_by_code}
    stored = responses.responses(db, campaign.id)
    figures = fieldwork.figures(db, campaign.id, by=("group", "rated"))
    remarks = list(responses.remarks(db, campaign.id))
    written = scoring.write_scoring(
        folder / "scoring",
        frame,
        labels,
        tally=tally,
        rows=cleaning.counted(
            tally, cleaning.clean(stored, rules, forms, touched=touched, seen=study.add)
        ),
        remarks=remarks,
        figures=figures,
    )
    opening = responses.opening(db, campaign.id)
    if opening is None or written != opening.ballots:
        expected = opening.ballots if opening else 0
        raise ResponsesChanged(campaign.code, expected=expected, found=written)
    files.write_csv(
        folder / "scoring" / "cleaning.csv",
        scoring.CLEANING,
        scoring.cleaning_rows(frame, rules, touched, sizes),
    )
    _write_reports(folder, cleaning_report.Account(frame, ruleset, study.result()))
    if sipas_rows is not None:
        files.write_csv(folder / "scoring" / "sipas.csv", sipas.COLUMNS, sipas_rows)
    formats.write_formats(folder / "scoring", frame, at=opening.opened_at)
    public.write_public(folder / "public", frame, tally)
    _write_documentation(folder, frame, rows=written)
    made = Made(
        tally=tally,
        labels=labels,
        sizes=sizes,
        ruleset=ruleset,
        touched=touched,
        remarks=len(remarks),
        receipts=responses.receipt_tags(db, campaign.id),
        opened_at=opening.opened_at,
        submitted=sum(row.counts.submitted for row in figures.values()),
        public_key=public_key,
    )
    listed = files.listing(folder)
    files.write_json(folder / MANIFEST, manifest(frame, made, number=number, files=listed))
    return written


def _write_documentation(folder: Path, frame: Frame, *, rows: int) -> None:
    """What describes the tables that stand in `folder`, for people, archives and programs."""
    for instrument in frame.asked:
        files.write_text(
            folder / "questionnaires" / f"{instrument.code}.json", instrument.to_json()
        )
    files.write_json(folder / "documentation" / "release.schema.json", SCHEMA)
    ddi.write_ddi(folder / "documentation" / "ddi.xml", frame, rows=rows)
    codebook_page.write_codebook_page(folder / "documentation", frame)
    datapackage.write_datapackage(folder, frame)


def _write_reports(folder: Path, account: cleaning_report.Account) -> None:
    """What the rules did, as a table and as documents in Vietnamese; the public one tells no cell."""
    files.write_csv(
        folder / "scoring" / "sensitivity.csv",
        sensitivity.COLUMNS,
        sensitivity.table(account.study),
    )
    with speaking(DEFAULT):
        for path, paper in cleaning_report.cleaning_papers(account):
            files.write_text(folder / f"{path}.html", papers.as_html(paper))
            (folder / f"{path}.pdf").parent.mkdir(parents=True, exist_ok=True)
            (folder / f"{path}.pdf").write_bytes(papers.as_pdf(paper))


def _enter(
    db: Session,
    campaign: Campaign,
    prepared: Prepared,
    *,
    actor: str,
    now: datetime,
    digest: str,
) -> None:
    try:
        with db.begin_nested():
            db.execute(
                insert(Release).values(
                    campaign_id=campaign.id,
                    number=prepared.number,
                    built_at=now,
                    built_by=actor,
                    manifest_sha256=digest,
                    response_count=prepared.responses,
                    folder=str(prepared.folder),
                )
            )
    except IntegrityError as exc:
        raise NumberTaken(campaign.code, prepared.number) from exc
