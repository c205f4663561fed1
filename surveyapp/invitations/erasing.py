"""The end of a campaign's people: their names, contacts and links go, the figures stay."""

import os
from datetime import datetime

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.accounts import audit
from surveyapp.campaigns import service as campaigns
from surveyapp.delivery.models import ContactRequest, Delivery
from surveyapp.followup.models import CallHold, CallLease
from surveyapp.invitations.models import Handoff, Invitation, RetiredTag
from surveyapp.keys import KeyRing
from surveyapp.respondents.people import erasing as respondents

KEPT_IN = ("person", "respondent_list", "list_line", "list_finding", "received_file", "invitation")
"""The tables whose old pages are rewritten afterwards, so that nothing stays in the file."""


def erase_people(
    db: Session, campaign_code: str, *, actor: str, now: datetime, keys: KeyRing
) -> dict[str, int]:
    """Forget who was invited, for good; repeated, it finds nobody. Returns what was forgotten.

    Assignments, their dispositions and all counts stay, each under an invitation of nobody whose
    link and code no longer exist. Raises `UnknownCampaign`, and `WrongState` before the release.
    """
    campaign = campaigns.record_erasure(db, campaign_code, on=clock.day(now))
    erased = respondents.erase(db, campaign)
    invitations = select(Invitation.id).where(Invitation.campaign_id == campaign.id)
    for called in (CallLease, CallHold):
        db.execute(delete(called).where(called.invitation_id.in_(invitations)))
    for told in (RetiredTag, ContactRequest):
        db.execute(delete(told).where(told.campaign_id == campaign.id))
    db.execute(delete(Handoff).where(Handoff.expires_at <= now))
    db.execute(
        update(Delivery)
        .where(Delivery.campaign_id == campaign.id)
        .values(address_tag=None, domain="", gateway_id="")
    )
    _forget_codes(db, campaign.id)
    audit.record(
        db,
        actor=actor,
        action="people.erased",
        campaign_code=campaign.code,
        facts=dict(erased),
        now=now,
        keys=keys,
    )
    return erased


def _forget_codes(db: Session, campaign_id: int) -> None:
    """A random tag in place of each: no code leads to the invitation, nor can one be made again."""
    ids = db.scalars(select(Invitation.id).where(Invitation.campaign_id == campaign_id)).all()
    if ids:
        db.connection().execute(
            update(Invitation)
            .where(Invitation.id == bindparam("forgotten"))
            .values(tag=bindparam("random")),
            [{"forgotten": id_, "random": os.urandom(32)} for id_ in ids],
        )
