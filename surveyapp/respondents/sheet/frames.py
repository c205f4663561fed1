"""How the guarded child speaks: frames of one letter, a length and a body, so that breaking off is noticed."""

import struct
from typing import IO

ANSWER, REFUSED, FAILED, END = b"A", b"R", b"F", b"E"
_HEAD = struct.Struct(">cQ")
_BROKEN_OFF = (b"", b"")


def write_frame(stream: IO[bytes], kind: bytes, body: bytes = b"") -> None:
    """Say one thing."""
    stream.write(_HEAD.pack(kind, len(body)))
    stream.write(body)


def read_frame(stream: IO[bytes], most: int) -> tuple[bytes, bytes]:
    """The next frame as (kind, body); the kind empty where it breaks off or would be over `most` bytes."""
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return _BROKEN_OFF
    kind, size = _HEAD.unpack(head)
    if size > most:
        return _BROKEN_OFF
    body = stream.read(size)
    return (kind, body) if len(body) == size else _BROKEN_OFF
