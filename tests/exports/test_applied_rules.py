"""Rules find in arrays what they find in one response, and the study what counting by hand finds."""

import random
from collections import Counter
from dataclasses import replace
from itertools import takewhile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveyapp.campaigns.pack.rule_kinds import PlainMarks, doubts, emptied, excludes, hits
from surveyapp.exports.cleaning import sensitivity
from surveyapp.exports.cleaning.answer_arrays import item_scores, read_answers
from surveyapp.exports.cleaning.applied_rules import clean
from surveyapp.exports.cleaning.rulesets import read_rules
from surveyapp.instruments.model import DONT_KNOW
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
def test_a_rule_finds_in_many_responses_what_it_finds_in_each_alone(forms, rules, seed, n):
    rules, rows = read_rules(rules), made(forms, seed, n)
    cleaned = list(clean(rows, rules, forms))
    assert len(cleaned) == len(rows)
    for row, after in zip(rows, cleaned, strict=True):
        marks = PlainMarks(row, [item.id for item in forms[row.group_code].items], DONT_KNOW)
        rules_hit = hits(rules, marks)
        assert after.flags == tuple(rule.id for rule in rules_hit)
        assert after.excluded == excludes(rules_hit)
        left = {i: code for i, code in row.answers.items() if i not in emptied(rules_hit, marks)}
        assert after.row == replace(row, answers=left)


def end_of(row, form):
    """The items from the beginning of the first longest run of three equal answers or more."""
    ids = [item.id for item in form.items]
    runs = [
        (n, len(list(takewhile(lambda i: row.answers.get(i) == row.answers.get(first), ids[n:]))))  # noqa: B023
        for n, first in enumerate(ids)
        if first in row.answers
    ]
    start, length = max(runs, key=lambda run: (run[1], -run[0]), default=(0, 0))
    return set(ids[start:]) if length >= 3 else set()


def left_to_count(row, rules, form):
    """The answers that count under each variant, once the rules are applied."""
    marks = PlainMarks(row, [item.id for item in form.items], DONT_KNOW)
    rules_hit = hits(rules, marks)
    doubted = {
        half.item
        for rule in rules_hit
        for pair, is_found in doubts(rule, marks)
        if is_found
        for half in (pair.first, pair.second)
    }
    if any(rule.kind != "contradiction" for rule in rules_hit):
        doubted |= end_of(row, form)
    ruled = set(row.answers) if excludes(rules_hit) else emptied(rules_hit, marks)
    for away in (set(), ruled, doubted, set(row.answers) if rules_hit else set()):
        yield {item: code for item, code in row.answers.items() if item not in away}


def means_by_hand(rows, rules, forms):
    """Mean of each unit under each variant: its scored answers added up, response by response."""
    worth = {item.id: item_scores(item) for form in forms.values() for item in form.items}
    sums = {}
    for row in rows:
        kept = sums.setdefault(row.rated_unit_code, [[] for _ in sensitivity.VARIANTS])
        for scores, answers in zip(
            kept, left_to_count(row, rules, forms[row.group_code]), strict=True
        ):
            scores += [worth[i][code] for i, code in answers.items() if code in worth[i]]
    return {
        unit: tuple(sum(scores) / len(scores) if scores else None for scores in kept)
        for unit, kept in sums.items()
    }


@settings(max_examples=50, deadline=None)
@given(rules=RULES, seed=st.integers(0, 10_000), n=st.integers(1, 40))
def test_the_study_finds_what_counting_by_hand_finds(forms, rules, seed, n):
    rules, rows = read_rules(rules), made(forms, seed, n)
    told = sensitivity.study(
        read_answers(rows, forms),
        rules,
        cells=sorted({(row.rated_unit_code, row.group_code) for row in rows}),
        levels={"M1": "ministry", "P1": "province"},
    )
    cleaned_by_hand = [clean([row], rules, forms) for row in rows]
    assert told.excluded == sum(one.excluded for cleaned in cleaned_by_hand for one in cleaned)
    for effect, applied in [
        *zip(told.alone, ([rule] for rule in rules), strict=True),
        (told.together, rules),
    ]:
        by_hand = means_by_hand(rows, applied, forms)
        touched = Counter(
            (row.rated_unit_code, row.group_code)
            for row in rows
            if hits(
                applied,
                PlainMarks(row, [item.id for item in forms[row.group_code].items], DONT_KNOW),
            )
        )
        assert effect.touched == touched
        assert {unit.unit for unit in effect.units} == set(by_hand)
        for unit in effect.units:
            assert unit.means == pytest.approx(by_hand[unit.unit])
            assert unit.responses == sum(row.rated_unit_code == unit.unit for row in rows)


def test_units_are_ranked_within_their_level_and_equal_means_share_the_better_place(forms):
    answered = {"BNV": "1", "NHNN": "1", "01": "1", "46": "3"}
    rows = [
        ResponseRow(form.code, "1.0", unit, form.code, {item.id: code for item in form.items}, {})
        for unit, code in answered.items()
        for form in [forms["P1" if unit.isdigit() else "M1"]]
    ]
    told = sensitivity.study(
        read_answers(rows, forms),
        (),
        cells=sorted({(row.rated_unit_code, row.group_code) for row in rows}),
        levels={"M1": "ministry", "P1": "province"},
    )
    ranks = {unit.unit: unit.ranks[0] for unit in told.together.units}
    assert ranks == {"BNV": 1, "NHNN": 1, "01": 1, "46": 2}
