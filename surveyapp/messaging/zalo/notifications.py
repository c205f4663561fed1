"""Zalo notifications over the service's HTTP interface, as its public documentation describes it (docs/messaging.md).

A template that Zalo has approved is filled in and sent to a number. The access token lasts about a day; the refresh
token that renews it is good for one use and is kept, new each time, in a file of the instance.
"""

import fcntl
import hashlib
import hmac
import json
import os
import re
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any, Self
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, OpenerDirector, Request, build_opener

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from surveyapp import small_json
from surveyapp.messaging.closing import Closing
from surveyapp.messaging.errors import ChannelMisconfigured, NoticeRefused
from surveyapp.messaging.model import Outcome, Reason

SETTING = "SURVEYAPP_ZALO"
ARRIVED = "user_received_message"
_HERE = {"localhost", "127.0.0.1", "::1"}
_PHONE = re.compile(r"84\d{9,10}")
_ANSWER_LIMIT = 100_000
_BAD_TOKEN = -124

_ACCOUNT = {*range(-105, -100), -109, -115, -117, -120, -121, -122, -123, -126, -131, -144, -147}
"""The application, the Official ZaloAccount, its balance, quota or template: no recipient is at fault."""
_LATER = {-100, -133}
"""An error of the service, or an hour at which it delivers nothing."""
_CONTENT = {-111, -112, -113, -116, -132, -1131}
"""What fills the template does not fit it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One filled template. `phone` as 84912345678; `reference` comes back with the receipt."""

    phone: str = field(repr=False)
    template: str
    data: Mapping[str, str] = field(repr=False)
    reference: str


class Template(BaseModel):
    """An approved template and what fills its fields: texts with the fields of messages in braces."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^\d{1,20}$")
    data: dict[str, str]


class ZaloAccount(BaseModel):
    """The application and Official ZaloAccount, and which template goes with which kind of message and language."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    app_id: str = Field(min_length=1)
    app_secret: str = Field(min_length=8, repr=False)
    oa_secret: str = Field(min_length=8, repr=False)
    refresh_token: str = Field(min_length=8, repr=False)
    templates: dict[str, Template]
    canary: tuple[str, ...] = ()
    send_url: str = "https://business.openapi.zalo.me/message/template"
    token_url: str = "https://oauth.zaloapp.com/v4/oa/access_token"  # noqa: S105  an address
    timeout_seconds: float = Field(default=20, gt=0, le=120)

    @field_validator("send_url", "token_url")
    @classmethod
    def _safe(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _HERE):
            raise ValueError("https only")
        return url

    @classmethod
    def read(cls, path: Path) -> Self:
        """The account in a JSON file that others cannot read. Raises `ChannelMisconfigured`."""
        try:
            if path.stat().st_mode & 0o077:
                raise ChannelMisconfigured(SETTING, "readable_by_others")
            return cls.model_validate_json(path.read_bytes())
        except OSError as exc:
            raise ChannelMisconfigured(SETTING, "unreadable") from exc
        except ValidationError as exc:
            fault = ", ".join(".".join(map(str, error["loc"])) for error in exc.errors())
        raise ChannelMisconfigured(SETTING, fault)

    def template(self, kind: str, language: str) -> Template | None:
        """The template of this kind in this language, else of the kind, else the one for everything."""
        names = (f"{kind}.{language}", kind, "*")
        return next((self.templates[name] for name in names if name in self.templates), None)


class _NoRedirect(HTTPRedirectHandler):
    """A redirect would carry the token and the link to another host."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class ZaloNotifications(Closing):
    """Hands notifications over one by one; `tokens` is the file of the present tokens."""

    name = "zalo"

    def __init__(self, account: ZaloAccount, tokens: Path) -> None:
        self.account, self.tokens = account, tokens
        handler = HTTPSHandler(context=ssl.create_default_context())
        self._opener: OpenerDirector = build_opener(_NoRedirect, handler)
        self._access = ""

    def send(self, message: Notification, /) -> Outcome:
        """Hand one notification over, renewing the access token once where it is not good any more."""
        if not _PHONE.fullmatch(message.phone):
            return Outcome.never(Reason.BAD_ADDRESS)
        for is_second in (False, True):
            if not self._access or is_second:
                refused = self._renew(stale=self._access)
                if refused is not None:
                    return refused
            outcome, code = self._attempt(message)
            if code != _BAD_TOKEN:
                return outcome
        return Outcome.later(Reason.AUTHENTICATION, str(_BAD_TOKEN))

    def _attempt(self, message: Notification) -> tuple[Outcome, int]:
        body = {
            "phone": message.phone,
            "template_id": message.template,
            "template_data": dict(message.data),
            "tracking_id": message.reference,
        }
        content = json.dumps(body, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", "access_token": self._access}
        answer, refused = self._asked(self.account.send_url, content, headers)
        if refused is not None:
            return refused, 0
        code = _number(answer.get("error"))
        inner = answer.get("data")
        number = str(inner.get("msg_id", "")) if isinstance(inner, dict) else ""
        return outcome(code, number), code

    def _asked(
        self, url: str, content: bytes, headers: Mapping[str, str]
    ) -> tuple[dict[str, Any], Outcome | None]:
        request = Request(url, content, dict(headers), method="POST")  # noqa: S310  https, checked
        try:
            with self._opener.open(request, timeout=self.account.timeout_seconds) as reply:
                answer = small_json.read(reply.read(_ANSWER_LIMIT))
        except HTTPError as exc:
            with exc:
                reason = Reason.AUTHENTICATION if exc.code in {401, 403} else Reason.DOWN
                reason = Reason.BUSY if exc.code in {408, 425, 429} else reason
                return {}, Outcome.later(reason, str(exc.code))
        except TimeoutError:
            return {}, Outcome.later(Reason.SLOW)
        except (OSError, HTTPException):
            return {}, Outcome.later(Reason.DOWN)
        except ValueError:
            return {}, Outcome.later(Reason.BUSY)
        return (answer, None) if isinstance(answer, dict) else ({}, Outcome.later(Reason.BUSY))

    def _renew(self, *, stale: str) -> Outcome | None:
        """A good access token, from the file or from the service; what went wrong, if anything.

        A refresh token is good once: of several workers on a machine one renews, and the others read what
        it was given.
        """
        with self._locked() as kept:
            if kept.get("access_token") and kept["access_token"] != stale:
                self._access = kept["access_token"]
                return None
            asked = {
                "refresh_token": kept.get("refresh_token") or self.account.refresh_token,
                "app_id": self.account.app_id,
                "grant_type": "refresh_token",
            }
            headers = {
                "Content-Type": "application/x-www-form-urlencoded",
                "secret_key": self.account.app_secret,
            }
            answer, refused = self._asked(
                self.account.token_url, urlencode(asked).encode(), headers
            )
            if refused is not None:
                return refused
            access, refresh = answer.get("access_token"), answer.get("refresh_token")
            if not isinstance(access, str) or not isinstance(refresh, str):
                return Outcome.later(Reason.AUTHENTICATION, str(answer.get("error", ""))[:20])
            kept |= {"access_token": access, "refresh_token": refresh}
            self._access = access
        return None

    @contextmanager
    def _locked(self) -> Iterator[dict[str, str]]:
        """The tokens of the file for this process alone; what is changed in them is written back."""
        self.tokens.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(self.tokens.with_suffix(".lock"), os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            try:
                kept: dict[str, str] = json.loads(self.tokens.read_bytes())
            except (OSError, ValueError):
                kept = {}
            before = dict(kept)
            yield kept
            if kept != before:
                new = self.tokens.with_suffix(".new")
                new.touch(mode=0o600)
                new.write_text(json.dumps(kept))
                new.replace(self.tokens)
        finally:
            os.close(lock)


def outcome(code: int, number: str = "") -> Outcome:
    """What the service's error code means for the message, the person and the channel.

    A number without a Zalo account, or whose owner takes no notifications, is no dead address: its text
    messages may well arrive, so the next channel is tried and nobody is asked for another number.
    """
    if code == 0:
        return Outcome.handed_over("0", number[:60])
    if code == _BAD_TOKEN or code in _ACCOUNT:
        reason = Reason.AUTHENTICATION if code == _BAD_TOKEN else Reason.SENDER_REFUSED
        return Outcome.later(reason, str(code))
    if code in _LATER:
        return Outcome.later(Reason.BUSY, str(code))
    return Outcome.never(Reason.CONTENT_REFUSED if code in _CONTENT else Reason.REFUSED, str(code))


def read_event(fields: Mapping[str, Any]) -> tuple[str, bool | None]:
    """The service's number of a message that has reached a device; None for whatever else happened.

    Raises `NoticeRefused` where an arrival names no message.
    """
    message = fields.get("message")
    if fields.get("event_name") != ARRIVED or not isinstance(message, dict):
        return "", None
    number = str(message.get("msg_id") or "")
    if not number:
        raise NoticeRefused("msg_id")
    return number, True


def is_genuine(account: ZaloAccount, headers: Mapping[str, str], body: bytes) -> bool:
    """The event is signed by the Official ZaloAccount's secret: SHA-256 over application, body, time and secret."""
    given = next(
        (value for name, value in headers.items() if name.lower() == "x-zevent-signature"), ""
    ).removeprefix("mac=")
    try:
        stamp = str(small_json.read(body).get("timestamp", ""))
    except (ValueError, AttributeError):
        return False
    signed = account.app_id.encode() + body + stamp.encode() + account.oa_secret.encode()
    return hmac.compare_digest(hashlib.sha256(signed).hexdigest(), given)


def _number(code: Any) -> int:
    try:
        return int(code)
    except (TypeError, ValueError):
        return -100
