"""Every file of a release, written into its folder: results, what cleaning did, documentation, manifest.

The responses are read once. What they are counted into on the way is handed from one step to the next
as `ResultsRead`, so that no two files of a release can disagree.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from surveyapp.exports.cleaning import applied_rules, report, sensitivity, studies
from surveyapp.exports.cleaning.answer_arrays import GroupAnswers
from surveyapp.exports.cleaning.applied_rules import RuleHits
from surveyapp.exports.cleaning.rulesets import RuleSet
from surveyapp.exports.disclosure import earlier_releases, public_tables, remark_review
from surveyapp.exports.disclosure.public_tables import PublicTables
from surveyapp.exports.disclosure.row_labels import Cell, RowLabels, row_labels
from surveyapp.exports.errors import ResponsesChanged
from surveyapp.exports.formats import (
    codebook_page,
    csv_files,
    datapackage,
    name_tables,
    report_document,
    results_workbook,
    statistics_files,
    syntax,
)
from surveyapp.exports.formats.exchange import ddi, json_stat, sdmx
from surveyapp.exports.quality import papers
from surveyapp.exports.quality.figures import MarkTally, QualityInputs
from surveyapp.exports.quality.precision import CellWeight, cell_weights
from surveyapp.exports.release import precision_tables, scoring, sipas
from surveyapp.exports.release.manifest import MANIFEST, ManifestFacts, manifest
from surveyapp.exports.release.results import AnswerTally, Frame
from surveyapp.exports.verify import SCHEMA
from surveyapp.fieldwork.counts import queries as fieldwork
from surveyapp.fieldwork.counts.queries import Figures
from surveyapp.i18n import DEFAULT, speaking
from surveyapp.responses import queries as responses
from surveyapp.responses import receipts
from surveyapp.responses.models import BoxOpening
from surveyapp.responses.queries import RemarkRow, ResponseRow
from surveyapp.responses.rules import completeness
from surveyapp.responses.sealed_box import opened_contents


@dataclass(frozen=True)
class ReleaseInputs:
    """What a release is to be made with, beside the results."""

    number: int
    ruleset: RuleSet
    sipas_rows: list[sipas.SipasRow] | None
    public_key: str
    published: tuple[tuple[int, Path], ...] = ()
    """Number and public folder of the releases whose public part is out."""


@dataclass(frozen=True)
class ResultsRead:
    """What was read of the campaign, and what its responses were counted into while they passed.

    `opened` is responses by cell, `sizes` those whose rows left the box; of the cells in `withheld`
    nothing but the number did. `excluded` counts those left out of cells without rows.
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
    tally: AnswerTally = field(default_factory=AnswerTally)
    marks: MarkTally = field(default_factory=MarkTally)
    excluded: Counter[Cell] = field(default_factory=Counter)
    completeness: defaultdict[Cell, Counter[str]] = field(
        default_factory=lambda: defaultdict(Counter)
    )


def write_files(db: Session, frame: Frame, folder: Path, inputs: ReleaseInputs) -> int:
    """Write every file of the release below `folder`, its manifest last; how many responses it holds.

    Raises `DigestDiffers`, `ResponsesChanged`.
    """
    results = _read(db, frame, inputs.ruleset)
    labels = row_labels(results.sizes, frame.row_minimum, untold=results.withheld)
    response_count = _write_tables(db, folder / "scoring", results, labels)
    weights = _weights(db, results)
    _write_precision(folder / "scoring", results, weights)
    without_rows = sum(results.opened.values()) - sum(results.sizes.values())
    opening = _opening_of(db, frame, response_count=response_count + without_rows)
    account = report.CleaningAccount(frame, inputs.ruleset, results.study.result())
    _write_what_cleaning_did(folder, account)
    if inputs.sipas_rows is not None:
        csv_files.write_csv(folder / "scoring" / "sipas.csv", sipas.COLUMNS, inputs.sipas_rows)
    tables, left_out = _write_public(folder / "public", results, inputs, weights)
    _write_quality(db, folder, results, account, tables, opened_at=opening.opened_at)
    name_tables.write_names(folder / "names", frame)
    statistics_files.write_formats(folder / "scoring", frame, at=opening.opened_at)
    types = datapackage.column_types(frame)
    results_workbook.write_workbooks(folder, frame, types, at=opening.opened_at)
    _write_documentation(folder, frame, rows=response_count)
    facts = ManifestFacts(
        labels=labels,
        digest=results.digest,
        ballots=opening.ballots,
        sizes=results.sizes,
        excluded=results.excluded.total() + account.study.excluded,
        ruleset=inputs.ruleset,
        study=account.study,
        remarks=len(results.remarks),
        receipts=receipts.digest(receipts.tags(db, frame.campaign.id)),
        opened_at=opening.opened_at,
        submitted=sum(row.counts.submitted for row in results.figures.values()),
        public_key=inputs.public_key,
        published=tuple(number for number, _ in inputs.published),
        left_out=left_out,
    )
    listed = csv_files.listing(folder)
    csv_files.write_json(
        folder / MANIFEST, manifest(frame, facts, number=inputs.number, files=listed)
    )
    return response_count


def _read(db: Session, frame: Frame, ruleset: RuleSet) -> ResultsRead:
    """All but the responses themselves, which are read one by one as they are written."""
    campaign_id = frame.campaign.id
    digest = opened_contents.check(db, frame.campaign)
    sizes = responses.row_counts(db, campaign_id)
    cells = responses.opened_cells(db, campaign_id)
    opened = responses.response_counts(db, campaign_id)
    results = ResultsRead(
        frame=frame,
        ruleset=ruleset,
        digest=digest,
        opened=opened,
        sizes=sizes,
        withheld=_withheld(frame, cells, sizes),
        study=studies.study_of(frame, ruleset.rules, sizes),
        figures=fieldwork.figures(db, campaign_id, by=("group", "rated")),
        remarks=remark_review.accepted(db, campaign_id),
        tally=AnswerTally(several=frame.several),
    )
    for one in cells:
        if one["gives"] == "counts":
            _take_in_counts(results, one)
    return results


def _withheld(
    frame: Frame, cells: Sequence[Mapping[str, Any]], sizes: Mapping[Cell, int]
) -> frozenset[Cell]:
    """Cells of which nothing is told but how many submitted; of a box opened before cells were kept, those
    with fewer responses than give counts."""
    if cells:
        return frozenset((one["unit"], one["group"]) for one in cells if one["gives"] == "n")
    return frozenset(cell for cell, n in sizes.items() if n < frame.campaign.count_minimum)


def _take_in_counts(results: ResultsRead, told: Mapping[str, Any]) -> None:
    """A cell too small for rows: the counts the opener made of it, after the row rules then in force."""
    cell = (told["unit"], told["group"])
    cleaned = told["cleaned"]
    results.tally.add_counted(cell, cleaned["n"], cleaned["items"])
    results.completeness[cell].update(told["completeness"])
    results.excluded[cell] += told["n"] - cleaned["n"]


def _noting_completeness(
    results: ResultsRead, rows: Iterable[ResponseRow]
) -> Iterator[ResponseRow]:
    """Pass `rows` on, counting how complete each is as it was stored, by the campaign's thresholds."""
    thresholds = results.frame.campaign.settings["completeness"]
    for row in rows:
        told = completeness(
            len(row.answers),
            len(results.frame.instrument(row.group_code).items),
            complete=thresholds["complete"],
            partial=thresholds["partial"],
        )
        results.completeness[row.rated_unit_code, row.group_code][told] += 1
        yield row


def _write_tables(db: Session, folder: Path, results: ResultsRead, labels: RowLabels) -> int:
    """Rows, counts, rates, codebook, criteria, remarks; fills what `results` counts. How many responses."""
    forms = {code: results.frame.instrument(code) for code in results.frame.groups_by_code}
    cleaned = applied_rules.clean(
        _noting_completeness(results, responses.responses(db, results.frame.campaign.id)),
        results.ruleset.rules,
        forms,
        seen=partial(_noting_marks, results),
    )
    return scoring.write_scoring(
        folder,
        results.frame,
        labels,
        tally=results.tally,
        rows=applied_rules.counted(results.tally, cleaned),
        remarks=results.remarks,
        figures=results.figures,
        completeness=results.completeness,
        withheld=results.withheld,
    )


def _noting_marks(
    results: ResultsRead, answers: GroupAnswers, rule_hits: Sequence[RuleHits]
) -> None:
    results.study.add(answers, rule_hits)
    results.marks.add(answers)


def _weights(db: Session, results: ResultsRead) -> dict[Cell, CellWeight]:
    """What a response of each cell stands for, by the forms of its supplying units."""
    frame = results.frame
    by_supplier = fieldwork.counted(db, frame.campaign.id, by=("rated", "group", "supplying"))
    forms = {
        (frame.units[unit].code, frame.groups[group].code, str(supplier)): counts.maybe_eligible
        for (unit, group, supplier), counts in by_supplier.items()
    }
    told = {c: n for c, n in results.tally.responses.items() if c not in results.withheld}
    return cell_weights(told, forms)


def _write_precision(
    folder: Path, results: ResultsRead, weights: Mapping[Cell, CellWeight]
) -> None:
    csv_files.write_csv(
        folder / "weights.csv",
        precision_tables.WEIGHTS,
        precision_tables.weight_rows(results.frame, weights),
    )
    csv_files.write_csv(
        folder / "means.csv",
        precision_tables.CELL_MEANS,
        precision_tables.mean_rows(results.frame, results.tally, weights),
    )


def _write_public(
    folder: Path,
    results: ResultsRead,
    inputs: ReleaseInputs,
    weights: Mapping[Cell, CellWeight],
) -> tuple[PublicTables, tuple[Cell, ...]]:
    """The public tables, without the cells that differ from what is out already; which these are."""
    deffs = {cell: one.deff for cell, one in weights.items() if one.deff is not None}
    tables = public_tables.PublicTables(results.frame, results.tally, deffs=deffs)
    public_tables.write_public(folder, tables)
    changed = earlier_releases.changed_cells(folder, [out for _, out in inputs.published])
    if changed:
        tables = replace(tables, withheld=changed)
        public_tables.write_public(folder, tables)
    sdmx.write_sdmx(folder / "sdmx.csv", tables)
    json_stat.write_json_stat(folder, tables)
    return tables, tuple(results.frame.in_order(changed))


def _opening_of(db: Session, frame: Frame, *, response_count: int) -> BoxOpening:
    """The record of the opening, whose ballots are as many as were `response_count`."""
    opening = responses.opening(db, frame.campaign.id)
    if opening is None or response_count != opening.ballots:
        expected = opening.ballots if opening else 0
        raise ResponsesChanged(frame.campaign.code, expected=expected, found=response_count)
    return opening


def _write_what_cleaning_did(folder: Path, account: report.CleaningAccount) -> None:
    """As tables and as documents in Vietnamese; the one in `public/` tells no cell."""
    csv_files.write_csv(
        folder / "scoring" / "cleaning.csv",
        scoring.CLEANING,
        scoring.cleaning_rows(account.frame, account.ruleset.rules, account.study),
    )
    csv_files.write_csv(
        folder / "scoring" / "sensitivity.csv",
        sensitivity.COLUMNS,
        sensitivity.table(account.study),
    )
    with speaking(DEFAULT):
        for path, paper in report.cleaning_papers(account):
            report_document.write_document(folder / path, paper)


def _write_quality(
    db: Session,
    folder: Path,
    results: ResultsRead,
    account: report.CleaningAccount,
    tables: PublicTables,
    *,
    opened_at: datetime,
) -> None:
    """In both languages: complete for scoring, and of what the public tables tell."""
    inputs = QualityInputs(
        frame=results.frame,
        tally=results.tally,
        figures=results.figures,
        completeness=results.completeness,
        marks=results.marks,
        withheld=results.withheld,
        tables=tables,
    )
    earlier = papers.round_before(db, results.frame.campaign)
    for path, language, paper in papers.quality_papers(
        inputs, account, opened_at=opened_at, earlier=earlier
    ):
        with speaking(language):
            report_document.write_document(folder / path, paper)


def _write_documentation(folder: Path, frame: Frame, *, rows: int) -> None:
    """What describes the tables that stand in `folder`, for people, archives and programs."""
    for instrument in frame.asked:
        csv_files.write_text(
            folder / "questionnaires" / f"{instrument.code}.json", instrument.to_json()
        )
    csv_files.write_json(folder / "documentation" / "release.schema.json", SCHEMA)
    ddi.write_ddi(folder, frame, rows=rows)
    codebook_page.write_codebook_page(folder / "documentation", frame)
    syntax.write_syntax(folder / "documentation" / "syntax", frame)
    datapackage.write_datapackage(folder, frame)
