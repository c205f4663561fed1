"""What custodians sign: the registration of a key, attestations of drills and checks, an exception."""

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from .. import box
from ..errors import FileDamaged, OfAnotherCampaign, SignerUnknown, WrongKey
from ..transfer import files
from . import keys
from .shares import Share

REGISTRATION = files.Kind("par-box-registration", 1)
ATTESTATION = files.Kind("par-box-attestation", 1)
EXCEPTION = files.Kind("par-box-exception", 1)
ATTESTED = ("drill", "shares", "destroyed")


@dataclass(frozen=True)
class Custodian:
    """One of the three: number of the share, name as written in the minutes, public signing key."""

    number: int
    name: str
    public_key: str


@dataclass(frozen=True)
class Registration:
    """The public half of a box key with its custodians, as the campaign registers it."""

    campaign_code: str
    public_key: bytes
    custodians: tuple[Custodian, ...]
    made_on: date
    digest: str

    @property
    def fingerprint(self) -> str:
        return box.fingerprint(self.public_key)

    @property
    def signers(self) -> tuple[str, ...]:
        """The public signing keys of all custodians."""
        return tuple(one.public_key for one in self.custodians)

    def custodian(self, public_key: str) -> Custodian:
        """Whose key this is; KeyError if it is nobody's."""
        for one in self.custodians:
            if one.public_key == public_key:
                return one
        raise KeyError(public_key)


@dataclass(frozen=True)
class Attestation:
    """That a drill, a check of the shares or the destruction of the key took place, and before whom."""

    kind: str
    campaign_code: str
    fingerprint: str
    made_on: date
    facts: Mapping[str, Any]
    custodians: tuple[int, ...]
    digest: str


@dataclass(frozen=True)
class SignedException:
    """The difference of one export that custodians accept, why, and who signed so far."""

    campaign_code: str
    export_digest: str
    difference: Mapping[str, Any]
    reason: str
    custodians: tuple[Custodian, ...]


def registration(
    campaign_code: str,
    public_key: bytes,
    names: Sequence[str],
    parts: Sequence[Share],
    *,
    today: date,
) -> dict[str, Any]:
    """The document that registers a fresh key, signed by all its custodians."""
    signing = [keys.signing_key(part) for part in parts]
    content = {
        "campaign": campaign_code,
        "suite": box.SUITE_NAME,
        "public_key": b64encode(public_key).decode(),
        "fingerprint": box.fingerprint(public_key),
        "custodians": [
            {"number": part.number, "name": name, "public_key": files.public_hex(key)}
            for part, name, key in zip(parts, names, signing, strict=True)
        ],
        "needed": keys.NEEDED,
        "made_on": today.isoformat(),
    }
    return files.document(REGISTRATION, content, signing)


def read_registration(path: object, text: bytes) -> Registration:
    """A registration that all custodians signed; raises what `files` raises."""
    content, signatures = files.read_document(path, text, REGISTRATION)
    try:
        public = b64decode(content["public_key"], validate=True)
        custodians = tuple(
            Custodian(int(one["number"]), str(one["name"]), str(one["public_key"]))
            for one in content["custodians"]
        )
        registration = Registration(
            str(content["campaign"]),
            public,
            custodians,
            date.fromisoformat(content["made_on"]),
            files.digest(content),
        )
        is_sound = (
            content["suite"] == box.SUITE_NAME
            and content["fingerprint"] == registration.fingerprint
            and len(public) == box.PUBLIC_BYTES
            and [one.number for one in custodians] == list(range(1, keys.CUSTODIANS + 1))
            and len(set(registration.signers)) == keys.CUSTODIANS
        )
    except (KeyError, TypeError, ValueError) as exc:
        raise FileDamaged(path) from exc
    if not is_sound:
        raise FileDamaged(path)
    files.check_signatures(
        path,
        REGISTRATION,
        registration.digest,
        signatures,
        registration.signers,
        needed=keys.CUSTODIANS,
    )
    return registration


def attestation(
    kind: str,
    registered: Registration,
    present: Sequence[Share],
    *,
    today: date,
    facts: Mapping[str, Any],
) -> dict[str, Any]:
    """The document that says what took place, signed by the custodians whose shares were entered."""
    content = {
        "kind": kind,
        "campaign": registered.campaign_code,
        "fingerprint": registered.fingerprint,
        "made_on": today.isoformat(),
        "custodians": sorted(part.number for part in present),
        "facts": dict(facts),
    }
    return files.document(ATTESTATION, content, [keys.signing_key(part) for part in present])


def read_attestation(
    path: object,
    text: bytes,
    *,
    campaign_code: str,
    fingerprint: str,
    custodians: Sequence[Custodian],
) -> Attestation:
    """An attestation of this campaign's key, signed by two of its custodians at least."""
    content, signatures = files.read_document(path, text, ATTESTATION)
    digest = files.digest(content)
    known = {one.public_key: one.number for one in custodians}
    signers = files.check_signatures(
        path, ATTESTATION, digest, signatures, tuple(known), needed=keys.NEEDED
    )
    try:
        told = Attestation(
            str(content["kind"]),
            str(content["campaign"]),
            str(content["fingerprint"]),
            date.fromisoformat(content["made_on"]),
            dict(content["facts"]),
            tuple(sorted(known[signer] for signer in signers)),
            digest,
        )
    except (KeyError, TypeError, ValueError) as exc:
        raise FileDamaged(path) from exc
    if told.kind not in ATTESTED or list(told.custodians) != content.get("custodians"):
        raise FileDamaged(path)
    if told.campaign_code != campaign_code:
        raise OfAnotherCampaign(path, expected=campaign_code, found=told.campaign_code)
    if told.fingerprint != fingerprint:
        raise WrongKey(expected=fingerprint, found=told.fingerprint)
    return told


def exception(
    campaign_code: str, export_digest: str, difference: Mapping[str, Any]
) -> dict[str, Any]:
    """The difference found, in a document that nobody has signed yet."""
    content = {
        "campaign": campaign_code,
        "export": export_digest,
        "difference": dict(difference),
        "reason": "",
    }
    return files.document(EXCEPTION, content, [])


def sign_exception(
    path: object, text: bytes, registered: Registration, share: Share, *, reason: str
) -> dict[str, Any]:
    """The document with one custodian's signature more. The first to sign gives the `reason`; the next
    sign the same words, or the signature of the first would not fit."""
    content, signatures = files.read_document(path, text, EXCEPTION)
    if not signatures:
        content["reason"] = reason
    digest = files.digest(content)
    files.check_signatures(path, EXCEPTION, digest, signatures, registered.signers, needed=0)
    made = files.sign(EXCEPTION, digest, keys.signing_key(share))
    if made["public_key"] not in registered.signers:
        raise SignerUnknown(path, expected=", ".join(registered.signers), found=made["public_key"])
    kept = [one for one in signatures if one["public_key"] != made["public_key"]]
    return {"content": content, "signatures": [*kept, made]}


def read_exception(
    path: object, text: bytes, registered: Registration, *, needed: int
) -> SignedException:
    """The exception, with `needed` signatures at least."""
    content, signatures = files.read_document(path, text, EXCEPTION)
    signers = files.check_signatures(
        path, EXCEPTION, files.digest(content), signatures, registered.signers, needed=needed
    )
    try:
        return SignedException(
            str(content["campaign"]),
            str(content["export"]),
            dict(content["difference"]),
            str(content["reason"]),
            tuple(registered.custodian(signer) for signer in signers),
        )
    except (KeyError, TypeError, ValueError) as exc:
        raise FileDamaged(path) from exc
