"""Receipts: shown again to their owner, useless to anybody else."""

import uuid

from surveyapp.keys import KeyRing
from surveyapp.responses import receipts
from surveyapp.responses.models import Receipt

SOMEONE = uuid.UUID(int=7)


def test_a_receipt_is_the_same_every_time_even_after_a_new_root_key(keys):
    first = receipts.receipt(keys, SOMEONE)
    assert receipts.receipt(keys, SOMEONE) == first
    assert receipts.receipt(KeyRing({**keys.roots, 2: bytes(range(32))}), SOMEONE) == first


def test_a_receipt_is_sixteen_signs_in_groups_of_four(keys):
    groups = receipts.receipt(keys, SOMEONE).split("-")
    assert [len(group) for group in groups] == [4, 4, 4, 4]
    assert set("".join(groups)) <= set(receipts.ALPHABET)


def test_no_sign_of_a_receipt_is_rewritten_by_a_vietnamese_keyboard_or_mistaken():
    assert not set(receipts.ALPHABET) & set("AEIOUYDW01LS")
    assert len(set(receipts.ALPHABET)) == 24


def test_receipts_differ_between_people_and_between_servers(keys):
    people = {receipts.receipt(keys, uuid.UUID(int=n)) for n in range(1000)}
    assert len(people) == 1000
    assert receipts.receipt(KeyRing({1: bytes(range(32))}), SOMEONE) not in people


def test_a_receipt_is_found_however_it_is_typed(db, keys):
    receipt = receipts.receipt(keys, SOMEONE)
    db.add(Receipt(tag=receipts.tag(receipt), campaign_id=1))
    db.flush()
    for typed in (
        receipt,
        receipt.lower(),
        receipt.replace("-", " "),
        f" {receipt.replace('-', '')}",
    ):
        assert receipts.known(db, typed)
    for other in ("", "x", receipt[:-1], receipts.receipt(keys, uuid.UUID(int=8))):
        assert not receipts.known(db, other)
