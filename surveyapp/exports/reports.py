"""The studies of cleaning over a campaign's stored responses, for the centre and for reports."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from surveyapp.campaigns.cleaning import CleaningRule
from surveyapp.campaigns.models import Campaign
from surveyapp.exports import coordination, sensitivity
from surveyapp.exports.results import read_frame
from surveyapp.responses import queries as responses

STUDIED = ("opened", "released")
"""States of a campaign in which there are responses to study."""


def sensitivity_of(
    db: Session, campaign: Campaign, rules: Sequence[CleaningRule]
) -> sensitivity.Sensitivity:
    """What `rules` would do to the results of the campaign."""
    frame = read_frame(db, campaign)
    return sensitivity.study(
        responses.responses(db, campaign.id),
        rules,
        {code: frame.instrument(code) for code in frame.groups_by_code},
        cells=frame.in_order(responses.response_counts(db, campaign.id)),
        levels={code: group.level for code, group in frame.groups_by_code.items()},
    )


def coordination_of(db: Session, campaign: Campaign) -> list[coordination.Finding]:
    """Likeness of answers within every rated unit × group against chance."""
    frame = read_frame(db, campaign)
    forms = {code: frame.instrument(code) for code in frame.groups_by_code}
    return coordination.study(responses.responses(db, campaign.id), forms)
