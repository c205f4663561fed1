"""The part of a release for the scoring stage: rows without small labels, complete counts, rates."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from surveyapp.campaigns.pack.cleaning_rules import CleaningRule
from surveyapp.exports.cleaning.applied_rules import Cleaned
from surveyapp.exports.cleaning.sensitivity import Sensitivity
from surveyapp.exports.disclosure.row_labels import MERGED, Cell, RowLabels
from surveyapp.exports.formats.codebook import (
    CODEBOOK,
    CROSSWALK,
    LABELS,
    codebook_rows,
    crosswalk_rows,
)
from surveyapp.exports.formats.csv_files import Value, write_csv
from surveyapp.exports.release.results import AnswerTally, Frame
from surveyapp.fieldwork.counts.queries import Figures
from surveyapp.fieldwork.rules import CompletenessCounts, outcome_rates
from surveyapp.instruments.kinds.kind import LEFT_EMPTY, NOT_ASKED
from surveyapp.instruments.kinds.registry import kind_of
from surveyapp.instruments.kinds.routing import OTHER
from surveyapp.instruments.model import Instrument
from surveyapp.responses.queries import RemarkRow
from surveyapp.responses.rules import longest_run

COUNTS = (
    "level", "rated_unit", "group", "instrument", "item", "variable", "option",
    "n_option", "n_answered", "n_dont_know", "n_missing", "n_responses",
)  # fmt: skip
DISPOSITIONS = (
    "begun", "refused", "unavailable", "not_sent", "sent", "bounced", "moved", "wrong_group", "duplicate",
    "removed",
)  # fmt: skip
"""Columns of AAPOR counts, final dispositions in the words of the survey (docs/release-contract.md)."""

COMPLETENESS = ("complete", "partial", "break_off")
"""What the submitted forms were, counted in the opened responses: nobody knew it before."""

CLEANING = ("rule", "version", "kind", "effect", "rated_unit", "group", "touched", "responses")
TEXTS = ("level", "item", "text")
"""Columns of the answers in words: to a question, or beside its option "other"."""

RATES = ("rr1", "rr2", "rr3", "rr4", "rr5", "rr6", "e")
RATE_COLUMNS = (
    "level", "rated_unit", "group", "planned", "listed", "approved", "assigned", "invited", "submitted",
    *COMPLETENESS, *DISPOSITIONS, *RATES, "coverage",
)  # fmt: skip


def response_heading(frame: Frame) -> tuple[str, ...]:
    """Columns of `responses.csv`."""
    return (*LABELS, *frame.variables)


def response_lines(frame: Frame, labels: RowLabels, rows: Iterable[Cleaned]) -> Iterator[list[str]]:
    """One row of `response_heading` per response, in the order of its random id.

    Codes are those of the questionnaire; an empty cell is an answer missing or never asked, or one
    that a cleaning rule set missing.
    """
    slots = _slots(frame)
    width = len(frame.variables)
    for number, cleaned in enumerate(rows, 1):
        row = cleaned.row
        cell = (row.rated_unit_code, row.group_code)
        unit, group = labels.of(cell)
        if group == MERGED:
            yield [str(number), MERGED, MERGED, MERGED, *[""] * (len(LABELS) - 4 + width)]
            continue
        first, cells, ids = slots[row.instrument_code]
        written = cells(row.answers)
        yield [
            str(number), frame.groups_by_code[group].level, unit, group,
            row.instrument_code, row.instrument_version,
            str(row.quality.get("under_floor", "")),
            str(longest_run(_ladder(row.answers, ids))),
            " ".join(cleaned.flags), str(int(cleaned.excluded)),
            *[""] * first,
            *written,
            *[""] * (width - first - len(written)),
        ]  # fmt: skip


def _ladder(answers: Mapping[str, str], ids: Sequence[str]) -> list[str]:
    """The answers on ladders in the order asked, without what was not asked."""
    given = [answers.get(item_id, "") for item_id in ids]
    return [code for code in given if code != NOT_ASKED]


Cells = Callable[[Mapping[str, str]], Sequence[str]]


def _slots(frame: Frame) -> dict[str, tuple[int, Cells, tuple[str, ...]]]:
    """For each instrument the first of its columns, how their cells are written, and the items of its ladders."""
    slots, first = {}, 0
    for instrument in frame.asked:
        ladder = tuple(item.id for item in instrument.items if kind_of(item).scores(item))
        slots[instrument.code] = (first, _cells_of(instrument), ladder)
        first += sum(len(kind_of(item).columns(item)) for item in instrument.items)
    return slots


def _cells_of(instrument: Instrument) -> Cells:
    """The cells of one row: of a plain form its codes, else a code also for why an answer is missing."""
    ids = [item.id for item in instrument.items]
    if instrument.is_plain:
        return lambda answers: [answers.get(item_id, "") for item_id in ids]
    asked = [(item, kind_of(item)) for item in instrument.items if not kind_of(item).leaves_row]
    return lambda answers: [
        cell
        for item, kind in asked
        for cell in kind.cells(item, answers.get(item.id) or LEFT_EMPTY)
    ]


def count_rows(
    frame: Frame, tally: AnswerTally, withheld: frozenset[Cell] = frozenset()
) -> Iterator[tuple[Value, ...]]:
    """Rows of `COUNTS`: every planned or answered cell × item × option, zeros too, but for the cells
    `withheld`: of those nothing is told but how many answered (`rates.csv`)."""
    for cell in frame.in_order((frame.planned | set(tally.responses)) - withheld):
        unit, group = cell
        level = frame.groups_by_code[group].level
        instrument = frame.instrument(group)
        for column in frame.columns_of(instrument):
            counts = tally.column(cell, column)
            shared = (level, unit, group, instrument.code, column.item.id, column.name)
            totals = (counts.answered, counts.dont_know, counts.missing, tally.responses[cell])
            for option, n in counts.options.items():
                yield (*shared, option, n, *totals)


def rate_rows(
    frame: Frame,
    figures: Mapping[tuple[int, ...], Figures],
    completeness: Mapping[Cell, Mapping[str, int]],
    withheld: frozenset[Cell] = frozenset(),
) -> Iterator[list[Value]]:
    """Rows of `RATE_COLUMNS` per rated unit × group; `figures` by (group id, rated unit id).

    `completeness` is how many of the opened responses of each cell were what. Rates are shares from 0 to 1; empty
    where nobody is eligible, and where the cell is `withheld` all that would need its completeness.
    """
    by_cell: dict[Cell, Figures] = {
        (frame.units[unit].code, frame.groups[group].code): row
        for (group, unit), row in figures.items()
    }
    for cell in frame.in_order(by_cell):
        row = by_cell[cell]
        counts = {str(name): n for name, n in row.counts.by_disposition.items()}
        counted = completeness.get(cell, {})
        completed = CompletenessCounts(*(counted.get(name, 0) for name in COMPLETENESS))
        rates = outcome_rates(row.counts, completed)
        hidden = cell in withheld
        yield [
            frame.groups_by_code[cell[1]].level, *cell,
            row.planned, row.listed, row.approved,
            row.counts.assignments, row.counts.invited, row.counts.submitted,
            *([None] * len(completed) if hidden else completed),
            *[counts.get(name, 0) for name in DISPOSITIONS],
            *[None if hidden else getattr(rates, name) for name in RATES],
            row.coverage,
        ]  # fmt: skip


def cleaning_rows(
    frame: Frame, rules: Sequence[CleaningRule], study: Sensitivity
) -> Iterator[tuple[Value, ...]]:
    """Rows of `CLEANING`: for every rule and every cell with responses, how many it touched."""
    for rule, effect in zip(rules, study.alone, strict=True):
        rule_columns = (rule.id, rule.version, rule.kind, rule.effect)
        for cell in frame.in_order(study.responses):
            yield (*rule_columns, *cell, effect.touched[cell], study.responses[cell])


def text_lines(remarks: Iterable[RemarkRow]) -> Iterator[tuple[str, ...]]:
    """Rows of `TEXTS`: what was written as an answer, apart from every row and ordered by its words."""
    told = [(one.level, one.item.removesuffix(OTHER), one.text) for one in remarks if one.item]
    yield from sorted(told)


def write_scoring(
    folder: Path,
    frame: Frame,
    labels: RowLabels,
    *,
    tally: AnswerTally,
    rows: Iterable[Cleaned],
    remarks: Iterable[RemarkRow],
    figures: Mapping[tuple[int, ...], Figures],
    completeness: Mapping[Cell, Mapping[str, int]],
    withheld: frozenset[Cell] = frozenset(),
) -> int:
    """Write every CSV of `scoring/`; `tally` must have counted `rows`. Returns the rows written."""
    written = write_csv(
        folder / "responses.csv", response_heading(frame), response_lines(frame, labels, rows)
    )
    write_csv(folder / "counts.csv", COUNTS, count_rows(frame, tally, withheld))
    write_csv(folder / "rates.csv", RATE_COLUMNS, rate_rows(frame, figures, completeness, withheld))
    write_csv(folder / "codebook.csv", CODEBOOK, codebook_rows(frame))
    write_csv(folder / "criteria.csv", CROSSWALK, crosswalk_rows(frame))
    told = list(remarks)
    write_csv(
        folder / "remarks.csv", ("level", "text"), ((r.level, r.text) for r in told if not r.item)
    )
    if frame.has_texts:
        write_csv(folder / "texts.csv", TEXTS, text_lines(told))
    return written
