"""Drafts: what a person typed is kept, readable by that person alone, whatever the device."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from surveyapp.assignments.errors import AlreadySubmitted, AssignmentRevoked
from surveyapp.assignments.models import Assignment, AssignmentEvent, CountDelta
from surveyapp.campaigns import queries as campaigns
from surveyapp.db.prepared_session import PreparedSession
from surveyapp.invitations.errors import CampaignClosed, CampaignNotOpenYet
from surveyapp.keys import KeyRing
from surveyapp.responses import draft_cipher, drafts, rules
from surveyapp.responses.drafts import FieldChange
from surveyapp.responses.errors import (
    BegunTooOften,
    DraftTooLarge,
    DraftUnreadable,
    NotAnOption,
    RemarkTooLong,
    UnknownItem,
)
from surveyapp.responses.models import Draft
from tests.responses.world import World, answers, survey


@pytest.fixture
def world(db: Session, keys: KeyRing, now: datetime) -> World:
    return survey(db, keys, now, people=2)


def save(world: World, db: Session, changes: dict[str, FieldChange]) -> drafts.Saved:
    form = world.forms[0]
    return drafts.save(
        db,
        form.id,
        form.instrument,
        holder=form.holder(world.keys),
        changes=changes,
        now=world.now,
    )


def test_a_device_that_holds_nothing_finds_no_draft_and_one_in_its_place_reads_none(world, db):
    """What a mailing file gives is the code; the strand lies in the browser that began."""
    form = world.forms[0]
    world.save(db, form, {"P1-101": "2"})
    other = form.holder(world.keys, "another device")
    assert drafts.load(db, form.id, form.instrument, holder=other).answers == {}
    db.execute(update(Draft).values(strand=other.mark))
    with pytest.raises(DraftUnreadable):
        drafts.load(db, form.id, form.instrument, holder=other)


def test_a_draft_needs_the_secret_of_its_campaign_which_no_backup_and_no_key_ring_gives(world, db):
    form = world.forms[0]
    world.save(db, form, {"P1-101": "2"})
    without = replace(form.holder(world.keys), secret=bytes(32))
    with pytest.raises(DraftUnreadable):
        drafts.load(db, form.id, form.instrument, holder=without)


def test_beginning_anew_elsewhere_leaves_the_earlier_draft_as_it_is(world, db):
    form = world.forms[0]
    world.save(db, form, {"P1-101": "2"})
    other = form.holder(world.keys, "another device")
    assert drafts.begun_elsewhere(db, [form.id], holder=other)
    assert not drafts.begun_elsewhere(db, [form.id], holder=form.holder(world.keys))
    change = {"P1-101": FieldChange("", "5")}
    drafts.save(db, form.id, form.instrument, holder=other, changes=change, now=world.now)
    assert world.load(db, form).answers == {"P1-101": "2"}
    assert drafts.load(db, form.id, form.instrument, holder=other).answers == {"P1-101": "5"}


def test_nobody_fills_the_disk_by_beginning_anew(world, db):
    form = world.forms[0]
    change = {"P1-101": FieldChange("", "5")}
    for n in range(drafts.MOST_STRANDS):
        device = form.holder(world.keys, f"device {n}")
        drafts.save(db, form.id, form.instrument, holder=device, changes=change, now=world.now)
    one_more = form.holder(world.keys, "one more")
    with pytest.raises(BegunTooOften):
        drafts.save(db, form.id, form.instrument, holder=one_more, changes=change, now=world.now)


def test_prepared_statements_save_what_a_session_saves(world, db, monkeypatch):
    monkeypatch.setattr(drafts, "_sizes", {})
    monkeypatch.setattr(campaigns, "_parsed", {})
    form, prepared = world.forms[0], PreparedSession(db.connection())
    world.save(prepared, form, {"P1-101": "2", "P1-102": "3"})
    world.save(prepared, form, {"P1-101": "4"})
    for n in range(drafts.MOST_STRANDS - 1):
        change = {"P1-101": FieldChange("", "5")}
        device = form.holder(world.keys, f"one of {n}")
        drafts.save(
            prepared, form.id, form.instrument, holder=device, changes=change, now=world.now
        )
    with pytest.raises(BegunTooOften):
        device = form.holder(world.keys, "one more than these")
        drafts.save(
            prepared, form.id, form.instrument, holder=device, changes=change, now=world.now
        )
    assert world.load(db, form).answers == {"P1-101": "4", "P1-102": "3"}
    disposition = select(Assignment.disposition).where(Assignment.id == form.id)
    assert db.scalar(disposition) == "begun"


def test_a_saved_answer_is_there_on_the_next_device(world, db):
    saved = world.save(db, world.forms[0], {"P1-101": "2", "P1-900": " Cần  gọn hơn.\r\nCảm ơn. "})
    draft = world.load(db, world.forms[0])
    assert draft.version == saved.version
    assert len(saved.version) == 16
    assert draft.answers == {"P1-101": "2", "P1-900": "Cần  gọn hơn.\nCảm ơn."}


def test_a_form_not_begun_has_an_empty_draft(world, db):
    assert world.load(db, world.forms[0]) == drafts.DraftAnswers(b"", {})


def test_an_answer_can_be_taken_back(world, db):
    world.save(db, world.forms[0], {"P1-101": "2", "P1-102": "3"})
    saved = save(world, db, {"P1-101": FieldChange("2", ""), "P1-102": FieldChange("3", None)})
    assert saved.answers == {}
    assert world.load(db, world.forms[0]).answers == {}


def test_a_stale_page_cannot_undo_another_device(world, db):
    world.save(db, world.forms[0], {"P1-101": "2"})
    saved = save(world, db, {"P1-101": FieldChange("", ""), "P1-102": FieldChange("", "4")})
    assert saved.answers == {"P1-101": "2", "P1-102": "4"}
    assert saved.elsewhere == {"P1-101": "2"}


def test_where_both_devices_changed_an_item_the_later_wins_and_is_told(world, db):
    world.save(db, world.forms[0], {"P1-101": "2"})
    saved = save(world, db, {"P1-101": FieldChange("", "5")})
    assert saved.answers == {"P1-101": "5"}
    assert saved.elsewhere == {"P1-101": "2"}


def test_both_devices_choosing_the_same_is_no_conflict(world, db):
    world.save(db, world.forms[0], {"P1-101": "2"})
    assert save(world, db, {"P1-101": FieldChange("", "2")}).elsewhere == {}


@given(
    saves=st.lists(
        st.tuples(
            st.integers(0, 1), st.dictionaries(st.sampled_from("abcde"), st.sampled_from("123"))
        ),
        max_size=12,
    )
)
def test_no_interleaving_of_two_devices_loses_an_item(saves):
    stored: dict[str, str] = {}
    shown: list[dict[str, str]] = [{}, {}]
    last_chosen: dict[str, str] = {}
    for device, chosen in saves:
        page = {item: shown[device].get(item, "") for item in "abcde"}
        changes = {item: (page[item], chosen.get(item, page[item])) for item in page}
        before = stored
        stored, elsewhere = rules.merge(stored, changes)
        last_chosen |= {i: value for i, (base, value) in changes.items() if value != base}
        assert stored == {item: value for item, value in last_chosen.items() if value}
        for item, (base, value) in changes.items():
            if before.get(item, "") not in (base, value):
                assert elsewhere[item] == before.get(item, "")
        shown[device] = dict(stored)


def test_an_answer_that_is_not_an_option_saves_nothing(world, db):
    with pytest.raises(NotAnOption) as refused:
        save(world, db, {"P1-101": FieldChange("", "2"), "P1-203": FieldChange("", "98")})
    assert (refused.value.item_id, refused.value.value) == ("P1-203", "98")
    assert world.load(db, world.forms[0]).version == b""


def test_an_item_that_is_not_asked_is_refused(world, db):
    with pytest.raises(UnknownItem):
        save(world, db, {"M1-101": FieldChange("", "1")})


def test_a_remark_is_counted_as_browsers_count_and_never_cut(world, db):
    save(world, db, {"P1-900": FieldChange("", "😀" * 500)})
    with pytest.raises(RemarkTooLong) as refused:
        save(world, db, {"P1-900": FieldChange("😀" * 500, "😀" * 500 + "a")})
    assert (refused.value.length, refused.value.limit) == (1001, 1000)
    assert world.load(db, world.forms[0]).answers["P1-900"] == "😀" * 500


def test_invisible_signs_are_not_kept(world, db):
    save(world, db, {"P1-900": FieldChange("", "a\x00b\u200bc\u202ed\ud800e\tf")})
    assert world.load(db, world.forms[0]).answers["P1-900"] == "abcdef"


def test_a_decomposed_base_is_the_same_remark(world, db):
    world.save(db, world.forms[0], {"P1-900": "Hoà"})
    saved = save(world, db, {"P1-900": FieldChange("Hoa\u0300 ", "Hoà")})
    assert saved.elsewhere == {}


def test_a_submitted_form_takes_no_more_answers(world, db):
    world.save(db, world.forms[0], {"P1-101": "2"})
    world.submit(db, world.forms[0])
    with pytest.raises(AlreadySubmitted):
        world.save(db, world.forms[0], {"P1-101": "3"})
    assert db.scalar(select(func.count()).select_from(Draft)) == 0


def test_a_revoked_form_takes_no_answers(world, db):
    db.execute(update(Assignment).values(state="revoked", disposition="removed"))
    with pytest.raises(AssignmentRevoked):
        world.save(db, world.forms[0], {"P1-101": "3"})


def test_answers_are_taken_only_within_the_window(world, db):
    for moment, reason in (
        (world.campaign.opens_at - timedelta(seconds=1), CampaignNotOpenYet),
        (world.campaign.ends_at, CampaignClosed),
    ):
        with pytest.raises(reason):
            replace(world, now=moment).save(db, world.forms[0], {"P1-101": "3"})
    assert world.load(db, world.forms[0]).version == b""


def test_filling_the_first_item_and_emptying_it_changes_nothing_beside_the_name(world, db):
    everything = select(*Assignment.__table__.c).where(Assignment.id == world.forms[0].id)
    before = db.execute(everything).one()
    for base, value in (("", "2"), ("2", "")):
        save(world, db, {"P1-101": FieldChange(base, value)})
        assert db.execute(everything).one() == before
    assert db.scalar(select(func.count()).select_from(AssignmentEvent)) == 0
    assert db.scalar(select(func.count()).select_from(CountDelta)) == 0


def test_whoever_declined_and_saves_after_all_has_begun(world, db):
    db.execute(update(Assignment).values(disposition="refused"))
    world.save(db, world.forms[0], {"P1-101": ""})
    disposition = select(Assignment.disposition).where(Assignment.id == world.forms[0].id)
    assert db.scalar(disposition) == "begun"


def test_a_draft_opens_with_its_own_code_only(world, db):
    world.save(db, world.forms[0], {"P1-101": "2"})
    with pytest.raises(DraftUnreadable):
        world.load(db, replace(world.forms[0], code=world.forms[1].code))


def test_a_draft_needs_the_servers_key_too(world, db):
    world.save(db, world.forms[0], {"P1-101": "2"})
    with pytest.raises(DraftUnreadable):
        replace(world, keys=KeyRing({1: b"another" * 4 + b"root"})).load(db, world.forms[0])


def test_a_draft_moved_to_another_person_is_refused(world, db):
    first, second = world.forms
    world.save(db, first, {"P1-101": "2"})
    mark = second.holder(world.keys).mark
    db.execute(update(Draft).values(assignment_id=second.id, strand=mark))
    with pytest.raises(DraftUnreadable):
        world.load(db, replace(second, code=first.code))


@pytest.mark.parametrize("index", [0, 5, 20, -1])
def test_a_flipped_bit_is_noticed(world, db, index):
    world.save(db, world.forms[0], {"P1-101": "2"})
    ciphertext = bytearray(db.scalar(select(Draft.ciphertext)))
    ciphertext[index] ^= 1
    db.execute(update(Draft).values(ciphertext=bytes(ciphertext)))
    with pytest.raises(DraftUnreadable):
        world.load(db, world.forms[0])


def test_an_older_draft_put_back_by_hand_is_noticed_unless_its_version_is_too(world, db):
    world.save(db, world.forms[0], {"P1-101": "2"})
    db.execute(update(Draft).values(version=bytes(16)))
    with pytest.raises(DraftUnreadable):
        world.load(db, world.forms[0])


def test_a_draft_survives_a_new_root_key(world, db):
    world.save(db, world.forms[0], {"P1-101": "2"})
    rotated = replace(world, keys=KeyRing({**world.keys.roots, 2: bytes(range(32))}))
    assert rotated.load(db, world.forms[0]).answers == {"P1-101": "2"}
    rotated.save(db, world.forms[0], {"P1-102": "3"})
    assert rotated.load(db, world.forms[0]).answers == {"P1-101": "2", "P1-102": "3"}


def test_every_draft_of_a_campaign_has_one_size_whatever_is_in_it(world, db, keys, now):
    other = survey(db, keys, now, group="M1", unit="BNV", campaign=world.campaign)
    sizes = set()
    for held in (
        {"P1-101": "1"},
        {"P1-101": ""},
        {**answers(world.forms[0]), "P1-900": "ậ" * 1000},
    ):
        save(world, db, {item: FieldChange("", value) for item, value in held.items()})
        sizes.add(len(db.scalar(select(Draft.ciphertext))))
    db.execute(delete(Draft))
    other.save(db, other.forms[0], {"M1-101": "1"})
    sizes.add(len(db.scalar(select(Draft.ciphertext))))
    assert len(sizes) == 1


def test_a_draft_that_no_questionnaire_can_give_is_refused(world):
    form = world.forms[0]
    draft_context = draft_cipher.DraftContext("tiny", form.instrument, form.id)
    size = draft_cipher.size([form.instrument])
    longest = draft_cipher.Content(rules.longest_answers(form.instrument), 10**10, 10**10, True)
    facts = {"size": size, "holder": form.holder(world.keys)}
    draft_cipher.encrypt(draft_context, bytes(16), longest, **facts)
    longer = replace(longest, answers={**longest.answers, "P1-999": "ậ" * draft_cipher.STEP})
    with pytest.raises(DraftTooLarge):
        draft_cipher.encrypt(draft_context, bytes(16), longer, **facts)


def test_a_version_tells_no_count_of_saves(world, db):
    versions = [save(world, db, {"P1-101": FieldChange("", code)}).version for code in "2323"]
    assert len({*versions}) == 4


def test_the_same_draft_is_never_encrypted_alike(world, db):
    seen = set()
    for code in ("2", "3", "2", "3"):
        save(world, db, {"P1-101": FieldChange("", code)})
        seen.add(db.scalar(select(Draft.ciphertext))[2:14])
    assert len(seen) == 4


def test_drafts_of_a_replaced_code_can_be_discarded(world, db):
    world.save(db, world.forms[0], {"P1-101": "2"})
    assert drafts.discard(db, [form.id for form in world.forms]) == 1
    assert world.load(db, world.forms[0]).version == b""


def test_what_changes_nothing_is_not_written(world, db):
    first = save(world, db, {"P1-101": FieldChange("", "2")})
    again = save(world, db, {"P1-101": FieldChange("", "2"), "P1-102": FieldChange("", "")})
    assert (again.version, again.answers) == (first.version, {"P1-101": "2"})
