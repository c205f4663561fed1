"""Receipts: proof that a ballot was among those opened, and of nothing else."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from surveyapp.keys import KeyRing
from surveyapp.responses.models import Receipt

ALPHABET = "23456789BCFGHJKMNPQRTVXZ"
"""24 signs a phone call can carry and a Vietnamese keyboard leaves alone: no vowels, D or W (Telex
rewrites them), no 0, 1, I, L, O or S (mistaken for one another)."""
LENGTH = 16


def receipt(keys: KeyRing, assignment_id: UUID) -> str:
    """The receipt of this assignment, as `XXXX-XXXX-XXXX-XXXX`; the same whenever it is asked for.

    73 bits of HMAC-SHA-256 under the oldest live key, which adding a key does not change.
    """
    mac = keys.mac("receipt", assignment_id.bytes, min(keys.roots))
    number = int.from_bytes(mac) % len(ALPHABET) ** LENGTH
    signs = []
    for _place in range(LENGTH):
        number, sign = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[sign])
    return show("".join(signs))


def show(signs: str) -> str:
    """In groups of four, as it is printed."""
    return "-".join(signs[start : start + 4] for start in range(0, LENGTH, 4))


def tag(receipt: str) -> bytes:
    """The 16 bytes by which a receipt is kept and published: SHA-256, truncated."""
    return hashlib.sha256(b"receipt\0" + receipt.encode()).digest()[:16]


def grouped(mark: str) -> str:
    """A mark, a tag in hexadecimal, as people compare it: in groups of four."""
    return " ".join(mark[start : start + 4] for start in range(0, len(mark), 4))


def part(db: Session, beginning: str) -> list[str]:
    """The marks of all opened ballots, of every campaign, that begin with these two hexadecimal digits."""
    first = int(beginning, 16)
    condition = Receipt.tag >= bytes([first])
    if first < _LAST:
        condition = and_(condition, Receipt.tag < bytes([first + 1]))
    return [
        tag.hex() for tag in db.scalars(select(Receipt.tag).where(condition).order_by(Receipt.tag))
    ]


_LAST = 0xFF


@dataclass(frozen=True)
class Published:
    """How many receipts a campaign's list has, and the SHA-256 of their tags, sorted and joined."""

    number: int
    sha256: str


_digests: dict[bytes, Published] = {}


def published(db: Session, campaign_id: int) -> Published:
    """The list of a campaign in short; nothing in it while the box is shut.

    Read once per process: after the opening no row comes or goes, and what is counted is counted anew.
    """
    of_campaign = Receipt.campaign_id == campaign_id
    number = db.scalar(select(func.count()).select_from(Receipt).where(of_campaign))
    if not number:
        return Published(0, "")
    first = select(Receipt.tag).where(of_campaign).order_by(Receipt.tag).limit(1)
    key = number.to_bytes(8) + db.execute(first).scalar_one()
    if key not in _digests:
        _digests[key] = Published(*digest(tags(db, campaign_id)))
    return _digests[key]


def tags(db: Session, campaign_id: int) -> Iterator[bytes]:
    """The tags of a campaign's receipts, sorted: the list that is published."""
    query = select(Receipt.tag).where(Receipt.campaign_id == campaign_id)
    return iter(db.scalars(query.order_by(Receipt.tag).execution_options(yield_per=1000)))


def digest(tags: Iterable[bytes]) -> tuple[int, str]:
    """How many receipts there are and the SHA-256 of their tags, sorted and joined."""
    number, hasher = 0, hashlib.sha256()
    for tag in tags:
        number += 1
        hasher.update(tag)
    return number, hasher.hexdigest()
