"""What people told instead of answering reaches the centre, and names stand only where something is to be done."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from surveyapp.accounts import audit
from surveyapp.accounts.act import Act
from surveyapp.invitations import declarations, service
from surveyapp.invitations.errors import UnknownDeclaration
from surveyapp.invitations.models import Declaration, Invitation
from surveyapp.invitations.queries import invited
from tests.invitations.roster import Roster, issue_all, opened


@pytest.fixture
def campaign(db, now):
    return opened(db, now)


@pytest.fixture
def say(db, campaign, keys, now):
    """Somebody new, who declares what is said; gives her invitation."""
    roster = Roster(db, campaign)

    def declare(kind, *, days=0, by=None):
        if by is None:
            person = roster.named("01", "council")
            issue_all(db, campaign, keys, now)
            by = db.scalars(select(Invitation.id).where(Invitation.person_id == person)).one()
        day = now.date() + timedelta(days=days)
        service.declare(db, invited(db, campaign, by), kind, today=day)
        return by

    return declare


def test_each_kind_is_counted_and_a_refusal_is_never_shown_with_a_name(db, campaign, say):
    say("moved", days=1)
    first = say("not_me")
    say("decline")
    assert declarations.tally(db, campaign.id) == {
        "not_me": declarations.DeclarationTally(1, 1),
        "wrong_group": declarations.DeclarationTally(),
        "moved": declarations.DeclarationTally(1, 1),
        "decline": declarations.DeclarationTally(1, 0),
    }
    waiting = declarations.waiting(db, campaign.id)
    assert [one.kind for one in waiting] == ["not_me", "moved"]
    assert waiting[0].invitation_id == first
    assert declarations.count_waiting(db, campaign.id) == 2
    assert len(declarations.waiting(db, campaign.id, limit=1)) == 1


def test_said_again_on_another_day_it_is_one_person(db, campaign, say):
    again = say("not_me")
    say("not_me", days=3, by=again)
    assert declarations.tally(db, campaign.id)["not_me"] == declarations.DeclarationTally(
        people=1, waiting=2
    )


def test_nothing_waits_for_somebody_whose_invitation_was_ended(db, campaign, say, keys, now):
    by = say("moved")
    act = Act("operator", now, keys)
    service.revoke(db, campaign, by, reason="đã chuyển công tác", act=act)
    assert declarations.waiting(db, campaign.id) == []
    assert declarations.count_waiting(db, campaign.id) == 0
    assert declarations.tally(db, campaign.id)["moved"] == declarations.DeclarationTally(
        people=1, waiting=0
    )


def test_settled_once_by_whoever_comes_first_and_entered(db, campaign, say, keys, now):
    say("wrong_group")
    (one,) = declarations.waiting(db, campaign.id)
    act = Act("operator", now, keys)
    assert declarations.settle(db, campaign, one.id, act=act) is True
    assert declarations.settle(db, campaign, one.id, act=replace(act, actor="other")) is False
    kept = db.get(Declaration, one.id)
    assert (kept.settled_by, kept.settled_at) == ("operator", now)
    assert declarations.waiting(db, campaign.id) == []
    assert declarations.tally(db, campaign.id)["wrong_group"] == declarations.DeclarationTally(1, 0)
    entered = [
        e for e in audit.entries(db, campaign_code="tiny") if e.action == "declaration.settled"
    ]
    assert [entry.facts["kind"] for entry in entered] == ["wrong_group"]


def test_a_refusal_and_what_is_unknown_cannot_be_settled(db, campaign, say, keys, now):
    by = say("decline")
    refused = db.scalars(select(Declaration.id).where(Declaration.invitation_id == by)).one()
    for wrong in (refused, uuid.uuid4()):
        with pytest.raises(UnknownDeclaration):
            declarations.settle(db, campaign, wrong, act=Act("operator", now, keys))
