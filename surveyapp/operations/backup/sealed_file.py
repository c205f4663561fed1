"""One encrypted file: a line that says what it is, then a stream only the recipient's key opens.

A fresh 32-byte key encrypts the stream in chunks of a mebibyte (AES-256-GCM, the chunk's number and
whether it is the last in the nonce, so that none can be left out, moved or cut off); HPKE (RFC 9180, X25519)
encrypts that key to the recipient. The first line is authenticated with the first chunk.
"""

import base64
import io
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from surveyapp.operations.backup.errors import BackupUnreadable

FORMAT = "surveyapp-backup/1"
CHUNK = 1 << 20
_TAG = 16
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_INFO = b"surveyapp backup"
_PUBLIC, _PRIVATE = "backup-public-", "backup-secret-"


def make_key() -> tuple[str, str]:
    """A fresh key pair as two words: the public one is for the server, the secret one for the safe."""
    private = X25519PrivateKey.generate()
    secret = private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return _word(_PUBLIC, public), _word(_PRIVATE, secret)


def read_public(word: str) -> X25519PublicKey:
    """Raises `ValueError` for what is no public key."""
    return X25519PublicKey.from_public_bytes(_raw(_PUBLIC, word))


def read_secret(word: str) -> X25519PrivateKey:
    """Raises `ValueError` for what is no secret key."""
    return X25519PrivateKey.from_private_bytes(_raw(_PRIVATE, word))


def _word(kind: str, raw: bytes) -> str:
    return kind + base64.b32encode(raw).decode().rstrip("=").lower()


def _raw(kind: str, word: str) -> bytes:
    if not word.strip().startswith(kind):
        raise ValueError(kind)
    text = word.strip().removeprefix(kind).upper()
    return base64.b32decode(text + "=" * (-len(text) % 8))


class Writer(io.RawIOBase):
    """Encrypts what is written to it; `close` writes the last chunk."""

    def __init__(
        self, out: IO[bytes], facts: Mapping[str, Any], recipient: X25519PublicKey
    ) -> None:
        self._out, self._buffer, self._number = out, bytearray(), 0
        self.key = os.urandom(32)
        self._cipher = AESGCM(self.key)
        wrapped = base64.b64encode(_SUITE.encrypt(self.key, recipient, _INFO)).decode()
        told = {"format": FORMAT, **facts, "key": wrapped}
        self._head = json.dumps(told, ensure_ascii=False).encode() + b"\n"
        out.write(self._head)

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        self._buffer += content
        while len(self._buffer) > CHUNK:
            self._seal(bytes(self._buffer[:CHUNK]), is_last=False)
            del self._buffer[:CHUNK]
        return len(content)

    def close(self) -> None:
        if not self.closed:
            self._seal(bytes(self._buffer), is_last=True)
        super().close()

    def _seal(self, plain: bytes, *, is_last: bool) -> None:
        head = self._head if self._number == 0 else b""
        self._out.write(self._cipher.encrypt(_nonce(self._number, is_last=is_last), plain, head))
        self._number += 1


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


def read_head(path: Path) -> dict[str, Any]:
    """What the file says of itself, which nobody has vouched for yet. Raises `BackupUnreadable`."""
    return _head(path)[1]


def _head(path: Path) -> tuple[bytes, dict[str, Any]]:
    try:
        with path.open("rb") as file:
            line = file.readline(65536)
        facts = json.loads(line)
    except (OSError, ValueError) as exc:
        raise BackupUnreadable(path, "not a backup") from exc
    if not isinstance(facts, dict) or facts.get("format") != FORMAT:
        raise BackupUnreadable(path, "not a backup")
    return line, facts


def unwrap(path: Path, secret: X25519PrivateKey) -> bytes:
    """The key of the stream. Raises `BackupUnreadable` where it is for somebody else."""
    try:
        return _SUITE.decrypt(base64.b64decode(read_head(path)["key"]), secret, _INFO)
    except (InvalidTag, KeyError, ValueError) as exc:
        raise BackupUnreadable(path, "made for another key") from exc


class Reader(io.RawIOBase):
    """The stream in clear, chunk by chunk. Raises `BackupUnreadable` at the first that is not as written."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._chunks = _chunks(path, key)
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            self._rest = next(self._chunks, b"")
            if not self._rest:
                return 0
        taken = self._rest[: len(buffer)]
        self._rest = self._rest[len(taken) :]
        buffer[: len(taken)] = taken
        return len(taken)


def _chunks(path: Path, key: bytes) -> Iterator[bytes]:
    head, _facts = _head(path)
    cipher, number = AESGCM(key), 0
    with path.open("rb") as file:
        file.seek(len(head))
        sealed = file.read(CHUNK + _TAG)
        while True:
            following = file.read(CHUNK + _TAG)
            try:
                plain = cipher.decrypt(
                    _nonce(number, is_last=not following), sealed, b"" if number else head
                )
            except (InvalidTag, ValueError) as exc:
                raise BackupUnreadable(path, "altered or cut short") from exc
            yield plain
            if not following:
                return
            sealed, number = following, number + 1
