"""The secret of a campaign's drafts: apart from key ring and backups, destroyed at the close, with minutes.

Access codes can be made again from the key ring, so ring and backup would be enough to read every
unfinished answer if this did not lie elsewhere. Losing it costs drafts, never ballots.
"""

import hashlib
import os
from contextlib import suppress
from pathlib import Path

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.accounts import audit
from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.assignments.models import Assignment
from surveyapp.campaigns.models import Campaign
from surveyapp.config import Settings
from surveyapp.i18n import _
from surveyapp.responses.errors import BoxNotReady, DraftSecretMissing
from surveyapp.responses.models import Draft, DraftSecret
from surveyapp.responses.opener.custody.custodian_papers import Minutes, minutes_pdf

BYTES = 32


def folder(settings: Settings) -> Path:
    """Where the secrets of an installation lie; no backup takes this folder along."""
    return settings.draft_secrets or settings.instance / "draft-secrets"


def read(where: Path, campaign_code: str) -> bytes:
    """The secret of a campaign. Raises `DraftSecretMissing`."""
    try:
        descriptor = os.open(f"{where}/{campaign_code}", os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError as exc:
        raise DraftSecretMissing(campaign_code, where / campaign_code) from exc
    try:
        secret = os.read(descriptor, BYTES + 1)
    finally:
        os.close(descriptor)
    if len(secret) != BYTES:
        raise DraftSecretMissing(campaign_code, where / campaign_code)
    return secret


def is_here(where: Path, campaign_code: str) -> bool:
    """Whether this server holds the secret of a campaign: then it was made, and is not destroyed."""
    return (where / campaign_code).exists()


_settled: set[tuple[Path, int, int]] = set()
"""Files that this process has found to be the secret that the database knows: place, number, moment."""


def is_settled(where: Path, campaign_code: str) -> bool:
    """This server holds the campaign's secret, and `make` has compared it with the database."""
    try:
        return _file(where / campaign_code) in _settled
    except FileNotFoundError:
        return False


def _file(path: Path) -> tuple[Path, int, int]:
    found = path.stat()
    return path, found.st_ino, found.st_mtime_ns


def make(db: Session, campaign: Campaign, *, where: Path, act: Act) -> bytes:
    """The secret of a campaign, drawn at random if it has none yet.

    Raises `DraftSecretMissing` where another server of the installation made it, or it was destroyed.
    """
    known = db.get(DraftSecret, campaign.id)
    if known is None:
        known = _draw(db, campaign, where, act)
    if known.destroyed_at is not None:
        raise DraftSecretMissing(campaign.code, where / campaign.code)
    secret = read(where, campaign.code)
    if _fingerprint(secret) != known.fingerprint:
        raise DraftSecretMissing(campaign.code, where / campaign.code)
    _settled.add(_file(where / campaign.code))
    return secret


def _draw(db: Session, campaign: Campaign, where: Path, act: Act) -> DraftSecret:
    """One server draws it, also when two begin at one moment; what an attempt left uncommitted is used."""
    where.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = where / campaign.code
    with suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(os.urandom(BYTES))
            file.flush()
            os.fsync(file.fileno())
    mark = _fingerprint(read(where, campaign.code))
    with suppress(IntegrityError), db.begin_nested():
        db.execute(
            insert(DraftSecret).values(campaign_id=campaign.id, fingerprint=mark, made_at=act.now)
        )
    known = db.scalars(select(DraftSecret).where(DraftSecret.campaign_id == campaign.id)).one()
    if known.fingerprint == mark:
        facts = {"fingerprint": mark}
        audit.record(db, act, Action.DRAFT_SECRET_MADE, campaign_code=campaign.code, facts=facts)
    else:
        path.unlink()  # another server was first
    return known


def destroy(db: Session, campaign: Campaign, *, where: Path, act: Act) -> DraftSecret | None:
    """After the close: erase the secret and what drafts are left; none is read again, in no backup.

    Repeated, it erases the copy of another server and changes nothing else. None where nobody ever
    began. Raises `BoxNotReady` while answers are taken.
    """
    if campaign.is_preparing or campaign.is_open:
        raise BoxNotReady(campaign.code, state=campaign.state)
    _erase(where / campaign.code)
    known = db.get(DraftSecret, campaign.id)
    if known is None or known.destroyed_at is not None:
        return known
    of_campaign = select(Assignment.id).where(Assignment.campaign_id == campaign.id)
    left = db.execute(
        delete(Draft).where(Draft.assignment_id.in_(of_campaign)).returning(Draft.version)
    )
    known.destroyed_at, known.drafts_left = act.now, len(left.all())
    facts = {"fingerprint": known.fingerprint, "drafts": known.drafts_left}
    audit.record(db, act, Action.DRAFT_SECRET_DESTROYED, campaign_code=campaign.code, facts=facts)
    db.flush()
    return known


def standing(db: Session, campaign: Campaign) -> DraftSecret | None:
    """What is recorded of a campaign's secret; None where there never was one."""
    return db.get(DraftSecret, campaign.id)


def minutes(db: Session, campaign: Campaign) -> bytes | None:
    """The minutes of the destruction as PDF, to be signed; None before it."""
    known = db.get(DraftSecret, campaign.id)
    if known is None or known.destroyed_at is None:
        return None
    day = clock.day(known.destroyed_at)
    return minutes_pdf(
        Minutes(
            _("Biên bản hủy bí mật bản nháp"),
            campaign.code,
            day,
            (
                (_("Dấu của bí mật"), known.fingerprint),
                (_("Tạo ngày"), f"{clock.day(known.made_at):%d/%m/%Y}"),
                (_("Hủy ngày"), f"{day:%d/%m/%Y}"),
                (_("Bản nháp chưa nộp đã xóa"), str(known.drafts_left)),
            ),
            (
                _(
                    "Việc thu phiếu đã khóa. Bí mật dùng để mã hóa các câu trả lời chưa nộp đã bị xóa khỏi máy chủ; bí mật "
                    "này không nằm trong bản sao lưu nào. Từ đây không ai có thể đọc được một bản nháp nào trong bất kỳ "
                    "bản sao lưu nào."
                ),
                _("Nếu hệ thống chạy trên nhiều máy chủ, lệnh hủy đã được chạy trên từng máy."),
            ),
            signers=[_("Người vận hành"), _("Người chứng kiến")],
        )
    )


def _erase(path: Path) -> None:
    with suppress(FileNotFoundError):
        with path.open("r+b") as file:
            file.write(os.urandom(BYTES))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()


def _fingerprint(secret: bytes) -> str:
    told = hashlib.sha256(b"draft secret\0" + secret).hexdigest()[:32]
    return "-".join(told[offset : offset + 8] for offset in range(0, 32, 8))
