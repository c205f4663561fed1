"""The facts on the page before answering: who asks, who gave the name, how long, until when."""

from datetime import date
from functools import partial
from typing import Any

from surveyapp import clock
from surveyapp.campaigns.models import Campaign
from surveyapp.db import reading
from surveyapp.i18n import locale
from surveyapp.invitations import declarations
from surveyapp.invitations.queries import Invited
from surveyapp.web.http import state
from surveyapp.web.parts import deadlines
from surveyapp.web.parts.help_desk import contact
from surveyapp.web.respond.promise import topics


def facts(invited: Invited) -> dict[str, Any]:
    """What the page says about this invitation. Never a person's name."""
    begun = invited.is_begun
    return {
        **told(**shared(invited)),
        "supplier": supplier(invited),
        "deadline": deadlines.facts(invited.campaign, begun=begun, now=clock.now()),
    }


def supplier(invited: Invited) -> str:
    """The unit that gave the name, in the present language."""
    return invited.supplier_en if locale() == "en" else invited.supplier_vi


def shared(invited: Invited) -> dict[str, Any]:
    """What of it is the same for everybody who has come as far in the same campaign."""
    campaign = invited.campaign
    standing = [each for each in invited.assignments if not each.is_revoked]
    left = [each for each in standing if each.is_open]
    now = clock.now()
    return {
        "campaign": campaign,
        "forms": len(standing),
        "forms_left": len(left),
        "minutes": sum(each.instrument.minutes for each in left),
        "is_open": campaign.is_collecting(now, begun=invited.is_begun),
        "is_before": campaign.is_preparing or now < campaign.opens_at,
        "begun": any(each.begun_on is not None for each in left),
        "declared": _declared(invited),
    }


def _declared(invited: Invited) -> tuple[str, date] | None:
    if not invited.declared:
        return None
    with reading() as db:
        return declarations.standing(db, invited)


def told(*, campaign: Campaign, forms: int, forms_left: int, **standing: Any) -> dict[str, Any]:
    """The facts that come of what `shared` gave."""
    return {
        "campaign": campaign,
        "campaign_title": campaign.title_en if locale() == "en" else campaign.title_vi,
        "forms": forms,
        "forms_left": forms_left,
        "submitted": forms - forms_left,
        "decision": campaign.settings.get("decision"),
        "decided_on": decided_on(campaign),
        "own_site": state.settings().addresses.respondent.partition("://")[2],
        "closes_at": campaign.closes_at,
        "opens_at": campaign.opens_at,
        "closed_for_good": not (campaign.is_preparing or campaign.is_open),
        "contact": contact(campaign.settings),
        **standing,
        **promises(campaign),
    }


def decided_on(campaign: Campaign) -> date | None:
    """The day of the decision that the survey is done under, if the pack names one."""
    decision = campaign.settings.get("decision")
    return date.fromisoformat(decision["issued_on"]) if decision else None


def promises(campaign: Campaign) -> dict[str, Any]:
    """What is promised and what is not, for the page and for the centre's preview of it."""
    return {
        "promised": partial(topics.told, campaign, topics.TOPICS, brief=True),
        "unpromised": partial(topics.told, campaign, [topics.LIMITS], brief=True),
    }
