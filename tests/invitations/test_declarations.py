"""What people told instead of answering reaches the centre, and names stand only where something is to be done."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, select, update

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
    waiting, total = declarations.waiting(db, campaign.id)
    assert total == 2
    assert [one.kind for one in waiting] == ["not_me", "moved"]
    assert waiting[0].invitation_id == first
    assert declarations.count_waiting(db, campaign.id) == 2


def test_what_waits_is_counted_from_the_few_who_told_something(db, campaign, say):
    """The overview asks with every view: a million invited people must not be gone through."""
    say("moved")
    asked = []
    event.listen(db.connection(), "before_cursor_execute", lambda *given: asked.append(given[2:4]))
    assert declarations.count_waiting(db, campaign.id) == 1
    if db.get_bind().dialect.name == "sqlite":
        statement, values = asked[0]
        plan = db.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
        steps = [step.detail for step in plan]
        assert any("SCAN declaration" in step for step in steps), steps
        assert not any("campaign_id" in step for step in steps), steps


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
    assert declarations.waiting(db, campaign.id) == ([], 0)
    assert declarations.count_waiting(db, campaign.id) == 0
    assert declarations.tally(db, campaign.id)["moved"] == declarations.DeclarationTally(
        people=1, waiting=0
    )


def test_what_waits_comes_in_pages_and_by_kind_unit_and_name(db, campaign, keys, now, monkeypatch):
    monkeypatch.setattr(declarations, "PAGE", 2)
    roster = Roster(db, campaign)
    for unit, name in (("01", "Trần Thị Bình"), ("01", "Lê Văn Chi"), ("BNV", "Lê Thị Dậu")):
        kind = "council" if unit == "01" else "par-officers"
        person = roster.named(unit, kind, name=name)
        issue_all(db, campaign, keys, now)
        by = db.scalars(select(Invitation.id).where(Invitation.person_id == person)).one()
        kind = "not_me" if "Lê" in name else "moved"
        service.declare(db, invited(db, campaign, by), kind, today=now.date())

    def shown(page=1, **choice):
        waiting, total = declarations.waiting(
            db, campaign.id, declarations.WaitingChoice(**choice), page=page
        )
        return sorted(one.full_name for one in waiting), total

    first, second = shown(), shown(page=2)
    assert (len(first[0]), len(second[0]), first[1]) == (2, 1, 3)
    assert not set(first[0]) & set(second[0])
    assert shown(unit_code="BNV") == (["Lê Thị Dậu"], 1)
    assert shown(kind="not_me") == (["Lê Thị Dậu", "Lê Văn Chi"], 2)
    assert shown(text="lê văn") == (["Lê Văn Chi"], 1)
    assert declarations.waiting_units(db, campaign.id) == {"BNV": 1, "01": 2}


def test_a_unit_is_settled_at_once_but_only_what_was_seen(db, campaign, say, keys, now):
    say("not_me")
    say("moved")
    of_unit = declarations.WaitingChoice(unit_code="01")
    act = Act("operator", now, keys)
    seen = declarations.waiting_mark(db, campaign.id, of_unit)
    db.execute(update(Declaration).where(Declaration.kind == "moved").values(kind="wrong_group"))
    assert declarations.settle_unit(db, campaign, of_unit, seen=seen, act=act) == 0
    seen = declarations.waiting_mark(db, campaign.id, of_unit)
    everywhere = declarations.WaitingChoice()
    assert declarations.settle_unit(db, campaign, everywhere, seen=seen, act=act) == 0
    assert declarations.count_waiting(db, campaign.id) == 2
    assert declarations.settle_unit(db, campaign, of_unit, seen=seen, act=act) == 2
    assert declarations.count_waiting(db, campaign.id) == 0
    (entry,) = (
        e for e in audit.entries(db, campaign_code="tiny") if e.action == "declarations.settled"
    )
    assert (entry.unit_code, entry.facts["n"]) == ("01", 2)


def test_settled_once_by_whoever_comes_first_and_entered(db, campaign, say, keys, now):
    say("wrong_group")
    ((one,), _total) = declarations.waiting(db, campaign.id)
    act = Act("operator", now, keys)
    assert declarations.settle(db, campaign, one.id, act=act) is True
    assert declarations.settle(db, campaign, one.id, act=replace(act, actor="other")) is False
    kept = db.get(Declaration, one.id)
    assert (kept.settled_by, kept.settled_at) == ("operator", now)
    assert declarations.waiting(db, campaign.id) == ([], 0)
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
