"""The fields of a form as browsers and our script send it: read in one go, and whole before one of them is looked at.

Werkzeug reads every body as a stream, in pieces, because a form may hold files. A form without files is 64 kB at
most, and proxies hand it on when they have all of it.
"""

from io import BytesIO
from typing import Any
from urllib.parse import unquote

from flask import Request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import ClientDisconnected

LONGEST = 64 * 1024
"""Bytes of a body; what is longer, comes in pieces of unknown number or holds files is Werkzeug's to read."""
URLENCODED = "application/x-www-form-urlencoded"


class SentFields(ImmutableMultiDict[str, str]):
    """The fields; one that was not sent costs a look and no exception."""

    def get(self, key: str, default: Any = None, type: Any = None) -> Any:  # type: ignore[override]  # all of Werkzeug's
        """The first value of a field."""
        if type is not None:
            return super().get(key, default, type)
        values = dict.get(self, key)
        return values[0] if values else default


class SurveyRequest(Request):
    """Flask's request; `form` of a short form is read in one go."""

    parameter_storage_class = SentFields

    def _load_form_data(self) -> None:
        known = self.__dict__
        length = self.content_length
        if (
            "form" in known
            or "stream" in known
            or "_cached_data" in known
            or length is None
            or length > LONGEST
            or self.mimetype != URLENCODED
        ):
            super()._load_form_data()
            return
        body = _whole(self.environ["wsgi.input"], length)
        known["stream"], known["files"] = BytesIO(), ImmutableMultiDict()
        known["form"] = fields(body)


def _whole(stream: Any, length: int) -> bytes:
    """Raises `ClientDisconnected` where the connection ends before the body does: half a form is none."""
    body: bytes = stream.read(length)
    while len(body) < length:
        more = stream.read(length - len(body))
        if not more:
            raise ClientDisconnected
        body += more
    return body


def fields(body: bytes) -> SentFields:
    """What stands in the body, as Werkzeug reads it; nothing where it is no UTF-8."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return SentFields()
    values: dict[str, list[str]] = {}
    for pair in text.split("&"):
        if pair:
            name, _, value = pair.partition("=")
            values.setdefault(_plain(name), []).append(_plain(value))
    return SentFields(values)


def _plain(text: str) -> str:
    if "+" in text:
        text = text.replace("+", " ")
    return unquote(text, errors="werkzeug.url_quote") if "%" in text else text
