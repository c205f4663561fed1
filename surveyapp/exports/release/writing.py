"""Every file of a release, written into its folder: results, what cleaning did, documentation, manifest.

The responses are read once. What they are counted into on the way is handed from one step to the next
as `Read`, so that no two files of a release can disagree.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from surveyapp.campaigns.pack.cleaning_rules import CleaningRule
from surveyapp.exports.cleaning import report, row_rules, sensitivity, studies
from surveyapp.exports.cleaning.rulesets import RuleSet
from surveyapp.exports.disclosure import public_tables
from surveyapp.exports.disclosure.row_labels import Cell, RowLabels, row_labels
from surveyapp.exports.errors import ResponsesChanged
from surveyapp.exports.formats import (
    codebook_page,
    csv_files,
    datapackage,
    ddi,
    report_document,
    statistics_files,
)
from surveyapp.exports.release import scoring, sipas
from surveyapp.exports.release.manifest import MANIFEST, Made, manifest, receipts_digest
from surveyapp.exports.release.results import Frame, Tally
from surveyapp.exports.verify import SCHEMA
from surveyapp.fieldwork.counts import queries as fieldwork
from surveyapp.fieldwork.counts.queries import Figures
from surveyapp.i18n import DEFAULT, speaking
from surveyapp.responses import opened_contents
from surveyapp.responses import queries as responses
from surveyapp.responses.models import BoxOpening
from surveyapp.responses.queries import RemarkRow, ResponseRow
from surveyapp.responses.rules import completeness


@dataclass(frozen=True)
class Wanted:
    """What a release is to be made with, beside the results."""

    number: int
    ruleset: RuleSet
    sipas_rows: list[sipas.Row] | None
    public_key: str


@dataclass(frozen=True)
class Read:
    """What was read of the campaign, and what its responses were counted into while they passed.

    `opened` is responses by cell, `sizes` those whose rows left the box; of the cells in `withheld`
    nothing but the number did.
    """

    frame: Frame
    ruleset: RuleSet
    digest: str
    opened: Mapping[Cell, int]
    sizes: Mapping[Cell, int]
    withheld: frozenset[Cell]
    study: sensitivity.Study
    figures: Mapping[tuple[int, ...], Figures]
    remarks: list[RemarkRow]
    tally: Tally = field(default_factory=Tally)
    completeness: defaultdict[Cell, Counter[str]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    touched: row_rules.Touched = field(default_factory=row_rules.Touched)


def write_files(db: Session, frame: Frame, folder: Path, wanted: Wanted) -> int:
    """Write every file of the release below `folder`, its manifest last; how many responses it holds.

    Raises `DigestDiffers`, `ResponsesChanged`.
    """
    read = _read(db, frame, wanted.ruleset)
    labels = row_labels(read.sizes, frame.row_minimum)
    found = _write_tables(db, folder / "scoring", read, labels)
    without_rows = sum(read.opened.values()) - sum(read.sizes.values())
    opening = _opening_of(db, frame, found=found + without_rows)
    _write_what_cleaning_did(folder, read)
    if wanted.sipas_rows is not None:
        csv_files.write_csv(folder / "scoring" / "sipas.csv", sipas.COLUMNS, wanted.sipas_rows)
    statistics_files.write_formats(folder / "scoring", frame, at=opening.opened_at)
    public_tables.write_public(folder / "public", frame, read.tally)
    _write_documentation(folder, frame, rows=found)
    made = Made(
        labels=labels,
        digest=read.digest,
        ballots=opening.ballots,
        sizes=read.sizes,
        ruleset=wanted.ruleset,
        touched=read.touched,
        remarks=len(read.remarks),
        receipts=receipts_digest(responses.receipt_tags(db, frame.campaign.id)),
        opened_at=opening.opened_at,
        submitted=sum(row.counts.submitted for row in read.figures.values()),
        public_key=wanted.public_key,
    )
    listed = csv_files.listing(folder)
    csv_files.write_json(
        folder / MANIFEST, manifest(frame, made, number=wanted.number, files=listed)
    )
    return found


def _read(db: Session, frame: Frame, ruleset: RuleSet) -> Read:
    """All but the responses themselves, which are read one by one as they are written."""
    campaign_id = frame.campaign.id
    digest = opened_contents.check(db, frame.campaign)
    sizes = responses.row_counts(db, campaign_id)
    cells = responses.opened_cells(db, campaign_id)
    read = Read(
        frame=frame,
        ruleset=ruleset,
        digest=digest or opened_contents.digest(db, frame.campaign),
        opened=responses.response_counts(db, campaign_id),
        sizes=sizes,
        withheld=frozenset((one["unit"], one["group"]) for one in cells if one["gives"] == "n"),
        study=studies.study_of(frame, ruleset.rules, sizes),
        figures=fieldwork.figures(db, campaign_id, by=("group", "rated")),
        remarks=list(responses.remarks(db, campaign_id)),
    )
    for one in cells:
        if one["gives"] == "counts":
            _take_in_counts(read, one)
    return read


def _take_in_counts(read: Read, told: Mapping[str, Any]) -> None:
    """A cell too small for rows: the counts the opener made of it, after the row rules then in force."""
    cell = (told["unit"], told["group"])
    cleaned = told["cleaned"]
    read.tally.add_counted(cell, cleaned["n"], cleaned["items"])
    read.completeness[cell].update(told["completeness"])
    read.touched.excluded[cell] += told["n"] - cleaned["n"]


def _note_completeness(read: Read, row: ResponseRow) -> None:
    """Count how complete a response is as it was stored, by the campaign's thresholds."""
    thresholds = read.frame.campaign.settings["completeness"]
    told = completeness(
        len(row.answers),
        len(read.frame.instrument(row.group_code).items),
        complete=thresholds["complete"],
        partial=thresholds["partial"],
    )
    read.completeness[row.rated_unit_code, row.group_code][told] += 1


def _write_tables(db: Session, folder: Path, read: Read, labels: RowLabels) -> int:
    """Rows, counts, rates, codebook, criteria, remarks; fills what `read` counts. How many responses."""
    forms = {code: read.frame.instrument(code) for code in read.frame.groups_by_code}

    def see(row: ResponseRow, hit: list[CleaningRule]) -> None:
        read.study.add(row, hit)
        _note_completeness(read, row)

    cleaned = row_rules.clean(
        responses.responses(db, read.frame.campaign.id),
        read.ruleset.rules,
        forms,
        touched=read.touched,
        seen=see,
    )
    return scoring.write_scoring(
        folder,
        read.frame,
        labels,
        tally=read.tally,
        rows=row_rules.counted(read.tally, cleaned),
        remarks=read.remarks,
        figures=read.figures,
        completeness=read.completeness,
        withheld=read.withheld,
    )


def _opening_of(db: Session, frame: Frame, *, found: int) -> BoxOpening:
    """The record of the opening, whose ballots are as many as were `found`."""
    opening = responses.opening(db, frame.campaign.id)
    if opening is None or found != opening.ballots:
        expected = opening.ballots if opening else 0
        raise ResponsesChanged(frame.campaign.code, expected=expected, found=found)
    return opening


def _write_what_cleaning_did(folder: Path, read: Read) -> None:
    """As tables and as documents in Vietnamese; the one in `public/` tells no cell."""
    account = report.Account(read.frame, read.ruleset, read.study.result())
    csv_files.write_csv(
        folder / "scoring" / "cleaning.csv",
        scoring.CLEANING,
        scoring.cleaning_rows(read.frame, read.ruleset.rules, read.touched, read.sizes),
    )
    csv_files.write_csv(
        folder / "scoring" / "sensitivity.csv",
        sensitivity.COLUMNS,
        sensitivity.table(account.study),
    )
    with speaking(DEFAULT):
        for path, paper in report.cleaning_papers(account):
            csv_files.write_text(folder / f"{path}.html", report_document.as_html(paper))
            (folder / f"{path}.pdf").parent.mkdir(parents=True, exist_ok=True)
            (folder / f"{path}.pdf").write_bytes(report_document.as_pdf(paper))


def _write_documentation(folder: Path, frame: Frame, *, rows: int) -> None:
    """What describes the tables that stand in `folder`, for people, archives and programs."""
    for instrument in frame.asked:
        csv_files.write_text(
            folder / "questionnaires" / f"{instrument.code}.json", instrument.to_json()
        )
    csv_files.write_json(folder / "documentation" / "release.schema.json", SCHEMA)
    ddi.write_ddi(folder / "documentation" / "ddi.xml", frame, rows=rows)
    codebook_page.write_codebook_page(folder / "documentation", frame)
    datapackage.write_datapackage(folder, frame)
