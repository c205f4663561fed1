"""The head of the audit trail, sent out once a day: with a copy elsewhere nobody can cut the last entries off unseen."""

import hmac
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.accounts import audit
from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.accounts.audit import Chain
from surveyapp.accounts.models import AuditEntry
from surveyapp.i18n import _, day

WORKER = "worker"


def latest(db: Session) -> Chain | None:
    """Number and digest of the last entry; None before the first."""
    last = db.execute(
        select(AuditEntry.number, AuditEntry.digest).order_by(AuditEntry.number.desc()).limit(1)
    ).first()
    return Chain(last.number, last.digest) if last else None


def is_due(db: Session, *, now: datetime) -> bool:
    """No head was sent today, in Vietnam, and there is something to send."""
    sent = db.scalar(
        select(AuditEntry.at)
        .where(AuditEntry.action == Action.AUDIT_HEAD_SENT)
        .order_by(AuditEntry.number.desc())
        .limit(1)
    )
    has_entries = latest(db) is not None
    return has_entries and (sent is None or clock.day(sent) < clock.day(now))


def sent(db: Session, chain: Chain, *, act: Act) -> None:
    """Enter that this head left the house."""
    facts = {"entries": chain.entries, "head": chain.head.hex()}
    audit.record(db, act, Action.AUDIT_HEAD_SENT, facts=facts)


def words(chain: Chain, *, now: datetime) -> tuple[str, str]:
    """Subject and text of the mail."""
    facts = {"n": chain.entries, "head": chain.head.hex(), "day": day(clock.day(now))}
    return (
        _("Dấu nhật ký khảo sát ngày %(day)s: mục %(n)s", **facts),
        _(
            "Nhật ký có %(n)s mục; dấu của mục cuối:\n\n%(head)s\n\nVui lòng lưu thư này ngoài máy chủ. Khi cần đối chiếu: surveyapp audit verify --entry %(n)s --digest %(head)s\n",
            **facts,
        ),
    )


def holds(db: Session, entry: int, digest: str) -> bool:
    """The trail still has this entry with this digest, as a copy elsewhere says."""
    kept = db.scalar(select(AuditEntry.digest).where(AuditEntry.number == entry))
    return kept is not None and hmac.compare_digest(kept.hex(), digest.strip().lower())
