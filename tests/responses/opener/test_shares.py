"""The key in three shares: any two give it, one says nothing, and a mistyped group is named."""

import itertools
import random
import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.responses.opener import box
from surveyapp.responses.opener.custody import keys, shamir, shares
from surveyapp.responses.opener.errors import (
    GroupsMistyped,
    SameShareTwice,
    ShareDamaged,
    ShareOfAnotherKey,
    ShareTooShort,
    WrongKey,
)

from .box_world import key


def test_the_field_is_that_of_aes():
    assert shamir.times(0x57, 0x83) == 0xC1  # FIPS 197, 4.2
    assert all(shamir.times(a, shamir.inverse(a)) == 1 for a in range(1, 256))


@given(st.binary(min_size=1, max_size=40))
def test_any_two_of_three_shares_give_the_secret_and_all_three_too(secret):
    parts = shamir.split(secret, shares=3, needed=2)
    for some in (*itertools.combinations(parts, 2), parts):
        assert shamir.join({number: parts[number] for number in some}) == secret


def test_one_share_fits_every_secret():
    """For each possible secret byte there is one second share that gives it: the first tells nothing."""
    (first, share), _ = list(shamir.split(b"\x2a", shares=2, needed=2).items())
    secrets_ = {shamir.join({first: share, 2: bytes([other])}) for other in range(256)}
    assert len(secrets_) == 256


def test_shares_of_one_secret_are_uniformly_spread():
    seen = {shamir.split(b"\0", shares=2, needed=2)[1] for _ in range(4000)}
    assert len(seen) == 256


@given(st.integers(1, 3), st.binary(min_size=32, max_size=32), st.binary(min_size=3, max_size=3))
def test_a_share_is_read_back_however_it_was_spaced_and_written(number, secret, mark):
    share = shares.Share(number, mark.hex(), secret)
    text = shares.text(share)
    assert shares.read(text) == share
    assert shares.read(text.replace("-", "").lower()) == share
    assert shares.read("  ".join(text.split("-")) + "\n") == share


def test_every_single_wrong_sign_names_its_group():
    text = shares.text(key()[1][0])
    for index, sign in enumerate(text):
        if sign == "-":
            continue
        for other in shares.ALPHABET:
            if other == sign:
                continue
            with pytest.raises(GroupsMistyped) as refused:
                shares.read(text[:index] + other + text[index + 1 :])
            assert refused.value.groups == (index // 7 + 1,)


def test_two_signs_or_two_groups_in_each_others_place_are_named():
    groups = shares.text(key()[1][1]).split("-")
    for n, group in enumerate(groups, 1):
        for one, other in itertools.combinations(range(6), 2):
            if group[one] == group[other]:
                continue
            signs = list(group)
            signs[one], signs[other] = signs[other], signs[one]
            assert not shares.fits(n, "".join(signs))
    swapped = [groups[1], groups[0], *groups[2:]]
    if groups[0] != groups[1]:
        with pytest.raises(GroupsMistyped) as refused:
            shares.read("-".join(swapped))
        assert refused.value.groups == (1, 2)


def test_a_sign_too_few_in_one_group_names_that_group_and_a_missing_group_is_counted():
    groups = shares.text(key()[1][0]).split("-")
    groups[4] = groups[4][:-1]
    with pytest.raises(GroupsMistyped) as refused:
        shares.read("-".join(groups))
    assert refused.value.groups == (5,)
    with pytest.raises(ShareTooShort) as short:
        shares.read("-".join(groups[:4] + groups[5:]))
    assert (short.value.found, short.value.expected) == (78, 84)


def test_groups_of_two_papers_mixed_are_refused_as_a_whole():
    one, other = (shares.text(share).split("-") for share in key()[1][:2])
    with pytest.raises(ShareDamaged):
        shares.read("-".join(one[:7] + other[7:]))


def test_a_telex_or_vni_keyboard_leaves_every_sign_alone():
    assert not set("AĂÂEÊIOÔƠUƯYWDĐ") & set(shares.ALPHABET)
    assert len(shares.ALPHABET) == len(set(shares.ALPHABET)) == 23


def test_any_two_custodians_have_the_key_and_the_three_agree():
    public, parts = key()
    for pair in itertools.combinations(parts, 2):
        assert box.public_half(keys.combine(pair, public)) == public
    keys.combine(parts, public)
    signing = {keys.signing_key(part).private_bytes_raw() for part in parts}
    assert len(signing) == 3


def test_shares_that_do_not_make_this_key_are_refused_each_with_its_reason():
    public, parts = key()
    other, foreign = keys.create()
    with pytest.raises(SameShareTwice):
        keys.combine([parts[0], parts[0]], public)
    with pytest.raises(ShareOfAnotherKey):
        keys.combine([parts[0], foreign[1]], public)
    forged = shares.Share(2, parts[0].key_mark, secrets.token_bytes(32))
    with pytest.raises(WrongKey) as wrong:
        keys.combine([parts[0], forged], public)
    assert wrong.value.expected == box.fingerprint(public)
    assert other != public


def test_random_rubbish_is_never_taken_for_a_share():
    chance = random.Random(7)
    for _ in range(2000):
        rubbish = "".join(chance.choice(shares.ALPHABET) for _ in range(shares.SIGNS))
        with pytest.raises((GroupsMistyped, ShareDamaged)):
            shares.read(rubbish)
