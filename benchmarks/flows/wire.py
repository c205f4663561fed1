"""HTTP/1.1 as a proxy speaks it: one raw connection that is kept, one request at a time."""

import asyncio
import gzip
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import quote_plus

PATIENCE = 60.0
"""Seconds after which an answer counts as never given: gunicorn kills what takes longer."""
BOUNDARY = "----------------------------surveyflows"


class ConnectionLost(Exception):
    """The other side closed; `answered` says whether a part of the answer had come."""

    def __init__(self, *, answered: bool) -> None:
        super().__init__("in the middle of an answer" if answered else "without an answer")
        self.answered = answered


@dataclass(slots=True)
class Answer:
    """What came back: status, headers by lower-case name, the body as text, seconds it took."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float
    cookies: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The body, unpacked."""
        packed = self.headers.get("content-encoding") == "gzip"
        return (gzip.decompress(self.body) if packed else self.body).decode()


class _Reader(asyncio.Protocol):
    """Collects one answer at a time; the loop hands it the bytes as they come."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.lost = False
        self._received = bytearray()
        self._length: int | None = None
        self._waiting: asyncio.Future[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self.lost = True
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(ConnectionLost(answered=bool(self._received)))

    def data_received(self, data: bytes) -> None:
        self._received += data
        if self._length is None:
            end = self._received.find(b"\r\n\r\n")
            if end < 0:
                return
            self._length = end + 4 + _body_length(self._received[:end])
        if len(self._received) >= self._length and self._waiting and not self._waiting.done():
            self._waiting.set_result(None)

    async def exchange(self, request: bytes) -> bytes:
        """Send the request; the whole answer as it came."""
        if self.lost or self.transport is None:
            raise ConnectionLost(answered=False)
        self._received, self._length = bytearray(), None
        self._waiting = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        await asyncio.wait_for(self._waiting, PATIENCE)
        return bytes(self._received)


def _body_length(head: bytearray) -> int:
    """What the answer says of its length; the application sends no answer in pieces."""
    for line in head.lower().split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name == b"content-length":
            return int(value)
        if name == b"transfer-encoding":
            raise ValueError("an answer in pieces")
    return 0


class Connection:
    """A connection to 127.0.0.1 that is opened when needed and kept as long as the server keeps it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.opened = 0
        self._reader: _Reader | None = None

    async def ask(
        self, method: str, path: str, headers: Iterable[tuple[str, str]] = (), body: bytes = b""
    ) -> Answer:
        """One request and its answer. Raises `ConnectionLost` or `TimeoutError`.

        A kept connection that turns out to be closed is opened anew once, as browsers and proxies do.
        """
        request = _request(self.port, method, path, headers, body)
        kept = self._reader is not None
        started = time.perf_counter()
        try:
            raw = await (await self._open()).exchange(request)
        except ConnectionLost as lost:
            self.close()
            if lost.answered or not kept:
                raise
            raw = await (await self._open()).exchange(request)
        answer = _answer(raw, time.perf_counter() - started)
        if answer.headers.get("connection", "").lower() == "close":
            self.close()
        return answer

    async def _open(self) -> _Reader:
        if self._reader is None or self._reader.lost:
            loop = asyncio.get_running_loop()
            _, self._reader = await loop.create_connection(_Reader, "127.0.0.1", self.port)
            self.opened += 1
        return self._reader

    def close(self) -> None:
        """Hang up."""
        if self._reader is not None and self._reader.transport is not None:
            self._reader.transport.close()
        self._reader = None


def _request(
    port: int, method: str, path: str, headers: Iterable[tuple[str, str]], body: bytes
) -> bytes:
    lines = [
        f"{method} {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Accept-Encoding: gzip",
        *(f"{name}: {value}" for name, value in headers),
    ]
    if method == "POST":
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def _answer(raw: bytes, seconds: float) -> Answer:
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers: dict[str, str] = {}
    cookies = []
    for line in lines:
        name, _, value = line.partition(": ")
        name = name.lower()
        if name == "set-cookie":
            cookies.append(value)
        else:
            headers[name] = value
    return Answer(int(first.split(" ", 2)[1]), headers, body, seconds, cookies)


def urlencoded(fields: Iterable[tuple[str, str]]) -> bytes:
    """A form as a browser sends it by its button."""
    return "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in fields).encode()


def multipart(fields: Iterable[tuple[str, str]], file: tuple[str, bytes] | None = None) -> bytes:
    """A form as a script's `FormData` sends it; `file` is the field `file`'s name and content."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields
    ]
    if file is not None:
        name, content = file
        lead = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        parts.append(lead.encode() + b"Content-Type: application/octet-stream\r\n\r\n" + content)
        parts.append(b"\r\n")
    return b"".join((*parts, f"--{BOUNDARY}--\r\n".encode()))
