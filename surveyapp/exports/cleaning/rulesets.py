"""Sets of cleaning rules: proposed, frozen with date, person and reason, and compared."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from surveyapp.accounts import audit
from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.models import Campaign
from surveyapp.campaigns.pack.cleaning_rules import CleaningRule, HeldCell
from surveyapp.db import thawed
from surveyapp.exports.disclosure.row_labels import Cell
from surveyapp.exports.errors import NothingChanged, RuleReasonMissing, RuleRefused, UnknownCell
from surveyapp.exports.models import CleaningVersion
from surveyapp.i18n import LOCALES, lazy, speaking
from surveyapp.responses.sealed_box.sealed_export import FrozenRules

HELD = "held-for-review"
FROM_FILE = -1
"""Number of a set that was given for one release and is no version of the campaign's."""

_HELD_REASON = lazy("Giữ lại để xem xét")


@dataclass(frozen=True)
class RuleSet:
    """One version; number 0 is the pack's, frozen when the campaign was loaded."""

    number: int
    rules: tuple[CleaningRule, ...]
    frozen_at: datetime | None = None
    frozen_by: str = ""
    reason: str = ""

    @property
    def sha256(self) -> str:
        """SHA-256 of the rules, in hexadecimal."""
        return digest(self.rules)


def rules_of(campaign: Campaign) -> tuple[CleaningRule, ...]:
    """The rules frozen with the campaign's pack, in its order."""
    return read_rules(thawed(campaign.settings.get("cleaning", [])))


def read_rules(stored: Iterable[Mapping[str, object]]) -> tuple[CleaningRule, ...]:
    """Rules from their stored form. Raises pydantic's `ValidationError` if one is not sound."""
    return tuple(CleaningRule.model_validate(rule) for rule in stored)


def digest(rules: Sequence[CleaningRule]) -> str:
    """SHA-256 of rules in canonical text: the same rules, the same digest."""
    text = json.dumps(written(rules), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def written(rules: Sequence[CleaningRule]) -> list[dict[str, Any]]:
    """Rules in the form that is stored and that `read_rules` reads."""
    return [rule.model_dump(mode="json") for rule in rules]


def versions(db: Session, campaign: Campaign) -> list[RuleSet]:
    """Every version, the newest first; the last is the pack's."""
    query = select(CleaningVersion).where(CleaningVersion.campaign_id == campaign.id)
    stored = db.scalars(query.order_by(CleaningVersion.number.desc()))
    return [
        *(
            RuleSet(v.number, read_rules(v.rules), v.frozen_at, v.frozen_by, v.reason)
            for v in stored
        ),
        RuleSet(0, rules_of(campaign)),
    ]


def in_force(db: Session, campaign: Campaign) -> RuleSet:
    """The version that a release applies."""
    return versions(db, campaign)[0]


def frozen(db: Session, campaign: Campaign) -> FrozenRules:
    """The version in force, as the opening of the box applies it."""
    ruleset = in_force(db, campaign)
    return FrozenRules(ruleset.number, written(ruleset.rules))


def propose(
    rules: Sequence[CleaningRule], changes: Mapping[str, Mapping[str, object]]
) -> tuple[CleaningRule, ...]:
    """`rules` with fields changed by rule id; a rule that changes gets its next version.

    Raises `RuleRefused` where a changed rule is not sound.
    """
    return tuple(_changed(rule, changes.get(rule.id, {})) for rule in rules)


def _changed(rule: CleaningRule, fields: Mapping[str, object]) -> CleaningRule:
    now = rule.model_dump(mode="json")
    if all(now[name] == value for name, value in fields.items()):
        return rule
    try:
        return CleaningRule.model_validate({**now, **fields, "version": next_version(rule.version)})
    except ValidationError as exc:
        raise RuleRefused(rule.id) from exc


def next_version(version: str) -> str:
    """The version after: its last number is one more."""
    return re.sub(r"(?<![0-9])[0-9]++$", lambda last: str(int(last[0]) + 1), version)


def freeze(
    db: Session, campaign: Campaign, rules: Sequence[CleaningRule], *, reason: str, act: Act
) -> RuleSet:
    """Enter `rules` as the next version, in force from now on for every release to come.

    Raises `RuleReasonMissing`, or `NothingChanged` where they are those in force.
    """
    if not reason.strip():
        raise RuleReasonMissing(campaign.code)
    before = in_force(db, campaign)
    if digest(rules) == before.sha256:
        raise NothingChanged(campaign.code, number=before.number)
    made = RuleSet(before.number + 1, tuple(rules), act.now, act.actor, reason.strip())
    db.add(
        CleaningVersion(
            campaign_id=campaign.id,
            number=made.number,
            frozen_at=act.now,
            frozen_by=act.actor,
            reason=made.reason,
            sha256=made.sha256,
            rules=written(rules),
        )
    )
    db.flush()
    audit.record(
        db,
        act,
        Action.CLEANING_RULES_FROZEN,
        campaign_code=campaign.code,
        facts={"number": made.number, "sha256": made.sha256, "reason": made.reason},
    )
    return made


def hold(db: Session, campaign: Campaign, cell: Cell, *, reason: str, act: Act) -> RuleSet:
    """Hold a rated unit × group for review, as a new version in which its responses are flagged.

    Whether they also leave the counts is decided apart, by changing the rule's effect. Raises
    `UnknownCell`, `RuleReasonMissing`, `NothingChanged` where it is held already.
    """
    _require_cell(db, campaign, cell)
    rules = in_force(db, campaign).rules
    if cell in held_cells(rules):
        raise NothingChanged(campaign.code, number=in_force(db, campaign).number)
    more = HeldCell(unit=cell[0], group=cell[1], record=reason.strip())
    held = _with_held(rules, [*_held(rules), more])
    return freeze(db, campaign, held, reason=reason, act=act)


def lift(db: Session, campaign: Campaign, cell: Cell, *, reason: str, act: Act) -> RuleSet:
    """End the hold of a rated unit × group, as a new version. Raises as `hold`."""
    rules = in_force(db, campaign).rules
    kept = [one for one in _held(rules) if (one.unit, one.group) != cell]
    without = _with_held(rules, kept)
    return freeze(db, campaign, without, reason=reason, act=act)


def held_cells(rules: Sequence[CleaningRule]) -> dict[Cell, str]:
    """Every cell that some rule holds, with the record of it."""
    return {(c.unit, c.group): c.record for rule in rules for c in rule.cells}


def _held(rules: Sequence[CleaningRule]) -> list[HeldCell]:
    return [cell for rule in rules if rule.id == HELD for cell in rule.cells]


def _with_held(
    rules: Sequence[CleaningRule], cells: Sequence[HeldCell]
) -> tuple[CleaningRule, ...]:
    """The set with these cells held by the centre's own rule; without cells it has no such rule."""
    others = [rule for rule in rules if rule.id != HELD]
    if not cells:
        return tuple(others)
    before = next((rule for rule in rules if rule.id == HELD), None)
    rule = {
        "id": HELD,
        "version": next_version(before.version) if before else "1",
        "kind": "held",
        "effect": before.effect if before else "flag",
        "reason": {code: _spoken(code) for code in LOCALES},
        "cells": [cell.model_dump() for cell in cells],
    }
    return (*others, CleaningRule.model_validate(rule))


def _spoken(code: str) -> str:
    with speaking(code):
        return str(_HELD_REASON)


def _require_cell(db: Session, campaign: Campaign, cell: Cell) -> None:
    units = {unit.code for unit in campaigns.units(db, campaign.id)}
    groups = {group.code for group in campaigns.groups(db, campaign.id)}
    if cell[0] not in units or cell[1] not in groups:
        raise UnknownCell(campaign.code, unit=cell[0], group=cell[1])
