from datetime import timedelta

import pytest
from sqlalchemy import event, func, select

from surveyapp import clock
from surveyapp.accounts.act import Act
from surveyapp.assignments.errors import AlreadySubmitted, AssignmentRevoked, UnknownAssignment
from surveyapp.assignments.models import Assignment, AssignmentEvent, CountDelta
from surveyapp.db.prepared_session import PreparedSession
from surveyapp.invitations import queries, service
from surveyapp.invitations.credentials import codes
from surveyapp.invitations.errors import (
    CampaignClosed,
    CampaignNotOpenYet,
    NothingLeftToAnswer,
    ReasonMissing,
    UnknownCode,
)
from surveyapp.invitations.models import Declaration
from tests.invitations.roster import Roster, counted, issue_all, opened, standing


@pytest.fixture
def today(now):
    return clock.day(now)


@pytest.fixture
def campaign(db, now):
    return opened(db, now)


@pytest.fixture
def invited(db, campaign, keys, now):
    """Somebody with two questionnaires, M2 on BNV and P2 on Hà Nội."""
    roster = Roster(db, campaign)
    roster.named("01", "agency-leaders", "SNV")
    issue_all(db, campaign, keys, now)
    (row,) = service.mailing(db, campaign, keys=keys, base_url="")
    return queries.find(db, codes.read_typed(row.code), keys=keys)


def disposition(db, assignment):
    return db.execute(
        select(Assignment.disposition).where(Assignment.id == assignment.id)
    ).scalar_one()


def submit(db, assignment, today):
    service.mark_submitted(db, assignment.id, today=today)


def test_answers_are_taken_only_in_the_window(campaign):
    hour = timedelta(hours=1)
    service.check_open(campaign, campaign.opens_at)
    service.check_open(campaign, campaign.closes_at - hour)
    with pytest.raises(CampaignNotOpenYet) as early:
        service.check_open(campaign, campaign.opens_at - hour)
    assert early.value.opens_at == campaign.opens_at
    with pytest.raises(CampaignClosed) as late:
        service.check_open(campaign, campaign.closes_at)
    assert late.value.closed_at == campaign.closes_at
    campaign.state = "preparing"
    with pytest.raises(CampaignNotOpenYet):
        service.check_open(campaign, campaign.opens_at)
    campaign.state = "closed"
    with pytest.raises(CampaignClosed):
        service.check_open(campaign, campaign.opens_at)


def test_the_life_of_a_questionnaire_is_counted_step_by_step(
    db, campaign, invited, keys, now, today
):
    first, second = invited.assignments
    service.mark_listed(db, campaign, everyone=False, act=Act("o", now, keys))
    service.mark_sent(db, campaign, act=Act("o", now, keys))
    assert disposition(db, first) == "sent"
    service.begin(db, invited, today=today)
    assert disposition(db, first) == disposition(db, second) == "begun"
    submit(db, first, today)
    assert disposition(db, first) == "submitted"
    assert disposition(db, second) == "begun"
    assert counted(db) == standing(db)
    history = db.scalars(
        select(AssignmentEvent.event).where(AssignmentEvent.assignment_id == first.id)
    )
    assert sorted(history) == ["begun", "sent"]


def test_submitted_is_terminal(db, campaign, invited, today):
    first = invited.assignments[0]
    submit(db, first, today)
    for act in (
        lambda: submit(db, first, today),
        lambda: service.start(db, first.id, today=today),
    ):
        with pytest.raises(AlreadySubmitted):
            act()
    service.declare(db, invited, "decline", today=today)
    assert disposition(db, first) == "submitted"
    assert disposition(db, invited.assignments[1]) == "refused"
    assert counted(db) == standing(db)


def test_the_day_of_submission_is_kept_and_nothing_finer(db, campaign, invited, today):
    submit(db, invited.assignments[0], today)
    stored = db.execute(
        select(Assignment.submitted_on).where(Assignment.id == invited.assignments[0].id)
    ).scalar_one()
    assert stored == today
    assert db.scalar(select(func.count()).select_from(AssignmentEvent)) == 0


def test_what_was_taken_back_takes_no_answers(db, campaign, invited, keys, now, today):
    facts = {"reason": "Theo đơn", "act": Act("o", now, keys)}
    service.revoke(db, campaign, invited.invitation_id, **facts)
    with pytest.raises(AssignmentRevoked):
        service.start(db, invited.assignments[0].id, today=today)
    with pytest.raises(NothingLeftToAnswer):
        service.reissue(db, campaign, invited.invitation_id, **facts)


def test_a_reason_is_asked_for(db, campaign, invited, keys, now):
    with pytest.raises(ReasonMissing):
        service.reissue(db, campaign, invited.invitation_id, reason=" ", act=Act("o", now, keys))


def test_an_unknown_questionnaire_is_refused(db, invited, today):
    with pytest.raises(UnknownAssignment):
        service.start(db, invited.invitation_id, today=today)
    with pytest.raises(UnknownAssignment):
        invited.assignment(invited.invitation_id)


def test_an_unknown_code_is_refused(db, keys):
    with pytest.raises(UnknownCode):
        queries.find(db, "7123456789012340", keys=keys)


@pytest.mark.parametrize(
    ("kind", "becomes"),
    [
        ("not_me", "unavailable"),
        ("moved", "moved"),
        ("wrong_group", "wrong_group"),
        ("decline", "refused"),
    ],
)
def test_a_declaration_is_kept_once_a_day_and_can_be_taken_back_by_answering(
    db, invited, today, kind, becomes
):
    first = invited.assignments[0]
    service.start(db, first.id, today=today)
    service.declare(PreparedSession(db.connection()), invited, kind, today=today)
    service.declare(db, invited, kind, today=today)
    assert disposition(db, first) == becomes
    assert db.scalar(select(func.count()).select_from(Declaration)) == 1
    service.start(db, first.id, today=today)
    assert disposition(db, first) == "begun"
    assert counted(db) == standing(db)


def test_starting_again_writes_nothing(db, engine, invited, today):
    first = invited.assignments[0]
    service.start(db, first.id, today=today)
    deltas = db.scalar(select(func.count()).select_from(CountDelta))
    seen = []
    event.listen(engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    service.start(db, first.id, today=today, disposition="begun")
    assert seen == []
    service.start(db, first.id, today=today)
    assert len(seen) == 1
    assert seen[0].startswith("SELECT")
    assert db.scalar(select(func.count()).select_from(CountDelta)) == deltas


def test_the_day_of_beginning_stays_when_somebody_comes_back(db, invited, today):
    first = invited.assignments[0]
    service.start(db, first.id, today=today)
    service.declare(db, invited, "decline", today=today)
    service.start(db, first.id, today=today + timedelta(days=2))
    begun_on = select(Assignment.begun_on).where(Assignment.id == first.id)
    assert db.scalar(begun_on) == today


def test_someone_who_began_before_the_confirmation_does_not_fall_back_to_sent(
    db, campaign, invited, keys, now, today
):
    service.mark_listed(db, campaign, everyone=False, act=Act("o", now, keys))
    service.start(db, invited.assignments[0].id, today=today)
    assert service.mark_sent(db, campaign, act=Act("o", now, keys)) == 1
    assert disposition(db, invited.assignments[0]) == "begun"


def test_the_box_is_compared_with_submitted_forms_by_unit_and_group(db, campaign, invited, today):
    submit(db, invited.assignments[0], today)
    assert queries.submitted_counts(db, campaign.id) == {("BNV", "M2"): 1}
