"""How a draft is encrypted: a stolen database reads nothing, a moved or altered row is noticed."""

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from surveyapp.instruments.model import Instrument
from surveyapp.keys import KeyRing, hkdf
from surveyapp.responses import rules
from surveyapp.responses.errors import DraftTooLarge, DraftUnreadable

STEP = 256
"""The one size of a campaign's drafts is a multiple of this."""

VERSION_BYTES = 16
"""A draft's version is drawn at random at each save: a count of saves would tell how much is answered."""

_NUMBER, _NONCE, _LENGTH = 2, 12, 4
_MOST = 10**10
"""More seconds than a form is in hand, or than the clock will show in this century."""


STRAND_BYTES = 16
"""What lies in the browsers of one person and nowhere on the server."""


def mark(strand: bytes) -> bytes:
    """What the database shows of a strand."""
    return hashlib.sha256(b"draft strand\0" + strand).digest()[:16]


@dataclass(frozen=True)
class DraftHolder:
    """What opens a person's drafts, all of it together: the code of the invitation, the `strand` that
    lies in the browser in which answering began, the campaign's draft `secret`, and the key ring."""

    code: str = field(repr=False)
    strand: bytes = field(repr=False)
    secret: bytes = field(repr=False)
    keys: KeyRing = field(repr=False)
    derived: dict[tuple[str, UUID, int], bytes] = field(
        default_factory=dict, repr=False, compare=False
    )
    """Keys made of it, as long as it is in hand: a save opens and seals under the same one."""

    @property
    def mark(self) -> bytes:
        """By which the drafts of these browsers are found; the strand cannot be made of it."""
        return mark(self.strand)


@dataclass(frozen=True)
class DraftContext:
    """Where a draft belongs; it can be read nowhere else."""

    campaign_code: str
    instrument: Instrument
    assignment_id: UUID

    def additional(self, version: bytes) -> bytes:
        """What AES-GCM authenticates beside the content."""
        parts = (
            self.campaign_code,
            self.instrument.code,
            self.instrument.version,
            self.instrument.sha256,
            self.assignment_id.hex,
            version.hex(),
        )
        return "\0".join(parts).encode()


@dataclass(frozen=True)
class Content:
    """What a draft holds: answers by item id, and how long the form was in hand.

    `seconds` sums the times before each save, long ones cut short; `saved_at` is in seconds of the
    Unix epoch; `measured` says that the time before the first save is known too. `page` and `turns` are of the page
    that saved last (`rules.in_turn`).
    """

    answers: dict[str, str] = field(default_factory=dict)
    seconds: int = 0
    saved_at: int = 0
    measured: bool = False
    page: str = ""
    turns: dict[str, int] = field(default_factory=dict)


def size(instruments: Iterable[Instrument]) -> int:
    """Bytes of every draft of a campaign with these instruments: the longest one it can come to."""
    longest = max((len(_plain(_longest(each))) for each in instruments), default=0)
    return -(-(_LENGTH + longest) // STEP) * STEP


def _longest(instrument: Instrument) -> Content:
    longest = rules.longest_answers(instrument)
    turns = dict.fromkeys(longest, rules.MOST_TURNS)
    return Content(longest, _MOST, _MOST, page="x" * rules.PAGE_SIGNS, turns=turns)


def _plain(content: Content) -> bytes:
    return json.dumps(
        list(vars(content).values()),
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode()


def encrypt(
    draft_context: DraftContext, version: bytes, content: Content, *, size: int, holder: DraftHolder
) -> bytes:
    """AES-256-GCM under a fresh nonce: key number, nonce, ciphertext of `size` bytes and its tag.

    Raises `DraftTooLarge` for what no instrument of the campaign can give.
    """
    number = holder.keys.current
    plain = _plain(content)
    if _LENGTH + len(plain) > size:
        raise DraftTooLarge(size=len(plain), limit=size - _LENGTH)
    padded = (len(plain).to_bytes(_LENGTH) + plain).ljust(size, b"\0")
    nonce = os.urandom(_NONCE)
    sealed = AESGCM(_key(draft_context, holder, number)).encrypt(
        nonce, padded, draft_context.additional(version)
    )
    return number.to_bytes(_NUMBER) + nonce + sealed


def decrypt(
    draft_context: DraftContext, version: bytes, ciphertext: bytes, *, holder: DraftHolder
) -> Content:
    """The draft again. Raises `DraftUnreadable` for another holder, form, person or changed bit."""
    number = int.from_bytes(ciphertext[:_NUMBER])
    nonce, sealed = ciphertext[_NUMBER : _NUMBER + _NONCE], ciphertext[_NUMBER + _NONCE :]
    if number not in holder.keys.roots:
        raise DraftUnreadable(draft_context.assignment_id)
    try:
        padded = AESGCM(_key(draft_context, holder, number)).decrypt(
            nonce, sealed, draft_context.additional(version)
        )
    except (InvalidTag, ValueError) as exc:
        raise DraftUnreadable(draft_context.assignment_id) from exc
    length = int.from_bytes(padded[:_LENGTH])
    return Content(*json.loads(padded[_LENGTH : _LENGTH + length]))


def _key(draft_context: DraftContext, holder: DraftHolder, number: int) -> bytes:
    """HKDF-SHA-256 (RFC 5869): from code, strand and the campaign's secret, salted with the server's draft key."""
    derived_for = (draft_context.campaign_code, draft_context.assignment_id, number)
    if derived_for not in holder.derived:
        holder.derived[derived_for] = _derived(draft_context, holder, number)
    return holder.derived[derived_for]


def _derived(draft_context: DraftContext, holder: DraftHolder, number: int) -> bytes:
    info = (
        b"draft 2\0"
        + draft_context.campaign_code.encode()
        + b"\0"
        + draft_context.assignment_id.bytes
    )
    salt = holder.keys.key("draft", number)
    given = holder.secret + holder.strand + holder.code.encode()
    return hkdf(given, salt=salt, info=info)
