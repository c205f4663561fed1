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
from surveyapp.messaging.email import return_addresses
from surveyapp.messaging.email.bounces import read_notice
from surveyapp.messaging.errors import ChannelMisconfigured
from surveyapp.messaging.sms.gateway import GatewayShape, read_receipt


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


def take_sms(
    db: Session, fields: Mapping[str, Any], *, settings: Settings, keys: KeyRing, now: datetime
) -> str:
    """Enter a gateway's receipt for a text; the same promises. Without a gateway nothing is known.

    Until a worker reports, nobody knows the gateway's id of a text: while one has texts in hand, an
    unknown id raises `NotYetKnown`.
    """
    if settings.sms_gateway is None:
        raise ChannelMisconfigured("SURVEYAPP_SMS_GATEWAY", "missing")
    message, arrived = read_receipt(GatewayShape.read(settings.sms_gateway), fields)
    if arrived is None:
        return ""
    if canary.receipt(db, message, has_arrived=arrived, now=now):
        return "canary"
    known = returns.delivered(db, message, arrived=arrived, keys=keys, now=now)
    if not known:
        _wait_for_texts(db)
    became = (DeliveryState.DELIVERED if arrived else DeliveryState.FAILED) if known else ""
    log.event("sms.reported", became=became)
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


def _wait_for_texts(db: Session) -> None:
    in_hand = select(Delivery.id).where(
        Delivery.channel == "sms", Delivery.state == DeliveryState.LEASED
    )
    if db.scalar(in_hand.limit(1)) is not None:
        raise NotYetKnown
