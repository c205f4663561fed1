import re
import unicodedata
import uuid
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import Signer

from surveyapp.invitations.credentials import codes as access_codes
from surveyapp.invitations.credentials import links
from surveyapp.invitations.errors import MistypedCode, TamperedLink
from surveyapp.keys import KeyRing

KEYS = KeyRing({1: sha256(b"one").digest()})
ROTATED = KeyRing({**KEYS.roots, 2: sha256(b"two").digest()})


def a_code(keys: KeyRing = KEYS, *, issue_number: int = 1, counter: int = 0, n: int = 0) -> str:
    code, _ = access_codes.choose_code(
        keys,
        campaign_code="tiny",
        invitation_id=uuid.UUID(int=n),
        issue_number=issue_number,
        key_number=keys.current,
        counter=counter,
    )
    return code


codes = st.integers(0, 10_000).map(lambda n: a_code(n=n))
tokens = codes.map(lambda code: links.sign(KEYS, code))


@given(codes)
def test_a_code_is_sixteen_digits_that_no_mail_gateway_takes_for_a_bank_card(code):
    assert re.fullmatch(r"[178]\d{15}", code)
    assert access_codes.check_digit(code[:-1]) == code[-1]
    assert not access_codes.passes_luhn(code)


def test_codes_differ_by_campaign_invitation_issue_and_counter_and_repeat_otherwise():
    def make(**change):
        facts = {"campaign_code": "tiny", "invitation_id": uuid.UUID(int=1), "issue_number": 1}
        return access_codes.make_code(KEYS, **{**facts, "counter": 0, "key_number": 1, **change})

    changes = ({"campaign_code": "big"}, {"invitation_id": uuid.UUID(int=2)}, {"issue_number": 2})
    made = {make(), *(make(**change) for change in changes), make(counter=1)}
    assert len(made) == 5
    assert make() == make()


def test_an_issue_under_a_rotated_ring_keeps_its_code_by_its_key_number():
    facts = {"campaign_code": "tiny", "invitation_id": uuid.UUID(int=1), "issue_number": 1}
    under = [
        access_codes.make_code(ring, **facts, counter=0, key_number=1) for ring in (KEYS, ROTATED)
    ]
    assert under[0] == under[1]
    assert access_codes.make_code(ROTATED, **facts, counter=0, key_number=2) != under[0]


def test_first_digits_and_the_rest_are_spread_evenly():
    made = [
        access_codes.make_code(
            KEYS,
            campaign_code="tiny",
            invitation_id=uuid.UUID(int=n),
            issue_number=1,
            counter=0,
            key_number=1,
        )
        for n in range(3000)
    ]
    for first in "178":
        assert 900 < sum(code[0] == first for code in made) < 1100
    for digit in "0123456789":
        assert 220 < sum(code[7] == digit for code in made) < 380


def test_the_counter_steps_over_numbers_that_pass_for_bank_cards():
    stepped = 0
    for n in range(200):
        code, counter = access_codes.choose_code(
            KEYS,
            campaign_code="tiny",
            invitation_id=uuid.UUID(int=n),
            issue_number=1,
            key_number=1,
        )
        again = access_codes.make_code(
            KEYS,
            campaign_code="tiny",
            invitation_id=uuid.UUID(int=n),
            issue_number=1,
            counter=counter,
            key_number=1,
        )
        assert again == code
        stepped += counter > 0
    assert 5 < stepped < 50  # one number in ten passes Luhn


@given(codes, st.integers(0, 15), st.integers(1, 9))
def test_one_wrong_digit_is_seen_at_once(code, index, shift):
    wrong = str((int(code[index]) + shift) % 10)
    with pytest.raises(MistypedCode):
        access_codes.read_typed(code[:index] + wrong + code[index + 1 :])


@given(codes, st.integers(0, 14))
def test_two_neighbours_swapped_are_seen_at_once(code, index):
    swapped = code[:index] + code[index + 1] + code[index] + code[index + 2 :]
    if swapped != code:
        with pytest.raises(MistypedCode):
            access_codes.read_typed(swapped)


@given(codes, st.lists(st.sampled_from(list(" -–.\u00a0\u200bôưđạ'\n\tA")), max_size=30))
def test_a_code_is_read_whatever_a_keyboard_put_between_its_digits(code, rubbish):
    mixed = "".join(
        sign + (rubbish[index] if index < len(rubbish) else "") for index, sign in enumerate(code)
    )
    assert access_codes.read_typed(mixed) == code


def test_full_width_and_arabic_indic_digits_are_read():
    code = a_code()
    assert access_codes.read_typed("".join(chr(0xFF10 + int(d)) for d in code)) == code
    assert access_codes.read_typed("".join(chr(0x0660 + int(d)) for d in code)) == code


@given(st.text(max_size=40))
def test_anything_else_is_refused_with_the_number_of_digits(text):
    digits = sum(s.isdecimal() for s in unicodedata.normalize("NFKC", text))
    if digits != access_codes.CODE_DIGITS:
        with pytest.raises(MistypedCode) as refused:
            access_codes.read_typed(text)
        assert refused.value.digits_given == digits


def test_a_code_is_shown_in_four_groups():
    assert access_codes.show("7123456789012345") == "7123-4567-8901-2345"


def test_the_stored_tag_needs_the_lookup_key():
    code = a_code()
    assert len(access_codes.tag(KEYS, code)) == 16
    assert access_codes.tag(KEYS, code) != access_codes.tag(
        KeyRing({1: sha256(b"other").digest()}), code
    )
    assert access_codes.tag(KEYS, code) in access_codes.tags(ROTATED, code)


@given(codes)
def test_a_link_gives_back_its_code(code):
    token = links.sign(KEYS, code)
    assert links.read(KEYS, token) == code
    assert len(token) == 39


@given(tokens, st.integers(0, 38), st.characters())
def test_a_link_with_any_character_changed_is_refused(token, index, other):
    changed = token[:index] + other + token[index + 1 :]
    if changed != token:
        with pytest.raises(TamperedLink):
            links.read(KEYS, changed)


@given(tokens, st.integers(0, 38))
def test_a_link_cut_short_by_a_mail_program_is_refused(token, length):
    with pytest.raises(TamperedLink):
        links.read(KEYS, token[:length])


@given(st.text(max_size=60))
def test_no_other_text_is_a_link(text):
    with pytest.raises(TamperedLink):
        links.read(KEYS, text)


def test_a_link_signed_under_an_older_live_key_still_opens_and_under_a_dead_one_does_not():
    old = links.sign(KEYS, a_code())
    assert links.read(ROTATED, old) == a_code()
    assert links.sign(ROTATED, a_code(), 1) == old
    assert links.sign(ROTATED, a_code()) != old
    with pytest.raises(TamperedLink):
        links.read(KeyRing({2: ROTATED.roots[2]}), old)


def test_a_signature_made_for_another_purpose_opens_nothing():
    signer = Signer(
        KEYS.key("link"),
        salt="something else",
        sep="~",
        key_derivation="hmac",
        digest_method="sha256",
        algorithm=links.ShortHmac(),
    )
    signer.digest_method = sha256
    with pytest.raises(TamperedLink):
        links.read(KEYS, signer.sign(a_code()).decode())


def test_the_whole_link_is_short_enough_for_an_sms():
    address = links.address("https://khaosat.example.gov.vn", KEYS, a_code())
    assert address.startswith("https://khaosat.example.gov.vn/t/")
    assert len(address) <= 75
