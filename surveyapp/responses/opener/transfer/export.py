"""The box as it leaves the server for the custodians' machine: what must be known to open it, and every
ballot under its random id. docs/opener.md describes the format."""

from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from .. import box
from ..counting import Minimums, Thresholds
from ..errors import FileDamaged, SignerUnknown, WrongKey
from ..forms import Form, read_form
from ..row_rules import Cell, RowRule, read_rule
from . import files

KIND = files.Kind("par-box-export", 1)


class SealedBallot(NamedTuple):
    """One ballot as it lay in the box."""

    id: bytes
    ciphertext: bytes
    mac: bytes


@dataclass(frozen=True)
class Header:
    """What stands before the ballots; `content` is its written form."""

    content: Mapping[str, Any]

    @property
    def campaign_code(self) -> str:
        code: str = self.content["campaign"]["code"]
        return code

    @cached_property
    def public_key(self) -> bytes:
        return b64decode(self.content["box"]["public_key"], validate=True)

    @property
    def fingerprint(self) -> str:
        """Of the key that the ballots were sealed to."""
        return box.fingerprint(self.public_key)

    @cached_property
    def mac_keys(self) -> tuple[bytes, ...]:
        return tuple(bytes.fromhex(key) for key in self.content["mac_keys"])

    @cached_property
    def submitted(self) -> dict[Cell, int]:
        """Questionnaires submitted by rated unit × group, as fieldwork counts them."""
        return {(unit, group): n for unit, group, n in self.content["submitted"]}

    @cached_property
    def groups(self) -> dict[str, tuple[str, str]]:
        """Level and SHA-256 of the questionnaire by group code, in the campaign's order."""
        return {one["code"]: (one["level"], one["form"]) for one in self.content["groups"]}

    @cached_property
    def forms(self) -> dict[str, Form]:
        """The questionnaires by the SHA-256 of their text."""
        read = (read_form(text) for text in self.content["forms"])
        return {form.sha256: form for form in read}

    @property
    def dont_know(self) -> str:
        code: str = self.content["dont_know"]
        return code

    @property
    def ciphertext_bytes(self) -> int:
        """The one size of the campaign's ballots; exports of older servers do not say it."""
        return box.ciphertext_bytes(int(self.content.get("ballot_bytes", box.PLAINTEXT_BYTES)))

    @property
    def minimums(self) -> Minimums:
        minimums_ = self.content["minimums"]
        return Minimums(rows=minimums_["rows"], counts=minimums_["counts"])

    @property
    def thresholds(self) -> Thresholds:
        completeness = self.content["completeness"]
        return Thresholds(complete=completeness["complete"], partial=completeness["partial"])

    @cached_property
    def rules(self) -> tuple[RowRule, ...]:
        """The row rules of cleaning frozen for this campaign."""
        return tuple(read_rule(rule) for rule in self.content["cleaning"]["rules"])


@dataclass
class Export:
    """An export in a file whose signature fits. It is read a second time for its ballots."""

    path: Path
    header: Header
    digest: str = ""
    signer: str = ""

    def ballots(self) -> Iterator[SealedBallot]:
        """Every ballot, one by one; `FileDamaged` at the end if the file is no longer the one checked."""

        def same(end: files.End) -> None:
            if end.digest != self.digest:
                raise FileDamaged(self.path)

        lines = files.read_lines(self.path, KIND, ended=same)
        next(lines)
        for line in lines:
            yield _ballot(self.path, line)


def write(
    file: BinaryIO,
    header: Mapping[str, Any],
    ballots: Iterable[SealedBallot],
    key: Ed25519PrivateKey,
) -> str:
    """Write an export, signed by the server, and return its digest. `ballots` come ordered by id."""

    def lines() -> Iterator[object]:
        yield KIND.head() | dict(header)
        for ballot in ballots:
            yield [
                ballot.id.hex(),
                b64encode(ballot.ciphertext).decode(),
                ballot.mac.hex(),
            ]

    return files.write_lines(file, KIND, lines(), [key])


def read(path: Path, *, server_key: str) -> Export:
    """The export in `path`, read to its end and found to be signed by the server whose key print is
    `server_key`; its ballots are not looked at yet.

    Raises what `files.read_lines` raises, `SignerUnknown`, `SignatureWrong` or `WrongKey`.
    """
    ends: list[files.End] = []
    lines = files.read_lines(path, KIND, ended=ends.append)
    first = next(lines, None)
    for _line in lines:
        pass
    if first is None or not ends:
        raise FileDamaged(path)
    end = ends[0]
    signer = _signer(path, end, server_key)
    header = Header(first)
    try:
        facts = (header.public_key, header.submitted, header.groups, header.rules, header.mac_keys)
        stated = header.content["box"]["fingerprint"]
    except (KeyError, TypeError, ValueError) as exc:
        raise FileDamaged(path) from exc
    if stated != box.fingerprint(facts[0]):
        raise WrongKey(expected=stated, found=header.fingerprint)
    return Export(path, header, end.digest, signer)


def _signer(path: Path, end: files.End, server_key: str) -> str:
    try:
        public = str(end.signatures[0]["public_key"])
        print_ = files.key_print(public)
    except (IndexError, KeyError, TypeError, ValueError) as exc:
        raise FileDamaged(path) from exc
    if print_ != server_key.strip().lower():
        raise SignerUnknown(path, expected=server_key, found=print_)
    files.check_signatures(path, KIND, end.digest, end.signatures, [public], needed=1)
    return public


def _ballot(path: Path, line: Any) -> SealedBallot:
    try:
        id_, ciphertext, mac = line
        return SealedBallot(
            bytes.fromhex(id_), b64decode(ciphertext, validate=True), bytes.fromhex(mac)
        )
    except (ValueError, TypeError) as exc:
        raise FileDamaged(path) from exc
