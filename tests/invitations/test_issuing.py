import threading
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select

from surveyapp.accounts.act import Act
from surveyapp.assignments.models import Assignment
from surveyapp.campaigns.errors import WrongState
from surveyapp.campaigns.models import Campaign
from surveyapp.db import transaction
from surveyapp.invitations import queries, service
from surveyapp.invitations.credentials import codes
from surveyapp.invitations.errors import LinkReplaced, LinkRevoked, UnknownCode
from surveyapp.invitations.issuing import outstanding
from surveyapp.invitations.issuing.issue import give_codes
from surveyapp.invitations.mailing_file import mailing
from surveyapp.invitations.models import Invitation, RetiredTag
from tests.invitations.roster import Roster, counted, issue_all, opened, standing


@pytest.fixture
def campaign(db, now):
    return opened(db, now)


@pytest.fixture
def roster(db, campaign):
    return Roster(db, campaign)


def code_of(db, campaign, keys, person):
    rows = {row.link: row for row in mailing(db, campaign, keys=keys, base_url="")}
    name = db.execute(select(Invitation.id).where(Invitation.person_id == person)).scalar_one()
    for row in rows.values():
        code = codes.read_typed(row.code)
        if queries.find(db, code, keys=keys).invitation_id == name:
            return code
    raise AssertionError("not in the mailing file")


WHO_RATES_WHOM = [
    ("BNV", "department-leaders", None, {("M1", "BNV")}),
    ("BNV", "par-officers", None, {("M4", "BNV")}),
    ("BNV", "associations", None, {("M5", "BNV")}),
    ("01", "council", None, {("P1", "01")}),
    ("01", "agency-leaders", "SNV", {("M2", "BNV"), ("P2", "01")}),
    ("01", "agency-leaders", "NHNNCN", {("M2", "NHNN")}),
    ("01", "agency-leaders", "VPUBND", {("P2", "01")}),
    ("01", "subunit-leaders", "TTT", {("M3", "TTCP"), ("P3", "01")}),
    ("01", "district-leaders", None, {("P4", "01")}),
]


@pytest.mark.parametrize(("unit", "kind", "department", "forms"), WHO_RATES_WHOM)
def test_each_list_asks_about_the_units_its_people_know(
    db, campaign, roster, keys, now, unit, kind, department, forms
):
    person = roster.named(unit, kind, department)
    issue_all(db, campaign, keys, now)
    assert roster.forms(person) == dict.fromkeys(forms, "not_sent")


def test_one_person_gets_one_invitation_with_all_questionnaires(db, campaign, roster, keys, now):
    person = roster.named("01", "council")
    roster.enter(person, "01", "agency-leaders", "SNV")
    issue_all(db, campaign, keys, now)
    assert db.scalar(select(func.count()).select_from(Invitation)) == 1
    assert roster.forms(person) == {
        ("M2", "BNV"): "not_sent",
        ("P1", "01"): "not_sent",
        ("P2", "01"): "duplicate",
    }
    seen = queries.find(db, code_of(db, campaign, keys, person), keys=keys)
    assert [(a.number, a.group_code) for a in seen.assignments] == [(1, "M2"), (2, "P1")]


def test_the_centre_may_allow_a_second_form_on_the_same_unit(db, campaign, roster, keys, now):
    campaign.settings = {**campaign.settings, "second_form_on_same_unit": "both"}
    person = roster.named("01", "council")
    roster.enter(person, "01", "agency-leaders", "VPUBND")
    issue_all(db, campaign, keys, now)
    assert set(roster.forms(person).values()) == {"not_sent"}
    assert len(roster.forms(person)) == 2


def test_a_duplicate_takes_the_place_of_the_form_whose_list_dropped_the_person(
    db, campaign, roster, keys, now
):
    person = roster.named("01", "council")
    roster.enter(person, "01", "agency-leaders", "VPUBND")
    issue_all(db, campaign, keys, now)
    roster.drop(person, "council")
    issue_all(db, campaign, keys, now)
    assert roster.forms(person) == {("P1", "01"): "removed", ("P2", "01"): "not_sent"}
    assert counted(db) == standing(db)


def test_a_form_that_was_begun_is_not_exchanged_for_another_group(db, campaign, roster, keys, now):
    person = roster.named("01", "agency-leaders", "VPUBND")
    issue_all(db, campaign, keys, now)
    service.start(db, db.scalars(select(Assignment.id)).one(), today=now.date())
    roster.enter(person, "01", "council")
    issue_all(db, campaign, keys, now)
    assert roster.forms(person) == {("P2", "01"): "begun", ("P1", "01"): "duplicate"}


def test_a_form_not_begun_gives_way_to_the_first_group(db, campaign, roster, keys, now):
    person = roster.named("01", "agency-leaders", "VPUBND")
    issue_all(db, campaign, keys, now)
    roster.enter(person, "01", "council")
    issue_all(db, campaign, keys, now)
    assert roster.forms(person) == {("P2", "01"): "duplicate", ("P1", "01"): "not_sent"}
    assert counted(db) == standing(db)


def test_issuing_again_changes_nothing(db, campaign, roster, keys, now):
    for number in range(7):
        roster.named("01", "agency-leaders", "SNV", name=f"Người {number}")
    assert issue_all(db, campaign, keys, now, limit=3) == 3
    before = db.execute(select(Invitation.tag, Invitation.issued_at)).all()
    again = service.issue(db, campaign, keys=keys, now=now + timedelta(days=1))
    assert (again.done, again.created, again.revoked, again.remaining) == (0, 0, 0, 0)
    assert db.execute(select(Invitation.tag, Invitation.issued_at)).all() == before
    assert counted(db) == standing(db)


def test_each_batch_says_how_many_people_remain(db, campaign, roster, keys, now):
    for number in range(5):
        roster.named("01", "agency-leaders", "SNV", name=f"Người {number}")
    progress = service.issue(db, campaign, keys=keys, now=now, limit=2)
    assert (progress.done, progress.created, progress.remaining) == (2, 4, 3)
    state = outstanding.state(db, campaign)
    assert (state.people, state.invited, state.to_invite, state.to_change) == (5, 2, 3, 0)


def test_somebody_who_is_asked_nothing_gets_no_invitation(db, campaign, roster, keys, now):
    roster.person("01")
    assert service.issue(db, campaign, keys=keys, now=now).remaining == 0
    assert db.scalar(select(func.count()).select_from(Invitation)) == 0


def test_who_is_no_longer_listed_loses_what_was_not_submitted(db, campaign, roster, keys, now):
    person = roster.named("01", "agency-leaders", "SNV")
    issue_all(db, campaign, keys, now)
    code = code_of(db, campaign, keys, person)
    roster.drop(person)
    progress = service.issue(db, campaign, keys=keys, now=now)
    assert (progress.revoked, progress.remaining) == (2, 0)
    assert set(roster.forms(person).values()) == {"removed"}
    with pytest.raises(LinkRevoked):
        queries.find(db, code, keys=keys)
    assert counted(db) == standing(db)


def test_what_was_submitted_stays_when_its_author_leaves_the_list(db, campaign, roster, keys, now):
    person = roster.named("01", "agency-leaders", "SNV")
    issue_all(db, campaign, keys, now)
    code = code_of(db, campaign, keys, person)
    about_province = next(
        a for a in queries.find(db, code, keys=keys).assignments if a.group_code == "P2"
    )
    service.mark_submitted(db, about_province.id, today=now.date())
    roster.drop(person)
    issue_all(db, campaign, keys, now)
    assert roster.forms(person) == {("M2", "BNV"): "removed", ("P2", "01"): "submitted"}
    assert [a.group_code for a in queries.find(db, code, keys=keys).assignments] == ["P2"]


def test_who_is_listed_again_gets_the_same_link_back(db, campaign, roster, keys, now):
    person = roster.named("01", "council")
    issue_all(db, campaign, keys, now)
    code = code_of(db, campaign, keys, person)
    roster.drop(person, "council")
    issue_all(db, campaign, keys, now)
    roster.enter(person, "01", "district-leaders")
    roster.drop(person, "council")
    issue_all(db, campaign, keys, now)
    assert [a.group_code for a in queries.find(db, code, keys=keys).assignments] == ["P4"]


def test_a_corrected_department_moves_both_forms_and_their_cells(db, campaign, roster, keys, now):
    person = roster.named("01", "agency-leaders", "SNV")
    issue_all(db, campaign, keys, now)
    roster.drop(person, "agency-leaders")
    roster.enter(person, "01", "agency-leaders", "TTT")
    issue_all(db, campaign, keys, now)
    assert roster.forms(person) == {
        ("M2", "BNV"): "removed",
        ("P2", "01"): "not_sent",
        ("M2", "TTCP"): "not_sent",
    }
    stored = db.scalars(select(Assignment.department_id).where(Assignment.state == "active"))
    assert set(stored) == {roster.departments["TTT"]}
    assert counted(db) == standing(db)


def test_two_departments_of_one_person_are_one_form_and_settle(db, campaign, roster, keys, now):
    person = roster.named("01", "agency-leaders", "SNV")
    roster.enter(person, "01", "agency-leaders", "VPUBND")
    issue_all(db, campaign, keys, now)
    assert roster.forms(person) == {("M2", "BNV"): "not_sent", ("P2", "01"): "not_sent"}


def test_a_code_that_was_ever_taken_is_stepped_over(db, campaign, keys, now):
    facts = {"id": uuid.UUID(int=1), "key_number": 1, "issue_number": 1}
    free = {**facts, "counter": 0}
    give_codes(db, campaign, [free], keys=keys)
    db.add(RetiredTag(tag=free["tag"], campaign_id=campaign.id, reason="replaced"))
    db.flush()
    stepped = {**facts, "counter": 0}
    give_codes(db, campaign, [stepped], keys=keys)
    assert stepped["counter"] > free["counter"]
    assert stepped["tag"] != free["tag"]


def test_two_codes_of_one_batch_are_never_the_same(db, campaign, keys, now):
    facts = {"id": uuid.UUID(int=1), "key_number": 1, "issue_number": 1}
    rows = [{**facts, "counter": 0}, {**facts, "counter": 0}]
    give_codes(db, campaign, rows, keys=keys)
    assert rows[0]["tag"] != rows[1]["tag"]


def test_nothing_is_issued_once_collection_is_over(db, campaign, roster, keys, now):
    roster.named("01", "council")
    campaign.state = "closed"
    with pytest.raises(WrongState):
        service.issue(db, campaign, keys=keys, now=now)


def test_reissue_kills_the_old_link_and_starts_over(db, campaign, roster, keys, now):
    person = roster.named("01", "agency-leaders", "SNV")
    issue_all(db, campaign, keys, now)
    old = code_of(db, campaign, keys, person)
    held = queries.find(db, old, keys=keys)
    service.start(db, held.assignments[0].id, today=now.date())
    service.reissue(
        db, campaign, held.invitation_id, reason="Gửi nhầm người", act=Act("operator", now, keys)
    )
    with pytest.raises(LinkReplaced):
        queries.find(db, old, keys=keys)
    with pytest.raises(UnknownCode):
        queries.find_typed(db, old, keys=keys)
    new = queries.find(db, code_of(db, campaign, keys, person), keys=keys)
    assert {(a.disposition, a.begun_on) for a in new.assignments} == {("not_sent", None)}
    assert counted(db) == standing(db)
    assert db.scalar(select(func.count()).select_from(RetiredTag)) == 1


def test_an_ended_invitation_is_left_alone_by_later_issuing(db, campaign, roster, keys, now):
    person = roster.named("01", "agency-leaders", "SNV")
    issue_all(db, campaign, keys, now)
    code = code_of(db, campaign, keys, person)
    invitation = roster.invitation(person)
    service.revoke(db, campaign, invitation.id, reason="Theo đơn", act=Act("operator", now, keys))
    assert service.issue(db, campaign, keys=keys, now=now).done == 0
    with pytest.raises(LinkRevoked):
        queries.find(db, code, keys=keys)
    assert set(roster.forms(person).values()) == {"removed"}
    assert counted(db) == standing(db)


def test_two_operators_issuing_at_once_invite_everybody_once(engine, keys, now):
    with transaction() as db:
        campaign = opened(db, now)
        roster = Roster(db, campaign)
        for number in range(60):
            roster.named("01", "agency-leaders", "SNV", name=f"Người {number}")
    faults: list[BaseException] = []

    def issue():
        try:
            while True:
                with transaction() as db:
                    its_campaign = db.get(Campaign, campaign.id)
                    if not service.issue(db, its_campaign, keys=keys, now=now, limit=10).remaining:
                        return
        except BaseException as exc:
            faults.append(exc)

    threads = [threading.Thread(target=issue) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    with transaction() as db:
        assert db.scalar(select(func.count()).select_from(Invitation)) == 60
        assert db.scalar(select(func.count()).select_from(Assignment)) == 120
        assert counted(db) == standing(db)


def test_a_crash_loses_one_batch_and_the_next_run_makes_it_good(engine, keys, now):
    with transaction() as db:
        campaign = opened(db, now)
        roster = Roster(db, campaign)
        for number in range(6):
            roster.named("01", "council", name=f"Người {number}")
    with transaction() as db:
        service.issue(db, db.get(Campaign, campaign.id), keys=keys, now=now, limit=2)
    with pytest.raises(RuntimeError), transaction() as db:
        service.issue(db, db.get(Campaign, campaign.id), keys=keys, now=now, limit=2)
        raise RuntimeError("the power went")
    with transaction() as db:
        issue_all(db, db.get(Campaign, campaign.id), keys, now)
        assert db.scalar(select(func.count()).select_from(Invitation)) == 6
        assert counted(db) == standing(db)


def test_a_rotated_ring_finds_invitations_of_both_keys(db, campaign, roster, keys, now):
    from hashlib import sha256

    from surveyapp.keys import KeyRing

    first = roster.named("01", "council")
    issue_all(db, campaign, keys, now)
    old = code_of(db, campaign, keys, first)
    rotated = KeyRing({**keys.roots, 2: sha256(b"another root key").digest()})
    second = roster.named("01", "council")
    issue_all(db, campaign, rotated, now)
    assert queries.find(db, old, keys=rotated).campaign.code == "tiny"
    assert code_of(db, campaign, rotated, first) == old
    assert code_of(db, campaign, rotated, second) != old


def test_a_batch_takes_as_many_statements_for_forty_people_as_for_four(
    db, engine, campaign, roster, keys, now
):
    seen: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    counts = []
    for size in (4, 40):
        for number in range(size):
            roster.named("01", "agency-leaders", "SNV", name=f"Người {number}")
        seen.clear()
        assert service.issue(db, campaign, keys=keys, now=now).done == size
        counts.append(len(seen))
    assert counts[0] == counts[1] < 20
