"""Which questionnaires of a campaign stand approved, by whom, and what changed since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveyapp.campaigns import queries
from surveyapp.campaigns.errors import UnknownQuestionnaire
from surveyapp.campaigns.models import Campaign, QuestionnaireApproval
from surveyapp.campaigns.states import ApprovalState
from surveyapp.i18n import lazy
from surveyapp.instruments.changes import QuestionnaireChange, changes
from surveyapp.instruments.model import Instrument

SHORT = 12
"""Hexadecimal digits of a checksum that people compare and type."""

STATES = {
    ApprovalState.NEVER: lazy("chưa duyệt"),
    ApprovalState.CHANGED: lazy("thay đổi sau khi duyệt"),
    ApprovalState.WAITING: lazy("chờ người thứ hai duyệt"),
    ApprovalState.APPROVED: lazy("đã duyệt"),
}


@dataclass(frozen=True)
class ApprovalStatus:
    """One questionnaire in use, the groups it asks, its last approval if there is one, who has approved
    it as it stands now, and how many people must."""

    instrument: Instrument
    groups: tuple[str, ...]
    approval: QuestionnaireApproval | None
    approvers: frozenset[str]
    needed: int

    @property
    def code(self) -> str:
        """The questionnaire's code."""
        return self.instrument.code

    @property
    def sha256(self) -> str:
        """SHA-256 of its canonical text, both languages included, in hexadecimal."""
        return self.instrument.sha256

    @property
    def state(self) -> ApprovalState:
        """`approved` as it stands now, `waiting` for another person, `changed` since it was, or `never`."""
        if self.approval is None:
            return ApprovalState.NEVER
        if self.approval.sha256 != self.sha256:
            return ApprovalState.CHANGED
        return (
            ApprovalState.APPROVED if len(self.approvers) >= self.needed else ApprovalState.WAITING
        )

    @cached_property
    def changes(self) -> Sequence[QuestionnaireChange]:
        """What differs from what was approved last; nothing unless the state is `changed`."""
        if self.approval is None or self.state != ApprovalState.CHANGED:
            return []
        return changes(Instrument.from_json(self.approval.content), self.instrument)


def standings(
    db: Session, campaign_id: int, *, draft: Instrument | None = None
) -> list[ApprovalStatus]:
    """Every questionnaire that some group answers, by code; a `draft` stands in the place of its own."""
    instruments = queries.instruments(db, campaign_id)
    groups: dict[str, list[str]] = {}
    for group in queries.groups(db, campaign_id):
        groups.setdefault(instruments[group.instrument_id].code, []).append(group.code)
    by_code = {instrument.code: instrument for instrument in instruments.values()}
    if draft is not None and draft.code in by_code:
        by_code[draft.code] = draft
    given: dict[str, list[QuestionnaireApproval]] = {}
    for approval in _approvals(db, campaign_id):
        given.setdefault(approval.code, []).append(approval)
    needed = int(_settings(db, campaign_id).get("questionnaire_approvals", 1))
    return [
        _standing(by_code[code], tuple(asked), given.get(code, []), needed)
        for code, asked in sorted(groups.items())
    ]


def _standing(
    instrument: Instrument,
    groups: tuple[str, ...],
    given: Sequence[QuestionnaireApproval],
    needed: int,
) -> ApprovalStatus:
    """An approval counts while no other text was approved after it."""
    present = takewhile(lambda each: each.sha256 == instrument.sha256, reversed(given))
    approvers = frozenset(each.approved_by for each in present)
    return ApprovalStatus(instrument, groups, given[-1] if given else None, approvers, needed)


def standing(
    db: Session, campaign_id: int, code: str, *, draft: Instrument | None = None
) -> ApprovalStatus:
    """The questionnaire with this code; raises `UnknownQuestionnaire`."""
    for status in standings(db, campaign_id, draft=draft):
        if status.code == code:
            return status
    raise UnknownQuestionnaire(code)


def history(db: Session, campaign_id: int, code: str) -> list[QuestionnaireApproval]:
    """Every approval of one questionnaire, the newest first."""
    return [each for each in _approvals(db, campaign_id) if each.code == code][::-1]


def _settings(db: Session, campaign_id: int) -> dict[str, Any]:
    settings: dict[str, Any] = db.scalars(
        select(Campaign.settings).where(Campaign.id == campaign_id)
    ).one()
    return settings


def _approvals(db: Session, campaign_id: int) -> Sequence[QuestionnaireApproval]:
    query = select(QuestionnaireApproval).where(QuestionnaireApproval.campaign_id == campaign_id)
    return db.scalars(query.order_by(QuestionnaireApproval.number)).all()
