"""Text messages as a channel: a mobile number, a text without accents, a gateway's receipt."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from surveyapp.i18n import lazy
from surveyapp.messaging import templates
from surveyapp.messaging.channel_kinds import (
    ChannelKind,
    Letterhead,
    Parcel,
    SelfTest,
    e164,
    is_mobile,
)
from surveyapp.messaging.errors import ChannelMisconfigured
from surveyapp.messaging.model import Sms
from surveyapp.messaging.sms import segments

if TYPE_CHECKING:
    from surveyapp.config import Settings


def _compose(parcel: Parcel, head: Letterhead) -> Sms:
    text = templates.render_sms(parcel.template, parcel.values, accents=head.accents)
    return Sms(phone=e164(parcel.contact.phone), text=text, reference=parcel.token.hex)


def _compose_test(test: SelfTest, _head: Letterhead) -> Sms | None:
    """Texts that are spooled for somebody to send are not tried: there is no number to send one to."""
    if not test.address:
        return None
    text = segments.unaccented(test.text)
    return Sms(phone=e164(test.address), text=text, reference=test.token.hex)


def open_texts(settings: "Settings") -> Any:
    """The gateway of the settings; without one `spool/sms.jsonl`, for whoever sends them."""
    from surveyapp.messaging.sms.gateway import GatewayShape, SmsGateway
    from surveyapp.messaging.spool import SmsSpool

    if settings.sms_gateway is not None:
        return SmsGateway(GatewayShape.read(settings.sms_gateway))
    return SmsSpool(settings.instance / "spool" / "sms.jsonl")


def _receipt(settings: "Settings", fields: Mapping[str, Any]) -> tuple[str, bool | None]:
    from surveyapp.messaging.sms.gateway import GatewayShape, read_receipt

    if settings.sms_gateway is None:
        raise ChannelMisconfigured("SURVEYAPP_SMS_GATEWAY", "missing")
    return read_receipt(GatewayShape.read(settings.sms_gateway), fields)


KIND = ChannelKind(
    code="sms",
    label=lazy("Tin nhắn"),
    address=lambda contact: contact.phone,
    reaches=lambda contact: is_mobile(contact.phone),
    is_there=lambda _settings: True,
    open=open_texts,
    tested_on=lambda settings, _sender: (
        tuple(dict.fromkeys(settings.sms_canary)) if settings.sms_gateway is not None else ()
    ),
    compose=_compose,
    compose_test=_compose_test,
    reports_by_reference=True,
    receipt=_receipt,
)
