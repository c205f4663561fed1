"""The quick study over arrays finds what the study row by row finds, whatever was answered."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveyapp.exports.cleaning import array_study, sensitivity
from surveyapp.exports.cleaning.answer_arrays import read_answers
from surveyapp.exports.cleaning.flags import touched
from surveyapp.exports.cleaning.row_rules import hits, read_rules
from surveyapp.responses.queries import ResponseRow
from tests.exports.conftest import written
from tests.exports.opened import UNDER_FLOOR

CODES = ["", "1", "2", "3", "4", "5", "98"]
EFFECTS = st.sampled_from(["flag", "exclude"])
SHARES = st.sampled_from([0.2, 1 / 3, 0.5, 2 / 3, 1.0])


def pair(first, second):
    return {
        "first": {"item": first, "codes": ["1", "2"]},
        "second": {"item": second, "codes": ["5", "1"]},
    }


RULES = st.lists(
    st.one_of(
        st.builds(lambda e, x: written("missing_share", e, at_least=x), EFFECTS, SHARES),
        st.builds(lambda e, x: written("dont_know_share", e, at_least=x), EFFECTS, SHARES),
        st.builds(lambda e, x: written("identical_share", e, at_least=x), EFFECTS, SHARES),
        st.builds(lambda e, n: written("longest_run", e, at_least=n), EFFECTS, st.integers(1, 6)),
        st.builds(lambda e, x: written("low_variation", e, below=x), EFFECTS, st.sampled_from([0.01, 0.5, 1.0])),
        st.builds(lambda e: written("under_floor", e, groups=["M1"]), EFFECTS),
        st.builds(lambda e: written("test", e, units=["46", "NHNN"]), EFFECTS),
        st.builds(lambda e: written("held", e, cells=[{"unit": "01", "group": "P1", "record": "x"}]), EFFECTS),
        st.builds(
            lambda e: written("contradiction", e, pairs=[pair("M1-101", "M1-102"), pair("P1-101", "P1-102")]),
            st.sampled_from(["flag", "set_missing", "exclude"]),
        ),
    ),
    max_size=6,
    unique_by=lambda rule: rule["id"],
)  # fmt: skip


@pytest.fixture(scope="module")
def forms(released):
    frame = released.account.frame
    return {group: frame.instrument(group) for group in ("M1", "P1")}


def made(forms, seed, n):
    """Responses of two groups: some careful, some flat, some with gaps."""
    chance, rows = random.Random(seed), []
    for _ in range(n):
        group = chance.choice(["M1", "P1"])
        unit = chance.choice(["BNV", "NHNN"] if group == "M1" else ["01", "46"])
        codes = chance.choice([CODES, CODES[1:], chance.sample(CODES, 2)])
        given_ = [
            code if (code := chance.choice(codes)) in (*item.codes, "") else ""
            for item in forms[group].items
        ]
        answers = {i.id: c for i, c in zip(forms[group].items, given_, strict=True) if c}
        quality = {"under_floor": chance.choice(UNDER_FLOOR)}
        rows.append(ResponseRow(group, "1.0", unit, group, answers, quality))
    return rows


@settings(max_examples=50, deadline=None)
@given(rules=RULES, seed=st.integers(0, 10_000), n=st.integers(1, 40))
def test_both_studies_agree(forms, rules, seed, n):
    rules, rows = read_rules(rules), made(forms, seed, n)
    about = {
        "cells": sorted({(row.rated_unit_code, row.group_code) for row in rows}),
        "levels": {"M1": "ministry", "P1": "province"},
    }
    groups = read_answers(rows, forms)
    for group, answers in groups.items():
        of_group = [row for row in rows if row.group_code == group]
        for rule in rules:
            found = [bool(hits(row, [rule], forms[group])) for row in of_group]
            assert touched(rule, answers).tolist() == found, rule
    slow = sensitivity.study(rows, rules, forms, **about)
    quick = array_study.study(groups, rules, **about)
    assert (quick.responses, quick.excluded) == (slow.responses, slow.excluded)
    for ours, theirs in zip(
        (*quick.alone, quick.together), (*slow.alone, slow.together), strict=True
    ):
        assert (ours.rule_id, ours.touched) == (theirs.rule_id, theirs.touched)
        for one, other in zip(ours.units, theirs.units, strict=True):
            assert (one.unit, one.responses, one.touched) == (
                other.unit,
                other.responses,
                other.touched,
            )
            assert one.means == pytest.approx(other.means)
            assert one.ranks == other.ranks
