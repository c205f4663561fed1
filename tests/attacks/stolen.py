"""Key ring and backup in one hand: every access code can be made again of them. Can a draft be read?"""

import base64
import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveyapp.accounts.act import Act
from surveyapp.assignments.models import Assignment
from surveyapp.config import Settings
from surveyapp.instruments.model import Instrument
from surveyapp.invitations.credentials import codes
from surveyapp.invitations.models import Invitation
from surveyapp.keys import PURPOSES, KeyRing
from surveyapp.operations.backup import sealed_file, service
from surveyapp.responses import draft_cipher, draft_secret
from surveyapp.responses.draft_cipher import Content, DraftContext, DraftHolder
from surveyapp.responses.errors import DraftUnreadable
from surveyapp.responses.models import Draft
from surveyapp.tables import metadata
from tests.attacks.interface import Attack, Outcome
from tests.responses.world import SECRET

if TYPE_CHECKING:
    from tests.attacks.scene import Scene

NOTHING = (b"", bytes(16), bytes(32))


@dataclass(frozen=True)
class StolenDraft:
    """A row of the table, and what the attacker makes of the other tables and the ring."""

    context: DraftContext
    code: str = field(repr=False)
    mark: bytes
    version: bytes
    ciphertext: bytes


@dataclass(frozen=True)
class Loot:
    """What somebody has who took a backup, its key, and the key ring of the server."""

    drafts: list[StolenDraft]
    twins: list[StolenDraft]
    """The same drafts as they were once encrypted: under code and ring alone."""
    words: set[bytes]
    """Every value of every table that could be a secret, and every small file of the backup."""
    files: list[tuple[str, bytes]]


def prepare(db: Session, scene: "Scene", act: Act) -> None:
    """The secret of the campaign's drafts where an installation keeps it."""
    where = draft_secret.folder(Settings(instance=scene.instance))
    where.mkdir(mode=0o700, parents=True)
    (where / scene.campaign.code).write_bytes(SECRET)
    draft_secret.make(db, scene.campaign, where=where, act=act)


def take(db: Session, scene: "Scene", act: Act) -> Loot:
    """While everybody has a draft: a backup as the timer takes it, opened by its key."""
    forms = {person.cell[1]: person.form.instrument for person in scene.people}
    size = draft_cipher.size(forms.values())
    known = {person.form.id: person.form.instrument for person in scene.people}
    drafts = list(_rows(db, scene.campaign.code, known, scene.keys))
    twins = [_as_once(each, size, scene.keys) for each in drafts]
    files = list(_backup(scene, act))
    words = set(_values(db)) | {content.strip() for _, content in files if len(content) < 256}
    return Loot(drafts, twins, words, files)


def _rows(
    db: Session, campaign_code: str, forms: dict[uuid.UUID, Instrument], keys: KeyRing
) -> Iterator[StolenDraft]:
    """The code of each is made of the ring and what stands beside the invitation."""
    drafts_invited = (
        select(Draft, Invitation)
        .join(Assignment, Assignment.id == Draft.assignment_id)
        .join(Invitation, Invitation.id == Assignment.invitation_id)
    )
    for draft, invitation in db.execute(drafts_invited):
        code = codes.make_code(
            keys,
            campaign_code=campaign_code,
            invitation_id=invitation.id,
            issue_number=invitation.issue_number,
            counter=invitation.counter,
            key_number=invitation.key_number,
        )
        assert codes.tag(keys, code) == invitation.tag, "the attacker has the code"
        context = DraftContext(campaign_code, forms[draft.assignment_id], draft.assignment_id)
        yield StolenDraft(context, code, draft.strand, draft.version, draft.ciphertext)


def _as_once(draft: StolenDraft, size: int, keys: KeyRing) -> StolenDraft:
    holder = DraftHolder(draft.code, b"", b"", keys)
    content = Content({"1": "1"})
    sealed = draft_cipher.encrypt(draft.context, draft.version, content, size=size, holder=holder)
    return StolenDraft(draft.context, draft.code, b"", draft.version, sealed)


def _backup(scene: "Scene", act: Act) -> Iterator[tuple[str, bytes]]:
    public, secret = sealed_file.make_key()
    taken = service.take(
        scene.folder / "backups",
        url=scene.engine.url.render_as_string(hide_password=False),
        instance=scene.instance,
        store=scene.instance,
        recipient=public,
        now=act.now,
    )
    key = sealed_file.unwrap(taken.path, sealed_file.read_secret(secret))
    with service.opened(taken.path, key) as archive:
        for member in archive:
            file = archive.extractfile(member)
            if file is not None:
                yield member.name, file.read()


def _values(db: Session) -> Iterator[bytes]:
    """Bytes, ids and short texts of every table, also as hexadecimal and base64 would hide them."""
    for table in metadata.sorted_tables:
        for row in db.execute(select(table)):
            for value in row:
                yield from _readings(value)


def _readings(value: Any) -> Iterator[bytes]:
    if isinstance(value, uuid.UUID):
        yield value.bytes
    elif isinstance(value, bytes) and len(value) <= 64:
        yield value
    elif isinstance(value, str) and 16 <= len(value) <= 128:
        plain = value.replace("-", "")
        yield value.encode()
        for read in (bytes.fromhex, lambda text: base64.b64decode(text, validate=True)):
            try:
                yield read(plain)
            except ValueError:
                continue


def by_ring_and_backup(scene: "Scene", side: str) -> Outcome:
    """Codes from the ring; in place of campaign's secret and browser's, whatever lies about."""
    loot = scene.loot
    assert loot is not None
    strands = {person.form.id: person.form.holder(scene.keys).strand for person in scene.people}
    secrets = {*NOTHING, *(scene.keys.key(purpose) for purpose in PURPOSES)}
    secrets |= {hashlib.sha256(scene.campaign.code.encode()).digest()}
    if SECRET in loot.words or any(_hides(content) for _, content in loot.files):
        secrets.add(SECRET)
    first = loot.drafts[0]
    whole = _opens(first, SECRET, strands[first.context.assignment_id], scene.keys)
    assert whole, "with all that it takes a draft does open"
    opened = 0
    for each in loot.twins if side == "naive" else loot.drafts:
        guesses = {*NOTHING, each.mark, each.version, each.context.assignment_id.bytes}
        guesses |= {strands[each.context.assignment_id]} & loot.words
        opened += any(_opens(each, secret, strand, scene.keys) for secret in secrets for strand in guesses)  # fmt: skip
    return Outcome(len(loot.drafts), opened)


def _hides(content: bytes) -> bool:
    forms = (SECRET, SECRET.hex().encode(), base64.b64encode(SECRET))
    return any(form in content for form in forms)


def _opens(each: StolenDraft, secret: bytes, strand: bytes, keys: KeyRing) -> bool:
    try:
        holder = DraftHolder(each.code, strand, secret, keys)
        draft_cipher.decrypt(each.context, each.version, each.ciphertext, holder=holder)
    except DraftUnreadable:
        return False
    return True


STOLEN = (
    Attack("ring and backup", "every code, every table and file, for drafts", by_ring_and_backup),
)
