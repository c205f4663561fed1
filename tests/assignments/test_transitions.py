"""The life of an assignment: what may follow what, and what goes with it."""

import pytest
from sqlalchemy import func, select

from surveyapp.accounts.act import Act
from surveyapp.assignments import transitions
from surveyapp.assignments.errors import DraftsUnattended, MoveRefused
from surveyapp.assignments.models import Assignment, AssignmentEvent, CountDelta
from surveyapp.assignments.rules import Disposition
from surveyapp.assignments.transitions import MOVES, AssignmentChange, state_of
from surveyapp.invitations import service
from tests.invitations.roster import Roster, issue_all, opened


@pytest.fixture
def campaign(db, now):
    return opened(db, now)


@pytest.fixture
def roster(db, campaign):
    return Roster(db, campaign)


@pytest.fixture
def assignment(db, campaign, roster, keys, now):
    """One questionnaire just issued, under its lock."""
    roster.named("01", "council")
    issue_all(db, campaign, keys, now)
    return transitions.lock(db, db.scalars(select(Assignment.id)).one())


def written(db):
    """How many events and count deltas there are."""
    return [
        db.scalar(select(func.count()).select_from(table))
        for table in (AssignmentEvent, CountDelta)
    ]


def test_nothing_leads_away_from_a_submitted_form():
    leading = {
        name
        for name, move in MOVES.items()
        if Disposition.SUBMITTED in move.before and name != "count_elsewhere"
    }
    assert leading == set()


def test_a_move_the_table_does_not_know_is_refused_and_nothing_is_written(db, assignment, now):
    before = written(db)
    changes = {
        "send": [AssignmentChange(assignment, Disposition.SENT)],
        "come_back": [AssignmentChange(assignment, Disposition.SENT)],
    }
    with pytest.raises(MoveRefused) as refused:
        transitions.write(db, changes, today=now.date())
    assert (refused.value.move, refused.value.before) == ("come_back", "not_sent")
    assert written(db) == before
    assert db.scalar(select(Assignment.disposition)) == "not_sent"


def test_being_counted_elsewhere_changes_no_disposition(db, assignment, now):
    with pytest.raises(MoveRefused):
        transitions.move_one(db, "count_elsewhere", assignment, Disposition.SENT, today=now.date())


def test_a_move_that_makes_drafts_unreadable_is_refused_while_nobody_attends_to_them(
    db, campaign, assignment, keys, now, monkeypatch
):
    monkeypatch.setattr(transitions, "_discard", [])
    with pytest.raises(DraftsUnattended):
        service.reissue(
            db,
            campaign,
            assignment.invitation_id,
            reason="Gửi nhầm",
            act=Act("operator", now, keys),
        )


def test_a_move_that_makes_drafts_unreadable_takes_them_with_it(
    db, campaign, assignment, keys, now, monkeypatch
):
    asked = []
    monkeypatch.setattr(transitions, "_discard", [lambda _db, ids: asked.extend(ids)])
    act = {"reason": "Gửi nhầm", "act": Act("operator", now, keys)}
    service.reissue(db, campaign, assignment.invitation_id, **act)
    service.revoke(db, campaign, assignment.invitation_id, **act)
    assert asked == [assignment.id, assignment.id]


@pytest.mark.parametrize("disposition", Disposition)
def test_the_state_follows_from_the_disposition(disposition):
    active = set(Disposition) - {Disposition.SUBMITTED, Disposition.REMOVED, Disposition.DUPLICATE}
    assert (state_of(disposition) == "active") == (disposition in active)
