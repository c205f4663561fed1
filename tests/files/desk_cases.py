"""Lists as desks send them, each with what a careful person says it holds: `cases/truth.json`."""

import argparse
import functools
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from surveyapp.campaigns.pack.reading import Pack, read_pack
from surveyapp.respondents.context import ListContext, context_from_pack
from surveyapp.respondents.lists.uploads.upload import check_file
from surveyapp.respondents.reading.checking import Checked
from tests.files.scores import Score

FOLDER = Path(__file__).parent / "cases"
PACK = Path(__file__).parents[2] / "questionnaires" / "par-index-2023"


@dataclass(frozen=True)
class DeskCase:
    """A file and the truth about it.

    `faults`: rows that need a must or a check; `neutral`: rows where either is right; `values`: cells
    as stored, by row; `nomust`: rows that must not be blocked; `whole`: findings about the list,
    alternatives parted by `|`.
    """

    name: str
    unit: str
    kind: str
    readable: bool
    lines: int
    faults: frozenset[int] = frozenset()
    neutral: frozenset[int] = frozenset()
    nomust: frozenset[int] = frozenset()
    values: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    whole: tuple[str, ...] = ()
    reason: str = ""
    garbled: bool = False

    @property
    def content(self) -> bytes:
        """The bytes of the file."""
        return (FOLDER / self.name).read_bytes()

    @property
    def context(self) -> ListContext:
        """For which list the file is checked."""
        return context_from_pack(_pack(), self.unit, self.kind)


@functools.cache
def _pack() -> Pack:
    return read_pack(PACK)


def _rows(keys: Any) -> frozenset[int]:
    return frozenset(int(key) for key in keys)


def desk_cases() -> Iterator[DeskCase]:
    """Every file with its truth; `exceptions.json` says where we hold the stated one to be wrong, and why."""
    otherwise = json.loads((FOLDER / "exceptions.json").read_text("utf-8"))
    for name, stated in json.loads((FOLDER / "truth.json").read_text("utf-8")).items():
        told = {**stated, **otherwise.get(name, {})}
        yield DeskCase(
            name,
            told["unit"],
            told["kind"],
            told["readable"],
            told["lines"],
            _rows(told["faults"]),
            _rows(told["neutral"]),
            _rows(told.get("nomust", ())),
            {int(row): cells for row, cells in told["values"].items()},
            tuple(told["whole"]),
            told["reason"],
            bool(told.get("garble")),
        )


def score(case: DeskCase, checked: Checked, tally: Score) -> None:
    """Hold one result against its truth."""
    if not checked.readable:
        # Letters nobody can restore may be refused as well as asked about, row by row.
        if case.readable and not case.garbled:
            tally.complaints.append(f"{case.name}: refused: {checked.reason}")
        elif case.reason and checked.refusal and checked.refusal.code != case.reason:
            tally.complaints.append(f"{case.name}: refused as {checked.refusal.code}")
        return
    if not case.readable:
        tally.complaints.append(f"{case.name}: read, should be refused")
        return
    _score_rows(case, checked, tally)
    _score_values(case, checked, tally)


def _score_rows(case: DeskCase, checked: Checked, tally: Score) -> None:
    if len(checked.lines) != case.lines:
        numbers = [line.number for line in checked.lines]
        tally.complaints.append(f"{case.name}: {len(numbers)} people, not {case.lines}: {numbers}")
    raised = {f.line for f in checked.findings if f.counts and f.line > 0}
    tally.planted += len(case.faults)
    tally.caught += len(case.faults & raised)
    wrong = raised - case.faults - case.neutral
    tally.raised += len(raised - case.neutral)
    tally.justified += len(raised & case.faults - case.neutral)
    for row in sorted(case.faults - raised):
        tally.complaints.append(f"{case.name}:{row} missed")
    for finding in checked.findings:
        if finding.line in wrong and finding.counts:
            said = f"{finding.column} {finding.severity} {finding.code} {finding.value!r}"
            tally.complaints.append(f"{case.name}:{finding.line} false {said}")
        if finding.line in case.nomust and finding.severity == "must":
            tally.complaints.append(f"{case.name}:{finding.line} blocked by {finding.code}")
    codes = {f.code for f in checked.findings if f.line == 0}
    for finding_code in case.whole:
        # A list read whole has nothing left to say of sheets that were not read.
        if finding_code == "other_sheets" and len(checked.lines) == case.lines:
            continue
        if not codes & set(finding_code.split("|")):
            tally.complaints.append(f"{case.name}: no {finding_code} among {sorted(codes)}")


def _score_values(case: DeskCase, checked: Checked, tally: Score) -> None:
    stored = {line.number: line.values for line in checked.lines}
    for row, cells in case.values.items():
        for column, right in cells.items():
            seen = stored.get(row, {}).get(column)
            if seen != right:
                tally.complaints.append(f"{case.name}:{row} {column} {seen!r}, not {right!r}")


def main() -> None:
    """Print what is read otherwise than told, then recall and precision."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("only", nargs="*", help="beginnings of file names")
    only = tuple(parser.parse_args().only)
    tally, count = Score(), 0
    for case in desk_cases():
        if only and not case.name.startswith(only):
            continue
        count += 1
        score(case, check_file(case.content, case.name, case.context), tally)
    print(*tally.complaints, sep="\n")
    print(f"{count} files, recall {tally.recall:.4f} ({tally.caught} of {tally.planted}),", end=" ")
    print(f"precision {tally.precision:.4f} ({tally.justified} of {tally.raised})")
    sys.exit(bool(tally.complaints))


if __name__ == "__main__":
    main()
