"""Ten digits that carry an access code to another device: once, for ten minutes, readable by nobody else."""

from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import select, update

from surveyapp.invitations.credentials import device_handoff
from surveyapp.invitations.credentials.device_handoff import PassedOn
from surveyapp.invitations.errors import MistypedCode, UnknownCode
from surveyapp.invitations.models import Handoff
from surveyapp.keys import KeyRing

CODE = "7123456789012345"
STRAND = bytes(range(16))


def test_the_digits_give_the_code_back_once(db, keys, now):
    offered = device_handoff.offer(db, CODE, STRAND, keys=keys, now=now)
    assert device_handoff.read_typed(device_handoff.show(offered.digits)) == offered.digits
    assert device_handoff.take(
        db, offered.digits, keys=keys, now=now + timedelta(minutes=9)
    ) == PassedOn(CODE, STRAND)
    with pytest.raises(UnknownCode):
        device_handoff.take(db, offered.digits, keys=keys, now=now)


def test_after_ten_minutes_the_digits_are_worth_nothing_and_the_row_goes_with_the_next(
    db, keys, now
):
    old = device_handoff.offer(db, CODE, STRAND, keys=keys, now=now)
    later = now + device_handoff.LIFE
    with pytest.raises(UnknownCode):
        device_handoff.take(db, old.digits, keys=keys, now=later)
    device_handoff.offer(db, CODE, STRAND, keys=keys, now=later)
    assert len(db.scalars(select(Handoff)).all()) == 1


def test_the_row_holds_neither_the_code_nor_the_digits(db, keys, now):
    offered = device_handoff.offer(db, CODE, STRAND, keys=keys, now=now)
    row = db.scalars(select(Handoff)).one()
    for secret in (CODE.encode(), STRAND, offered.digits.encode()):
        assert secret not in row.tag + row.sealed_code


def test_a_row_moved_under_another_tag_opens_nothing(db, keys, now):
    mine = device_handoff.offer(db, CODE, STRAND, keys=keys, now=now)
    theirs = device_handoff.offer(db, "8123456789012345", STRAND, keys=keys, now=now)
    stolen = db.scalars(select(Handoff.sealed_code)).all()
    for sealed in stolen:
        db.execute(update(Handoff).values(sealed_code=sealed))
    opened = 0
    for offered in (mine, theirs):
        try:
            device_handoff.take(db, offered.digits, keys=keys, now=now)
            opened += 1
        except UnknownCode:
            pass
    assert opened == 1


def test_a_new_key_leaves_digits_on_a_screen_valid(db, keys, now):
    offered = device_handoff.offer(db, CODE, STRAND, keys=keys, now=now)
    rotated = KeyRing({**keys.roots, 2: sha256(b"a second root key").digest()})
    assert device_handoff.take(db, offered.digits, keys=rotated, now=now) == PassedOn(CODE, STRAND)


def test_another_length_is_not_a_transfer_code_and_a_slip_is_seen_at_once():
    assert device_handoff.read_typed(CODE) is None
    digits = "1234567890"
    good = digits[:9] + device_handoff.check_digit(digits[:9])
    wrong = good[:9] + str((int(good[9]) + 1) % 10)
    with pytest.raises(MistypedCode):
        device_handoff.read_typed(wrong)
