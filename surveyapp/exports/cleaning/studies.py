"""The studies of cleaning over a campaign's stored responses, for the centre and for reports."""

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from surveyapp.campaigns.models import Campaign
from surveyapp.campaigns.pack.cleaning_rules import CleaningRule
from surveyapp.exports.cleaning import answer_similarity, sensitivity
from surveyapp.exports.cleaning.report import CleaningAccount
from surveyapp.exports.cleaning.response_cache import cached_responses
from surveyapp.exports.cleaning.rulesets import RuleSet
from surveyapp.exports.disclosure.row_labels import Cell
from surveyapp.exports.release.results import Frame, read_frame


def sensitivity_of(
    db: Session, campaign: Campaign, rules: Sequence[CleaningRule]
) -> sensitivity.Sensitivity:
    """What `rules` would do to the results of the campaign."""
    frame, held = cached_responses(db, campaign)
    return held.sensitivity(rules, frame)


def account_of(db: Session, campaign: Campaign, ruleset: RuleSet) -> CleaningAccount:
    """What the cleaning report of this version tells."""
    return CleaningAccount(
        read_frame(db, campaign), ruleset, sensitivity_of(db, campaign, ruleset.rules)
    )


def study_of(
    frame: Frame, rules: Sequence[CleaningRule], sizes: Mapping[Cell, int]
) -> sensitivity.Study:
    """The study of `rules` that is still to be given the responses, of which `sizes` are by cell."""
    return sensitivity.Study(
        rules,
        cells=frame.in_order(sizes),
        levels={code: group.level for code, group in frame.groups_by_code.items()},
    )


def coordination_of(db: Session, campaign: Campaign) -> list[answer_similarity.SimilarityFinding]:
    """Likeness of answers within every rated unit × group against chance."""
    return cached_responses(db, campaign)[1].coordination()
