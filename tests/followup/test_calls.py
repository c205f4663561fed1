"""Operators call people who have not answered: for a reason, one caller at a time, and each result takes effect."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update

from surveyapp.accounts.act import Act
from surveyapp.accounts.models import AuditEntry
from surveyapp.assignments.models import Assignment
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.models import Campaign
from surveyapp.db import transaction
from surveyapp.delivery import queries as delivery
from surveyapp.delivery.models import Wave
from surveyapp.delivery.returned import returns
from surveyapp.followup import new_links, queries, service, shifts
from surveyapp.followup.errors import (
    BeingCalled,
    ChannelRefused,
    DateRefused,
    NoShift,
    NotClaimed,
    NotForSeveral,
    NotToBeCalled,
)
from surveyapp.followup.queries import Choice
from surveyapp.followup.rules import Result
from surveyapp.followup.service import CallOutcome
from surveyapp.invitations.errors import ReasonMissing
from surveyapp.invitations.models import Declaration, Invitation
from surveyapp.respondents.models import Person
from tests.delivery.sending import Sending
from tests.invitations.roster import counted, standing

WHY = "Gọi nhắc người chưa trả lời của Hà Nội"


@pytest.fixture
def survey(engine, keys, now, tmp_path):
    return Sending(keys, now, tmp_path / "outbox")


class Desk:
    """Two operators on the telephone, and the people they may call."""

    def __init__(self, survey: Sending, *contacts: tuple[str, str]) -> None:
        self.survey = survey
        self.invited = survey.invite(*(contacts or (("an@so.example.vn", "0912345678"),)))
        survey.wave()
        survey.work(2)
        self.act(shifts.open_shift, reason=WHY)
        self.act(shifts.open_shift, reason=WHY, actor="second")

    def act(self, what, *given, actor="first", **facts):
        with transaction() as db:
            campaign = campaigns.campaign(db, "tiny")
            who = Act(actor, self.survey.now, self.survey.keys)
            return what(db, campaign, *given, act=who, **facts)

    def call(self, result: Result, *, n: int = 0, actor="first", **facts):
        """Claim the n-th person and record a result."""
        self.act(service.claim, self.invited[n], actor=actor)
        outcome = CallOutcome(result=result, **facts)
        return self.act(service.record, self.invited[n], outcome, actor=actor)

    def listed(self, **choice):
        with transaction() as db:
            campaign = campaigns.campaign(db, "tiny")
            people, total = queries.people(
                db, campaign, Choice(**choice), page=1, now=self.survey.now
            )
        assert total == len(people)
        return [self.invited.index(one.invitation_id) for one in people]

    def disposition(self, n: int = 0) -> set[str]:
        return self.survey.dispositions(self.invited[n])


@pytest.fixture
def desk(survey):
    return Desk(survey)


def test_the_list_opens_for_a_reason_and_for_some_hours(desk, survey):
    with pytest.raises(ReasonMissing):
        desk.act(shifts.open_shift, reason="gọi    ")
    survey.later(hours=4)
    with pytest.raises(NoShift):
        desk.act(service.claim, desk.invited[0])


def test_what_was_seen_and_done_is_in_the_audit_trail_with_the_reason(desk):
    desk.call(Result.BUSY)
    with transaction() as db:
        rows = db.execute(
            select(AuditEntry.action, AuditEntry.actor, AuditEntry.unit_code, AuditEntry.facts)
            .where(AuditEntry.action.like("calls.%"), AuditEntry.actor == "first")
            .order_by(AuditEntry.number)
        ).all()
    assert [(row.action, row.unit_code) for row in rows] == [
        ("calls.opened", ""),
        ("calls.seen", "01"),
        ("calls.recorded", "01"),
    ]
    assert rows[1].facts == {"invitation": str(desk.invited[0]), "reason": WHY}
    assert rows[2].facts == {"invitation": str(desk.invited[0]), "result": "busy"}


def test_only_people_with_something_to_answer_are_listed_those_never_called_first(survey):
    desk = Desk(survey, *((f"n{i}@so.example.vn", f"091234567{i}") for i in range(5)))
    put(desk.invited[1], state="submitted", disposition="submitted", submitted_on=date(2024, 1, 15))
    put(desk.invited[2], disposition="refused")
    put(desk.invited[3], disposition="begun", begun_on=date(2024, 1, 15))
    desk.call(Result.NO_ANSWER)
    assert desk.listed() == [3, 4, 0]
    assert desk.listed(unit_code="01", group_code="P1") == [3, 4, 0]
    assert desk.listed(unit_code="46") == desk.listed(group_code="M1") == []


def test_a_page_tells_whether_a_form_was_begun_and_no_more(desk):
    put(desk.invited[0], disposition="begun", begun_on=date(2024, 1, 15))
    with transaction() as db:
        campaign = campaigns.campaign(db, "tiny")
        seen_person = queries.person(db, campaign, desk.invited[0], now=desk.survey.now)
    assert seen_person.begun
    assert "an@so.example.vn" not in repr(seen_person)


def test_two_operators_never_have_the_same_person(desk, survey):
    desk.act(service.claim, desk.invited[0])
    with pytest.raises(BeingCalled) as refused:
        desk.act(service.claim, desk.invited[0], actor="second")
    assert refused.value.operator == "first"
    with pytest.raises(NotClaimed):
        desk.act(service.record, desk.invited[0], CallOutcome(result=Result.BUSY), actor="second")
    survey.later(minutes=31)
    desk.act(service.claim, desk.invited[0], actor="second")
    with pytest.raises(NotClaimed):
        desk.act(service.record, desk.invited[0], CallOutcome(result=Result.BUSY))


def test_of_operators_who_press_at_once_one_gets_the_person(desk):
    def press(actor: str) -> str:
        try:
            desk.act(service.claim, desk.invited[0], actor=actor)
        except BeingCalled as refused:
            return refused.operator
        return actor

    with ThreadPoolExecutor(2) as pool:
        holders = set(pool.map(press, ("first", "second")))
    assert len(holders) == 1


def test_a_person_given_back_can_be_called_by_another(desk):
    desk.act(service.claim, desk.invited[0])
    with transaction() as db:
        service.release(db, desk.invited[0], actor="first")
    desk.act(service.claim, desk.invited[0], actor="second")


COUNTS_AS = {
    Result.NO_ANSWER: "sent",
    Result.BUSY: "sent",
    Result.REMINDED: "sent",
    Result.ANSWERED: "sent",
    Result.WRONG_NUMBER: "sent",
    Result.MOVED: "moved",
    Result.REFUSED: "refused",
    Result.NEW_LINK: "not_sent",
}


def test_each_result_counts_as_what_it_says(survey):
    desk = Desk(survey, *((f"n{i}@so.example.vn", f"091234567{i}") for i in range(len(COUNTS_AS))))
    for n, result in enumerate(COUNTS_AS):
        desk.call(result, n=n, channel="sms")
    dispositions = {result: desk.disposition(n) for n, result in enumerate(COUNTS_AS)}
    assert dispositions == {result: {disposition} for result, disposition in COUNTS_AS.items()}
    with transaction() as db:
        assert counted(db) == standing(db)
        assert sorted(db.scalars(select(Declaration.kind))) == ["decline", "moved"]


def test_whoever_declined_or_moved_is_called_no_more(survey):
    desk = Desk(survey, ("a@so.example.vn", "0912345678"), ("b@so.example.vn", "0912345679"))
    desk.call(Result.REFUSED, n=0)
    desk.call(Result.MOVED, n=1)
    assert desk.listed() == []
    with pytest.raises(NotToBeCalled):
        desk.act(service.claim, desk.invited[0])


def test_a_wrong_number_gets_no_text_and_the_desk_is_asked_for_another(survey):
    desk = Desk(survey, ("", "0912345678"))
    desk.call(Result.WRONG_NUMBER)
    assert desk.disposition() == {"bounced"}  # the text went to somebody else
    with transaction() as db:
        unit = campaigns.unit(db, survey.campaign_id, "01")
        (asked,) = delivery.contact_requests(db, unit.id)
        assert (asked.channel, asked.address) == ("sms", "0912345678")
        assert new_links.channels(db, desk.invited[0], keys=survey.keys) == []
        assert counted(db) == standing(db)
    assert (desk.listed(), desk.listed(state="number")) == ([], [0])
    with transaction() as db:
        db.execute(update(Person).values(phone="0987654321"))
        returns.settle_requests(db, survey.campaign_id, keys=survey.keys, now=survey.now)
    assert (desk.listed(), desk.listed(state="number")) == ([0], [])


def test_whoever_has_no_telephone_waits_for_a_number(survey):
    desk = Desk(survey, ("a@so.example.vn", ""), ("b@so.example.vn", "0912345678"))
    assert (desk.listed(), desk.listed(state="number")) == ([1], [0])


def test_whoever_is_away_gets_neither_call_nor_reminder_until_the_day(desk, survey):
    desk.call(Result.UNAVAILABLE, until=date(2024, 1, 18))
    assert (desk.listed(), desk.listed(state="away")) == ([], [0])
    assert skipped(survey) == {"away": 1}
    assert desk.disposition() == {"sent"}
    survey.later(days=3)
    assert (desk.listed(), desk.listed(state="away")) == ([0], [])
    assert skipped(survey) == {}


def test_a_reminder_queued_before_the_call_is_not_sent_after_it(desk, survey):
    wave = survey.wave(kind="reminder_not_started", starts_at=survey.now + timedelta(hours=1))
    desk.call(Result.UNAVAILABLE, until=date(2024, 1, 18))
    survey.later(hours=2)
    survey.work(2)
    assert survey.states(wave) == {}
    survey.later(days=3)
    wave = survey.wave(kind="reminder_not_started")
    survey.work(2)
    assert survey.states(wave) == {"handed_over": 1}


def test_whoever_is_away_until_the_end_is_unavailable_and_comes_back_if_it_is_moved(desk, survey):
    desk.call(Result.UNAVAILABLE, until=date(2024, 2, 6))
    assert desk.disposition() == {"unavailable"}
    assert desk.listed(state="away") == [0]
    with transaction() as db:
        db.execute(update(Campaign).values(closes_at=survey.now + timedelta(days=40)))
    assert skipped(survey) == {"away": 1}
    survey.later(days=22)
    survey.work()
    assert desk.disposition() == {"sent"}
    assert skipped(survey) == {}
    with transaction() as db:
        assert counted(db) == standing(db)


def test_whoever_is_away_and_calls_back_is_asked_again_at_once(desk, survey):
    desk.call(Result.UNAVAILABLE, until=date(2024, 2, 6))
    desk.call(Result.REMINDED)
    assert (desk.disposition(), desk.listed(), skipped(survey)) == ({"sent"}, [0], {})
    with transaction() as db:
        assert counted(db) == standing(db)


def test_a_day_that_cannot_be_is_refused_and_nothing_is_kept(desk):
    for until in (None, date(2024, 1, 15), date(2025, 1, 16)):
        with pytest.raises(DateRefused):
            desk.call(Result.UNAVAILABLE, until=until)
    with transaction() as db:
        assert queries.tally(db, desk.survey.campaign_id).calls == 0


def test_a_new_link_is_sent_by_the_channel_and_the_old_one_is_dead(desk, survey):
    before = list(survey.sms.taken)
    desk.call(Result.NEW_LINK, channel="sms")
    survey.work(2)
    (text,) = [message for message in survey.sms.taken if message not in before]
    assert text.phone == "+84912345678"
    with transaction() as db:
        assert db.scalars(select(Invitation.issue_number)).one() == 2
        assert counted(db) == standing(db)
    assert desk.disposition() == {"sent"}
    assert desk.listed() == [0]


def test_new_links_of_a_day_go_with_one_wave_and_a_second_wish_is_met_too(survey):
    desk = Desk(survey, ("a@so.example.vn", "0912345678"), ("b@so.example.vn", "0912345679"))
    first = len(survey.email.taken)
    for n in (0, 1):
        desk.call(Result.NEW_LINK, n=n, channel="email")
        survey.work(2)
    assert [message.recipient for message in survey.email.taken[first:]] == [
        "a@so.example.vn",
        "b@so.example.vn",
    ]
    assert reissue_waves() == 1
    desk.call(Result.NEW_LINK, n=0, channel="email")
    survey.work(2)
    assert len(survey.email.taken) == first + 3
    assert reissue_waves() == 2


def test_a_link_goes_only_where_the_person_has_an_address(survey):
    desk = Desk(survey, ("a@so.example.vn", "02438251234"))
    with pytest.raises(ChannelRefused):
        desk.call(Result.NEW_LINK, channel="sms")
    with transaction() as db:
        assert db.scalars(select(Invitation.issue_number)).one() == 1


def test_calls_are_counted_by_result_and_by_person(survey):
    desk = Desk(survey, ("a@so.example.vn", "0912345678"), ("b@so.example.vn", "0912345679"))
    desk.call(Result.NO_ANSWER)
    survey.later(minutes=5)
    desk.call(Result.REMINDED, actor="second")
    desk.call(Result.BUSY, n=1)
    with transaction() as db:
        told = queries.tally(db, survey.campaign_id)
        campaign = campaigns.campaign(db, "tiny")
        card = queries.person(db, campaign, desk.invited[0], now=survey.now)
    assert (told.calls, told.people, told.reached) == (3, 2, 1)
    assert told.results == {"no_answer": 1, "reminded": 1, "busy": 1}
    assert told.by_calls == {2: 1, 1: 1}
    assert [(call.operator, call.result) for call in card.calls] == [
        ("second", "reminded"),
        ("first", "no_answer"),
    ]


def test_whoever_submits_while_on_the_telephone_leaves_the_list(desk):
    desk.act(service.claim, desk.invited[0])
    put(desk.invited[0], state="submitted", disposition="submitted", submitted_on=date(2024, 1, 15))
    with pytest.raises(NotToBeCalled):
        desk.act(service.record, desk.invited[0], CallOutcome(result=Result.REMINDED))


def put(invitation_id, **values):
    with transaction() as db:
        db.execute(
            update(Assignment).where(Assignment.invitation_id == invitation_id).values(**values)
        )


def skipped(survey):
    wave_id = survey.plan(kind="reminder_not_started")
    return dict(survey.counted(wave_id).skipped)


def reissue_waves() -> int:
    with transaction() as db:
        return db.scalar(select(func.count()).select_from(Wave).where(Wave.kind == "reissue"))


def test_several_people_get_one_result_but_nobody_whom_another_calls_or_who_has_moved(survey):
    desk = Desk(survey, *((f"n{n}@so.example.vn", f"091234567{n}") for n in range(4)))
    desk.call(Result.MOVED, n=0)
    desk.act(service.claim, desk.invited[1], actor="second")
    several = [*desk.invited, desk.invited[3]]
    outcome = CallOutcome(result=Result.MOVED)
    assert desk.act(service.record_several, several, outcome) == 2
    assert [desk.disposition(n) == {"moved"} for n in range(4)] == [True, False, True, True]
    with transaction() as db:
        entries = db.scalars(select(AuditEntry).where(AuditEntry.action == "calls.recorded")).all()
    assert len({entry.facts["invitation"] for entry in entries}) == len(entries) == 3


def test_what_is_one_persons_own_is_recorded_for_nobody_else(desk):
    for result in (Result.NEW_LINK, Result.REFUSED, Result.ANSWERED):
        with pytest.raises(NotForSeveral):
            desk.act(service.record_several, desk.invited, CallOutcome(result=result))
    with pytest.raises(DateRefused):
        desk.act(service.record_several, desk.invited, CallOutcome(result=Result.UNAVAILABLE))
    assert desk.listed() == [0]
