"""Reports that a mail provider or an SMS gateway makes by a call instead of a mail."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveyapp import log
from surveyapp.config import Settings
from surveyapp.delivery.health import canary
from surveyapp.delivery.models import Delivery
from surveyapp.delivery.returned import returns
from surveyapp.delivery.states import DeliveryState
from surveyapp.errors import SurveyError
from surveyapp.keys import KeyRing
from surveyapp.messaging import registry
from surveyapp.messaging.email import return_addresses
from surveyapp.messaging.email.bounces import read_notice
from surveyapp.messaging.errors import ChannelMisconfigured


class NotYetKnown(SurveyError):
    """A worker has the message in hand and has not reported it: the caller is to report again."""


def take_mail(
    db: Session, fields: Mapping[str, Any], *, settings: Settings, keys: KeyRing, now: datetime
) -> str:
    """Enter a provider's report on an e-mail; the delivery's state then, or empty where nothing changes.

    Raises `NoticeRefused`, and `NotYetKnown` where the message is just being handed over.
    """
    domain = return_addresses.domain_of(settings.mail_from)
    report = read_notice(fields, bounce_address=settings.mail_bounces, domain=domain)
    _wait_for_worker(db, token=report.token)
    became = returns.apply(db, report, keys=keys, now=now)
    log.event("mail.reported", kind=str(report.kind), became=became)
    return became


def take_receipt(
    db: Session,
    fields: Mapping[str, Any],
    *,
    channel: str = "sms",
    settings: Settings,
    keys: KeyRing,
    now: datetime,
) -> str:
    """Enter a provider's receipt for a message of this channel; the same promises.

    Raises `ChannelMisconfigured` without settings for it. Until a worker reports, nobody knows the provider's
    number of a message: while one has some in hand, an unknown number raises `NotYetKnown`.
    """
    read = registry.BY_CODE[channel].receipt
    if read is None:
        raise ChannelMisconfigured(channel, "missing")
    message, arrived = read(settings, fields)
    if arrived is None:
        return ""
    if canary.receipt(db, message, has_arrived=arrived, now=now):
        return "canary"
    known = returns.delivered(db, message, channel=channel, arrived=arrived, keys=keys, now=now)
    if not known:
        _wait_for_reports(db, channel)
    became = (DeliveryState.DELIVERED if arrived else DeliveryState.FAILED) if known else ""
    log.event(f"{channel}.reported", became=became)
    return became


def _wait_for_worker(db: Session, *, token: str) -> None:
    try:
        delivery_id = UUID(hex=token)
    except ValueError:
        return
    in_hand = select(Delivery.id).where(
        Delivery.id == delivery_id, Delivery.state == DeliveryState.LEASED
    )
    if db.scalar(in_hand) is not None:
        raise NotYetKnown


def _wait_for_reports(db: Session, channel: str) -> None:
    in_hand = select(Delivery.id).where(
        Delivery.channel == channel, Delivery.state == DeliveryState.LEASED
    )
    if db.scalar(in_hand.limit(1)) is not None:
        raise NotYetKnown
