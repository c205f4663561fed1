"""What rules would do is told before they are accepted, and what is accepted is frozen with its author."""

import json

import pytest
from sqlalchemy import select

from surveyapp.accounts.act import Act
from surveyapp.accounts.models import AuditEntry
from surveyapp.campaigns import queries
from surveyapp.exports.cleaning import rulesets, sensitivity
from surveyapp.exports.cleaning.answer_arrays import read_answers
from surveyapp.exports.cleaning.rulesets import read_rules
from surveyapp.exports.errors import NothingChanged, RuleReasonMissing, RuleRefused, UnknownCell
from surveyapp.exports.release import building, results
from surveyapp.responses import queries as responses
from surveyapp.responses.models import Response
from surveyapp.responses.queries import ResponseRow
from tests import factories
from tests.exports.opened import SIZES, opened_campaign

REASON = {"vi": "Lý do", "en": "Reason"}
FLAT = {"id": "flat", "version": "1", "kind": "identical_share", "effect": "flag",
        "reason": REASON, "at_least": 1}  # fmt: skip


@pytest.fixture
def form(db, now):
    campaign = factories.campaign(db, now)
    return next(f for f in queries.instruments(db, campaign.id).values() if f.code == "M1")


def row(form, unit, codes):
    answers = {item.id: code for item, code in zip(form.items, codes, strict=True) if code != "-"}
    return ResponseRow("M1", "1.0", unit, "M1", answers, {})


def told(form, rows, *rules):
    cells = sorted({(one.rated_unit_code, one.group_code) for one in rows})
    groups = read_answers(rows, {"M1": form})
    return sensitivity.study(groups, read_rules(rules), cells=cells, levels={"M1": "ministry"})


def test_leaving_out_touched_responses_moves_mean_and_rank(form):
    rows = [row(form, "A", "111111"), row(form, "A", "343434"), row(form, "B", "232323")]
    study = told(form, rows, FLAT)
    (flat,) = study.alone
    a, b = flat.units
    assert flat.touched == {("A", "M1"): 1}
    assert a.means[0] > b.means[0] > a.means[3]
    assert (a.ranks[0], a.ranks[3], a.rank_shift("person_out")) == (1, 2, 1)
    assert a.means[0] == a.means[1]  # a flag takes nothing away
    assert flat.moved("person_out") == 2
    assert flat.moved("as_ruled") == 0


def test_the_doubtful_end_begins_with_the_longest_run(form):
    written = ["132222", "122231", "121212", "22-2-2"]
    answers = read_answers([row(form, "A", codes) for codes in written], {"M1": form})["M1"]
    ends = sensitivity.tails(answers.codes, sensitivity.SHORTEST_TAIL)
    begins = [next((n for n, is_end in enumerate(end) if is_end), None) for end in ends.tolist()]
    assert begins == [2, 1, None, None]
    assert ends[:2].sum(axis=1).tolist() == [4, 5]


def test_a_unit_left_without_answers_has_no_mean_and_no_rank(form):
    study = told(
        form, [row(form, "A", "111111"), row(form, "B", "121212")], {**FLAT, "effect": "exclude"}
    )
    lost = next(unit for unit in study.together.units if unit.unit == "A")
    assert lost.means[1:] == (None, None, None)
    assert lost.ranks[1:] == (None, None, None)
    assert study.together.lost("as_ruled") == 1


def test_what_is_told_before_is_what_the_release_counts(db, now, keys, tmp_path):
    campaign = opened_campaign(db, now)
    rule = {"id": "fast", "version": "1", "kind": "under_floor", "effect": "exclude",
            "reason": REASON}  # fmt: skip
    made = rulesets.freeze(
        db, campaign, read_rules([rule]), reason="Nhanh", act=Act("centre", now, keys)
    )
    folder = building.build(db, campaign, out=tmp_path, act=Act("centre", now, keys))
    frame = results.read_frame(db, campaign)
    forms = {code: frame.instrument(code) for code in frame.groups_by_code}
    study = sensitivity.study(
        read_answers(responses.responses(db, campaign.id), forms),
        made.rules,
        cells=list(SIZES),
        levels={code: group.level for code, group in frame.groups_by_code.items()},
    )

    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["counts"]["excluded"] == study.together.touched.total() > 0


def test_test_units_are_found_by_the_unit_that_the_ballot_names(form):
    rule = {"id": "trial", "version": "1", "kind": "test", "effect": "exclude",
            "reason": REASON, "units": ["T"]}  # fmt: skip
    study = told(form, [row(form, "T", "123451"), row(form, "A", "123451")], rule)
    assert study.together.touched == {("T", "M1"): 1}


def frozen(db, campaign, rules, now, keys, **given):
    return rulesets.freeze(
        db,
        campaign,
        rules,
        **{"reason": "Họp ngày 3", "act": Act("lan", now, keys), **given},
    )


def test_a_changed_threshold_is_a_new_version_with_date_person_and_reason(db, now, keys):
    campaign = factories.campaign(db, now)
    changed = rulesets.propose(read_rules([FLAT]), {"flat": {"at_least": 0.9}})
    assert (changed[0].version, changed[0].at_least) == ("2", 0.9)
    frozen(db, campaign, read_rules([FLAT]), now, keys)
    frozen(db, campaign, changed, now, keys)
    second, first, pack = rulesets.versions(db, campaign)
    assert (second.number, first.number, pack.number) == (2, 1, 0)
    assert (second.frozen_at, second.frozen_by, second.reason) == (now, "lan", "Họp ngày 3")
    assert [one.rules[0].at_least for one in (second, first)] == [0.9, 1]
    entries = db.scalars(select(AuditEntry).where(AuditEntry.action == "cleaning_rules.frozen"))
    assert [entry.facts["number"] for entry in entries] == [1, 2]


def test_rules_are_not_frozen_without_reason_change_or_sense(db, now, keys):
    campaign = factories.campaign(db, now)
    with pytest.raises(RuleReasonMissing):
        frozen(db, campaign, read_rules([FLAT]), now, keys, reason=" ")
    frozen(db, campaign, read_rules([FLAT]), now, keys)
    with pytest.raises(NothingChanged):
        frozen(db, campaign, read_rules([FLAT]), now, keys)
    with pytest.raises(RuleRefused):
        rulesets.propose(read_rules([FLAT]), {"flat": {"at_least": -1}})


def test_holding_a_cell_is_recorded_flags_it_and_can_be_lifted(db, now, keys):
    campaign = opened_campaign(db, now)
    act = Act("lan", now, keys)
    before = db.scalars(select(Response.answers)).all()
    held = rulesets.hold(db, campaign, ("01", "P3"), reason="Biên bản 12", act=act)
    assert rulesets.held_cells(held.rules) == {("01", "P3"): "Biên bản 12"}
    assert [r.effect for r in held.rules if r.id == rulesets.HELD] == ["flag"]
    with pytest.raises(NothingChanged):
        rulesets.hold(db, campaign, ("01", "P3"), reason="Nữa", act=act)
    with pytest.raises(UnknownCell):
        rulesets.hold(db, campaign, ("XX", "P3"), reason="Nữa", act=act)
    lifted = rulesets.lift(db, campaign, ("01", "P3"), reason="Đã xem xét", act=act)
    assert rulesets.held_cells(lifted.rules) == {}
    assert lifted.number == 2
    assert db.scalars(select(Response.answers)).all() == before
