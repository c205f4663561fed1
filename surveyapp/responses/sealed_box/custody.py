"""Where the private half of a box key lies in the server's custody: a file for its owner alone."""

import base64
import json
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from surveyapp.config import Settings
from surveyapp.responses.errors import BoxKeyRefused, BoxKeysExist
from surveyapp.responses.sealed_box import box


@dataclass(frozen=True)
class PublicHalf:
    """What the server keeps of a box key, and the fingerprint the launch decision prints."""

    public_key: bytes
    fingerprint: str


def key_folder(settings: Settings) -> Path:
    """Where the box keys in the server's custody lie."""
    return settings.instance / "box"


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
        "suite": box.SUITE_NAME,
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
    if suite != box.SUITE_NAME or content.get("fingerprint") != fingerprint:
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
