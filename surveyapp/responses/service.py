"""The box key of a campaign, and submission: one transaction marks the person and seals the answers."""

import os
from datetime import datetime
from pathlib import Path
from typing import cast

from sqlalchemy import Table
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.accounts import audit
from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.assignments.errors import AssignmentRevoked
from surveyapp.assignments.states import AssignmentState
from surveyapp.campaigns import service as campaign_service
from surveyapp.campaigns.errors import BoxKeyMissing
from surveyapp.campaigns.models import Campaign
from surveyapp.db import Executes
from surveyapp.instruments.model import Instrument
from surveyapp.invitations import service as invitations
from surveyapp.responses import drafts, locked_assignment, receipts, rules
from surveyapp.responses.draft_cipher import Content, DraftContext, DraftHolder
from surveyapp.responses.errors import BoxKeysExist, NothingToSubmit, OfflineCustody
from surveyapp.responses.locked_assignment import AssignedForm
from surveyapp.responses.models import SealedBallot
from surveyapp.responses.sealed_box import box, custody

_SEAL = cast(Table, SealedBallot.__table__).insert()


def submit(
    db: Executes,
    campaign: Campaign,
    assignment: AssignedForm,
    instrument: Instrument,
    *,
    holder: DraftHolder,
    now: datetime,
    version: bytes | None = None,
) -> str:
    """Seal the draft as a ballot, once, and return the receipt. Say thank you after the commit.

    Here stands the rule "one invitation, one response": each form of an invitation is answered once.
    Submitted already, even by another phone at the same moment: the same receipt again. Raises
    `AssignmentRevoked`, what `invitations.check_open` raises outside the window,
    `NothingToSubmit`, `DraftUnreadable`, `BoxKeyMissing`, or `DraftChanged` unless the draft still has
    the `version` that was reviewed.
    """
    held = locked_assignment.for_submitting(db, campaign.id, assignment.id)
    state, campaign = held.state, held.campaign
    keys = holder.keys
    receipt = receipts.receipt(keys, assignment.id)
    if state == AssignmentState.SUBMITTED:
        return receipt
    if state == AssignmentState.REVOKED:
        raise AssignmentRevoked(assignment.id)
    invitations.check_open(campaign, now, begun=held.is_begun)
    if campaign.box_public_key is None:
        raise BoxKeyMissing(campaign.code)
    draft_context = DraftContext(campaign.code, instrument, assignment.id)
    content = drafts.take(db, draft_context, holder=holder, version=version)
    if content is None or not content.answers:
        raise NothingToSubmit(assignment.id)
    invitations.mark_held_submitted(db, held.assignment, today=clock.day(now))
    ballot = make_ballot(assignment, instrument, content, receipt=receipt)
    ballot_id = os.urandom(16)
    size = drafts.ballot_size(campaign)
    ciphertext = box.seal(campaign.box_public_key, campaign.code, ballot, size=size)
    mac = box.mac(box.mac_key(keys, campaign.code), campaign.code, ballot_id, ciphertext)
    db.execute(
        _SEAL,
        {"id": ballot_id, "campaign_id": campaign.id, "ciphertext": ciphertext, "mac": mac},
    )
    return receipt


def make_box_key(db: Session, campaign: Campaign, *, folder: Path, act: Act) -> str:
    """Give a campaign in the server's custody its box key, and return the fingerprint.

    A key left in `folder` by an attempt that was not committed is taken up again. Raises
    `OfflineCustody`, `BoxKeysExist`, `BoxKeyRefused`, or `WrongState` once collection has begun.
    """
    if campaign.custody == "offline":
        raise OfflineCustody(campaign.code)
    path = custody.key_file(folder, campaign.code)
    if campaign.box_public_key is not None:
        raise BoxKeysExist(campaign.code, path)
    if path.exists():
        public = box.public_half(custody.read_private_key(folder, campaign.code))
        half = custody.PublicHalf(public, box.fingerprint(public))
    else:
        half = custody.make_box_keys(folder, campaign.code)
    campaign_service.record_box_key(
        db, campaign.code, public_key=half.public_key, fingerprint=half.fingerprint
    )
    audit.record(
        db,
        act,
        Action.BOX_KEY_MADE,
        campaign_code=campaign.code,
        facts={"fingerprint": half.fingerprint},
    )
    return half.fingerprint


def make_ballot(
    assignment: AssignedForm, instrument: Instrument, content: Content, *, receipt: str
) -> box.Ballot:
    """What is sealed: of the person nothing but the rated unit and the group."""
    seconds = content.seconds if content.measured else None
    return box.Ballot(
        instrument_code=instrument.code,
        instrument_version=instrument.version,
        instrument_mark=box.mark(instrument),
        rated_unit_code=assignment.rated_unit_code,
        group_code=assignment.group_code,
        codes=rules.in_order(instrument, content.answers),
        remark=content.answers.get(instrument.remark.id, "") if instrument.remark else "",
        quality={"under_floor": rules.under_floor(instrument, seconds, content.answers)},
        receipt_tag=receipts.tag(receipt),
    )
