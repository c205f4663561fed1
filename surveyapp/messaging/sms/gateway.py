"""Text messages over an HTTP gateway whose JSON shape is described in a file (docs/messaging.md)."""

import json
import re
import ssl
from collections.abc import Callable, Mapping
from http.client import HTTPException
from pathlib import Path
from typing import Any, Self
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, OpenerDirector, Request, build_opener

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from surveyapp.messaging.closing import Closing
from surveyapp.messaging.errors import ChannelMisconfigured, NoticeRefused
from surveyapp.messaging.model import Outcome, Reason, Sms

_HERE = {"localhost", "127.0.0.1", "::1"}
_PHONE = re.compile(r"\+84\d{9,10}")
_ANSWER_LIMIT = 100_000
_FIELD = re.compile(r"\{(phone|text|reference)\}")


class Answer(BaseModel):
    """Where the gateway's answer says what, as dotted paths: `code`, `data.0.smsId`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str = "code"
    reference: str = ""


class DeliveryReceipt(BaseModel):
    """Where a delivery receipt says which message it is about and what became of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    message: str = "smsId"
    status: str = "status"
    delivered: frozenset[str] = frozenset()
    failed: frozenset[str] = frozenset()

    @field_validator("delivered", "failed", mode="before")
    @classmethod
    def _texts(cls, codes: Any) -> Any:
        return [str(code) for code in codes] if isinstance(codes, list) else codes


class GatewayShape(BaseModel):
    """What one gateway wants to be asked and how its answers read.

    In `headers` and `body` the texts `{phone}`, `{text}` and `{reference}` are filled in. Answer codes
    that stand in none of the four lists are refusals of this message.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str
    encoding: str = Field(default="json", pattern="^(json|form)$")
    headers: dict[str, str] = {}
    body: dict[str, Any]
    phone: str = Field(default="84", pattern=r"^(84|\+84|0)$")
    accents: bool = False
    answer: Answer = Answer()
    receipt: DeliveryReceipt = DeliveryReceipt()
    success: frozenset[str]
    later: frozenset[str] = frozenset()
    account: frozenset[str] = frozenset()
    bad_number: frozenset[str] = frozenset()
    timeout_seconds: float = Field(default=20, gt=0, le=120)

    @field_validator("url")
    @classmethod
    def _safe(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _HERE):
            raise ValueError("https only")
        return url

    @field_validator("success", "later", "account", "bad_number", mode="before")
    @classmethod
    def _texts(cls, codes: Any) -> Any:
        return [str(code) for code in codes] if isinstance(codes, list) else codes

    @classmethod
    def read(cls, path: Path) -> Self:
        """The shape in a JSON file. It holds a password, so others must not be able to read it.
        Raises `ChannelMisconfigured`."""
        try:
            if path.stat().st_mode & 0o077:
                raise ChannelMisconfigured("SURVEYAPP_SMS_GATEWAY", "readable_by_others")
            return cls.model_validate_json(path.read_bytes())
        except OSError as exc:
            raise ChannelMisconfigured("SURVEYAPP_SMS_GATEWAY", "unreadable") from exc
        except ValidationError as exc:
            places = [".".join(map(str, error["loc"])) for error in exc.errors()]
            fault = ", ".join(places)
        raise ChannelMisconfigured("SURVEYAPP_SMS_GATEWAY", fault)


class _NoRedirect(HTTPRedirectHandler):
    """A redirect would carry the password and the link to another host."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class SmsGateway(Closing):
    """Hands texts to one gateway, one request each; the reference lets it fold a repeated one."""

    name = "gateway"

    def __init__(self, shape: GatewayShape, *, ca_file: str = "") -> None:
        self.shape = shape
        context = ssl.create_default_context(cafile=ca_file or None)
        self._opener: OpenerDirector = build_opener(_NoRedirect, HTTPSHandler(context=context))

    def send(self, message: Sms, /) -> Outcome:
        """Hand one text over."""
        if not _PHONE.fullmatch(message.phone):
            return Outcome.never(Reason.BAD_ADDRESS)
        try:
            with self._opener.open(
                self._request(message), timeout=self.shape.timeout_seconds
            ) as answer:
                return self._understood(answer.read(_ANSWER_LIMIT))
        except HTTPError as exc:
            with exc:
                return http_outcome(exc.code)
        except TimeoutError:
            return Outcome.later(Reason.SLOW)
        except (OSError, HTTPException) as exc:
            cause = exc.__cause__ or getattr(exc, "reason", None)
            if isinstance(cause, ssl.SSLError):
                return Outcome.later(Reason.INSECURE)
            return Outcome.later(Reason.SLOW if isinstance(cause, TimeoutError) else Reason.DOWN)

    def _request(self, message: Sms) -> Request:
        phone = message.phone.removeprefix("+84")
        values = {
            "phone": self.shape.phone + phone,
            "text": message.text,
            "reference": message.reference,
        }
        body = filled(self.shape.body, values)
        if self.shape.encoding == "json":
            content, kind = json.dumps(body, ensure_ascii=False).encode(), "application/json"
        else:
            content, kind = urlencode(body).encode(), "application/x-www-form-urlencoded"
        headers = {"Content-Type": f"{kind}; charset=utf-8", "Accept": "application/json"}
        headers |= filled(self.shape.headers, values)
        return Request(self.shape.url, content, headers, method="POST")  # noqa: S310 - https, checked

    def _understood(self, content: bytes) -> Outcome:
        try:
            answer = json.loads(content)
        except ValueError:
            return Outcome.later(Reason.BUSY)
        code = _at(answer, self.shape.answer.code)
        if code in self.shape.success:
            return Outcome.handed_over(code, _at(answer, self.shape.answer.reference)[:60])
        if code in self.shape.account:
            return Outcome.later(Reason.AUTHENTICATION, code[:20])
        if code in self.shape.later or not code:
            return Outcome.later(Reason.BUSY, code[:20])
        if code in self.shape.bad_number:
            return Outcome.never(Reason.NO_SUCH_ADDRESS, code[:20])
        return Outcome.never(Reason.REFUSED, code[:20])


def http_outcome(status: int) -> Outcome:
    """What a status other than 2xx means: of all, only 400, 413 and 422 can be about the message."""
    if status in {400, 413, 422}:
        return Outcome.never(Reason.CONTENT_REFUSED, str(status))
    if status in {401, 403, 407}:
        return Outcome.later(Reason.AUTHENTICATION, str(status))
    if status in {408, 425, 429}:
        return Outcome.later(Reason.BUSY, str(status))
    return Outcome.later(Reason.DOWN, str(status))


def filled(shape: Any, values: Mapping[str, str]) -> Any:
    """`shape` with every `{phone}`, `{text}`, `{reference}` in its texts filled in, at any depth."""
    if isinstance(shape, str):
        return _FIELD.sub(_lookup(values), shape)
    if isinstance(shape, dict):
        return {key: filled(value, values) for key, value in shape.items()}
    if isinstance(shape, list):
        return [filled(value, values) for value in shape]
    return shape


def _lookup(values: Mapping[str, str]) -> Callable[[re.Match[str]], str]:
    return lambda match: values[match[1]]


def _at(answer: Any, path: str) -> str:
    """The value at a dotted path as text; empty where the path leads nowhere."""
    for step in path.split(".") if path else []:
        if isinstance(answer, dict) and step in answer:
            answer = answer[step]
        elif isinstance(answer, list) and step.isdigit() and int(step) < len(answer):
            answer = answer[int(step)]
        else:
            return ""
    return "" if not path or answer is None else str(answer)


def read_receipt(shape: GatewayShape, fields: Mapping[str, Any]) -> tuple[str, bool | None]:
    """The gateway's id of a text, and whether it arrived; None while the gateway is still trying.

    Raises `NoticeRefused` where the receipt names no text.
    """
    message = _at(fields, shape.receipt.message)
    if not message:
        raise NoticeRefused("message")
    status = _at(fields, shape.receipt.status)
    if status in shape.receipt.delivered:
        return message, True
    return message, False if status in shape.receipt.failed else None
