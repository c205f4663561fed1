"""The sealed box on the server: what the opener's program knows of ballots, and what only a server asks."""

from collections.abc import Iterable

from surveyapp.instruments.model import Instrument
from surveyapp.keys import KeyRing
from surveyapp.responses import rules
from surveyapp.responses.opener.box import (
    CIPHERTEXT_BYTES,
    MOST_BYTES,
    PLAINTEXT_BYTES,
    PRIVATE_BYTES,
    ROOM,
    SUITE_NAME,
    Ballot,
    campaign_mac_key,
    ciphertext_bytes,
    encode,
    fingerprint,
    is_marked,
    mac,
    new_key,
    plaintext_bytes,
    public_half,
    seal,
    unseal,
)
from surveyapp.responses.opener.forms import MARK_DIGITS

__all__ = [
    "CIPHERTEXT_BYTES",
    "MOST_BYTES",
    "PLAINTEXT_BYTES",
    "PRIVATE_BYTES",
    "ROOM",
    "SUITE_NAME",
    "Ballot",
    "ciphertext_bytes",
    "fingerprint",
    "is_ours",
    "largest",
    "mac",
    "mac_key",
    "mac_keys",
    "mark",
    "new_key",
    "public_half",
    "seal",
    "size",
    "unseal",
    "with_own_mac",
]


def mac_key(keys: KeyRing, campaign_code: str) -> bytes:
    """The key under which ballots of one campaign are marked now."""
    return campaign_mac_key(keys.key("ballot-mac"), campaign_code)


def mac_keys(keys: KeyRing, campaign_code: str) -> list[bytes]:
    """Every live key of one campaign, the newest first. They may leave with its ballots."""
    return [campaign_mac_key(key, campaign_code) for key in keys.keys("ballot-mac")]


def is_ours(
    keys: KeyRing, campaign_code: str, ballot_id: bytes, ciphertext: bytes, mac: bytes
) -> bool:
    """Whether any live key made the MAC found beside a ballot."""
    campaign_keys = mac_keys(keys, campaign_code)
    if is_marked(campaign_keys, campaign_code, ballot_id, ciphertext, mac):
        return True
    return _of_the_ring(keys, campaign_code, ballot_id, ciphertext, mac)


def with_own_mac(
    keys: KeyRing, campaign_code: str, ballot_id: bytes, ciphertext: bytes, old_mac: bytes
) -> bytes:
    """The MAC by which the opener knows a ballot: the one found, or, where that was made before each
    campaign had a key of its own, one of the campaign's."""
    if _of_the_ring(keys, campaign_code, ballot_id, ciphertext, old_mac):
        return mac(mac_key(keys, campaign_code), campaign_code, ballot_id, ciphertext)
    return old_mac


def _of_the_ring(
    keys: KeyRing, campaign_code: str, ballot_id: bytes, ciphertext: bytes, mac: bytes
) -> bool:
    return is_marked(keys.keys("ballot-mac"), campaign_code, ballot_id, ciphertext, mac)


def mark(instrument: Instrument) -> str:
    """By which a ballot is matched with the very text that was answered."""
    return instrument.sha256[:MARK_DIGITS]


def largest(instrument: Instrument) -> int:
    """Bytes of the longest ballot this instrument can give; a campaign needs at most `ROOM`."""
    answers = rules.longest_answers(instrument)
    remark = answers[instrument.remark.id] if instrument.remark else ""
    longest = Ballot(
        instrument_code=instrument.code,
        instrument_version=instrument.version,
        instrument_mark=mark(instrument),
        rated_unit_code="U" * 32,
        group_code="G" * 32,
        codes=tuple(answers[field] for field in instrument.fields),
        remark=remark,
        quality={"under_floor": "unknown"},
        receipt_tag=bytes(16),
    )
    return len(encode(longest))


def size(instruments: Iterable[Instrument]) -> int:
    """The one size of a campaign's ballots, whatever is answered on whichever form. Raises `BallotTooLarge`."""
    return plaintext_bytes(max((largest(each) for each in instruments), default=0))
