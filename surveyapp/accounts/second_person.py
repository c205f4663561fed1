"""Deeds that two persons do together: one asks, another agrees, the first carries it out.

What was agreed to is the form as it was sent, to the letter: another date or another file is another
request. Both names stand in the audit trail, and in every entry of the deed itself.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from surveyapp.accounts import audit
from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.accounts.errors import NobodyAsked, SamePerson
from surveyapp.accounts.models import Confirmation
from surveyapp.accounts.states import ConfirmationState
from surveyapp.db import rows_changed

WAITS = timedelta(hours=24)
"""How long a request waits for another person."""
STANDS = timedelta(hours=2)
"""How long an agreement stands before the deed is carried out."""
SHOWN = 50


class Deed(StrEnum):
    """What nobody does alone. The value is stored and never changed."""

    BOX = "box"
    CAMPAIGN_CLOSING = "campaign_closing"
    CAMPAIGN_OPENING = "campaign_opening"
    CENTRE_ROLE = "centre_role"
    DEADLINE = "deadline"
    FACTORS = "factors"
    LETTERS = "letters"
    MAILING_FILE = "mailing_file"
    REISSUE = "reissue"
    REISSUE_MANY = "reissue_many"
    RELEASE = "release"
    REMOVAL = "removal"
    WAVE = "wave"


@dataclass(frozen=True)
class SentForm:
    """The form that was sent: of which campaign, what it does, to which address, with which fields.

    The address is a page's, or the words of a command.
    """

    campaign_code: str
    deed: Deed
    address: str
    fields: Mapping[str, Any]


def ask(db: Session, form: SentForm, *, reason: str = "", act: Act) -> Confirmation:
    """Ask for somebody's agreement; the same request is not made twice."""
    standing = _standing(db, form, act, ConfirmationState.ASKED)
    if standing is not None:
        return standing
    asked = Confirmation(
        id=uuid.uuid4(),
        campaign_code=form.campaign_code,
        deed=form.deed.value,
        address=form.address,
        fields=dict(form.fields),
        reason=reason[:500],
        asked_by=act.actor,
        asked_at=act.now,
        expires_at=act.now + WAITS,
        state=ConfirmationState.ASKED,
    )
    db.add(asked)
    db.flush()
    _enter(db, asked, Action.CONFIRMATION_ASKED, act)
    return asked


def take(db: Session, form: SentForm, *, act: Act) -> Confirmation | None:
    """The agreement to just this form by the person who asked: used from now on. None without one."""
    standing = _standing(db, form, act, ConfirmationState.AGREED)
    if standing is None or not _move(
        db, standing.id, ConfirmationState.AGREED, ConfirmationState.CARRIED_OUT
    ):
        return None
    return standing


def waits(db: Session, form: SentForm, *, act: Act) -> bool:
    """The person asked for just this already, and nobody has answered yet."""
    return _standing(db, form, act, ConfirmationState.ASKED) is not None


def count_to_answer(db: Session, campaign_code: str, *, me: str, now: datetime) -> int:
    """How many requests wait for this person: others' to answer, and her own to carry out."""
    asked, agreed = ConfirmationState.ASKED, ConfirmationState.AGREED
    waiting = or_(
        and_(Confirmation.state == asked, Confirmation.asked_by != me),
        and_(Confirmation.state == agreed, Confirmation.asked_by == me),
    )
    counted = select(func.count()).where(
        Confirmation.campaign_code == campaign_code, Confirmation.expires_at > now, waiting
    )
    return db.scalar(counted) or 0


def give_back(db: Session, confirmation_id: uuid.UUID) -> None:
    """The deed did not come about after all: the agreement still stands."""
    _move(db, confirmation_id, ConfirmationState.CARRIED_OUT, ConfirmationState.AGREED)


def agree(db: Session, campaign_code: str, confirmation_id: uuid.UUID, *, act: Act) -> Confirmation:
    """The second person agrees. Raises `NobodyAsked`, `SamePerson`."""
    asked = _answerable(db, campaign_code, confirmation_id, act)
    asked.state, asked.expires_at = ConfirmationState.AGREED, act.now + STANDS
    asked.answered_by, asked.answered_at = act.actor, act.now
    db.flush()
    _enter(db, asked, Action.CONFIRMATION_AGREED, act)
    return asked


def deny(db: Session, campaign_code: str, confirmation_id: uuid.UUID, *, act: Act) -> Confirmation:
    """The second person does not agree. Raises `NobodyAsked`, `SamePerson`."""
    asked = _answerable(db, campaign_code, confirmation_id, act)
    asked.state = ConfirmationState.DENIED
    asked.answered_by, asked.answered_at = act.actor, act.now
    db.flush()
    _enter(db, asked, Action.CONFIRMATION_DENIED, act)
    return asked


def take_back(db: Session, campaign_code: str, confirmation_id: uuid.UUID, *, act: Act) -> None:
    """Who asked asks no more. Raises `NobodyAsked`."""
    asked = _open(db, campaign_code, confirmation_id, act)
    if asked.asked_by != act.actor:
        raise NobodyAsked
    asked.state = ConfirmationState.TAKEN_BACK
    db.flush()
    _enter(db, asked, Action.CONFIRMATION_TAKEN_BACK, act)


def is_command(one: Confirmation) -> bool:
    """It was asked for at the command line and is carried out there, not on a page."""
    return not one.address.startswith("/")


def of_campaign(db: Session, campaign_code: str) -> list[Confirmation]:
    """The newest requests of the campaign, whatever became of them."""
    query = select(Confirmation).where(Confirmation.campaign_code == campaign_code)
    return list(db.scalars(query.order_by(Confirmation.asked_at.desc()).limit(SHOWN)))


def _standing(
    db: Session, form: SentForm, act: Act, state: ConfirmationState
) -> Confirmation | None:
    candidates = db.scalars(
        select(Confirmation)
        .where(
            Confirmation.campaign_code == form.campaign_code,
            Confirmation.deed == form.deed.value,
            Confirmation.address == form.address,
            Confirmation.asked_by == act.actor,
            Confirmation.state == state,
            Confirmation.expires_at > act.now,
        )
        .with_for_update()
    )
    return next((one for one in candidates if one.fields == dict(form.fields)), None)


def _move(
    db: Session, confirmation_id: uuid.UUID, before: ConfirmationState, after: ConfirmationState
) -> bool:
    moved = db.execute(
        update(Confirmation)
        .where(Confirmation.id == confirmation_id, Confirmation.state == before)
        .values(state=after)
    )
    return rows_changed(moved) == 1


def _open(db: Session, campaign_code: str, confirmation_id: uuid.UUID, act: Act) -> Confirmation:
    asked = db.scalars(
        select(Confirmation)
        .where(
            Confirmation.id == confirmation_id,
            Confirmation.campaign_code == campaign_code,
            Confirmation.state == ConfirmationState.ASKED,
            Confirmation.expires_at > act.now,
        )
        .with_for_update()
    ).first()
    if asked is None:
        raise NobodyAsked
    return asked


def _answerable(
    db: Session, campaign_code: str, confirmation_id: uuid.UUID, act: Act
) -> Confirmation:
    asked = _open(db, campaign_code, confirmation_id, act)
    if asked.asked_by == act.actor:
        raise SamePerson
    return asked


def _enter(db: Session, asked: Confirmation, action: Action, act: Act) -> None:
    facts = {"deed": asked.deed, "asked_by": asked.asked_by, "request": str(asked.id)}
    if is_command(asked):
        facts["command"] = asked.address
    audit.record(db, act, action, campaign_code=asked.campaign_code, facts=facts)
