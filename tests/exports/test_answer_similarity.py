"""Copied answers are found where they are, and chance, good units and straight lines stay quiet."""

import random
from datetime import date, timedelta

import pytest

from surveyapp.campaigns import queries
from surveyapp.exports.cleaning import answer_similarity, rule_concentration
from surveyapp.exports.cleaning.answer_arrays import read_answers
from surveyapp.fieldwork.counts import unusual_days
from surveyapp.instruments.model import Instrument
from surveyapp.responses.queries import ResponseRow
from tests import factories

UNITS = [f"U{n:02}" for n in range(12)]


@pytest.fixture
def forms(db, now):
    """One group asked twenty questions: the six of the tiny questionnaire, and more like them."""
    campaign = factories.campaign(db, now)
    form = next(f for f in queries.instruments(db, campaign.id).values() if f.code == "M1")
    first = form.sections[0]
    more = tuple(first.items[0].model_copy(update={"id": f"M1-{900 + n}"}) for n in range(20))
    section = first.model_copy(update={"items": more})
    # Made anew: a copy would take along what the first instrument has worked out of its own items.
    fields = {name: getattr(form, name) for name in Instrument.model_fields}
    return {"M1": Instrument.model_validate({**fields, "sections": (section,)})}


def row(form, unit, codes):
    answers = {item.id: code for item, code in zip(form.items, codes, strict=True)}
    return ResponseRow("M1", "1.0", unit, "M1", answers, {})


def survey(forms, seed):
    """Twelve units of forty persons; units differ in how good they are, persons answer by chance."""
    chance = random.Random(seed)
    form = forms["M1"]
    rows = []
    for n, unit in enumerate(UNITS):
        weights = [1 + n / 2, 3, 3, 2, 1 + (11 - n) / 4]
        rows += [row(form, unit, chance.choices("12345", weights, k=20)) for _ in range(40)]
    return rows


def similar(rows, forms):
    return answer_similarity.study(read_answers(rows, forms))


@pytest.mark.parametrize("seed", range(4))
def test_chance_and_good_units_are_not_called_coordinated(forms, seed):
    assert not [f for f in similar(survey(forms, seed), forms) if f.is_marked]


def test_ten_copies_in_one_unit_are_found_and_no_other_unit_is_marked(forms):
    rows = survey(forms, 9)
    for n in range(10):
        rows[3 * 40 + n] = row(forms["M1"], UNITS[3], "24315243512435124351")
    findings = similar(rows, forms)
    marked = [one for one in findings if one.is_marked]
    assert {(one.cell, one.kind) for one in marked} == {
        ((UNITS[3], "M1"), "identical"),
        ((UNITS[3], "M1"), "near"),
        ((UNITS[3], "M1"), "partly"),
    }
    assert all(one.pairs >= 45 and one.expected < 10 for one in marked)


def test_copies_with_one_answer_changed_are_near_identical_only(forms):
    rows = survey(forms, 10)
    copied = "24315243512435124351"
    for n in range(10):
        other = "1" if copied[n] != "1" else "2"
        rows[5 * 40 + n] = row(forms["M1"], UNITS[5], copied[:n] + other + copied[n + 1 :])
    marked = [one for one in similar(rows, forms) if one.is_marked]
    assert {(one.cell, one.kind) for one in marked} == {
        ((UNITS[5], "M1"), "near"),
        ((UNITS[5], "M1"), "partly"),
    }


def test_the_same_copies_spread_over_all_units_mark_none(forms):
    rows = survey(forms, 11)
    for n in range(len(UNITS)):
        rows[n * 40] = row(forms["M1"], UNITS[n], "24315243512435124351")
    assert not [f for f in similar(rows, forms) if f.is_marked]


def test_straight_lines_are_left_to_their_own_rule(forms):
    rows = survey(forms, 12)
    for n in range(15):
        rows[n] = row(forms["M1"], UNITS[0], "1" * 20)
    of_unit = [f for f in similar(rows, forms) if f.cell == (UNITS[0], "M1")]
    pairs = [f for f in of_unit if f.kind in ("identical", "near")]
    assert {(f.responses, f.compared, f.pairs) for f in pairs} == {(40, 25, 0)}
    (lines,) = [f for f in of_unit if f.kind == "one_answer"]
    assert lines.pairs == 15
    assert lines.is_marked


def test_four_fifths_of_a_unit_of_forty_on_one_code_are_found_and_nobody_else(forms):
    """Power of nine in ten and more: every one of twenty rounds, each with straight lines everywhere."""
    hits = wrong = 0
    for seed in range(20):
        chance, rows = random.Random(100 + seed), survey(forms, 100 + seed)
        for n in range(len(rows)):
            if chance.random() < 0.06:
                rows[n] = row(forms["M1"], rows[n].rated_unit_code, chance.choice("12") * 20)
        for n in range(32):
            rows[7 * 40 + n] = row(forms["M1"], UNITS[7], "1" * 20)
        answers = read_answers(rows, forms)["M1"]
        told = list(rule_concentration.concentrations(answers))
        shares = answer_similarity.false_discovery_shares([p for *_, p in told])
        marked = {
            (k, answers.units[u]) for (k, u, *_), q in zip(told, shares, strict=True) if q <= 0.05
        }
        hits += ("one_answer", UNITS[7]) in marked
        wrong += len(marked - {("one_answer", UNITS[7])})
    assert hits >= 18
    assert wrong <= 1


@pytest.mark.parametrize("seed", range(3))
def test_copies_of_which_each_has_a_quarter_of_its_own_are_found(forms, seed):
    """Fifteen of forty copied three quarters of one sheet: no pair agrees in nine of ten."""
    chance, rows = random.Random(seed), survey(forms, 20 + seed)
    for n in range(15):
        own = "".join(
            c if chance.random() > 0.25 else chance.choice("12345") for c in "24315243512435124351"
        )
        rows[4 * 40 + n] = row(forms["M1"], UNITS[4], own)
    marked = {(one.cell[0], one.kind) for one in similar(rows, forms) if one.is_marked}
    assert (UNITS[4], "partly") in marked
    assert {unit for unit, _ in marked} == {UNITS[4]}


def test_false_discoveries_are_controlled_as_benjamini_and_hochberg_write(forms):
    rows = survey(forms, 9)
    for n in range(10):
        rows[3 * 40 + n] = row(forms["M1"], UNITS[3], "24315243512435124351")
    ranked = sorted(similar(rows, forms), key=lambda one: one.p)
    least = 1.0
    for rank, one in reversed(list(enumerate(ranked, 1))):
        least = min(least, one.p * len(ranked) / rank)
        assert one.q == pytest.approx(least)
    assert ranked[0].q > ranked[0].p


def test_nothing_is_found_where_nobody_answered(forms):
    assert similar([], forms) == []


def test_false_discoveries_are_counted_as_benjamini_and_hochberg_say():
    """The example of their article (1995, table of 15 chances): four stand at a share of 5 %."""
    chances = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
        0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0,
    ]  # fmt: skip
    shares = answer_similarity.false_discovery_shares(chances)
    assert sum(share <= 0.05 for share in shares) == 4
    assert shares[:4] == pytest.approx([0.0015, 0.003, 0.0095, 0.035625])
    assert shares == sorted(shares) and shares[-1] == 1.0
    turned = answer_similarity.false_discovery_shares(chances[::-1])
    assert turned == shares[::-1]
    assert answer_similarity.false_discovery_shares([0.5, 0.5]) == [0.5, 0.5]


@pytest.mark.parametrize(("n", "mean", "variance", "chance"), [
    (0, 2.0, 2.0, 1.0),
    (1, 2.0, 2.0, 0.864665),
    (5, 2.0, 2.0, 0.052653),
    (3, 1.0, 2.0, 0.125),  # size 1: geometric, a half each
])  # fmt: skip
def test_the_tail_of_a_count_is_that_of_the_tables(n, mean, variance, chance):
    assert rule_concentration.upper_tail(n, mean, variance) == pytest.approx(chance, abs=1e-6)


def test_a_unit_that_hands_in_nearly_all_on_one_day_stands_out():
    first = date(2024, 1, 8)
    days = [first + timedelta(days=n) for n in range(20)]
    submitted = {(unit, day): 5 for unit in range(20) for day in days}
    submitted |= {(7, day): 1 for day in days}
    submitted[7, days[12]] = 80
    unusual = unusual_days.find(submitted)
    assert [(one.unit_id, one.day, one.submitted) for one in unusual] == [(7, days[12], 80)]
    assert unusual_days.find({(unit, day): 5 for unit in range(20) for day in days}) == []
    assert unusual_days.find({}) == []
