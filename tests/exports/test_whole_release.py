"""Campaigns of small cells, each released whole and read back from its files as an attacker would.

`test_released_tables` writes the tables alone, on many campaigns; here everything between the stored
responses and the files on disk takes part, in every format, and all public tables are attacked at once.
"""

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import pyarrow.parquet as parquet
import pyreadstat
import pytest
from sqlalchemy.orm import Session

from surveyapp.accounts.act import Act
from surveyapp.db import make_engine
from surveyapp.exports.cleaning.rulesets import read_rules
from surveyapp.exports.disclosure.option_merging import OptionRow
from surveyapp.exports.disclosure.row_labels import MERGED
from surveyapp.exports.formats import codebook_page, report_document
from surveyapp.exports.release import building
from surveyapp.exports.release.results import Frame
from surveyapp.exports.verify import verify
from surveyapp.keys import KeyRing
from surveyapp.responses import queries as responses
from tests.exports.attack import PublishedFigures, questions
from tests.exports.conftest import written
from tests.exports.opened import opened_campaign

SLOW = written("under_floor", "exclude")
HELD = written("held", "exclude", cells=[{"unit": "01", "group": "P1", "record": "x"}])
CAMPAIGNS: dict[str, tuple[dict[tuple[str, str], int], list[dict[str, Any]]]] = {
    "one small unit among large ones": (
        {("BNV", "M1"): 40, ("NHNN", "M1"): 30, ("TTCP", "M1"): 3, ("01", "P1"): 25, ("46", "P1"): 30},
        [],
    ),
    "every cell under a threshold": (
        {("BNV", "M1"): 4, ("NHNN", "M1"): 4, ("TTCP", "M1"): 4, ("BNV", "M2"): 2, ("01", "P1"): 1},
        [],
    ),
    "at and just under the thresholds": (
        {("BNV", "M1"): 10, ("NHNN", "M1"): 9, ("TTCP", "M1"): 11, ("BNV", "M5"): 5, ("NHNN", "M5"): 5,
         ("01", "P3"): 10, ("46", "P3"): 9},
        [],
    ),
    "excluded down to a small rest": ({("01", "P1"): 12, ("46", "P1"): 12, ("BNV", "M1"): 11}, [SLOW]),
    "a cell excluded whole": ({("01", "P1"): 20, ("46", "P1"): 20, ("46", "P3"): 7}, [HELD]),
    "nobody answered": ({}, []),
}  # fmt: skip


class Built(NamedTuple):
    """A release on disk and, for comparison only, the responses it was made of."""

    folder: Path
    rows: list[responses.ResponseRow]
    frame: Frame

    def table(self, name: str) -> list[dict[str, str]]:
        with (self.folder / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))


@pytest.fixture(scope="module", params=CAMPAIGNS)
def built(request, _sqlite_template, tmp_path_factory):
    sizes, rules = CAMPAIGNS[request.param]
    scratch = tmp_path_factory.mktemp("whole")
    (scratch / "survey.sqlite3").write_bytes(_sqlite_template.read_bytes())
    engine = make_engine(f"sqlite:///{scratch}/survey.sqlite3")
    now = datetime(2024, 1, 15, 3, 0, tzinfo=UTC)
    act = Act("centre", now, KeyRing({1: sha256(b"a centre").digest()}))
    with pytest.MonkeyPatch.context() as patch, Session(engine, expire_on_commit=False) as db:
        for module in (
            report_document,
            codebook_page,
        ):  # paper takes a second, and tells what the pages tell
            patch.setattr(module, "write_pdf", lambda _template, facts: repr(facts).encode())
        campaign = opened_campaign(db, now, sizes, seed=len(sizes))
        rows = list(responses.responses(db, campaign.id))
        frame = building.read_frame(db, campaign)
        folder = building.build(db, campaign, out=scratch, rules=read_rules(rules), act=act)
        db.expunge_all()
    engine.dispose()
    return Built(folder, rows, frame)


def test_a_release_of_small_cells_is_whole(built):
    assert verify(built.folder) == []


def test_every_answer_is_in_the_complete_counts_but_those_of_tiny_cells(built):
    excluded = Counter()
    for row in built.table("scoring/cleaning.csv"):
        excluded[row["rated_unit"], row["group"]] += int(row["touched"])
    recount, sizes = Counter(), Counter()
    for row in built.rows:
        cell = row.rated_unit_code, row.group_code
        sizes[cell] += 1
        for item, code in row.answers.items():
            recount[*cell, item, code] += 1
    told = {}
    for row in built.table("scoring/counts.csv"):
        cell = row["rated_unit"], row["group"]
        told.setdefault(cell, int(row["n_responses"]))
        assert int(row["n_responses"]) == sizes[cell] - excluded[cell]
        if not excluded[cell]:
            assert int(row["n_option"]) == recount[*cell, row["item"], row["option"]]
            assert int(row["n_dont_know"]) == recount[*cell, row["item"], "98"]
    tiny = {cell for cell, n in sizes.items() if n < built.frame.campaign.count_minimum}
    assert set(told) == (built.frame.planned | set(sizes)) - tiny  # of these n alone leaves
    untold = sum(sizes[cell] - excluded[cell] for cell in tiny)
    assert sum(told.values()) == len(built.rows) - excluded.total() - untold
    rated = {(row["rated_unit"], row["group"]) for row in built.table("scoring/rates.csv")}
    assert rated >= built.frame.planned


def workbook_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The responses of every sheet that has some: one for each group, one for those without label."""
    book = openpyxl.load_workbook(path, read_only=True)
    for name in book.sheetnames:
        lines = book[name].iter_rows(values_only=True)
        head = next(lines)
        if "row" in head:
            yield from (dict(zip(head, line, strict=False)) for line in lines)
    book.close()


def labels_of(folder: Path, name: str) -> Counter[tuple[str, str]]:
    """How many rows of a table of responses carry each rated unit and group."""
    if name.endswith(".parquet"):
        rows = parquet.read_table(folder / name).to_pylist()
    elif name.endswith(".sav"):
        rows = pyreadstat.read_sav(folder / name)[0].to_dict("records")
    else:
        rows = list(workbook_rows(folder / name))
    return Counter((row["rated_unit"], row["group"]) for row in rows)


def test_no_row_in_any_format_names_a_small_group_and_none_is_lost(built):
    shown = Counter((r["rated_unit"], r["group"]) for r in built.table("scoring/responses.csv"))
    for other in ("responses.parquet", "responses.sav", "results.xlsx"):
        assert labels_of(built.folder / "scoring", other) == shown, other
    assert shown.total() == len(built.rows)
    by_group = Counter(row.group_code for row in built.rows)
    withheld = shown.pop((MERGED, MERGED), 0)
    assert withheld == sum(n for n in by_group.values() if n < built.frame.row_minimum)
    assert all(n >= built.frame.row_minimum for n in shown.values())
    for group, n in by_group.items():
        told = sum(m for (_, of), m in shown.items() if of == group)
        assert told == (n if n >= built.frame.row_minimum else 0)


def test_what_is_published_is_what_is_attacked_here(built):
    files = {path.name for path in (built.folder / "public").iterdir()}
    tables = {"participation.csv", "answers.csv", "means.csv", "criteria.csv", "sdmx.csv"}
    tables |= {"means.json", "means_en.json", "results.xlsx"}  # the same figures again
    reports = {"cleaning", "quality", "quality_en"}  # of published figures: test_quality_report
    assert files == tables | {f"{name}.{kind}" for name in reports for kind in ("html", "pdf")}


def options_of(built: Built, group: str, item: str) -> OptionRow:
    return OptionRow.of(built.frame.instrument(group).item(item))


def test_nothing_public_is_small_nor_follows_from_all_public_tables_together(built):
    """Least and most of every count by an integer program that knows all that is published."""
    public, minimum = built.folder / "public", built.frame.table_minimum
    for group, item in questions(public):
        attack = PublishedFigures([public], group, item, options_of(built, group, item))
        assert attack.found_small(minimum) == {}, (group, item)


@pytest.mark.parametrize("built", ["one small unit among large ones"], indirect=True)
def test_the_attack_finds_a_count_where_the_mean_is_told_to_the_point(built):
    """With the true mean instead of its band, and the counts that were merged, small ones come out."""
    public = built.folder / "public"
    attack = PublishedFigures([public], "M1", "M1-101", options_of(built, "M1", "M1-101"))
    chosen = Counter(
        row.answers.get("M1-101", "missing")
        for row in built.rows
        if (row.rated_unit_code, row.group_code) == ("NHNN", "M1")
    )
    merged = next(
        run.split()
        for row in built.table("public/answers.csv")
        if (row["rated_unit"], row["item"]) == ("NHNN", "M1-101")
        for run in [row["options"]]
        if " " in run
    )
    for code in merged[1:]:
        attack.tell({("NHNN", code): 1}, chosen[code], chosen[code])
    assert attack.bounds(("NHNN", merged[0])) == (chosen[merged[0]],) * 2


@pytest.mark.parametrize("built", ["one small unit among large ones"], indirect=True)
def test_no_total_has_the_responses_of_a_unit_that_is_not_told(built):
    shown = {
        (r["rated_unit"], r["group"]): r["responses"]
        for r in built.table("public/participation.csv")
    }
    assert shown["TTCP", "M1"] == ""
    assert (shown["all", "M1"], shown["TTCP", "all"]) == ("70", "")
