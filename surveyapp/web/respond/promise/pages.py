"""The two pages of the promise: for respondents, and for whoever inspects it."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.models import Campaign
from surveyapp.db import reading
from surveyapp.i18n import locale
from surveyapp.responses import queries as responses
from surveyapp.responses import receipts
from surveyapp.web.parts.help_desk import contact
from surveyapp.web.respond import bp
from surveyapp.web.respond.promise import topics


@bp.get("/cam-ket")
def promises() -> ResponseReturnValue:
    """The promise of each campaign; straight to it where there is one."""
    with reading() as db:
        rounds = [(_title(each), each.code) for each in campaigns.campaigns(db)]
    if len(rounds) == 1:
        return redirect(url_for("respond.promise", campaign=rounds[0][1]))
    return render_template("respond/promises.html", rounds=rounds)


@bp.get("/cam-ket/<campaign>")
def promise(campaign: str) -> ResponseReturnValue:
    """How answers are kept, what is told to whom, and what nobody can promise."""
    with reading() as db:
        campaign_row = campaigns.campaign(db, campaign)
    return render_template(
        "respond/promise_page.html",
        title=_title(campaign_row),
        code=campaign_row.code,
        topics=topics.told(campaign_row, topics.TOPICS),
        limits=topics.told(campaign_row, [topics.LIMITS])[0],
        contact=contact(campaign_row.settings),
    )


@bp.get("/cam-ket/<campaign>/kiem-tra")
def inspection(campaign: str) -> ResponseReturnValue:
    """The same for an inspector: against whom, with which numbers, and which test proves each sentence."""
    with reading() as db:
        campaign_row = campaigns.campaign(db, campaign)
        opened = responses.opening(db, campaign_row.id)
        published = receipts.published(db, campaign_row.id)
    return render_template(
        "respond/inspection.html",
        title=_title(campaign_row),
        round=campaign_row,
        numbers=topics.terms(campaign_row),
        guaranteed=topics.against(campaign_row),
        limits=topics.told(campaign_row, [topics.LIMITS])[0],
        opened=opened,
        receipts=published,
        contact=contact(campaign_row.settings),
    )


def _title(campaign: Campaign) -> str:
    return campaign.title_en if locale() == "en" else campaign.title_vi
