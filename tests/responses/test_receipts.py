"""Receipts: shown again to their owner, useless to anybody else."""

import hashlib
import os
import uuid

from surveyapp.config import PROJECT
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


def test_a_part_of_the_list_has_every_mark_that_begins_so_and_no_other(db):
    tags = sorted(bytes([n]) + os.urandom(15) for n in (0x00, 0x3E, 0x3F, 0x3F, 0x40, 0xFF))
    db.add_all(Receipt(tag=tag, campaign_id=1 + n % 2) for n, tag in enumerate(tags))
    db.flush()
    assert receipts.part(db, "3f") == [tag.hex() for tag in tags if tag[0] == 0x3F]
    assert len(receipts.part(db, "00")) == len(receipts.part(db, "ff")) == 1
    assert receipts.part(db, "41") == []


def test_the_list_of_a_campaign_is_published_with_its_number_and_digest(db):
    assert receipts.published(db, 1).number == 0
    tags = sorted(os.urandom(16) for _ in range(5))
    db.add_all(Receipt(tag=tag, campaign_id=1) for tag in reversed(tags))
    db.add(Receipt(tag=bytes(16), campaign_id=2))
    db.flush()
    list_published = receipts.published(db, 1)
    assert list_published == receipts.Published(5, hashlib.sha256(b"".join(tags)).hexdigest())
    assert list(receipts.tags(db, 1)) == tags


def test_the_script_makes_the_same_mark_of_a_receipt(keys):
    """The same prefix, alphabet and length stand in the script; the browser tests run it."""
    script = (PROJECT / "surveyapp" / "static" / "js" / "receipt.js").read_text()
    assert '"receipt\\0" + shown' in script
    assert "[2-9" + receipts.ALPHABET.lstrip("23456789") + "]{16}" in script
