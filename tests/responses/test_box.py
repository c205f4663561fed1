"""The sealed box: one size, one key, no change unnoticed."""

import dataclasses
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.keys import KeyRing
from surveyapp.responses import models
from surveyapp.responses.errors import BoxKeyRefused, BoxKeysExist
from surveyapp.responses.opener.errors import BallotTooLarge, BallotUnreadable
from surveyapp.responses.sealed_box import box, custody

PRIVATE, PUBLIC = box.new_key()
BALLOT = box.Ballot(
    instrument_code="P1",
    instrument_version="1.0",
    instrument_mark="0123456789abcdef",
    rated_unit_code="01",
    group_code="P1",
    codes=("1", "", "98"),
    remark="Thủ tục “một cửa” cần gọn hơn.",
    quality={"under_floor": "no"},
    receipt_tag=bytes(range(16)),
)


def test_a_ballot_comes_out_of_the_box_as_it_went_in():
    assert box.unseal(PRIVATE, "c", box.seal(PUBLIC, "c", BALLOT)) == BALLOT


@given(
    remark=st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=500),
    codes=st.lists(st.sampled_from(["", "1", "98"]), max_size=60),
)
def test_every_ballot_has_the_same_size(remark, codes):
    ballot = dataclasses.replace(BALLOT, remark=remark, codes=tuple(codes))
    sealed = box.seal(PUBLIC, "c", ballot)
    assert len(sealed) == box.CIPHERTEXT_BYTES == models.CIPHERTEXT_BYTES
    assert box.unseal(PRIVATE, "c", sealed) == ballot


def test_a_ballot_that_does_not_fit_is_refused_not_cut():
    with pytest.raises(BallotTooLarge):
        box.seal(PUBLIC, "c", dataclasses.replace(BALLOT, remark="ậ" * 1400))


def test_the_same_ballot_is_never_sealed_alike():
    assert box.seal(PUBLIC, "c", BALLOT) != box.seal(PUBLIC, "c", BALLOT)


@pytest.mark.parametrize("index", [0, 1100, 1119, 1120, 3000, -1])
def test_a_flipped_bit_is_noticed(index):
    sealed = bytearray(box.seal(PUBLIC, "c", BALLOT))
    sealed[index] ^= 1
    with pytest.raises(BallotUnreadable):
        box.unseal(PRIVATE, "c", bytes(sealed))


def test_another_key_or_campaign_reads_nothing():
    sealed = box.seal(PUBLIC, "c", BALLOT)
    with pytest.raises(BallotUnreadable):
        box.unseal(box.new_key()[0], "c", sealed)
    with pytest.raises(BallotUnreadable):
        box.unseal(PRIVATE, "d", sealed)


@pytest.mark.parametrize("sealed", [b"", b"x", bytes(box.CIPHERTEXT_BYTES)])
def test_what_is_no_ballot_is_refused(sealed):
    with pytest.raises(BallotUnreadable):
        box.unseal(PRIVATE, "c", sealed)


def test_a_mac_holds_for_one_campaign_one_row_and_one_ciphertext(keys):
    sealed = box.seal(PUBLIC, "c", BALLOT)
    mac = box.mac(box.mac_key(keys, "c"), "c", b"i" * 16, sealed)
    assert box.is_ours(keys, "c", b"i" * 16, sealed, mac)
    assert not box.is_ours(keys, "d", b"i" * 16, sealed, mac)
    assert not box.is_ours(keys, "c", b"j" * 16, sealed, mac)
    assert not box.is_ours(keys, "c", b"i" * 16, box.seal(PUBLIC, "c", BALLOT), mac)
    rotated = KeyRing({**keys.roots, 2: bytes(range(32))})
    assert box.is_ours(rotated, "c", b"i" * 16, sealed, mac)


def test_the_private_key_is_written_for_its_owner_alone_and_never_over_another(tmp_path):
    public = custody.make_box_keys(tmp_path / "box", "c")
    path = custody.key_file(tmp_path / "box", "c")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    private = custody.read_private_key(tmp_path / "box", "c")
    assert box.public_half(private) == public.public_key
    assert box.fingerprint(public.public_key) == public.fingerprint
    with pytest.raises(BoxKeysExist):
        custody.make_box_keys(tmp_path / "box", "c")
    assert custody.read_private_key(tmp_path / "box", "c") == private


def test_a_key_file_that_cannot_be_trusted_is_refused(tmp_path):
    with pytest.raises(BoxKeyRefused, match="missing"):
        custody.read_private_key(tmp_path, "c")
    custody.make_box_keys(tmp_path, "c")
    path = custody.key_file(tmp_path, "c")
    path.chmod(0o640)
    with pytest.raises(BoxKeyRefused, match="readable by others"):
        custody.read_private_key(tmp_path, "c")
    path.chmod(0o600)
    path.rename(custody.key_file(tmp_path, "d"))
    with pytest.raises(BoxKeyRefused, match="key of campaign c"):
        custody.read_private_key(tmp_path, "d")
    custody.key_file(tmp_path, "d").write_text("{}")
    with pytest.raises(BoxKeyRefused, match="not a box key"):
        custody.read_private_key(tmp_path, "d")


def test_an_erased_key_is_gone(tmp_path):
    custody.make_box_keys(tmp_path, "c")
    custody.erase_private_key(tmp_path, "c")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(BoxKeyRefused):
        custody.erase_private_key(tmp_path, "c")
