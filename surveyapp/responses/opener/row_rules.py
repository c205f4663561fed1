"""The row rules of cleaning, read from an export. What each kind looks for stands with the packs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from surveyapp.campaigns.pack.rule_kinds import (  # packed beside this file (opener/backend.py)
    KINDS,
    PlainMarks,
    ResponseLike,
    RuleLike,
    emptied,
    excludes,
    hits,
)

from .errors import KindUnknown

__all__ = ["Cell", "PlainMarks", "ResponseLike", "RowRule", "RuleLike", "emptied", "excludes", "hits", "read_rule"]  # fmt: skip

Cell = tuple[str, str]
"""Rated unit code and group code."""


@dataclass(frozen=True)
class Half:
    """One half of a contradiction: any of these codes on this item."""

    item: str
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Pair:
    """Two answers that cannot both be meant."""

    first: Half
    second: Half


@dataclass(frozen=True)
class HeldCell:
    """A rated unit × group that a person decided to hold for review."""

    unit: str
    group: str


@dataclass(frozen=True)
class RowRule:
    """One rule: `flag` only marks, `set_missing` empties items, `exclude` leaves the response out."""

    id: str
    kind: str
    effect: str
    groups: tuple[str, ...] = ()
    at_least: float | None = None
    below: float | None = None
    pairs: tuple[Pair, ...] = ()
    units: tuple[str, ...] = ()
    cells: tuple[HeldCell, ...] = ()


def read_rule(written: Mapping[str, Any]) -> RowRule:
    """A rule in the form that the server stores. Raises `KindUnknown`, or `KeyError` or `TypeError` if it
    is none."""
    if written["kind"] not in KINDS:
        raise KindUnknown(str(written["id"]), str(written["kind"]))
    return RowRule(
        id=written["id"],
        kind=written["kind"],
        effect=written["effect"],
        groups=tuple(written.get("groups", ())),
        at_least=written.get("at_least"),
        below=written.get("below"),
        pairs=tuple(
            Pair(_half(pair["first"]), _half(pair["second"])) for pair in written.get("pairs", ())
        ),
        units=tuple(written.get("units", ())),
        cells=tuple(HeldCell(cell["unit"], cell["group"]) for cell in written.get("cells", ())),
    )


def _half(written: Mapping[str, Any]) -> Half:
    return Half(written["item"], tuple(written["codes"]))
