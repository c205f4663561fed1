"""New codes for many whose links were lost or leaked, on both engines."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from surveyapp.accounts import audit
from surveyapp.accounts.act import Act
from surveyapp.campaigns.errors import WrongState
from surveyapp.invitations import queries, service
from surveyapp.invitations.credentials import codes
from surveyapp.invitations.errors import LinkReplaced, MoreThanAgreed, ReasonMissing
from surveyapp.invitations.issuing import bulk_reissue
from surveyapp.invitations.issuing.bulk_reissue import Chosen, ReissueCount
from surveyapp.invitations.mailing_file import mailing
from surveyapp.invitations.models import Invitation
from surveyapp.responses.models import Draft
from tests.invitations.roster import Roster, counted, issue_all, opened, standing

WHOLE_ROUND = Chosen()


@pytest.fixture
def campaign(db, now):
    return opened(db, now)


@pytest.fixture
def people(db, campaign, keys, now):
    """Three of province 01, one of them with two groups, and one of a ministry."""
    roster = Roster(db, campaign)
    contacts = {
        "An": "chung@so.example.vn",
        "Bình": "chung@so.example.vn",
        "Chi": "chi@so.example.vn",
    }
    named = {
        name: roster.named("01", "agency-leaders", "SNV", name=name, email=email)
        for name, email in contacts.items()
    }
    roster.enter(named["An"], "01", "council")
    named["Dũng"] = roster.named("BNV", "par-officers", name="Dũng", email="", phone="0912345678")
    issue_all(db, campaign, keys, now)
    return named


@pytest.fixture
def later(now):
    return now + timedelta(hours=1)


def code_by_name(db, campaign, keys):
    rows = mailing(db, campaign, keys=keys, base_url="")
    return {row.full_name: codes.read_typed(row.code) for row in rows}


def renew_all(db, campaign, chosen, keys, *, before, people, at):
    """Batch by batch, until nobody is left; how many were renewed in each."""
    given = []
    while True:
        act = Act("operator", at, keys, agreed_by="binh")
        done = bulk_reissue.reissue_batch(
            db, campaign, chosen, issued_before=before, at_most=people - sum(given), reason="Lộ tệp", act=act
        )  # fmt: skip
        if not done:
            return given
        given.append(done)


def submit(db, people, name, *, today):
    invitation = db.scalar(select(Invitation.id).where(Invitation.person_id == people[name]))
    campaign = db.get(Invitation, invitation).campaign_id
    held = queries._assignments(db, invitation)
    for form in held:
        service.start(db, form.id, today=today)
        service.mark_submitted(db, form.id, today=today)
    return campaign


@pytest.mark.parametrize(
    ("chosen", "names"),
    [
        (WHOLE_ROUND, {"An", "Bình", "Chi", "Dũng"}),
        (Chosen(unit_code="01"), {"An", "Bình", "Chi"}),
        (Chosen(group_code="P1"), {"An"}),
        (Chosen(unit_code="BNV", group_code="M4"), {"Dũng"}),
        (Chosen(unit_code="BNV", group_code="P1"), set()),
        (Chosen(unit_code="nowhere"), set()),
    ],
)
def test_just_the_chosen_get_new_codes(db, campaign, people, keys, later, chosen, names):
    old = code_by_name(db, campaign, keys)
    n = bulk_reissue.count(db, campaign, chosen, issued_before=later).people
    assert n == len(names)
    renew_all(db, campaign, chosen, keys, before=later, people=n, at=later)
    new = code_by_name(db, campaign, keys)
    assert {name for name in old if old[name] != new[name]} == names
    for name in names:
        with pytest.raises(LinkReplaced):
            queries.find(db, old[name], keys=keys)
    assert counted(db) == standing(db)


def test_persons_are_named_by_contact_and_a_shared_mailbox_is_everybody_s(db, campaign, people):
    named = bulk_reissue.named(
        db, campaign, ["Chung@so.example.vn ", "0912 345 678", "ai@x.vn", "?"]
    )
    ids = {db.scalar(select(Invitation.id).where(Invitation.person_id == people[name])) for name in ("An", "Bình", "Dũng")}  # fmt: skip
    assert named.invitation_ids == ids
    assert named.unknown == ("ai@x.vn", "?")


def test_who_has_answered_everything_is_left_out(db, campaign, people, keys, now, later):
    submit(db, people, "Chi", today=now.date())
    counting = bulk_reissue.count(db, campaign, Chosen("01"), issued_before=later)
    assert counting == ReissueCount(people=2, begun=0, answered=1)
    before = db.scalar(select(Invitation.tag).where(Invitation.person_id == people["Chi"]))
    renew_all(db, campaign, Chosen("01"), keys, before=later, people=2, at=later)
    assert db.scalar(select(Invitation.tag).where(Invitation.person_id == people["Chi"])) == before


def test_what_was_begun_starts_over_without_its_draft(db, campaign, people, keys, now, later):
    invitation = db.scalar(select(Invitation.id).where(Invitation.person_id == people["Chi"]))
    form = queries._assignments(db, invitation)[0]
    service.start(db, form.id, today=now.date())
    db.add(Draft(assignment_id=form.id, strand=bytes(16), version=bytes(16), ciphertext=b"begun"))
    db.flush()
    assert bulk_reissue.count(db, campaign, WHOLE_ROUND, issued_before=later).begun == 1
    renew_all(db, campaign, WHOLE_ROUND, keys, before=later, people=4, at=later)
    assert db.scalars(select(Draft)).all() == []
    assert (
        bulk_reissue.count(db, campaign, WHOLE_ROUND, issued_before=later + timedelta(1)).begun == 0
    )


def test_it_goes_on_after_a_break_and_nobody_gets_two(
    db, campaign, people, keys, later, monkeypatch
):
    monkeypatch.setattr(bulk_reissue, "BATCH", 3)
    act = Act("operator", later, keys)
    first = bulk_reissue.reissue_batch(
        db, campaign, WHOLE_ROUND, issued_before=later, at_most=4, reason="Lộ tệp", act=act
    )
    assert first == 3
    again = renew_all(db, campaign, WHOLE_ROUND, keys, before=later, people=4, at=later)
    assert again == [1]
    db.expire_all()
    assert set(db.scalars(select(Invitation.issue_number))) == {2}


def test_more_people_than_were_agreed_to_get_nothing(db, campaign, people, keys, later):
    with pytest.raises(MoreThanAgreed):
        renew_all(db, campaign, WHOLE_ROUND, keys, before=later, people=3, at=later)
    db.expire_all()
    assert set(db.scalars(select(Invitation.issue_number))) == {1}


def test_who_is_invited_after_the_count_keeps_the_fresh_code(
    db, campaign, people, keys, now, later
):
    roster = Roster(db, campaign)
    fresh = roster.named("01", "district-leaders", name="Mới")
    issue_all(db, campaign, keys, later)
    renew_all(db, campaign, WHOLE_ROUND, keys, before=later, people=4, at=later)
    db.expire_all()
    assert roster.invitation(fresh).issue_number == 1


def test_it_is_entered_with_both_names_and_never_with_a_person_s(db, campaign, people, keys, later):
    renew_all(db, campaign, Chosen("01", "P2"), keys, before=later, people=2, at=later)
    (entry,) = [one for one in audit.entries(db) if one.action == "invitations.reissued"]
    assert (entry.actor, entry.unit_code) == ("operator", "01")
    assert entry.facts == {"people": 2, "reason": "Lộ tệp", "group": "P2", "agreed_by": "binh"}


def test_it_wants_a_reason_and_a_round_that_goes_on(db, campaign, people, keys, later):
    asked = {"issued_before": later, "at_most": 4, "act": Act("operator", later, keys)}
    with pytest.raises(ReasonMissing):
        bulk_reissue.reissue_batch(db, campaign, WHOLE_ROUND, reason=" ", **asked)
    campaign.state = "closed"
    with pytest.raises(WrongState):
        bulk_reissue.reissue_batch(db, campaign, WHOLE_ROUND, reason="Lộ tệp", **asked)
