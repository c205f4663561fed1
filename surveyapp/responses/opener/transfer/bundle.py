"""What comes out of a box, and the file that carries it back: signed by the custodians who opened.

`Contents.digest` is the digest that stands in the record of the opening, the minutes and every release;
it can be made again of the same cells, rows, remarks and receipts wherever they are kept.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ..errors import FileDamaged, OfAnotherCampaign
from . import files

KIND = files.Kind("par-box-bundle", 1)
PARTS = ("cells", "rows", "remarks", "receipts")


@dataclass
class Contents:
    """All that leaves: `cells` by group and unit, `rows` and `remarks` by their fresh random ids,
    `receipts` by their tags. A row has `id`, `form` (SHA-256), `unit`, `group`, `answers`, `quality`; a
    remark `id`, `level`, `text`."""

    cells: list[dict[str, Any]] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    remarks: list[dict[str, Any]] = field(default_factory=list)
    receipts: list[str] = field(default_factory=list)

    def parts(self) -> Iterator[tuple[str, Sequence[object]]]:
        """The four lists by name, each in its order."""
        for name in PARTS:
            yield name, getattr(self, name)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over all four, taken once: the lists are not changed after they are made."""
        return digest({name: part_digest(part) for name, part in self.parts()})


def part_digest(part: Iterable[object]) -> str:
    """SHA-256 of one list: its entries in canonical spelling, in order, each ended by a line feed."""
    hasher = hashlib.sha256()
    for entry in part:
        hasher.update(files.canonical(entry) + b"\n")
    return hasher.hexdigest()


def digest(parts: Mapping[str, str]) -> str:
    """The digest of an opening, from the digests of its four lists by name."""
    return files.digest({name: parts[name] for name in PARTS})


def cell_order(cell: Mapping[str, Any]) -> tuple[str, str]:
    """By which the cells of an opening are ordered."""
    return cell["group"], cell["unit"]


@dataclass(frozen=True)
class Bundle:
    """A bundle that was read: `header` says of which campaign, export and box, with what difference."""

    header: Mapping[str, Any]
    contents: Contents
    file_digest: str
    signers: tuple[str, ...]


def write(
    file: BinaryIO,
    header: Mapping[str, Any],
    contents: Contents,
    keys: Iterable[Ed25519PrivateKey],
) -> str:
    """Write a bundle and return the digest of the file."""

    def lines() -> Iterator[object]:
        sizes = {name: len(part) for name, part in contents.parts()}
        yield KIND.head() | dict(header) | {"digest": contents.digest, "sizes": sizes}
        for _name, part in contents.parts():
            yield from part

    return files.write_lines(file, KIND, lines(), keys)


def read(path: Path, *, campaign_code: str, custodians: Sequence[str], needed: int = 2) -> Bundle:
    """The bundle in `path`, whole and signed by `needed` of the `custodians` (public keys).

    Raises what `files.read_lines` and `files.check_signatures` raise, and `OfAnotherCampaign`.
    """
    ends: list[files.End] = []
    lines = files.read_lines(path, KIND, ended=ends.append)
    header = next(lines, None)
    entries = list(lines)
    if not isinstance(header, dict) or not ends:
        raise FileDamaged(path)
    signers = files.check_signatures(
        path, KIND, ends[0].digest, ends[0].signatures, custodians, needed=needed
    )
    try:
        contents = _split(entries, header["sizes"])
        digest, campaign = header["digest"], header["campaign"]
    except (KeyError, TypeError) as exc:
        raise FileDamaged(path) from exc
    if campaign != campaign_code:
        raise OfAnotherCampaign(path, expected=campaign_code, found=str(campaign))
    if sum(header["sizes"].values()) != len(entries) or contents.digest != digest:
        raise FileDamaged(path)
    return Bundle(header, contents, ends[0].digest, signers)


def _split(entries: Sequence[Any], sizes: Mapping[str, int]) -> Contents:
    parts, start = {}, 0
    for name in PARTS:
        end = start + sizes[name]
        parts[name] = list(entries[start:end])
        start = end
    return Contents(**parts)
