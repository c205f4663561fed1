"""Unfinished questionnaires: saved item by item, from as many devices as a person likes."""

import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import NamedTuple, cast
from uuid import UUID

from sqlalchemy import LargeBinary, Table, and_, bindparam, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.assignments import transitions
from surveyapp.assignments.errors import AlreadySubmitted, AssignmentRevoked
from surveyapp.assignments.models import Assignment
from surveyapp.assignments.states import AssignmentState
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.models import Campaign
from surveyapp.campaigns.states import CampaignState
from surveyapp.db import Executes, PreparedStatement, reading, write_once
from surveyapp.instruments.model import Instrument
from surveyapp.invitations import queries as invited
from surveyapp.invitations import service as invitations
from surveyapp.invitations.models import Invitation
from surveyapp.responses import draft_cipher, locked_assignment, rules
from surveyapp.responses.draft_cipher import Content, DraftContext, DraftHolder
from surveyapp.responses.errors import BegunTooOften, DraftChanged
from surveyapp.responses.models import Draft
from surveyapp.responses.sealed_box import box

LONGEST_GAP = 120
"""Seconds before a save that count as work on the form; the rest of a longer gap is a pause."""
MOST_STRANDS = 8
"""Times that a form may be begun anew: whoever holds a link cannot fill the disk with drafts."""


_DRAFTS = cast(Table, Draft.__table__)
_OF_FORM = _DRAFTS.c.assignment_id == bindparam("assignment")
_ITS_OWN = and_(_OF_FORM, _DRAFTS.c.strand == bindparam("mark"))
_READ = select(_DRAFTS.c.version, _DRAFTS.c.ciphertext).where(_ITS_OWN)
_ALL = select(_DRAFTS.c.strand, _DRAFTS.c.version, _DRAFTS.c.ciphertext).where(_OF_FORM)
_INSERT = _DRAFTS.insert()
_WRITE = (
    update(_DRAFTS)
    .where(_ITS_OWN)
    .values(version=bindparam("fresh"), ciphertext=bindparam("sealed"))
)
_COUNT = select(func.count()).select_from(_DRAFTS).where(_OF_FORM)
_FORM = cast(Table, Assignment.__table__)
_LIVE = (
    select(_FORM.c.id)
    .join(Campaign, Campaign.id == _FORM.c.campaign_id)
    .where(
        _FORM.c.id == bindparam("assignment"),
        _FORM.c.state == AssignmentState.ACTIVE,
        Campaign.state == CampaignState.OPEN,
    )
)
_REPLACING = _WRITE.where(_DRAFTS.c.version == bindparam("seen"), _LIVE.exists())
_REPLACE = PreparedStatement(_REPLACING)


@cache
def _first(live_keys: int) -> PreparedStatement:
    """A draft where there is none. Conditions name the code as well: whoever gives a new one discards
    the draft, and finds none to discard before this is written."""
    given = [bindparam(name, type_=LargeBinary) for name in ("mark", "fresh", "sealed")]
    first_draft = (
        _LIVE.add_columns(*given)
        .join(Invitation, Invitation.id == _FORM.c.invitation_id)
        .where(
            Invitation.tag.in_(invited.tag_binds(live_keys)),
            ~select(_DRAFTS.c.version).where(_ITS_OWN).exists(),
            _COUNT.scalar_subquery() < MOST_STRANDS,
        )
        .with_for_update(read=True, of=(_FORM, Invitation))
    )
    columns = ["assignment_id", "strand", "version", "ciphertext"]
    return PreparedStatement(_DRAFTS.insert().from_select(columns, first_draft))


_TAKE = (
    delete(_DRAFTS)
    .where(_OF_FORM)
    .returning(_DRAFTS.c.strand, _DRAFTS.c.version, _DRAFTS.c.ciphertext)
)


class StoredDraft(NamedTuple):
    """A draft as it lies in the database."""

    version: bytes
    ciphertext: bytes


@dataclass(frozen=True)
class MergedDraft:
    """What a draft becomes with what was sent in, sealed before anything is locked.

    `after` is None where nothing changes, and nothing needs to be written.
    """

    before: StoredDraft | None
    after: StoredDraft | None
    answers: dict[str, str]
    elsewhere: dict[str, str]

    @property
    def saved(self) -> "Saved":
        """What stands once it is written."""
        standing = self.after or self.before
        return Saved(standing.version if standing else b"", self.answers, self.elsewhere)


@dataclass(frozen=True)
class DraftAnswers:
    """A draft as read: answers by item id, the remark under its own id. An empty version: none yet."""

    version: bytes
    answers: dict[str, str]
    beside: bool = False
    """Other devices than the holder's saved something of the form."""


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


def opened(
    draft_context: DraftContext,
    stored: StoredDraft | None,
    *,
    holder: DraftHolder,
    beside: bool = False,
) -> DraftAnswers:
    """What was stored, or an empty draft. Raises `DraftUnreadable`."""
    content = _content(draft_context, stored, holder=holder)
    return DraftAnswers(stored.version if stored else b"", content.answers, beside)


def load(
    db: Session, assignment_id: UUID, instrument: Instrument, *, holder: DraftHolder
) -> DraftAnswers:
    """The draft, or an empty one. Raises `DraftUnreadable`."""
    rows = db.execute(_ALL, {"assignment": assignment_id}).all()
    own = [StoredDraft(row.version, row.ciphertext) for row in rows if row.strand == holder.mark]
    code_of_campaign = select(Campaign.code).join(Assignment, Assignment.campaign_id == Campaign.id)
    campaign_code = db.execute(code_of_campaign.where(Assignment.id == assignment_id)).scalar_one()
    draft_context = DraftContext(campaign_code, instrument, assignment_id)
    stored, beside = next(iter(own), None), len(rows) > len(own)
    return opened(draft_context, stored, holder=holder, beside=beside)


def context(campaign: Campaign, instrument: Instrument, assignment_id: UUID) -> DraftContext:
    """Where a draft belongs, for whoever opens and seals it."""
    return DraftContext(campaign.code, instrument, assignment_id)


def read(db: Executes, assignment_id: UUID, *, holder: DraftHolder) -> StoredDraft | None:
    """The draft of the holder's devices as it lies there; None where there is none."""
    row = db.execute(_READ, {"assignment": assignment_id, "mark": holder.mark}).one_or_none()
    return None if row is None else StoredDraft(*row)


def _content(
    draft_context: DraftContext, stored: StoredDraft | None, *, holder: DraftHolder
) -> Content:
    if stored is None:
        return Content()
    return draft_cipher.decrypt(draft_context, *stored, holder=holder)


def merged(
    draft_context: DraftContext,
    stored: StoredDraft | None,
    changes: Mapping[str, FieldChange],
    *,
    size: int,
    holder: DraftHolder,
    now: datetime,
    shown_at: datetime | None = None,
    turn: rules.SaveTurn | None = None,
) -> MergedDraft:
    """The draft with what changed on this page, item by item. Pure: see `save` for what is raised."""
    cleaned = {
        item_id: (
            rules.plain(change.base or ""),
            rules.clean(draft_context.instrument, item_id, change.value),
        )
        for item_id, change in changes.items()
    }
    content = _content(draft_context, stored, holder=holder)
    cleaned, page, turns = rules.in_turn(cleaned, turn, content.page, content.turns)
    answers, elsewhere = rules.merge(content.answers, cleaned)
    if (answers, turns) == (content.answers, content.turns):
        return MergedDraft(stored, None, answers, elsewhere)
    counted = _counted(content, now, shown_at)
    content = replace(counted, answers=answers, page=page, turns=turns)
    version = os.urandom(draft_cipher.VERSION_BYTES)
    ciphertext = draft_cipher.encrypt(draft_context, version, content, size=size, holder=holder)
    return MergedDraft(stored, StoredDraft(version, ciphertext), answers, elsewhere)


def write(draft_context: DraftContext, draft: MergedDraft, *, holder: DraftHolder) -> bool:
    """Write it in one statement that commits by itself, if the draft is still the one it was made of.

    False, and nothing written, where another save came first, the form is no longer open, the campaign is
    closed or the code replaced: whoever reads again is told which.
    """
    assert draft.after is not None
    values = {
        "assignment": draft_context.assignment_id,
        "mark": holder.mark,
        "fresh": draft.after.version,
        "sealed": draft.after.ciphertext,
    }
    if draft.before is not None:
        return write_once(_REPLACE, {**values, "seen": draft.before.version}) == 1
    try:
        tags = invited.tag_values(holder.code, keys=holder.keys)
        return write_once(_first(len(tags)), {**values, **tags}) == 1
    except IntegrityError:  # another device's first save, a moment ago
        return False


def save(
    db: Executes,
    assignment_id: UUID,
    instrument: Instrument,
    *,
    holder: DraftHolder,
    changes: Mapping[str, FieldChange],
    now: datetime,
    shown_at: datetime | None = None,
    turn: rules.SaveTurn | None = None,
) -> Saved:
    """Merge what changed on this page into the draft, item by item. None or "" clears an item.

    `shown_at` is when the page was rendered: the time from then, or from the last save if that is
    later, counts towards how long the form took. Without it on the first save, that stays unknown.

    Only a value that differs from the one its page was rendered with is applied, so a stale page
    cannot undo another device; nor can a save undo what overtook it on the line (`turn`). Raises `UnknownItem`, `NotAnOption`, `RemarkTooLong` (nothing is
    saved), `BegunTooOften`, `AlreadySubmitted`, `AssignmentRevoked`, `DraftUnreadable`, or what
    `invitations.check_open` raises outside the campaign's window.
    """
    held = _lock(db, assignment_id, now=now)
    draft_context = DraftContext(held.campaign.code, instrument, assignment_id)
    draft = merged(
        draft_context,
        read(db, assignment_id, holder=holder),
        changes,
        size=_of_campaign(db, held.campaign)[0],
        holder=holder,
        now=now,
        shown_at=shown_at,
        turn=turn,
    )
    if draft.after is not None:
        _write(db, assignment_id, draft, holder)
    invitations.start(
        db, assignment_id, today=clock.day(now), disposition=held.assignment.disposition
    )
    return draft.saved


def take(
    db: Executes, draft_context: DraftContext, *, holder: DraftHolder, version: bytes | None
) -> Content | None:
    """Remove every draft of a form and give what the holder's held; None where the holder has none.

    Raises `DraftUnreadable`, or `DraftChanged` unless it still has the `version` given.
    """
    rows = db.execute(_TAKE, {"assignment": draft_context.assignment_id}).all()
    own = [StoredDraft(*row[1:]) for row in rows if row[0] == holder.mark]
    if not own:
        return None
    if version not in (None, own[0].version):
        raise DraftChanged(draft_context.assignment_id)
    return draft_cipher.decrypt(draft_context, *own[0], holder=holder)


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


def discard(db: Executes, assignment_ids: Iterable[UUID]) -> int:
    """Remove drafts that nobody can read any more, as after a reissued code; how many there were."""
    unreadable = delete(Draft).where(Draft.assignment_id.in_(list(assignment_ids)))
    return len(db.execute(unreadable.returning(Draft.assignment_id)).all())


def _lock(db: Executes, assignment_id: UUID, *, now: datetime) -> locked_assignment.Held:
    """Hold the assignment; refuse one that takes no more answers."""
    held = locked_assignment.for_saving(db, assignment_id)
    if held.state == AssignmentState.SUBMITTED:
        raise AlreadySubmitted(assignment_id)
    if held.state == AssignmentState.REVOKED:
        raise AssignmentRevoked(assignment_id)
    invitations.check_open(held.campaign, now, begun=held.is_begun)
    return held


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


def _write(db: Executes, assignment_id: UUID, draft: MergedDraft, holder: DraftHolder) -> None:
    assert draft.after is not None
    version, ciphertext = draft.after
    if draft.before is not None:
        own = {"assignment": assignment_id, "mark": holder.mark}
        db.execute(_WRITE, {**own, "fresh": version, "sealed": ciphertext})
        return
    if db.execute(_COUNT, {"assignment": assignment_id}).scalar_one() >= MOST_STRANDS:
        raise BegunTooOften(assignment_id)
    own = {"assignment_id": assignment_id, "strand": holder.mark}
    db.execute(_INSERT, {**own, "version": version, "ciphertext": ciphertext})


_sizes: dict[str, tuple[int, int]] = {}


def size(campaign: Campaign) -> int:
    """The one size of the campaign's drafts."""
    return _sizes_of(campaign)[0]


def ballot_size(campaign: Campaign) -> int:
    """The one size of the campaign's ballots before they are sealed."""
    return _sizes_of(campaign)[1]


def _sizes_of(campaign: Campaign) -> tuple[int, int]:
    if campaign.pack_sha256 not in _sizes:
        with reading() as db:
            return _of_campaign(db, campaign)
    return _sizes[campaign.pack_sha256]


def _of_campaign(db: Executes, campaign: Campaign) -> tuple[int, int]:
    """Computed once: its pack, by whose digest they are kept, no longer changes."""
    if campaign.pack_sha256 not in _sizes:
        instruments = campaigns.instruments(db, campaign.id).values()
        _sizes[campaign.pack_sha256] = (draft_cipher.size(instruments), box.size(instruments))
    return _sizes[campaign.pack_sha256]


transitions.attend_drafts(discard)
