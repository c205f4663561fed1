"""The audit trail tells when it was tampered with."""

from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import delete, update

from surveyapp.accounts import audit
from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.accounts.errors import AuditBroken
from surveyapp.accounts.models import AuditEntry
from surveyapp.keys import FOR_AUDIENCE, KeyNotGiven, KeyRing


@pytest.fixture
def trail(db, now, keys):
    for step in range(5):
        audit.record(
            db,
            Act("operator", now + timedelta(seconds=step, microseconds=step), keys),
            "approved list",
            campaign_code="tiny",
            unit_code="BNV" if step % 2 else "01",
            facts={"list": step, "note": "đủ"},
        )
    db.flush()


def test_an_untouched_trail_is_intact_and_names_its_head(db, keys, trail):
    chain = audit.verify(db, keys=keys)
    assert chain.entries == 5
    assert chain.head == audit.entries(db)[0].digest


def test_an_empty_trail_is_intact(db, keys):
    assert audit.verify(db, keys=keys) == audit.Chain(0, audit.FIRST)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("actor", "somebody"),
        ("action", "returned list"),
        ("facts", {"list": 3}),
        ("unit_code", "46"),
        ("campaign_code", "other"),
        ("previous", bytes(32)),
        ("digest", bytes(32)),
    ],
)
def test_an_altered_entry_is_found(db, keys, trail, column, value):
    db.execute(update(AuditEntry).where(AuditEntry.number == 3).values({column: value}))
    with pytest.raises(AuditBroken) as broken:
        audit.verify(db, keys=keys)
    assert broken.value.number == 3


def test_a_changed_hour_is_found(db, keys, trail, now):
    db.execute(update(AuditEntry).where(AuditEntry.number == 2).values(at=now))
    with pytest.raises(AuditBroken) as broken:
        audit.verify(db, keys=keys)
    assert broken.value.number == 2


def test_a_removed_entry_is_found_even_when_the_rest_is_renumbered(db, keys, trail):
    db.execute(delete(AuditEntry).where(AuditEntry.number == 2))
    for number in (3, 4, 5):
        db.execute(update(AuditEntry).where(AuditEntry.number == number).values(number=number - 1))
    with pytest.raises(AuditBroken) as broken:
        audit.verify(db, keys=keys)
    assert broken.value.number == 2


def test_entries_of_older_keys_still_hold_after_a_rotation(db, keys, trail, now):
    rotated = KeyRing({**keys.roots, 2: sha256(b"another root").digest()})
    audit.record(db, Act("operator", now, rotated), "sealed")
    assert audit.verify(db, keys=rotated).entries == 6


def test_a_trail_checked_with_a_foreign_key_breaks_at_its_first_entry(db, keys, trail):
    with pytest.raises(AuditBroken) as broken:
        audit.verify(db, keys=KeyRing({1: sha256(b"foreign").digest()}))
    assert broken.value.number == 1


def test_a_reader_pages_through_one_unit_newest_first(db, keys, trail):
    newest = audit.entries(db, campaign_code="tiny", unit_code="01", limit=2)
    assert [entry.facts["list"] for entry in newest] == [4, 2]
    older = audit.entries(db, unit_code="01", before=newest[-1].number)
    assert [entry.facts["list"] for entry in older] == [0]
    assert len(list(audit.every_entry(db, campaign_code="tiny"))) == 5


def test_entries_that_say_it_are_given_up_to_as_many_as_are_asked_for(db, keys, trail):
    sought = audit.Sought(says=lambda entry: entry.facts["list"] != 3)
    newest = audit.entries(db, campaign_code="tiny", sought=sought, limit=2)
    assert [entry.facts["list"] for entry in newest] == [4, 2]
    older = audit.entries(
        db, campaign_code="tiny", before=newest[-1].number, sought=sought, limit=9
    )
    assert [entry.facts["list"] for entry in older] == [1, 0]


def test_the_respondents_process_enters_its_own_act_and_can_sign_none_of_the_staffs(db, now, keys, trail):  # fmt: skip
    theirs = Act("server", now, keys.only(FOR_AUDIENCE["respondent"]))
    audit.record(db, theirs, Action.DRAFT_SECRET_MADE, campaign_code="tiny")
    db.flush()
    assert audit.verify(db, keys=keys).entries == 6
    audit.verify_last(db, keys=keys)
    for action in Action:
        if action != Action.DRAFT_SECRET_MADE:
            with pytest.raises(KeyNotGiven):
                audit.record(db, theirs, action)


def test_an_act_of_the_staff_that_the_respondents_key_signed_breaks_the_trail(db, now, keys, trail):
    stolen = {1: {"audit": keys.key("audit-respondent")}}
    forged = Act("operator", now, KeyRing({1: b""}, given=stolen))
    audit.record(db, forged, Action.BOX_OPENED, campaign_code="tiny")
    db.flush()
    with pytest.raises(AuditBroken):
        audit.verify(db, keys=keys)
