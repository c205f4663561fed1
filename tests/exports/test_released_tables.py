"""Whole releases of whatever was answered, read as an attacker would: proved on random campaigns.

Everything of `scoring/` and `public/` that holds a number is written from random responses and rules.
"""

import csv
import random
import re
import tempfile
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from surveyapp.exports.cleaning import applied_rules, report, studies
from surveyapp.exports.cleaning.rulesets import RuleSet, read_rules
from surveyapp.exports.disclosure import public_tables
from surveyapp.exports.disclosure.row_labels import MERGED, row_labels
from surveyapp.exports.formats import report_document
from surveyapp.exports.release import scoring
from surveyapp.exports.release.results import AnswerTally
from surveyapp.responses.queries import ResponseRow
from tests.exports.conftest import written

MINISTRIES, PROVINCES = ("BNV", "NHNN", "TTCP"), ("01", "46")
CELLS = [(unit, group) for group in ("M1", "M2", "M5") for unit in MINISTRIES]
CELLS += [(unit, group) for group in ("P1", "P3") for unit in PROVINCES]
SIZES = st.dictionaries(st.sampled_from(CELLS), st.integers(1, 40), max_size=len(CELLS))
RULES = st.sampled_from(
    [
        (),
        (written("under_floor", "exclude"),),
        (written("longest_run", "flag", at_least=4), written("missing_share", "exclude", at_least=0.5)),
        (written("held", "exclude", cells=[{"unit": "01", "group": "P1", "record": "x"}]),),
    ]
)  # fmt: skip
FEW = settings(max_examples=15, deadline=None, phases=[Phase.explicit, Phase.generate])
"""No shrinking: an example of forty responses is read as it is, and each takes a while to write."""


@pytest.fixture(scope="module")
def frame(released):
    return released.account.frame


def answered(frame, sizes, seed):
    """Responses that lean to one end, so that rare options and unanimous cells are common."""
    chance, rows = random.Random(seed), []
    for (unit, group), n in sizes.items():
        form = frame.instrument(group)
        for _ in range(n):
            answers = {}
            for item in form.items:
                code = chance.choice(["1"] * 6 + ["2", "", *sorted(item.codes)])
                if code:
                    answers[item.id] = code
            quality = {"under_floor": chance.choice(["no", "no", "yes"])}
            rows.append(ResponseRow(form.code, form.version, unit, group, answers, quality))
    chance.shuffle(rows)
    return rows


class Folder:
    """Every table of a release and the public report, as text."""

    def __init__(self, frame, rows, rules):
        rules = read_rules(rules)
        self.sizes = Counter((row.rated_unit_code, row.group_code) for row in rows)
        labels = row_labels(self.sizes, frame.row_minimum)
        tally = AnswerTally()
        study = studies.study_of(frame, rules, self.sizes)
        forms = {code: frame.instrument(code) for code in frame.groups_by_code}
        cleaned = list(applied_rules.clean(rows, rules, forms, seen=study.add))
        self.excluded = Counter(
            (one.row.rated_unit_code, one.row.group_code) for one in cleaned if one.excluded
        )
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            scoring.write_scoring(
                folder / "scoring",
                frame,
                labels,
                tally=tally,
                rows=applied_rules.counted(tally, cleaned),
                remarks=[],
                figures={},
                completeness={},
            )
            public_tables.write_public(folder / "public", public_tables.PublicTables(frame, tally))
            self.tables = {
                path.relative_to(folder).as_posix(): self._read(path)
                for path in folder.rglob("*.csv")
            }
        account = report.CleaningAccount(frame, RuleSet(0, rules), study.result())
        self.report = report_document.as_html(report.public(account))
        self.study = account.study

    @staticmethod
    def _read(path):
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))


def folders(test):
    """Run `test(frame, folder, rows)` on random campaigns."""

    @FEW
    @given(sizes=SIZES, rules=RULES, seed=st.integers(0, 1 << 30))
    def run(frame, sizes, rules, seed):
        rows = answered(frame, sizes, seed)
        test(frame, Folder(frame, rows, rules), rows)

    run.__name__ = test.__name__
    return run


@folders
def test_the_counts_of_scoring_are_complete_and_exact(frame, folder, rows):
    recount = defaultdict(Counter)
    for row in rows:
        for item in frame.instrument(row.group_code).items:
            code = row.answers.get(item.id, "")
            recount[row.rated_unit_code, row.group_code, item.id][code] += 1
    told = {
        (row["rated_unit"], row["group"], row["item"], row["option"]): row
        for row in folder.tables["scoring/counts.csv"]
    }
    for cell, n in folder.sizes.items():
        for item in frame.instrument(cell[1]).items:
            for option in item.options:
                row = told[(*cell, item.id, option.code)]
                assert int(row["n_responses"]) == n - folder.excluded[cell]
                parts = ("n_answered", "n_dont_know", "n_missing")
                assert sum(int(row[part]) for part in parts) == int(row["n_responses"])
                if not folder.excluded[cell]:
                    assert int(row["n_option"]) == recount[(*cell, item.id)][option.code]
    by_group = Counter()
    for cell in {key[:2] for key in told}:
        row = next(row for key, row in told.items() if key[:2] == cell)
        by_group[cell[1]] += int(row["n_responses"])
    for group in by_group:
        of_group = [cell for cell in folder.sizes if cell[1] == group]
        total = sum(folder.sizes[cell] - folder.excluded[cell] for cell in of_group)
        assert by_group[group] == total


@folders
def test_no_row_of_scoring_names_a_small_group_and_none_is_lost(frame, folder, rows):
    table = folder.tables["scoring/responses.csv"]
    shown = Counter((row["rated_unit"], row["group"]) for row in table)
    assert shown.total() == len(rows)
    withheld = shown.pop((MERGED, MERGED), 0)
    assert all(n >= frame.row_minimum for n in shown.values())
    by_group = Counter(group for _, group in folder.sizes.elements())
    told = Counter()
    for (_, group), n in shown.items():
        told[group] += n
    assert told == {group: n for group, n in by_group.items() if n >= frame.row_minimum}
    assert withheld == sum(n for n in by_group.values() if n < frame.row_minimum)
    for row in table:
        if row["group"] == MERGED:
            assert not any(
                value for name, value in row.items() if value != MERGED and name != "row"
            )
    for _unit, group in [cell for cell in shown if cell[0] == MERGED]:
        pooled = [cell for cell in folder.sizes if cell[1] == group and cell not in shown]
        alone = [cell for cell in folder.sizes if cell[1] == group]
        assert len(pooled) >= 2 or len(alone) == 1


@folders
def test_nothing_public_is_small_and_every_total_is_a_sum_of_what_is_told(frame, folder, rows):
    minimum = frame.table_minimum
    counted = Counter({c: n - folder.excluded[c] for c, n in folder.sizes.items()})
    told, totals = {}, Counter()
    for row in folder.tables["public/participation.csv"]:
        cell, n = (row["rated_unit"], row["group"]), int(row["responses"] or 0)
        if "all" not in cell:
            told[cell] = n
            assert n == (counted[cell] if counted[cell] >= minimum else 0)
            for key in (("all", cell[1]), (cell[0], "all"), (row["level"], "all")):
                totals[key] += n
        else:
            key = (row["level"], "all") if cell == ("all", "all") else cell
            assert n == totals[key]
    runs = Counter()
    for row in folder.tables["public/answers.csv"]:
        cell = row["rated_unit"], row["group"]
        if row["rated_unit"] != "all":
            assert row["n_low"] == row["n_high"]
            assert int(row["n_low"]) >= minimum
            assert told[cell] >= frame.row_minimum
            runs[*cell, row["item"]] += int(row["n_low"])
    for (*cell, _item), n in runs.items():
        assert n == told[tuple(cell)]


@folders
def test_the_public_report_tells_no_small_count_and_no_small_rest(frame, folder, rows):
    minimum = frame.table_minimum
    body = folder.report.split("<tbody>")[1].split("</tbody>")[0]
    shown = re.findall(r'<td class="number">([^<]+)</td></tr>', body)
    assert len(shown) == len(folder.study.alone)
    numbers = sorted(int(one.replace(".", "")) for one in shown if one != "–")
    assert all(n % minimum == 0 for n in numbers)
    assert all(minimum <= n <= len(rows) - minimum for n in numbers)
    assert all(high - low == 0 or high - low >= minimum for low, high in pairwise(numbers))
    for told, n in zip(shown, (rule.touched.total() for rule in folder.study.alone), strict=True):
        if n < minimum or len(rows) - n < minimum:
            assert told == "–"
    for unit in frame.units_by_code.values():
        assert unit.name_vi not in folder.report
