"""The life of a campaign: loaded from its pack, opened, prolonged, closed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveyapp.campaigns import approvals
from surveyapp.campaigns.errors import (
    AlreadyApproved,
    ApprovedBySame,
    BadDeadline,
    BoxKeyMissing,
    ChecksumDiffers,
    CollectionGoesOn,
    NotForOfficialUse,
    PackInUse,
    QuestionnairesNotApproved,
    UnknownCampaign,
    WrongState,
)
from surveyapp.campaigns.models import Campaign, Instrument, QuestionnaireApproval
from surveyapp.campaigns.pack.loading import store
from surveyapp.campaigns.states import BOX_OPENED, TAKING_LISTS, ApprovalState, CampaignState

if TYPE_CHECKING:
    from surveyapp.campaigns.pack.reading import Pack
    from surveyapp.instruments.model import Instrument as QuestionnaireText


Gate = Callable[[Session, Campaign, str], None]

GATES: list[Gate] = []
"""What other packages require before a campaign may `open` or `close`: each raises its own refusal."""


def load_pack(db: Session, pack: Pack, *, now: datetime) -> Campaign:
    """Store the pack: campaign, registries, groups, list kinds, plan of both sides, instruments.

    The same pack again changes nothing. A changed pack replaces what was loaded as long as the
    campaign is being prepared; rows keep their ids, so lists already handed in stay where they
    are. Raises `PackInUse` later than that, or when something lists refer to is gone.
    """
    campaign = db.scalar(select(Campaign).where(Campaign.code == pack.code).with_for_update())
    if campaign is not None:
        if campaign.pack_sha256 == pack.sha256:
            return campaign
        if not campaign.is_preparing:
            raise PackInUse(
                pack.code,
                state=campaign.state,
                loaded_sha256=campaign.pack_sha256,
                offered_sha256=pack.sha256,
            )
    return store(db, pack, campaign, now=now)


def record_box_key(
    db: Session, campaign_code: str, *, public_key: bytes, fingerprint: str
) -> Campaign:
    """Keep the public half of the box key; only before collection begins."""
    campaign = _locked(db, campaign_code, needed=(CampaignState.PREPARING,))
    campaign.box_public_key, campaign.box_fingerprint = public_key, fingerprint
    db.flush()
    return campaign


def approve_questionnaire(
    db: Session,
    campaign_code: str,
    code: str,
    *,
    sha256: str,
    note: str,
    actor: str,
    now: datetime,
    draft: QuestionnaireText | None = None,
) -> QuestionnaireApproval:
    """Approve a questionnaire word for word in both languages; only before collection begins.

    A `draft` of it may be approved before it is loaded: once loaded just so, it stands approved. `sha256` is the checksum of what was looked at, or its first twelve digits at least. Raises
    `WrongState`, `UnknownQuestionnaire`, `ChecksumDiffers`, `AlreadyApproved`, `ApprovedBySame`.
    """
    campaign = _locked(db, campaign_code, needed=(CampaignState.PREPARING,))
    status = approvals.standing(db, campaign.id, code, draft=draft)
    seen = sha256.strip().lower()
    if len(seen) < approvals.SHORT or not status.sha256.startswith(seen):
        raise ChecksumDiffers(code, offered=sha256, present=status.sha256)
    if status.approval and status.state == ApprovalState.APPROVED:
        raise AlreadyApproved(code, by=status.approval.approved_by, at=status.approval.approved_at)
    if actor in status.approvers:
        raise ApprovedBySame(code, by=actor)
    made = QuestionnaireApproval(
        campaign_id=campaign.id,
        code=code,
        number=status.approval.number + 1 if status.approval else 1,
        sha256=status.sha256,
        content=status.instrument.to_json(),
        approved_at=now,
        approved_by=actor,
        note=note.strip(),
    )
    db.add(made)
    db.flush()
    return made


def open_campaign(db: Session, campaign_code: str, *, now: datetime) -> Campaign:
    """Freeze the campaign and let collection begin at `opens_at`.

    Raises `WrongState`, `NotForOfficialUse`, `BoxKeyMissing`, `QuestionnairesNotApproved`, what a gate
    raises, or `BadDeadline` when the window is already over.
    """
    campaign = _locked(db, campaign_code, needed=(CampaignState.PREPARING,))
    if campaign.official:
        _refuse_unofficial(db, campaign)
    if campaign.box_public_key is None:
        raise BoxKeyMissing(campaign_code)
    _refuse_unapproved(db, campaign)
    _pass_gates(db, campaign, "open")
    if campaign.closes_at <= now:
        raise BadDeadline(campaign.closes_at, after=now)
    campaign.state = CampaignState.OPEN
    db.flush()
    return campaign


def move_deadline(
    db: Session, campaign_code: str, *, closes_at: datetime, now: datetime
) -> Campaign:
    """Set the end of collection, sooner or later; links already sent follow it.

    Raises `BadDeadline` unless it lies after `opens_at` and after `now`: to end at once, close.
    """
    campaign = _locked(db, campaign_code, needed=TAKING_LISTS)
    _refuse_deadline(closes_at, after=max(campaign.opens_at, now))
    campaign.closes_at = closes_at
    db.flush()
    return campaign


def close_campaign(db: Session, campaign_code: str, *, now: datetime) -> Campaign:
    """End collection for good. Waits for submissions under way; none is accepted after it.

    The lock on the campaign's row is exclusive; each submission holds a shared one. Raises
    `CollectionGoesOn` before the deadline and the grace after it are over: to end sooner, move the deadline.
    """
    campaign = _locked(db, campaign_code, needed=(CampaignState.OPEN,))
    if now < campaign.ends_at:
        raise CollectionGoesOn(campaign.ends_at)
    _pass_gates(db, campaign, "close")
    campaign.state = CampaignState.CLOSED
    db.flush()
    return campaign


def record_opening(db: Session, campaign_code: str) -> Campaign:
    """The sealed box was opened: closed becomes opened."""
    return _advance(db, campaign_code, needed=(CampaignState.CLOSED,), state=CampaignState.OPENED)


def record_release(db: Session, campaign_code: str) -> Campaign:
    """A release was built: opened becomes released; a second release changes nothing."""
    return _advance(
        db,
        campaign_code,
        needed=BOX_OPENED,
        state=CampaignState.RELEASED,
    )


def record_erasure(db: Session, campaign_code: str, *, on: date) -> Campaign:
    """Who was asked is forgotten from that day on; only after the release. The first day stays."""
    campaign = _locked(db, campaign_code, needed=(CampaignState.RELEASED,))
    campaign.people_erased_on = campaign.people_erased_on or on
    db.flush()
    return campaign


def _advance(
    db: Session, code: str, *, needed: Sequence[CampaignState], state: CampaignState
) -> Campaign:
    campaign = _locked(db, code, needed=needed)
    campaign.state = state
    db.flush()
    return campaign


def _locked(db: Session, code: str, *, needed: Sequence[CampaignState]) -> Campaign:
    """The campaign under an exclusive lock, read afresh."""
    campaign = db.scalar(
        select(Campaign)
        .where(Campaign.code == code)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if campaign is None:
        raise UnknownCampaign(code)
    if campaign.state not in needed:
        raise WrongState(code, state=campaign.state, needed=needed)
    return campaign


def _pass_gates(db: Session, campaign: Campaign, step: str) -> None:
    """Every gate must let the step pass; without any, an official campaign goes nowhere."""
    if campaign.official and not GATES:
        raise NotForOfficialUse(campaign.code, illustrative=(), custody=campaign.custody)
    for gate in GATES:
        gate(db, campaign, step)


def _refuse_unofficial(db: Session, campaign: Campaign) -> None:
    illustrative = db.scalars(
        select(Instrument.code)
        .where(Instrument.campaign_id == campaign.id, Instrument.status != "official")
        .order_by(Instrument.code)
    ).all()
    if illustrative or campaign.custody != "offline":
        raise NotForOfficialUse(campaign.code, illustrative=illustrative, custody=campaign.custody)


def _refuse_unapproved(db: Session, campaign: Campaign) -> None:
    statuses = approvals.standings(db, campaign.id)
    never = [each.code for each in statuses if each.state == ApprovalState.NEVER]
    changed = [each.code for each in statuses if each.state == ApprovalState.CHANGED]
    waiting = [each.code for each in statuses if each.state == ApprovalState.WAITING]
    if never or changed or waiting:
        raise QuestionnairesNotApproved(
            campaign.code, never=never, changed=changed, waiting=waiting
        )


def _refuse_deadline(closes_at: datetime, *, after: datetime) -> None:
    if closes_at <= after:
        raise BadDeadline(closes_at, after=after)
