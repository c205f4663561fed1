"""Cleaning rules mark, empty or leave out; the stored responses stay as they were answered."""

import csv
import json

import pytest
from sqlalchemy import select

from surveyapp.accounts.act import Act
from surveyapp.campaigns import queries
from surveyapp.campaigns.errors import PackRefused
from surveyapp.campaigns.pack.cleaning_rules import read_cleaning
from surveyapp.exports.cleaning.answer_arrays import read_answers
from surveyapp.exports.cleaning.applied_rules import apply_rules
from surveyapp.exports.cleaning.rulesets import read_rules
from surveyapp.exports.release import building
from surveyapp.exports.verify import verify
from surveyapp.responses.models import Response
from surveyapp.responses.queries import ResponseRow
from tests import factories
from tests.exports.opened import SIZES, opened_campaign

REASON = {"vi": "Lý do", "en": "Reason"}


def rule(kind, effect="flag", **parameters):
    written = {"id": kind.replace("_", "-"), "version": "1", "kind": kind, "effect": effect}
    return read_rules([{**written, "reason": REASON, **parameters}])[0]


CONTRADICTION = {
    "first": {"item": "M1-101", "codes": ["1"]},
    "second": {"item": "M1-102", "codes": ["5"]},
}


@pytest.fixture
def form(db, now):
    campaign = factories.campaign(db, now)
    return next(f for f in queries.instruments(db, campaign.id).values() if f.code == "M1")


def row(form, codes, *, under_floor="no"):
    answers = {item.id: code for item, code in zip(form.items, codes, strict=True) if code}
    quality = {"under_floor": under_floor}
    return ResponseRow("M1", "1.0", "BNV", "M1", answers, quality)


def touches(rule, row, form):
    (hits,) = apply_rules([rule], read_answers([row], {"M1": form})["M1"])
    return hits.rows.tolist() == [True]


@pytest.mark.parametrize(
    ("looked_for", "touched", "untouched"),
    [
        (rule("missing_share", at_least=0.5), ["1", "2", "3", "", "", ""], ["1", "2", "3", "4", "", ""]),
        (rule("dont_know_share", at_least=1), ["98"] * 6, ["98"] * 5 + ["1"]),
        (rule("identical_share", at_least=1), ["2", "2", "2", "2", "2", ""], ["2"] * 5 + ["3"]),
        (rule("longest_run", at_least=5), ["3", "1", "1", "1", "1", "1"], ["1", "1", "1", "1", "", "1"]),
        (rule("low_variation", below=0.5), ["2", "2", "2", "2", "2", "3"], ["1", "2", "3", "4", "5", "1"]),
        (rule("contradiction", pairs=[CONTRADICTION]), ["1", "5", "", "", "", ""], ["1", "4", "", "", "", ""]),
    ],
    ids=lambda value: getattr(value, "id", ""),
)  # fmt: skip
def test_a_rule_finds_what_it_looks_for_and_nothing_else(form, looked_for, touched, untouched):
    assert touches(looked_for, row(form, touched), form)
    assert not touches(looked_for, row(form, untouched), form)


def test_the_rule_on_speed_reads_the_mark_of_the_ballot(form):
    codes = ["1"] * 6
    fast = rule("under_floor")
    assert touches(fast, row(form, codes, under_floor="yes"), form)
    for other in ("no", "unknown"):
        assert not touches(fast, row(form, codes, under_floor=other), form)


def test_a_rule_frozen_when_ballots_told_bands_looks_for_the_fastest(form):
    old = rule("duration", bands=["below_floor"])
    assert old.kind == "under_floor"
    assert touches(old, row(form, ["1"] * 6, under_floor="yes"), form)


def test_a_rule_for_other_groups_leaves_a_response_alone(form):
    empty = [""] * 6
    assert not touches(rule("missing_share", at_least=0.5, groups=["M2"]), row(form, empty), form)


def table(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def released(db, campaign, out, now, keys, rules):
    return building.build(db, campaign, out=out, act=Act("centre", now, keys), rules=rules)


def test_an_excluded_response_stays_in_the_rows_and_leaves_the_counts(db, now, keys, tmp_path):
    campaign = opened_campaign(db, now)
    before = db.scalars(select(Response.answers)).all()
    fast = rule("under_floor", "exclude")
    folder = released(db, campaign, tmp_path, now, keys, [fast])
    rows = table(folder / "scoring" / "responses.csv")
    assert len(rows) == sum(SIZES.values())
    counted = [
        r for r in rows if (r["rated_unit"], r["group"]) == ("01", "P1") and r["excluded"] != "1"
    ]
    assert 0 < len(counted) < SIZES["01", "P1"]
    counts = {
        int(r["n_responses"])
        for r in table(folder / "scoring" / "counts.csv")
        if (r["rated_unit"], r["group"]) == ("01", "P1")
    }
    assert counts == {len(counted)}
    assert {r["flags"] for r in rows if r["under_floor"] == "yes"} == {"under-floor"}
    assert verify(folder) == []
    assert db.scalars(select(Response.answers)).all() == before


def test_a_contradiction_empties_its_items_in_the_release_only(db, now, keys, tmp_path):
    campaign = opened_campaign(db, now, {("BNV", "M1"): 200})
    folder = released(
        db,
        campaign,
        tmp_path,
        now,
        keys,
        [rule("contradiction", "set_missing", pairs=[CONTRADICTION])],
    )
    rows = table(folder / "scoring" / "responses.csv")
    flagged = [r for r in rows if r["flags"] == "contradiction"]
    assert flagged
    assert {(r["M1_101"], r["M1_102"]) for r in flagged} == {("", "")}
    assert not [r for r in rows if (r["M1_101"], r["M1_102"]) == ("1", "5")]
    stored = db.scalars(select(Response.answers)).all()
    assert len(flagged) == sum((a.get("M1-101"), a.get("M1-102")) == ("1", "5") for a in stored)
    assert verify(folder) == []


def test_a_cell_held_for_review_is_left_out_and_named_with_its_record(db, now, keys, tmp_path):
    campaign = opened_campaign(db, now)
    cells = [{"unit": "01", "group": "P3", "record": "Biên bản 12"}]
    folder = released(db, campaign, tmp_path, now, keys, [rule("held", "exclude", cells=cells)])
    told = json.loads((folder / "manifest.json").read_text())
    assert told["counts"]["excluded"] == SIZES["01", "P3"]
    assert told["cleaning"][0]["touched"] == SIZES["01", "P3"]
    assert told["cleaning"][0]["cells"] == cells
    touched = {
        (r["rated_unit"], r["group"]): int(r["touched"])
        for r in table(folder / "scoring" / "cleaning.csv")
    }
    assert {cell for cell, n in touched.items() if n} == {("01", "P3")}
    assert verify(folder) == []


def test_rules_in_a_file_are_checked_with_their_lines(tmp_path):
    file = tmp_path / "rules.yaml"
    file.write_text(
        "cleaning:\n  - id: fast\n    version: \"1\"\n    kind: low_variation\n    effect: flag\n"
        "    reason: {vi: Nhanh, en: Fast}\n    below: 0.5\n"
    )  # fmt: skip
    assert read_cleaning(file)[0].below == 0.5
    file.write_text(file.read_text().replace("below: 0.5", "at_least: 3"))
    with pytest.raises(PackRefused):
        read_cleaning(file)
