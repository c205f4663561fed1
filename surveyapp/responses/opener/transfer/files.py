"""The two ways a file travels between server and custodians: one signed document, or many signed lines.

Everything is canonical JSON: the same content gives the same bytes, and so the same digest.
"""

import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ..errors import (
    FileDamaged,
    NotThisKind,
    SignaturesMissing,
    SignatureWrong,
    SignerUnknown,
    VersionUnknown,
)

_FASTEST = 1

Signature = dict[str, str]
"""`{"public_key": …, "signature": …}`, both in hexadecimal."""


@dataclass(frozen=True)
class Kind:
    """A format: its name stands first in the file and is signed with it."""

    name: str
    version: int

    def head(self) -> dict[str, Any]:
        """What begins every file of the kind."""
        return {"format": self.name, "version": self.version}

    def check(self, path: object, content: object) -> Mapping[str, Any]:
        """`content` if it is of the kind. Raises `NotThisKind` or `VersionUnknown`."""
        format_ = content.get("format") if isinstance(content, dict) else ""
        if not isinstance(content, dict) or format_ != self.name:
            raise NotThisKind(path, expected=self.name, found=str(format_ or ""))
        if content.get("version") != self.version:
            raise VersionUnknown(path, found=content.get("version"), known=self.version)
        return content


def canonical(content: object) -> bytes:
    """The one spelling of `content` in JSON, as UTF-8."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(content: object) -> str:
    """SHA-256 of the canonical spelling, in hexadecimal."""
    return hashlib.sha256(canonical(content)).hexdigest()


# ---- signatures


def public_hex(key: Ed25519PrivateKey) -> str:
    """The public half of a signing key, 64 hexadecimal digits."""
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def key_print(public_key: str) -> str:
    """What is written on paper of a signing key's public half: 32 hexadecimal digits in eights."""
    hexdigest = hashlib.sha256(b"signing key\0" + bytes.fromhex(public_key)).hexdigest()[:32]
    return "-".join(hexdigest[start : start + 8] for start in range(0, 32, 8))


def sign(kind: Kind, digest_: str, key: Ed25519PrivateKey) -> Signature:
    """One signature over the digest of a file of a kind."""
    return {"public_key": public_hex(key), "signature": key.sign(_signed(kind, digest_)).hex()}


def check_signatures(
    path: object, kind: Kind, digest_: str, signatures: Sequence[Signature], known: Sequence[str],
    *, needed: int,
) -> tuple[str, ...]:  # fmt: skip
    """The public keys that signed, all of them among `known`.

    Raises `SignerUnknown`, `SignatureWrong`, or `SignaturesMissing` where fewer than `needed` did.
    """
    signers: list[str] = []
    for one in signatures:
        try:
            public = str(one["public_key"])
            if public not in known:
                raise SignerUnknown(path, expected=", ".join(known), found=public)
            key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
            key.verify(bytes.fromhex(one["signature"]), _signed(kind, digest_))
        except (InvalidSignature, ValueError, KeyError, TypeError) as exc:
            raise SignatureWrong(path) from exc
        if public not in signers:
            signers.append(public)
    if len(signers) < needed:
        raise SignaturesMissing(path, found=len(signers))
    return tuple(signers)


def _signed(kind: Kind, digest_: str) -> bytes:
    return f"{kind.name} {kind.version}\0{digest_}".encode()


# ---- one document


def document(
    kind: Kind, content: Mapping[str, Any], keys: Iterable[Ed25519PrivateKey]
) -> dict[str, Any]:
    """A document of a kind with its signatures, ready to be written."""
    whole = kind.head() | dict(content)
    checksum = digest(whole)
    return {"content": whole, "signatures": [sign(kind, checksum, key) for key in keys]}


def document_text(signed: Mapping[str, Any]) -> str:
    """The document for a file: indented, for people look into it."""
    return json.dumps(signed, ensure_ascii=False, sort_keys=True, indent=1) + "\n"


def read_document(
    path: object, text: bytes, kind: Kind
) -> tuple[dict[str, Any], Sequence[Signature]]:
    """Content and signatures, the latter unchecked. Raises `FileDamaged` and what `Kind.check` does."""
    try:
        parsed = json.loads(text)
        content, signatures = parsed["content"], parsed["signatures"]
    except (ValueError, KeyError, TypeError, RecursionError) as exc:
        raise FileDamaged(path) from exc
    kind.check(path, content)
    if not isinstance(signatures, list) or document_text(parsed).encode() != text:
        raise FileDamaged(path)
    return content, signatures


def write_private(path: Path, content: bytes) -> None:
    """Write a new file for its owner alone; raises `FileExistsError` rather than overwrite one."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


# ---- many lines


def write_lines(
    file: BinaryIO, kind: Kind, lines: Iterable[object], keys: Iterable[Ed25519PrivateKey]
) -> str:
    """Write canonical lines, compressed, with digest and signatures last; returns the digest."""
    hasher = hashlib.sha256()
    hashed = _Hashing(file)
    with gzip.GzipFile("", "wb", _FASTEST, cast(BinaryIO, hashed), mtime=0) as packed:
        for content in lines:
            line = canonical(content) + b"\n"
            hasher.update(line)
            packed.write(line)
    digest_ = hasher.hexdigest()
    signatures = [sign(kind, digest_, key) for key in keys]
    end = {"digest": digest_, "packed": hashed.digest, "signatures": signatures}
    file.write(_end_member(canonical(end) + b"\n"))
    return digest_


@dataclass(frozen=True)
class End:
    """The last line of a file: the digest of all before it, and who signed that."""

    digest: str
    signatures: Sequence[Signature]


def read_lines(
    path: Path, kind: Kind, *, ended: Callable[[End], None] | None = None
) -> Iterator[Any]:
    """Every line but the last, the first of them the header, which is of the kind.

    Raises `NotThisKind`, `VersionUnknown`, and at the end `FileDamaged` unless the digest fits; then
    `ended` is called. Nothing may be believed of a file that was not read to its end.
    """
    hasher, before, first = hashlib.sha256(), b"", True
    try:
        with path.open("rb") as file, gzip.GzipFile(fileobj=file) as packed:
            for line in packed:
                if before:
                    hasher.update(before)
                    content = json.loads(before)
                    if first:
                        kind.check(path, content)
                        first = False
                    yield content
                before = line
        end = json.loads(before)
        if first:
            kind.check(path, end)
        told = End(end["digest"], end["signatures"])
        member = _end_member(canonical(end) + b"\n")
        if told.digest != hasher.hexdigest() or not _is_packed(path, end["packed"], member):
            raise FileDamaged(path)
    except gzip.BadGzipFile as exc:
        if first and before == b"":
            raise NotThisKind(path, expected=kind.name, found="") from exc
        raise FileDamaged(path) from exc
    except (EOFError, zlib.error, ValueError, KeyError, TypeError, RecursionError) as exc:
        raise FileDamaged(path) from exc
    if ended is not None:
        ended(told)


class _Hashing:
    """A file that is written to and keeps the SHA-256 of what was."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._found = file, hashlib.sha256()

    def write(self, content: bytes) -> int:
        self._found.update(content)
        return self._file.write(content)

    def flush(self) -> None:
        self._file.flush()

    @property
    def digest(self) -> str:
        return self._found.hexdigest()


def _end_member(line: bytes) -> bytes:
    """The last line as a gzip member of its own, not compressed: it has one spelling only. Compressed
    bytes have several, so the line also says which were written (`packed`)."""
    length = len(line).to_bytes(2, "little")
    block = b"\x01" + length + bytes(byte ^ 0xFF for byte in length) + line
    check = zlib.crc32(line).to_bytes(4, "little") + len(line).to_bytes(4, "little")
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + block + check


def _is_packed(path: Path, digest_: str, member: bytes) -> bool:
    """Whether the file ends with `member` and what stands before it has the digest."""
    left = path.stat().st_size - len(member)
    hasher = hashlib.sha256()
    with path.open("rb") as file:
        while left > 0 and (part := file.read(min(left, 1 << 20))):
            hasher.update(part)
            left -= len(part)
        return file.read() == member and hasher.hexdigest() == digest_
