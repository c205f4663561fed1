"""Where the private half of a box key is kept: a file of the server, or two custodians' shares."""

import base64
import binascii
import hashlib
import hmac
import json
import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

from surveyapp.responses import box
from surveyapp.responses.errors import BoxKeyRefused, BoxKeysExist, SharesDisagree

_SUITE_NAME = "MLKEM768_X25519 HKDF_SHA256 AES_256_GCM"
_CHECK_BYTES = 8


@dataclass(frozen=True)
class PublicHalf:
    """What the server keeps of a box key, and the fingerprint the launch decision prints."""

    public_key: bytes
    fingerprint: str


def key_file(folder: Path, campaign_code: str) -> Path:
    """Where the private key of a campaign in the server's custody lies."""
    return folder / f"{campaign_code}.json"


def make_box_keys(folder: Path, campaign_code: str) -> PublicHalf:
    """Write a fresh private key into `folder`, for its owner alone, and return the public half.

    Raises `BoxKeysExist`: a key is never overwritten, for ballots may be sealed to it.
    """
    path = key_file(folder, campaign_code)
    private, public = box.new_key()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    content = {
        "campaign": campaign_code,
        "suite": _SUITE_NAME,
        "fingerprint": box.fingerprint(public),
        "private": base64.b64encode(private).decode(),
    }
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as exc:
        raise BoxKeysExist(campaign_code, path) from exc
    with os.fdopen(descriptor, "w") as file:
        file.write(json.dumps(content, indent=1) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return PublicHalf(public, box.fingerprint(public))


def read_private_key(folder: Path, campaign_code: str) -> bytes:
    """The private key in `folder`. Raises `BoxKeyRefused` with the reason."""
    path = key_file(folder, campaign_code)
    try:
        mode = path.stat().st_mode
        content = json.loads(path.read_text())
        campaign, suite = content["campaign"], content["suite"]
        private = base64.b64decode(content["private"], validate=True)
        fingerprint = box.fingerprint(box.public_half(private))
    except FileNotFoundError as exc:
        raise BoxKeyRefused(campaign_code, path, "missing") from exc
    except (ValueError, TypeError, KeyError) as exc:
        raise BoxKeyRefused(campaign_code, path, "not a box key") from exc
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise BoxKeyRefused(campaign_code, path, "readable by others: chmod 600")
    if campaign != campaign_code:
        raise BoxKeyRefused(campaign_code, path, f"key of campaign {campaign}")
    if suite != _SUITE_NAME or content.get("fingerprint") != fingerprint:
        raise BoxKeyRefused(campaign_code, path, "damaged, or of another version")
    return private


def erase_private_key(folder: Path, campaign_code: str) -> None:
    """Overwrite and remove the private key. Copies made elsewhere are beyond its reach."""
    path = key_file(folder, campaign_code)
    try:
        size = path.stat().st_size
        with path.open("r+b") as file:
            file.write(os.urandom(size))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
    except FileNotFoundError as exc:
        raise BoxKeyRefused(campaign_code, path, "missing") from exc


def split_key(private: bytes) -> tuple[str, str]:
    """Two shares, one per custodian: either alone is random and says nothing of the key."""
    first = secrets.token_bytes(len(private))
    check = _check(private)
    return _share_text(1, check, first), _share_text(2, check, _xor(private, first))


def join_key(one: str, other: str) -> bytes:
    """The private key from its two shares, in any order. Raises `SharesDisagree`."""
    shares = sorted((_read_share(one), _read_share(other)))
    (first, check, left), (second, other_check, right) = shares
    if (first, second) != (1, 2) or check != other_check or len(left) != len(right):
        raise SharesDisagree
    private = _xor(left, right)
    try:
        agreed = hmac.compare_digest(_check(private), check)
    except ValueError as exc:
        raise SharesDisagree from exc
    if not agreed:
        raise SharesDisagree
    return private


def _share_text(number: int, check: bytes, share: bytes) -> str:
    """Base32: no case to mistake, and short enough to be typed from paper."""
    return base64.b32encode(bytes([number]) + check + share).decode().rstrip("=")


def _read_share(text: str) -> tuple[int, bytes, bytes]:
    signs = "".join(sign for sign in text.upper() if sign.isalnum())
    try:
        share = base64.b32decode(signs + "=" * (-len(signs) % 8))
    except binascii.Error as exc:
        raise SharesDisagree from exc
    if len(share) != 1 + _CHECK_BYTES + box.PRIVATE_BYTES:
        raise SharesDisagree
    return share[0], share[1 : 1 + _CHECK_BYTES], share[1 + _CHECK_BYTES :]


def _check(private: bytes) -> bytes:
    """Taken from the public half, so that a share alone gives nothing to guess the key with."""
    return hashlib.sha256(b"share\0" + box.public_half(private)).digest()[:_CHECK_BYTES]


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
