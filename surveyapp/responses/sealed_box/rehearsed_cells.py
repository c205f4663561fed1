"""What an opening would have told of answers that nobody gave: for the rehearsal of a release."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from surveyapp.campaigns.models import Campaign
from surveyapp.instruments.kinds.kind import NOT_ASKED
from surveyapp.keys import KeyRing
from surveyapp.responses.opener.counting import Counting
from surveyapp.responses.opener.forms import Form
from surveyapp.responses.opener.opening import Answered
from surveyapp.responses.opener.transfer.export import Header
from surveyapp.responses.sealed_box import sealed_export

RowDict = dict[str, Any]


def counted(
    db: Session, campaign: Campaign, rows: Iterable[RowDict], *, keys: KeyRing
) -> tuple[list[RowDict], list[RowDict]]:
    """Those of `rows` (of the table of responses) that would leave the box, and its cells as rows of their table."""
    rules = sealed_export.rules_of_pack(campaign)
    header = Header(sealed_export.header(db, campaign, rules=rules, keys=keys))
    counting = Counting(header.rules, header.thresholds, header.minimums, header.dont_know)
    forms = {code: header.forms[sha256] for code, (_level, sha256) in header.groups.items()}
    given = list(rows)
    for row in given:
        form = forms[row["group_code"]]
        counting.add(_answered(row, form), form)
    told = {cell: counting.told(cell, submitted=tally.n) for cell, tally in counting.cells.items()}
    leaving = [
        row for row in given if told[row["rated_unit_code"], row["group_code"]]["gives"] == "rows"
    ]
    cells = [
        {
            "campaign_id": campaign.id,
            "rated_unit_code": unit,
            "group_code": group,
            "gives": cell["gives"],
            "n": cell["n"],
            "content": cell,
        }
        for (unit, group), cell in sorted(told.items())
    ]
    return leaving, cells


def _answered(row: Mapping[str, Any], form: Form) -> Answered:
    answers: dict[str, str] = row["answers"]
    not_asked = sum(code == NOT_ASKED for code in answers.values())
    return Answered(
        row["rated_unit_code"],
        row["group_code"],
        answers,
        row["quality"],
        form,
        len(answers) - not_asked,
        len(form.item_ids) - not_asked,
    )
