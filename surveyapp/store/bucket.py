"""A bucket of an S3-compatible server, asked over signed plain HTTP: put, get, list, delete."""

import hashlib
import http.client
import shutil
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.etree import ElementTree

from surveyapp import clock
from surveyapp.errors import SurveyError
from surveyapp.store import signatures
from surveyapp.store.signatures import NOTHING, BucketSigner

SECONDS = 20
MOST_LISTED = 100_000
PAGE = 1000


class BucketAway(SurveyError):
    """The server of the bucket does not answer, or refuses; `status` is 0 where nobody answered."""

    def __init__(self, host: str, *, status: int, reason: str) -> None:
        super().__init__(f"{host}: {status or 'no answer'} {reason}".rstrip())
        self.host = host
        self.status = status
        self.reason = reason


@dataclass(frozen=True)
class Bucket:
    """`https://ACCESS:SECRET@host:port/bucket/prefix?region=…`, addressed by path, as all servers understand."""

    scheme: str
    host: str
    name: str
    prefix: str
    credentials: BucketSigner
    moment: Callable[[], datetime] = clock.now
    """A signature is good for minutes: it says when the request left."""

    @classmethod
    def read(cls, address: str) -> "Bucket":
        """Raises `ValueError` where it is no such address."""
        parts = urlsplit(address)
        name, _, prefix = parts.path.strip("/").partition("/")
        if parts.scheme not in {"http", "https"} or not (parts.hostname and name):
            raise ValueError("no bucket")
        if not (parts.username and parts.password):
            raise ValueError("no credentials")
        region = parse_qs(parts.query).get("region", ["us-east-1"])[0]
        host = parts.hostname + (f":{parts.port}" if parts.port else "")
        by = BucketSigner(unquote(parts.username), unquote(parts.password), region)
        return cls(parts.scheme, host, name, f"{prefix.strip('/')}/" if prefix else "", by)

    def put(self, key: str, path: Path) -> None:
        """The content of a file under a key, whole or not at all. Raises `BucketAway`."""
        with path.open("rb") as body:
            digest = hashlib.file_digest(body, "sha256").hexdigest()
            body.seek(0)
            length = {"Content-Length": str(path.stat().st_size)}
            with self._asked("PUT", self.prefix + key, digest=digest, body=body, headers=length):
                return

    def get(self, key: str, path: Path) -> bool:
        """Into a file; False where there is nothing under the key. Raises `BucketAway`."""
        try:
            with self._asked("GET", self.prefix + key) as answer, path.open("wb") as out:
                shutil.copyfileobj(answer, out)
        except BucketAway as refused:
            if refused.status == 404:
                return False
            raise
        return True

    def delete(self, key: str) -> None:
        """Nothing is under the key any more. Raises `BucketAway`."""
        with self._asked("DELETE", self.prefix + key):
            return

    def keys(self, beginning: str) -> Iterator[str]:
        """Every key that begins so. Raises `BucketAway`."""
        query = {"list-type": "2", "max-keys": str(PAGE), "prefix": self.prefix + beginning}
        count = 0
        while count < MOST_LISTED:
            with self._asked("GET", "", query=query) as answer:
                root = ElementTree.fromstring(answer.read())  # noqa: S314  our own store, signed for
            names = [one.text or "" for one in root.iterfind("{*}Contents/{*}Key")]
            count += len(names)
            yield from (name.removeprefix(self.prefix) for name in names)
            more = root.findtext("{*}NextContinuationToken")
            if not more or not names:
                return
            query["continuation-token"] = more

    @contextmanager
    def _asked(
        self,
        method: str,
        key: str,
        *,
        digest: str = NOTHING,
        query: dict[str, str] | None = None,
        body: Any = None,
        headers: dict[str, str] | None = None,
    ) -> Iterator[http.client.HTTPResponse]:
        path = f"/{self.name}/{key}" if key else f"/{self.name}"
        given = {"host": self.host, **(headers or {})}
        sent = signatures.signed(
            method,
            path,
            query or {},
            given,
            digest=digest,
            by=self.credentials,
            now=self.moment(),
        )
        asked = f"?{signatures.query_string(query)}" if query else ""
        url = f"{self.scheme}://{self.host}{signatures.escaped(path)}{asked}"
        request = urllib.request.Request(url, data=body, headers=sent, method=method)  # noqa: S310  http(s) by `read`
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310  as above
                yield answer
        except urllib.error.HTTPError as refused:
            with refused:
                told = refused.read(2000).decode(errors="replace")
            raise BucketAway(self.host, status=refused.code, reason=_code(told)) from refused
        except (OSError, http.client.HTTPException) as exc:
            raise BucketAway(self.host, status=0, reason=str(exc)) from exc


def _code(told: str) -> str:
    _before, mark, rest = told.partition("<Code>")
    return rest.partition("</Code>")[0][:60] if mark else ""
