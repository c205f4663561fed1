"""Opening a box: everything is checked, decrypted in memory, shuffled, split and counted, or nothing is."""

import secrets
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from . import box
from .counting import LEAST, Counting
from .errors import (
    BallotsDamaged,
    BallotsForged,
    BallotsMissing,
    BallotsOfWrongLength,
    BallotUnreadable,
    CellsDiffer,
    Differs,
    ExceptionForAnother,
    ExceptionNotNeeded,
    GroupTooSmall,
    MinimumsTooLow,
    ReceiptsRepeated,
    WrongKey,
)
from .forms import Form
from .row_rules import Cell
from .transfer import bundle
from .transfer.bundle import Contents
from .transfer.export import Header, SealedBallot

_REASONS: tuple[tuple[str, type[Differs]], ...] = (
    ("forged", BallotsForged),
    ("wrong_length", BallotsOfWrongLength),
    ("missing", BallotsMissing),
    ("damaged", BallotsDamaged),
    ("repeated", ReceiptsRepeated),
    ("cells", CellsDiffer),
)
"""The gravest first: what was tampered with, then what is not there."""


_OF_BAND = {"below_floor": "yes", "brisk": "no", "usual": "no", "long": "no"}
"""What the bands of older ballots say of the floor."""


class Answered(NamedTuple):
    """A ballot that was read: what the row rules look at."""

    rated_unit_code: str
    group_code: str
    answers: dict[str, str]
    quality: Mapping[str, Any]
    form: Form
    answered: int
    applying: int


@dataclass
class _Found:
    """The box read through once: what is sound, and how much is not."""

    ballots: int = 0
    forged: int = 0
    wrong_length: int = 0
    damaged: int = 0
    repeated: int = 0
    per_cell: Counter[Cell] = field(default_factory=Counter)
    answered: list[Answered] = field(default_factory=list)
    remarks: list[tuple[str, str, str]] = field(default_factory=list)
    tags: set[bytes] = field(default_factory=set)


@dataclass(frozen=True)
class Opened:
    """What leaves, and the difference that an exception covers; None where the box was whole."""

    contents: Contents
    difference: Mapping[str, Any] | None
    ballots: int
    submitted: int


def open_ballots(
    header: Header,
    ballots: Iterable[SealedBallot],
    private_key: bytes,
    *,
    excepted: Mapping[str, Any] | None = None,
) -> Opened:
    """Open every ballot of a box at once.

    Refuses with `WrongKey`, `MinimumsTooLow`, or a subclass of `Differs` which names all that differs. `excepted` is
    the difference that two custodians signed for: unsound ballots are then left out if it is exactly
    the one found (else `ExceptionForAnother`, `ExceptionNotNeeded`), unless a respondent group would
    hold fewer ballots than the row minimum (`GroupTooSmall`).
    """
    public = box.public_half(private_key)
    if public != header.public_key:
        raise WrongKey(expected=header.fingerprint, found=box.fingerprint(public))
    _refuse_lowered(header)
    contents = _read(header, ballots, private_key)
    difference = _difference(header, contents)
    _judge(header, contents, difference, excepted)
    return Opened(
        _contents(header, contents),
        difference if excepted is not None else None,
        contents.ballots,
        sum(header.submitted.values()),
    )


def _refuse_lowered(header: Header) -> None:
    asked = header.minimums
    if asked.rows < LEAST.rows or asked.counts < LEAST.counts or asked.counts > asked.rows:
        raise MinimumsTooLow(
            rows=asked.rows,
            counts=asked.counts,
            least_rows=LEAST.rows,
            least_counts=LEAST.counts,
        )


def _read(header: Header, ballots: Iterable[SealedBallot], private_key: bytes) -> _Found:
    forms = {form.mark: form for form in header.forms.values()}
    contents = _Found()
    for sealed in ballots:
        contents.ballots += 1
        if not box.is_marked(
            header.mac_keys, header.campaign_code, sealed.id, sealed.ciphertext, sealed.mac
        ):
            contents.forged += 1
        elif len(sealed.ciphertext) != header.ciphertext_bytes:
            contents.wrong_length += 1
        else:
            _sort_out(header, contents, forms, sealed, private_key)
    return contents


def _sort_out(
    header: Header,
    contents: _Found,
    forms: Mapping[str, Form],
    sealed: SealedBallot,
    private_key: bytes,
) -> None:
    try:
        ballot = box.unseal(private_key, header.campaign_code, sealed.ciphertext)
        level, asked = header.groups[ballot.group_code]
        form = forms[ballot.instrument_mark]
        if form.sha256 != asked:
            raise ValueError(form.code)
        opened = form.answers(ballot.codes)
    except (BallotUnreadable, KeyError, ValueError):
        contents.damaged += 1
        return
    if ballot.receipt_tag in contents.tags:
        contents.repeated += 1
        return
    contents.tags.add(ballot.receipt_tag)
    contents.per_cell[ballot.rated_unit_code, ballot.group_code] += 1
    contents.answered.append(
        Answered(
            ballot.rated_unit_code,
            ballot.group_code,
            opened.row,
            _quality(ballot.quality),
            form,
            opened.answered,
            opened.applying,
        )
    )
    contents.remarks += [(level, text, field) for field, text in opened.texts]
    if ballot.remark:
        contents.remarks.append((level, ballot.remark, ""))


def _difference(header: Header, contents: _Found) -> dict[str, Any]:
    """All that differs, in the form that custodians sign; empty where the box is whole."""
    submitted = sum(header.submitted.values())
    cells = [
        [unit, group, contents.per_cell[unit, group], header.submitted.get((unit, group), 0)]
        for unit, group in sorted(contents.per_cell.keys() | header.submitted.keys())
        if contents.per_cell[unit, group] != header.submitted.get((unit, group), 0)
    ]
    told: dict[str, Any] = {
        "forged": contents.forged,
        "wrong_length": contents.wrong_length,
        "missing": submitted - contents.ballots,
        "damaged": contents.damaged,
        "repeated": contents.repeated,
        "cells": cells,
    }
    if not any(told.values()):
        return {}
    return told | {"ballots": contents.ballots, "submitted": submitted}


def _judge(
    header: Header,
    contents: _Found,
    difference: Mapping[str, Any],
    excepted: Mapping[str, Any] | None,
) -> None:
    if excepted is None:
        for name, reason in _REASONS:
            if difference and difference[name]:
                raise reason(difference)
        return
    if not difference:
        raise ExceptionNotNeeded
    if dict(excepted) != dict(difference):
        raise ExceptionForAnother
    left = Counter[str]()
    for (_unit, group), n in contents.per_cell.items():
        left[group] += n
    asked = {group for (_unit, group), n in header.submitted.items() if n} | left.keys()
    small = {group: left[group] for group in sorted(asked) if left[group] < header.minimums.rows}
    if small or not asked:
        raise GroupTooSmall(small, minimum=header.minimums.rows)


def _contents(header: Header, contents: _Found) -> Contents:
    """Fresh random ids from the operating system, and everything in their order: the shuffle."""
    counting = Counting(header.rules, header.thresholds, header.minimums, header.dont_know)
    for one in contents.answered:
        counting.add(one, one.form)
    cells = sorted(contents.per_cell.keys() | header.submitted.keys())
    told = [counting.told(cell, submitted=header.submitted.get(cell, 0)) for cell in cells]
    giving = {(one["unit"], one["group"]) for one in told if one["gives"] == "rows"}
    rows = [
        {
            "id": secrets.token_hex(16),
            "form": one.form.sha256,
            "unit": one.rated_unit_code,
            "group": one.group_code,
            "answers": one.answers,
            "quality": dict(one.quality),
        }
        for one in contents.answered
        if (one.rated_unit_code, one.group_code) in giving
    ]
    told_of = _levels_told(header, contents)
    remarks = [
        {"id": secrets.token_hex(16), "level": level, "text": text}
        | ({"item": item} if item else {})
        for level, text, item in contents.remarks
        if level in told_of
    ]
    return Contents(
        cells=sorted(told, key=bundle.cell_order),
        rows=sorted(rows, key=_id),
        remarks=sorted(remarks, key=_id),
        receipts=sorted(tag.hex() for tag in contents.tags),
    )


def _levels_told(header: Header, contents: _Found) -> set[str]:
    """Levels with enough ballots for a remark to be anybody's: of a box in which one ballot was left, its
    remark would be that person's."""
    ballots = Counter[str]()
    for (_unit, group), n in contents.per_cell.items():
        ballots[header.groups[group][0]] += n
    return {level for level, n in ballots.items() if n >= header.minimums.rows}


def _quality(sealed: Mapping[str, Any]) -> dict[str, str]:
    """The one mark that leaves the box. Ballots of an older server hold a band of the time taken and more:
    of these it is made, and nothing else of them leaves."""
    mark = sealed.get("under_floor")
    if mark is None and "duration" in sealed:
        mark = _OF_BAND.get(str(sealed["duration"]))
    return {"under_floor": mark if mark in ("yes", "no") else "unknown"}


def _id(one: Mapping[str, Any]) -> str:
    ballot_id: str = one["id"]
    return ballot_id
