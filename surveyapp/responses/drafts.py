"""Unfinished questionnaires: saved item by item, from as many devices as a person likes."""

import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import Table, and_, bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.assignments import transitions
from surveyapp.assignments.errors import AlreadySubmitted, AssignmentRevoked
from surveyapp.assignments.models import Assignment
from surveyapp.assignments.states import AssignmentState
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.models import Campaign
from surveyapp.instruments.model import Instrument
from surveyapp.invitations import service as invitations
from surveyapp.responses import draft_cipher, locked_assignment, rules
from surveyapp.responses.draft_cipher import Content, DraftContext, DraftHolder
from surveyapp.responses.errors import BegunTooOften, DraftChanged
from surveyapp.responses.models import Draft

LONGEST_GAP = 120
"""Seconds before a save that count as work on the form; the rest of a longer gap is a pause."""


_DRAFTS = cast(Table, Draft.__table__)
_OF_FORM = _DRAFTS.c.assignment_id == bindparam("assignment")
_ITS_OWN = and_(_OF_FORM, _DRAFTS.c.strand == bindparam("mark"))
_READ = select(_DRAFTS.c.version, _DRAFTS.c.ciphertext).where(_ITS_OWN)
_WRITE = update(_DRAFTS).where(_ITS_OWN)
_TAKE = (
    delete(_DRAFTS)
    .where(_OF_FORM)
    .returning(_DRAFTS.c.strand, _DRAFTS.c.version, _DRAFTS.c.ciphertext)
)
_COUNT = select(func.count()).select_from(_DRAFTS).where(_OF_FORM)

MOST_STRANDS = 8
"""Times that a form may be begun anew: whoever holds a link cannot fill the disk with drafts."""


@dataclass(frozen=True)
class DraftAnswers:
    """A draft as read: answers by item id, the remark under its own id. An empty version: none yet."""

    version: bytes
    answers: dict[str, str]


@dataclass(frozen=True)
class FieldChange:
    """One field of a form sent in: the value it was rendered with, and the value it has now."""

    base: str | None
    value: str | None


@dataclass(frozen=True)
class Saved:
    """What stands after a save.

    `elsewhere`: items that another device changed since this page was rendered, with the value that
    device gave. Where this page changed the item too, the later arrival won and `answers` has it.
    """

    version: bytes
    answers: dict[str, str]
    elsewhere: dict[str, str] = field(default_factory=dict)


def load(
    db: Session, assignment_id: UUID, instrument: Instrument, *, holder: DraftHolder
) -> DraftAnswers:
    """The draft of the holder's devices, or an empty one. Raises `DraftUnreadable`."""
    row = db.execute(
        select(Campaign.code, Draft.version, Draft.ciphertext)
        .select_from(Draft)
        .join(Assignment, Assignment.id == Draft.assignment_id)
        .join(Campaign, Campaign.id == Assignment.campaign_id)
        .where(Draft.assignment_id == assignment_id, Draft.strand == holder.mark)
    ).one_or_none()
    if row is None:
        return DraftAnswers(b"", {})
    place = DraftContext(row.code, instrument, assignment_id)
    content = draft_cipher.decrypt(place, row.version, row.ciphertext, holder=holder)
    return DraftAnswers(row.version, content.answers)


def save(
    db: Session,
    assignment_id: UUID,
    instrument: Instrument,
    *,
    holder: DraftHolder,
    changes: Mapping[str, FieldChange],
    now: datetime,
    shown_at: datetime | None = None,
) -> Saved:
    """Merge what changed on this page into the draft, item by item. None or "" clears an item.

    `shown_at` is when the page was rendered: the time from then, or from the last save if that is
    later, counts towards how long the form took. Without it on the first save, that stays unknown.

    Only a value that differs from the one its page was rendered with is applied, so a stale page
    cannot undo another device. Raises `UnknownItem`, `NotAnOption`, `RemarkTooLong` (nothing is
    saved), `BegunTooOften`, `AlreadySubmitted`, `AssignmentRevoked`, `DraftUnreadable`, or what
    `invitations.check_open` raises outside the campaign's window.
    """
    cleaned = {
        item_id: (
            rules.plain(change.base or ""),
            rules.clean(instrument, item_id, change.value),
        )
        for item_id, change in changes.items()
    }
    held = _lock(db, assignment_id, now=now)
    place = DraftContext(held.campaign.code, instrument, assignment_id)
    stored = _stored(db, assignment_id, holder)
    content = Content()
    if stored is not None:
        content = draft_cipher.decrypt(place, *stored, holder=holder)
    answers, elsewhere = merge(content.answers, cleaned)
    content = replace(_counted(content, now, shown_at), answers=answers)
    version = os.urandom(draft_cipher.VERSION_BYTES)
    ciphertext = draft_cipher.encrypt(
        place, version, content, size=_size(db, held.campaign), holder=holder
    )
    _write(db, assignment_id, holder, version, ciphertext, is_new=stored is None)
    invitations.start(db, assignment_id, today=clock.day(now), disposition=held.disposition)
    return Saved(version, answers, elsewhere)


def merge(
    stored: Mapping[str, str], changes: Mapping[str, tuple[str, str]]
) -> tuple[dict[str, str], dict[str, str]]:
    """(answers, changed elsewhere) from the stored answers and (base, value) by item."""
    answers, elsewhere = dict(stored), {}
    for item_id, (base, value) in changes.items():
        standing = stored.get(item_id, "")
        if standing not in (base, value):
            elsewhere[item_id] = standing
        if value != base:
            answers[item_id] = value
    return {item_id: value for item_id, value in answers.items() if value}, elsewhere


def take(
    db: Session, place: DraftContext, *, holder: DraftHolder, version: bytes | None
) -> Content | None:
    """Remove every draft of a form and give what the holder's held; None where the holder has none.

    Raises `DraftUnreadable`, or `DraftChanged` unless it still has the `version` given.
    """
    rows = db.execute(_TAKE, {"assignment": place.assignment_id}).all()
    row = next((each for each in rows if each.strand == holder.mark), None)
    if row is None:
        return None
    if version not in (None, row.version):
        raise DraftChanged(place.assignment_id)
    return draft_cipher.decrypt(place, row.version, row.ciphertext, holder=holder)


def begun_elsewhere(
    db: Session, assignment_ids: Collection[UUID], *, holder: DraftHolder | None = None
) -> bool:
    """Whether other devices than the holder's saved something of these forms; any, without a holder."""
    others = select(Draft.strand).where(Draft.assignment_id.in_(assignment_ids))
    if holder is not None:
        others = others.where(Draft.strand != holder.mark)
    return db.execute(others.limit(1)).first() is not None


def new_strand() -> bytes:
    """For a browser in which somebody begins."""
    return os.urandom(draft_cipher.STRAND_BYTES)


def discard(db: Session, assignment_ids: Iterable[UUID]) -> int:
    """Remove drafts that nobody can read any more, as after a reissued code; how many there were."""
    removed = db.execute(
        delete(Draft)
        .where(Draft.assignment_id.in_(list(assignment_ids)))
        .returning(Draft.assignment_id)
    )
    return len(removed.all())


def _lock(db: Session, assignment_id: UUID, *, now: datetime) -> locked_assignment.Held:
    """Hold the assignment; refuse one that takes no more answers."""
    held = locked_assignment.for_saving(db, assignment_id)
    if held.state == AssignmentState.SUBMITTED:
        raise AlreadySubmitted(assignment_id)
    if held.state == AssignmentState.REVOKED:
        raise AssignmentRevoked(assignment_id)
    invitations.check_open(held.campaign, now, begun=held.is_begun)
    return held


def _stored(db: Session, assignment_id: UUID, holder: DraftHolder) -> tuple[bytes, bytes] | None:
    place = {"assignment": assignment_id, "mark": holder.mark}
    row = db.execute(_READ, place).one_or_none()
    return None if row is None else (row.version, row.ciphertext)


def _counted(content: Content, now: datetime, shown_at: datetime | None) -> Content:
    """The content with the time spent on this page added, pauses cut short."""
    moment = int(now.timestamp())
    shown = int(shown_at.timestamp()) if shown_at else 0
    since = max(content.saved_at, shown)
    gap = min(max(moment - since, 0), LONGEST_GAP) if since else 0
    return replace(
        content,
        seconds=content.seconds + gap,
        saved_at=moment,
        measured=content.measured or (not content.saved_at and bool(shown)),
    )


def _write(
    db: Session,
    assignment_id: UUID,
    holder: DraftHolder,
    version: bytes,
    ciphertext: bytes,
    *,
    is_new: bool,
) -> None:
    values = {"version": version, "ciphertext": ciphertext}
    if not is_new:
        db.execute(_WRITE, {"assignment": assignment_id, "mark": holder.mark, **values})
        return
    if (db.scalar(_COUNT, {"assignment": assignment_id}) or 0) >= MOST_STRANDS:
        raise BegunTooOften(assignment_id)
    db.execute(_DRAFTS.insert(), {"assignment_id": assignment_id, "strand": holder.mark, **values})


_sizes: dict[str, int] = {}


def _size(db: Session, campaign: Campaign) -> int:
    """The one size of the campaign's drafts; its pack, by whose digest it is kept, no longer changes."""
    if campaign.pack_sha256 not in _sizes:
        instruments = campaigns.instruments(db, campaign.id).values()
        _sizes[campaign.pack_sha256] = draft_cipher.size(instruments)
    return _sizes[campaign.pack_sha256]


transitions.attend_drafts(discard)
