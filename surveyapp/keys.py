"""The key ring: numbered root keys outside the repository, one derived key per purpose."""

import base64
import hmac
import json
import os
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from surveyapp.errors import SurveyError

PURPOSES = frozenset(
    {
        "link",
        "issue",
        "lookup",
        "draft",
        "receipt",
        "ballot-mac",
        "respondent-cookie",
        "staff-cookie",
        "audit",
        "totp",
        "recovery",
        "staff-link",
        "device",
        "limits",
        "handoff",
        "csrf",
        "address",
        "release",
        "box-export",
        "fingerprint",
    }
)
ROOT_BYTES = 32


class KeyRingRefused(SurveyError):
    """The key ring file cannot be trusted; `reason` says why."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path, self.reason = path, reason


@dataclass(frozen=True)
class KeyRing:
    """Root keys by number: one is used for new work, all are tried in checks."""

    roots: Mapping[int, bytes] = field(repr=False)
    used: int | None = None
    """The number in use; without one the highest is."""

    @property
    def current(self) -> int:
        return max(self.roots) if self.used is None else self.used

    def using(self, number: int) -> "KeyRing":
        """The same ring with key `number` for new work."""
        return KeyRing(self.roots, number)

    def key(self, purpose: str, number: int | None = None) -> bytes:
        """The 32-byte key for `purpose` under root `number` (HKDF-SHA-256, RFC 5869)."""
        return _derive(self.roots[self.current if number is None else number], purpose)

    def keys(self, purpose: str) -> list[bytes]:
        """Every live key for `purpose`, newest first."""
        return [self.key(purpose, number) for number in sorted(self.roots, reverse=True)]

    def mac(self, purpose: str, message: bytes, number: int | None = None) -> bytes:
        """HMAC-SHA-256 of `message`, 32 bytes."""
        return hmac.digest(self.key(purpose, number), message, "sha256")


@lru_cache(maxsize=256)
def _derive(root: bytes, purpose: str) -> bytes:
    if purpose not in PURPOSES:
        raise KeyError(purpose)
    return HKDF(hashes.SHA256(), 32, salt=b"surveyapp", info=purpose.encode()).derive(root)


def make_key_ring(path: Path) -> None:
    """Write a ring with one fresh root key, readable by its owner alone. Never overwrites."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write(path, {1: secrets.token_bytes(ROOT_BYTES)}, exclusive=True)


def install_key_ring(path: Path, ring: KeyRing) -> None:
    """Write a ring that was kept elsewhere. Never overwrites."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write(path, ring.roots, exclusive=True)


def rotate_key_ring(path: Path) -> int:
    """Add a new root key and return its number; older keys go on verifying."""
    ring = read_key_ring(path)
    number = ring.current + 1
    fresh = path.with_suffix(".new")
    _write(fresh, {**ring.roots, number: secrets.token_bytes(ROOT_BYTES)}, exclusive=True)
    fresh.replace(path)
    return number


def _write(path: Path, roots: Mapping[int, bytes], *, exclusive: bool) -> None:
    text = json.dumps({str(n): base64.b64encode(key).decode() for n, key in roots.items()})
    flags = os.O_WRONLY | os.O_CREAT | (os.O_EXCL if exclusive else os.O_TRUNC)
    with os.fdopen(os.open(path, flags, 0o600), "w") as file:
        file.write(text + "\n")


def read_key_ring(path: Path) -> KeyRing:
    """The ring in `path`. Raises `KeyRingRefused` if missing, readable by others, short or default."""
    try:
        mode = path.stat().st_mode
        content = json.loads(path.read_text())
        roots = {int(n): base64.b64decode(key, validate=True) for n, key in content.items()}
    except FileNotFoundError as exc:
        raise KeyRingRefused(path, "missing: run `surveyapp init`") from exc
    except (ValueError, AttributeError, TypeError) as exc:
        raise KeyRingRefused(path, "not a key ring") from exc
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeyRingRefused(path, "readable by others: chmod 600")
    if not roots:
        raise KeyRingRefused(path, "holds no key")
    for number, root in roots.items():
        if len(root) != ROOT_BYTES:
            raise KeyRingRefused(path, f"key {number} is {len(root)} bytes, must be {ROOT_BYTES}")
        if len(set(root)) < ROOT_BYTES // 4:
            raise KeyRingRefused(path, f"key {number} is not random")
    if len({sha256(root).digest() for root in roots.values()}) != len(roots):
        raise KeyRingRefused(path, "the same key stands twice")
    return KeyRing(roots)
