"""Which passwords are taken, and how they are kept."""

import pytest

from surveyapp.accounts import passwords
from surveyapp.accounts.errors import WeakPassword


@pytest.mark.parametrize(
    ("password", "rule"),
    [
        ("ngan qua", "short"),
        ("x" * 129, "long"),
        ("aaaaabbbbbaaaaa", "repetitive"),
        ("matkhau123456789", "common"),
        ("Password1234", "common"),
        ("khaosatcchc2024", "common"),
        ("bnv.coordinator2024", "username"),
    ],
)
def test_a_password_that_anybody_would_try_first_is_refused(password, rule):
    with pytest.raises(WeakPassword) as refused:
        passwords.check_strength(password, username="bnv.coordinator")
    assert refused.value.rule == rule


@pytest.mark.parametrize(
    "password", ["con meo tren mai nha", "Trời hôm nay nắng đẹp", "x7!kq2Lm9#pR"]
)
def test_a_sentence_of_ones_own_is_taken(password):
    passwords.check_strength(password, username="bnv.coordinator")


def test_a_hash_matches_its_password_typed_on_any_vietnamese_keyboard():
    composed, decomposed = "Trời hôm nay", "Tr\u01a1\u0300i ho\u0302m nay"
    kept = passwords.hash_password(composed)
    assert passwords.matches(kept, decomposed)
    assert not passwords.matches(kept, "Troi hom nay")


def test_the_cost_of_a_hash_is_64_mib_and_three_passes_unless_a_test_asks_for_less():
    passwords.use_cost(memory_kib=65_536, passes=3)
    try:
        dear = passwords.hash_password("con meo tren mai nha")
    finally:
        passwords.use_cost(memory_kib=8, passes=1)
    assert dear.startswith("$argon2id$v=19$m=65536,t=3,p=1$")
    assert passwords.needs_rehash(dear)


def test_a_password_as_long_as_a_book_is_refused_without_hashing_it():
    assert not passwords.matches(passwords.dummy_hash(), "a" * 10_000_000)
