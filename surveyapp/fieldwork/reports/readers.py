"""Who reads from outside: subscribers of the daily report; tokens of programs, each for one purpose."""

import hashlib
import re
import secrets
import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.db import rows_changed
from surveyapp.fieldwork.errors import BadSubscriber, TokenRefused
from surveyapp.fieldwork.models import ApiToken, ReportSubscriber

TOKEN_DAYS = 365
FIGURES, RELEASES = "figures", "releases"
"""What a token is for; one for figures fetches no release, and the other way round."""
PREFIX = {FIGURES: "pix_", RELEASES: "pir_"}
"""So that a token that leaked into a log or a repository can be recognised."""

_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


def subscribe(
    db: Session, campaign_id: int, email: str, *, language: str, actor: str, now: datetime
) -> bool:
    """Send the daily report to `email` from tomorrow; False if it is sent there already.

    Raises `BadSubscriber`.
    """
    address = email.strip().lower()
    if not _EMAIL.fullmatch(address) or len(address) > 254:
        raise BadSubscriber(email)
    if any(each.email == address for each in subscribers(db, campaign_id)):
        return False
    db.execute(
        insert(ReportSubscriber).values(
            id=uuid.uuid4(),
            campaign_id=campaign_id,
            email=address,
            language="en" if language == "en" else "vi",
            added_by=actor,
            added_at=now,
        )
    )
    return True


def unsubscribe(db: Session, campaign_id: int, subscriber_id: uuid.UUID) -> bool:
    """Send it there no more; False if nobody of that id subscribes."""
    gone = db.execute(
        delete(ReportSubscriber).where(
            ReportSubscriber.campaign_id == campaign_id, ReportSubscriber.id == subscriber_id
        )
    )
    return rows_changed(gone) > 0


def subscribers(db: Session, campaign_id: int) -> Sequence[ReportSubscriber]:
    """Everybody who gets the report, by address."""
    query = select(ReportSubscriber).where(ReportSubscriber.campaign_id == campaign_id)
    return db.scalars(query.order_by(ReportSubscriber.email)).all()


def not_sent_yet(db: Session, campaign_id: int, *, day: date) -> Sequence[ReportSubscriber]:
    """Subscribers who have not got the report of `day` (or of a later one)."""
    query = select(ReportSubscriber).where(
        ReportSubscriber.campaign_id == campaign_id,
        or_(ReportSubscriber.sent_for.is_(None), ReportSubscriber.sent_for < day),
    )
    return db.scalars(query.order_by(ReportSubscriber.email)).all()


def mark_report_sent(db: Session, subscriber_id: uuid.UUID, *, day: date) -> None:
    """The report of `day` was handed over."""
    db.execute(
        update(ReportSubscriber).where(ReportSubscriber.id == subscriber_id).values(sent_for=day)
    )


def make_token(
    db: Session,
    campaign_id: int,
    name: str,
    *,
    actor: str,
    now: datetime,
    days: int = TOKEN_DAYS,
    scope: str = FIGURES,
) -> str:
    """A new token for one campaign and purpose, for so many days. It is shown only now."""
    token = PREFIX[scope] + secrets.token_urlsafe(32)
    db.execute(
        insert(ApiToken).values(
            id=uuid.uuid4(),
            campaign_id=campaign_id,
            scope=scope,
            name=name.strip()[:80],
            token_sha256=_digest(token),
            made_by=actor,
            made_at=now,
            expires_on=clock.day(now) + timedelta(days=days),
        )
    )
    return token


def revoke_token(
    db: Session, campaign_id: int, token_id: uuid.UUID, *, now: datetime, scope: str = FIGURES
) -> bool:
    """The token reads nothing from now on; False if there is no live one of that id and purpose."""
    gone = db.execute(
        update(ApiToken)
        .where(
            ApiToken.campaign_id == campaign_id,
            ApiToken.id == token_id,
            ApiToken.scope == scope,
            ApiToken.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )
    return rows_changed(gone) > 0


def tokens(db: Session, campaign_id: int, *, scope: str = FIGURES) -> Sequence[ApiToken]:
    """All tokens of a campaign for one purpose, the newest first, revoked ones too."""
    query = select(ApiToken).where(ApiToken.campaign_id == campaign_id, ApiToken.scope == scope)
    return db.scalars(query.order_by(ApiToken.made_at.desc())).all()


def reader(
    db: Session, token: str, *, campaign_id: int, today: date, scope: str = FIGURES
) -> ApiToken:
    """The live token that may read this campaign. Raises `TokenRefused` without saying why."""
    token_row = db.scalar(
        select(ApiToken).where(
            ApiToken.token_sha256 == _digest(token),
            ApiToken.campaign_id == campaign_id,
            ApiToken.scope == scope,
        )
    )
    if token_row is None or token_row.revoked_at is not None or token_row.expires_on < today:
        raise TokenRefused
    return token_row


def mark_token_used(db: Session, token_id: uuid.UUID, *, today: date) -> None:
    """The token was used today: once a day is enough to see which ones nobody needs."""
    db.execute(update(ApiToken).where(ApiToken.id == token_id).values(used_on=today))


def _digest(token: str) -> bytes:
    # 256 random bits need no slow hash: there is nothing to guess.
    return hashlib.sha256(token.encode()).digest()
