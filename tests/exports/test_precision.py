"""Weights, finite and wide intervals and design effects are those of the formulas, and of R's survey package."""

import csv
import random
from math import sqrt
from pathlib import Path

import pytest

from surveyapp.exports.disclosure.item_figures import ItemFigures, averaged
from surveyapp.exports.disclosure.public_tables import PublicTables
from surveyapp.exports.quality.precision import (
    ICC,
    CellScores,
    CellWeight,
    cell_weights,
    estimate,
)
from surveyapp.exports.release.results import AnswerTally
from surveyapp.responses.queries import ResponseRow

HERE = Path(__file__).parent / "survey_package"


def read(name):
    with (HERE / name).open(newline="") as file:
        return list(csv.DictReader(file))


def strata():
    """Those of `answers.csv`, each with the people of one supplying unit: no design effect."""
    scores, forms = {}, {}
    for row in read("answers.csv"):
        scores.setdefault(row["cell"], []).append(float(row["score"]))
        forms[row["cell"]] = int(row["forms"])
    return {
        cell: CellScores(
            CellWeight(forms[cell], len(of), (forms[cell],)),
            len(of),
            sum(of),
            sum(s * s for s in of),
        )
        for cell, of in scores.items()
    }


@pytest.mark.parametrize("row", read("means.csv"), ids=lambda row: row["cell"])
def test_means_and_errors_are_those_of_the_survey_package_of_r(row):
    cells = strata()
    told = estimate(cells.values() if row["cell"] == "all" else [cells[row["cell"]]])
    for name in ("mean", "error_finite", "error_wide"):
        assert getattr(told, name) == pytest.approx(float(row[name]), rel=1e-9, abs=1e-9)


def test_who_all_answered_have_no_finite_error_but_a_wide_one():
    told = estimate([strata()["48"]])
    assert told.error_finite == 0
    assert told.error_wide > 0


def test_people_named_by_few_units_count_for_less():
    """Kish: 20 forms each of five units, all answered: b = 20; half answered: b = 10."""
    assert CellWeight(100, 100, [20] * 5).deff == pytest.approx(1 + 19 * ICC)
    assert CellWeight(100, 50, [20] * 5).deff == pytest.approx(1 + 9 * ICC)
    uneven = CellWeight(100, 100, [80, 5, 5, 5, 5])
    assert uneven.cluster_size == pytest.approx((6400 + 100) / 100)
    assert CellWeight(100, 3, [1] * 100).deff == 1


def test_what_cannot_be_estimated_is_left_empty():
    assert CellWeight(30, 20, [30]).deff is None
    assert CellWeight(0, 20, ()).deff is None
    assert CellWeight(30, 0, [30]).weight is None
    alone = CellScores(CellWeight(3, 1, [3]), 1, 75.0, 5625.0)
    told = estimate([alone])
    assert (told.mean, told.error_finite, told.error_wide) == (75.0, None, None)
    assert estimate([CellScores(CellWeight(3, 1, [3]), 0, 0.0, 0.0)]) is None


def test_weights_make_up_for_units_that_answer_less():
    full = CellScores(CellWeight(50, 50, [50]), 50, 50 * 100.0, 50 * 10000.0)
    half = CellScores(CellWeight(50, 10, [50]), 10, 0.0, 0.0)
    assert estimate([full, half]).mean == 50


def test_forms_of_all_supplying_units_make_a_cell():
    forms = {
        ("BNV", "M2", "01"): 3,
        ("BNV", "M2", "46"): 5,
        ("BNV", "M2", "79"): 0,
        ("TTCP", "M2", "01"): 2,
    }
    told = cell_weights({("BNV", "M2"): 4}, forms)
    assert told == {("BNV", "M2"): CellWeight(8, 4, (3, 5))}


def test_the_tables_of_a_release_follow_from_its_counts(released):
    with (released.folder / "scoring" / "means.csv").open(newline="") as file:
        means = list(csv.DictReader(file))
    with (released.folder / "scoring" / "weights.csv").open(newline="") as file:
        weights = {(row["rated_unit"], row["group"]): row for row in csv.DictReader(file)}
    assert {row["rated_unit"] for row in means} >= {"BNV", "01", "all"}
    for row in means:
        if row["rated_unit"] != "all":
            assert int(row["n_answered"]) <= int(
                weights[row["rated_unit"], row["group"]]["responses"]
            )
        assert row["wide_low"] <= row["wide_high"] or float(row["wide_low"]) <= float(
            row["wide_high"]
        )


def public_row(frame, deffs):
    chance, tally, form = random.Random(3), AnswerTally(), frame.instrument("M1")
    for _ in range(40):
        answers = {item.id: chance.choice(["1", "2", "3", "4"]) for item in form.items}
        tally.add(ResponseRow(form.code, form.version, "BNV", "M1", answers, {}))
    tables = PublicTables(frame, tally, deffs=deffs)
    return next(figures for key, figures in tables.figures.items() if key[2] == "M1_101")


def test_the_public_interval_widens_by_the_design_effect_and_nothing_else_moves(released):
    frame = released.account.frame
    plain, wide = public_row(frame, {}), public_row(frame, {("BNV", "M1"): 4.0})
    assert wide.error == pytest.approx(2 * plain.error)
    assert (wide.mean, wide.counts, wide.top_two) == (plain.mean, plain.counts, plain.top_two)
    assert wide.interval[0] < plain.interval[0] <= plain.mean[0]


def test_a_criterion_has_an_interval_of_its_items_and_groups():
    def of(mean, error):
        return ItemFigures(20, {}, (mean, mean), (0, 0), None, error)

    low, high, least, most = averaged([[of(60, 2), of(40, 4)], [of(70, 4)]])
    assert (low, high) == (60, 60)
    assert (most - least) / 2 == pytest.approx(1.959964 * sqrt(3**2 + 4**2) / 2)


def test_every_mean_released_has_an_interval(released):
    for path, low, high in (
        ("public/means.csv", "interval_low", "interval_high"),
        ("public/criteria.csv", "interval_low", "interval_high"),
    ):
        with (released.folder / path).open(newline="") as file:
            for row in csv.DictReader(file):
                assert float(row[low]) <= float(row["mean"]) <= float(row[high])
