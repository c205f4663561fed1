"""A coordinator says how the file is to be read: sheet, header row, columns. The version is read anew."""

import uuid

from sqlalchemy import delete
from sqlalchemy.orm import Session

from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.campaigns.models import Unit
from surveyapp.respondents.lists import carry_over
from surveyapp.respondents.lists.corrections.mending import mendable
from surveyapp.respondents.lists.staging import record, store_checked
from surveyapp.respondents.models import ListFinding, ListLine, RespondentList
from surveyapp.respondents.reading.checking import Checked


def read_again(
    db: Session, list_id: uuid.UUID, checked: Checked, *, unit: Unit, act: Act
) -> RespondentList:
    """Replace the lines of a version that is being mended by `checked`, its file read as told.

    Mends of cells that read as before stay. Raises the refusal of `checked`, then nothing changes;
    `UnknownList`, `ListInOtherState`, `ListsNoLongerTaken`.
    """
    campaign, respondent_list = mendable(db, list_id, unit=unit)
    if checked.refusal is not None:
        raise checked.refusal
    before = carry_over.kept_lines(db, list_id)
    db.execute(delete(ListFinding).where(ListFinding.list_id == list_id))
    db.execute(delete(ListLine).where(ListLine.list_id == list_id))
    respondent_list.left_out_count = 0
    store_checked(db, campaign, unit, respondent_list, checked, before=before)
    record(db, act, Action.LIST_READ_AGAIN, respondent_list, campaign=campaign, unit=unit)
    return respondent_list
