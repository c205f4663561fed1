"""The end of a campaign's people: their names, contacts and links go, the figures stay."""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.accounts import audit
from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.campaigns import service as campaigns
from surveyapp.campaigns.models import Campaign
from surveyapp.campaigns.states import CampaignState
from surveyapp.delivery import erasing as delivery
from surveyapp.exports.models import Release
from surveyapp.followup import erasing as followup
from surveyapp.invitations import erasing as invitations
from surveyapp.operations.personal_data import requests
from surveyapp.respondents.people import erasing as respondents

KEPT_IN = (
    "person", "person_entry", "respondent_list", "list_line", "list_finding", "received_file", "desk_address",
    "desk_reminder", "invitation", "retired_tag", "handoff", "delivery", "call_hold", "contact_request",
    "call_lease", "data_request",
)  # fmt: skip
"""The tables whose old pages are rewritten afterwards, so that nothing stays in the file."""


def due(db: Session, *, released_before: date) -> list[str]:
    """The campaigns whose last release was built before that day and whose people are not forgotten yet."""
    last = func.max(Release.built_at)
    rows = db.execute(
        select(Campaign.code, last)
        .join(Release, Release.campaign_id == Campaign.id)
        .where(Campaign.state == CampaignState.RELEASED, Campaign.people_erased_on.is_(None))
        .group_by(Campaign.code)
        .order_by(Campaign.code)
    )
    return [code for code, built_at in rows if clock.day(built_at) < released_before]


def erase_people(db: Session, campaign_code: str, *, act: Act) -> dict[str, int]:
    """Forget who was invited, for good; repeated, it finds nobody. Returns what was forgotten.

    Assignments, their dispositions and all counts stay, each under an invitation of nobody whose
    link and code no longer exist. Raises `UnknownCampaign`, and `WrongState` before the release.
    """
    campaign = campaigns.record_erasure(db, campaign_code, on=act.today)
    erased = respondents.erase(db, campaign)
    followup.forget(db, campaign.id)
    delivery.forget(db, campaign.id)
    invitations.forget(db, campaign.id, now=act.now)
    requests.forget(db, campaign.id)
    audit.record(db, act, Action.PEOPLE_ERASED, campaign_code=campaign.code, facts=dict(erased))
    return erased
