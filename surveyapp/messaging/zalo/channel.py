"""Zalo notifications as a channel: a mobile number, an approved template, a signed event when it arrived."""

from collections.abc import Mapping, Sequence
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
from surveyapp.messaging.zalo import notifications
from surveyapp.messaging.zalo.notifications import Notification, ZaloAccount, ZaloNotifications

if TYPE_CHECKING:
    from surveyapp.config import Settings


def _account(settings: "Settings") -> ZaloAccount:
    if settings.zalo is None:
        raise ChannelMisconfigured(notifications.SETTING, "missing")
    return ZaloAccount.read(settings.zalo)


class _Zalo(ZaloNotifications):
    """Takes parcels: which template goes with one only the account knows."""

    def send(self, message: Any, /) -> Any:
        if isinstance(message, Parcel):
            template = self.account.template(message.kind, message.language)
            if template is None:
                raise ChannelMisconfigured(notifications.SETTING, f"templates.{message.kind}")
            filled = {
                name: templates.fill(text, message.values) for name, text in template.data.items()
            }
            phone = e164(message.contact.phone)
            return super().send(_notification(phone, template.id, filled, message.token.hex))
        template = self.account.template("test", "vi")
        if template is None:
            raise ChannelMisconfigured(notifications.SETTING, "templates.test")
        filled = dict.fromkeys(template.data, message.token.hex[:8])
        return super().send(
            _notification(e164(message.address), template.id, filled, message.token.hex)
        )


def _notification(phone: str, template: str, filled: Mapping[str, str], token: str) -> Notification:
    number = phone.removeprefix("+")
    return Notification(phone=number, template=template, data=filled, reference=token)


def _parcel(parcel: Parcel, _head: Letterhead) -> Parcel:
    return parcel


def _test(test: SelfTest, _head: Letterhead) -> SelfTest:
    return test


def _open(settings: "Settings") -> _Zalo | None:
    if settings.zalo is None:
        return None
    return _Zalo(_account(settings), settings.instance / "zalo_tokens.json")


def _tested_on(settings: "Settings", _sender: str) -> Sequence[str]:
    return _account(settings).canary if settings.zalo is not None else ()


def _receipt(_settings: "Settings", fields: Mapping[str, Any]) -> tuple[str, bool | None]:
    return notifications.read_event(fields)


def _is_genuine(settings: "Settings", headers: Mapping[str, str], body: bytes) -> bool:
    return notifications.is_genuine(_account(settings), headers, body)


KIND = ChannelKind(
    code="zalo",
    label=lazy("Zalo"),
    address=lambda contact: contact.phone,
    reaches=lambda contact: is_mobile(contact.phone),
    is_there=lambda settings: settings.zalo is not None,
    open=_open,
    tested_on=_tested_on,
    compose=_parcel,
    compose_test=_test,
    reports_by_reference=True,
    receipt=_receipt,
    is_genuine=_is_genuine,
)
