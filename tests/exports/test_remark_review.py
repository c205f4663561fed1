"""A remark leaves when two persons have agreed what of it may; everything else stays."""

import csv

import pytest
from sqlalchemy import select

from surveyapp.accounts.act import Act
from surveyapp.accounts.models import AuditEntry
from surveyapp.exports.disclosure import remark_review
from surveyapp.exports.disclosure.remark_review import (
    RemarkDecision,
    ReviewStep,
    Stage,
    is_redaction,
)
from surveyapp.exports.errors import RemarksAltered
from surveyapp.exports.release import building
from surveyapp.responses.models import Remark
from tests.exports.opened import opened_campaign

WRITTEN = "ông Nguyễn Văn An 0912345678 giải quyết chậm"
PROPOSED = "ông […] […] giải quyết chậm"


@pytest.fixture
def campaign(db, now):
    written = (("ministry", WRITTEN), ("province", "Nên giảm họp."))
    return opened_campaign(db, now, remarks=written, reviewed=False)


@pytest.fixture
def an(now, keys):
    return Act("an", now, keys)


@pytest.fixture
def binh(now, keys):
    return Act("binh", now, keys)


def written(db, text=WRITTEN):
    return db.scalars(select(Remark.id).where(Remark.text == text)).one().hex()


def decide(db, campaign, act, text, **more):
    decisions = [RemarkDecision(written(db), text)]
    return remark_review.decide(db, campaign, decisions, act=act, **more)


def texts(db, campaign):
    return [one.text for one in remark_review.accepted(db, campaign.id)]


def test_what_is_found_is_proposed_to_be_taken_out(db, campaign):
    shown = remark_review.to_review(db, campaign.id, Stage.NEW, small={})
    assert {one.proposed for one in shown} == {PROPOSED, "Nên giảm họp."}


def test_one_person_alone_lets_nothing_leave(db, campaign, an):
    assert decide(db, campaign, an, PROPOSED)[ReviewStep.PROPOSED] == 1
    assert decide(db, campaign, an, PROPOSED)[ReviewStep.SAME] == 1
    assert texts(db, campaign) == []


def test_what_another_person_agrees_to_leaves(db, campaign, an, binh):
    decide(db, campaign, an, PROPOSED)
    assert decide(db, campaign, binh, PROPOSED)[ReviewStep.SETTLED] == 1
    assert texts(db, campaign) == [PROPOSED]


def test_another_opinion_waits_for_the_first_person(db, campaign, an, binh):
    decide(db, campaign, an, PROPOSED)
    assert decide(db, campaign, binh, "[…] giải quyết chậm")[ReviewStep.PROPOSED] == 1
    assert texts(db, campaign) == []
    decide(db, campaign, an, "[…] giải quyết chậm")
    assert texts(db, campaign) == ["[…] giải quyết chậm"]


def test_two_persons_may_keep_a_remark_back_and_think_again(db, campaign, an, binh):
    for act in (an, binh):
        decide(db, campaign, act, None)
    assert remark_review.tally(db, campaign.id) == remark_review.ReviewTally(1, 0, 1, 0)
    decide(db, campaign, an, PROPOSED)
    assert remark_review.tally(db, campaign.id) == remark_review.ReviewTally(1, 1, 0, 0)


def test_in_a_demonstration_one_person_is_both(db, campaign, an):
    for _ in range(2):
        decide(db, campaign, an, PROPOSED, one_person=True)
    assert texts(db, campaign) == [PROPOSED]


def test_nobody_puts_words_into_a_remark(db, campaign, an):
    with pytest.raises(RemarksAltered) as refused:
        decide(db, campaign, an, "ông […] giải quyết nhanh")
    assert refused.value.ids == (written(db),)
    assert remark_review.tally(db, campaign.id).open == 2
    assert remark_review.tally(db, campaign.id).new == 2


def test_each_decision_is_in_the_audit_trail(db, campaign, an):
    decide(db, campaign, an, PROPOSED)
    entry = db.scalars(select(AuditEntry).where(AuditEntry.action == "remarks.decided")).one()
    assert (entry.actor, entry.facts["proposed"], entry.facts["settled"]) == ("an", 1, 0)


def test_a_release_holds_what_two_persons_accepted_and_nothing_else(
    db, campaign, an, binh, tmp_path
):
    for act in (an, binh):
        decide(db, campaign, act, PROPOSED)
    folder = building.build(db, campaign, out=tmp_path, act=an)
    with (folder / "scoring" / "remarks.csv").open(newline="", encoding="utf-8") as file:
        assert [row["text"] for row in csv.DictReader(file)] == [PROPOSED]
    for path in folder.rglob("*"):
        if path.is_file():
            assert "Nguyễn Văn An".encode() not in path.read_bytes(), path
            assert "Nên giảm họp.".encode() not in path.read_bytes(), path


@pytest.mark.parametrize(
    "text",
    ["một hai ba", "[…] hai ba", "một […] ba", "một hai […]", "một […]", "[…] ba", "[…]ai[…]"],
)
def test_parts_taken_out_are_a_redaction(text):
    assert is_redaction("một hai ba", text)


@pytest.mark.parametrize(
    "text",
    ["", "[…]", "[…] […]", "hai ba", "một ba", "ba […] một", "một […] bốn", "một hai ba […] ba"],
)
def test_other_words_or_none_are_no_redaction(text):
    assert not is_redaction("một hai ba", text)


def test_line_ends_of_a_browser_change_nothing():
    assert is_redaction("một\nhai ", "một\r\nhai")
