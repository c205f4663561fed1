"""Submitting: once, in one transaction, and nothing of the person goes into the box."""

import threading
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, event, func, select, update
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.assignments.errors import AssignmentRevoked, UnknownAssignment
from surveyapp.assignments.models import Assignment, CountDelta
from surveyapp.db import transaction
from surveyapp.invitations.errors import CampaignClosed, CampaignNotOpenYet
from surveyapp.keys import KeyRing
from surveyapp.responses import drafts, receipts
from surveyapp.responses.drafts import FieldChange
from surveyapp.responses.errors import DraftChanged, DraftUnreadable, NothingToSubmit
from surveyapp.responses.models import Draft, SealedBallot
from surveyapp.responses.sealed_box import box
from surveyapp.responses.service import submit
from tests.factories import close_campaign
from tests.responses.world import PRIVATE, World, answers, survey


@pytest.fixture
def world(db: Session, keys: KeyRing, now: datetime) -> World:
    return survey(db, keys, now, people=2)


def ballots(db: Session) -> list[SealedBallot]:
    return list(db.scalars(select(SealedBallot)))


def opened(world: World, db: Session) -> box.Ballot:
    [ballot] = ballots(db)
    return box.unseal(PRIVATE, world.campaign.code, ballot.ciphertext)


def test_submitting_marks_the_person_seals_the_answers_and_deletes_the_draft(world, db):
    form = world.forms[0]
    world.save(db, form, {**answers(form, 5), "P1-900": "Cần gọn hơn"})
    receipt = world.submit(db, form)
    state, on, disposition = db.execute(
        select(Assignment.state, Assignment.submitted_on, Assignment.disposition).where(
            Assignment.id == form.id
        )
    ).one()
    assert (state, on, disposition) == ("submitted", clock.day(world.now), "submitted")
    assert db.scalar(select(func.count()).select_from(Draft)) == 0
    ballot = opened(world, db)
    assert ballot.codes == tuple(answers(form, 5).values())
    assert ballot.remark == "Cần gọn hơn"
    assert (ballot.rated_unit_code, ballot.group_code) == ("01", "P1")
    assert ballot.receipt_tag == receipts.tag(receipt)


def test_a_ballot_says_nothing_more_than_it_may(world, db):
    world.save(db, world.forms[0], answers(world.forms[0]))
    world.submit(db, world.forms[0])
    assert set(vars(opened(world, db))) == {
        "instrument_code",
        "instrument_version",
        "instrument_mark",
        "rated_unit_code",
        "group_code",
        "codes",
        "remark",
        "quality",
        "receipt_tag",
    }
    assert set(opened(world, db).quality) == {"under_floor"}


def test_submitting_again_gives_the_same_receipt_and_no_second_ballot(world, db):
    world.save(db, world.forms[0], {"P1-101": "1"})
    first = world.submit(db, world.forms[0])
    assert world.submit(db, world.forms[0]) == first
    late = replace(world, now=world.campaign.closes_at + timedelta(days=3))
    assert late.submit(db, world.forms[0]) == first
    assert len(ballots(db)) == 1


def test_a_person_without_a_single_answer_is_told_so_and_stays_unsubmitted(world, db):
    form = world.forms[0]
    world.save(db, form, {"P1-101": "1"})
    cleared = {"P1-101": FieldChange("1", "")}
    held = {"holder": form.holder(world.keys), "changes": cleared, "now": world.now}
    drafts.save(db, form.id, form.instrument, **held)
    with pytest.raises(NothingToSubmit), db.begin_nested():
        world.submit(db, world.forms[0])
    with pytest.raises(NothingToSubmit):
        world.submit(db, world.forms[1])
    assert ballots(db) == []
    assert db.scalar(select(func.count()).select_from(Draft)) == 1


def test_gaps_are_allowed_and_the_disposition_says_nothing_of_them(world, db):
    world.save(db, world.forms[0], {"P1-101": "1", "P1-102": "2", "P1-103": "3"})
    world.submit(db, world.forms[0])
    assert (
        db.scalar(select(Assignment.disposition).where(Assignment.id == world.forms[0].id))
        == "submitted"
    )
    assert opened(world, db).codes == ("1", "2", "3", "", "", "")


def test_what_was_not_reviewed_is_not_submitted(world, db):
    form = world.forms[0]
    reviewed = world.save(db, form, {"P1-101": "1"}).version
    newest = world.save(db, form, {"P1-102": "1"}).version

    def press(version: bytes) -> str:
        with db.begin_nested():
            return submit(
                db,
                world.campaign,
                form,
                form.instrument,
                holder=form.holder(world.keys),
                now=world.now,
                version=version,
            )

    for seen in (reviewed, b""):
        with pytest.raises(DraftChanged):
            press(seen)
    assert world.load(db, form).version == newest
    assert press(newest) == receipts.receipt(world.keys, form.id)


def test_nothing_is_taken_outside_the_window(world, db):
    world.save(db, world.forms[0], {"P1-101": "1"})
    for moment, reason in (
        (world.campaign.opens_at - timedelta(seconds=1), CampaignNotOpenYet),
        (world.campaign.ends_at, CampaignClosed),
    ):
        with pytest.raises(reason):
            replace(world, now=moment).submit(db, world.forms[0])
    close_campaign(db, world.campaign.code, now=world.now)
    with pytest.raises(CampaignClosed):
        world.submit(db, world.forms[0])
    assert ballots(db) == []


def test_a_revoked_form_cannot_be_submitted(world, db):
    world.save(db, world.forms[0], {"P1-101": "1"})
    db.execute(update(Assignment).values(state="revoked", disposition="removed"))
    with pytest.raises(AssignmentRevoked):
        world.submit(db, world.forms[0])


def test_another_persons_code_submits_nothing(world, db):
    world.save(db, world.forms[0], {"P1-101": "1"})
    with pytest.raises(DraftUnreadable), db.begin_nested():
        world.submit(db, replace(world.forms[0], code=world.forms[1].code))
    assert world.load(db, world.forms[0]).answers == {"P1-101": "1"}


def test_a_form_of_another_campaign_is_unknown(world, db):
    form = world.forms[0]
    world.save(db, form, {"P1-101": "1"})
    other = type(world.campaign)(id=world.campaign.id + 1)
    with pytest.raises(UnknownAssignment):
        submit(db, other, form, form.instrument, holder=form.holder(world.keys), now=world.now)


@pytest.mark.parametrize(
    ("saves", "mark"),
    [
        ([(0, 9)], "yes"),  # 79 syllables: nobody reads them in less than 15.8 s
        ([(0, 9), (9, 15), (15, 20)], "no"),
        ([(0, 9), (0, 40)], "no"),  # the script saves twice from one page
        ([(0, 5000), (5000, 9000)], "no"),
        ([(0, 9), (5000, 5003)], "yes"),  # a day's pause between two pages is no work
        ([(None, 9), (9, 5000)], "unknown"),
    ],
)
def test_only_whether_nobody_reads_as_fast_is_sealed_with_pauses_cut_short(world, db, saves, mark):
    for number, (shown, sent) in enumerate(saves):
        world.save(db, world.forms[0], {"P1-101": str(number + 1)}, shown=shown, seconds=sent)
    world.submit(db, world.forms[0])
    assert opened(world, db).quality == {"under_floor": mark}


def test_submitting_takes_at_most_six_statements(world, db, engine):
    world.save(db, world.forms[0], answers(world.forms[0]))
    statements = []
    event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    world.submit(db, world.forms[0])
    assert len(statements) <= 6, statements


def together(count: int, task) -> list[object]:
    """Run `task(number)` in threads that start at one moment; what each returned or raised."""
    outcomes: list[object] = [None] * count
    gate = threading.Barrier(count)

    def run(number: int) -> None:
        gate.wait()
        try:
            outcomes[number] = task(number)
        except Exception as error:
            outcomes[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_two_phones_pressing_submit_together_give_one_ballot_and_one_receipt(
    engine: Engine, keys: KeyRing, now: datetime
):
    with transaction() as db:
        world = survey(db, keys, now, people=5)
        for form in world.forms:
            world.save(db, form, {"P1-101": "1"})

    def press(number: int) -> str:
        with transaction() as db:
            return world.submit(db, world.forms[number // 3])

    outcomes = together(15, press)
    expected = [receipts.receipt(keys, form.id) for form in world.forms for _phone in range(3)]
    assert outcomes == expected
    with transaction() as db:
        assert len(ballots(db)) == 5
        submitted = select(func.sum(CountDelta.change)).where(CountDelta.disposition == "submitted")
        assert db.scalar(submitted) == 5


def test_saves_from_many_devices_at_one_moment_are_all_kept(
    engine: Engine, keys: KeyRing, now: datetime
):
    with transaction() as db:
        world = survey(db, keys, now)
    form = world.forms[0]
    chosen = list(answers(form, 3).items())

    def save(number: int) -> bytes:
        with transaction() as db:
            return world.save(db, form, dict([chosen[number]])).version

    first = save(0)  # two first saves at once: see the next test
    versions = together(len(chosen) - 1, lambda number: save(number + 1))
    assert len({first, *versions}) == len(chosen)
    with transaction() as db:
        assert world.load(db, form).answers == dict(chosen)


def test_two_first_saves_at_one_moment_are_both_kept(engine: Engine, keys: KeyRing, now: datetime):
    with transaction() as db:
        world = survey(db, keys, now)
    form = world.forms[0]

    def save(number: int) -> bytes:
        with transaction() as db:
            return world.save(db, form, {f"P1-10{number + 1}": "1"}).version

    assert len(set(together(3, save))) == 3
    with transaction() as db:
        assert len(world.load(db, form).answers) == 3


def test_a_submission_and_a_save_at_one_moment_never_lose_the_saved_answer_silently(
    engine: Engine, keys: KeyRing, now: datetime
):
    with transaction() as db:
        world = survey(db, keys, now, people=6)
        for form in world.forms:
            world.save(db, form, {"P1-101": "1"})

    def act(number: int) -> object:
        with transaction() as db:
            form = world.forms[number // 2]
            if number % 2:
                return world.submit(db, form)
            return world.save(db, form, {"P1-102": "2"})

    outcomes = together(12, act)
    with transaction() as db:
        sealed = {
            ballot.receipt_tag: ballot.codes[1]
            for row in ballots(db)
            for ballot in [box.unseal(PRIVATE, world.campaign.code, row.ciphertext)]
        }
    for number, form in enumerate(world.forms):
        saved = isinstance(outcomes[2 * number], drafts.Saved)
        tag = receipts.tag(receipts.receipt(keys, form.id))
        assert sealed[tag] == ("2" if saved else "")


def test_closing_waits_for_submissions_and_none_slips_in_after(
    engine: Engine, keys: KeyRing, now: datetime
):
    with transaction() as db:
        world = survey(db, keys, now, people=8)
        for form in world.forms:
            world.save(db, form, {"P1-101": "1"})

    def act(number: int) -> object:
        with transaction() as db:
            if number == 4:
                close_campaign(db, world.campaign.code, now=now)
                return db.scalar(select(func.count()).select_from(SealedBallot))
            return world.submit(db, world.forms[number])

    outcomes = together(8, act)
    receipts_given = sum(isinstance(outcome, str) for outcome in outcomes)
    refused = sum(isinstance(outcome, CampaignClosed) for outcome in outcomes)
    assert outcomes[4] == receipts_given
    assert receipts_given + refused == 7
