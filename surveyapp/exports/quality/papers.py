"""The quality reports of a release, in both languages: complete for scoring, of published figures for everybody."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.models import Campaign
from surveyapp.campaigns.pack import rounds
from surveyapp.exports.cleaning.report import CleaningAccount
from surveyapp.exports.formats.report_document import ReportDocument
from surveyapp.exports.quality.figures import QualityInputs, complete_figures, public_figures
from surveyapp.exports.quality.report import QualityAccount, quality_report
from surveyapp.i18n import DEFAULT, LOCALES, speaking
from surveyapp.instruments import comparability
from surveyapp.instruments.comparability import Comparison


def quality_papers(
    inputs: QualityInputs,
    cleaning: CleaningAccount,
    *,
    opened_at: datetime,
    earlier: tuple[str, Sequence[Comparison]],
) -> Iterator[tuple[str, str, ReportDocument]]:
    """Where each stands in a release, without its ending; its language; the document."""
    for part, figures in (
        ("scoring", complete_figures(inputs)),
        ("public", public_figures(inputs)),
    ):
        account = QualityAccount(figures, cleaning, opened_at, *earlier)
        for language in LOCALES:
            name = "quality" if language == DEFAULT else f"quality_{language}"
            with speaking(language):
                yield f"{part}/{name}", language, quality_report(account)


def round_before(db: Session, campaign: Campaign) -> tuple[str, Sequence[Comparison]]:
    """The code of the round before this one and what became of its items; empty where there is none."""
    earlier = [one for one in campaigns.campaigns(db) if one.year < campaign.year]
    if not earlier:
        return "", ()
    before, now = (rounds.from_database(db, one.code) for one in (earlier[0], campaign))
    return earlier[0].code, comparability.compare(before, now)
