"""The facts on the page before answering: who asks, who gave the name, how long, until when."""

from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.models import Campaign
from surveyapp.i18n import locale
from surveyapp.invitations import declarations
from surveyapp.invitations.queries import Invited
from surveyapp.web.parts import deadlines
from surveyapp.web.parts.help_desk import contact
from surveyapp.web.respond.promise import topics


def facts(db: Session, invited: Invited) -> dict[str, Any]:
    """What the page says about this invitation. Never a person's name."""
    campaign = invited.campaign
    standing = [each for each in invited.assignments if not each.is_revoked]
    left = [each for each in standing if each.is_open]
    now = clock.now()
    return {
        "campaign": campaign,
        "campaign_title": campaign.title_en if locale() == "en" else campaign.title_vi,
        "supplier": invited.supplier_en if locale() == "en" else invited.supplier_vi,
        "forms": len(standing),
        "forms_left": len(left),
        "submitted": len(standing) - len(left),
        "minutes": sum(
            campaigns.instrument(db, each.instrument_id, sha256=each.instrument_sha256).minutes
            for each in left
        ),
        "closes_at": campaign.closes_at,
        "opens_at": campaign.opens_at,
        "is_open": campaign.is_collecting(now, begun=invited.is_begun),
        "deadline": deadlines.facts(campaign, begun=invited.is_begun, now=now),
        "is_before": campaign.is_preparing or now < campaign.opens_at,
        "closed_for_good": not (campaign.is_preparing or campaign.is_open),
        "declared": declarations.standing(db, invited),
        "begun": any(each.begun_on is not None for each in left),
        "contact": contact(campaign.settings),
        **promises(campaign),
    }


def promises(campaign: Campaign) -> dict[str, Any]:
    """What is promised and what is not, for the page and for the centre's preview of it."""
    return {
        "promised": partial(topics.told, campaign, topics.TOPICS, brief=True),
        "unpromised": partial(topics.told, campaign, [topics.LIMITS], brief=True),
    }
