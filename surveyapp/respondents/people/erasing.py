"""Forgetting who the respondents were, once a campaign is over."""

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from surveyapp.campaigns.models import Campaign, Unit
from surveyapp.db import rows_changed
from surveyapp.respondents.models import (
    FINDINGS,
    LINES,
    DeskAddress,
    DeskReminder,
    Person,
    PersonEntry,
    ReceivedFile,
    RespondentList,
)


def erase(db: Session, campaign: Campaign) -> dict[str, int]:
    """Empty every name, contact and post of the campaign's people, the lists that named them, and where
    their desks were written to.

    Rows that others count by stay: a person without a name, a list with its numbers, its SHA-256 and
    who sent it when. Returns how many `people` and list `lines` there were.
    """
    people = select(Person.id).where(Person.campaign_id == campaign.id)
    lists = select(RespondentList.id).where(RespondentList.campaign_id == campaign.id)
    units = select(Unit.id).where(Unit.campaign_id == campaign.id)
    named = db.scalar(
        select(func.count()).select_from(people.where(Person.name_key != "").subquery())
    )
    db.execute(delete(FINDINGS).where(FINDINGS.c.list_id.in_(lists)))
    lines = rows_changed(db.execute(delete(LINES).where(LINES.c.list_id.in_(lists))))
    db.execute(delete(ReceivedFile).where(ReceivedFile.unit_id.in_(units)))
    db.execute(delete(DeskAddress).where(DeskAddress.unit_id.in_(units)))
    db.execute(update(DeskReminder).where(DeskReminder.unit_id.in_(units)).values(email=""))
    db.execute(
        update(RespondentList)
        .where(RespondentList.campaign_id == campaign.id)
        .values(file=b"", file_name="", understanding={}, note="", hold_note="")
    )
    db.execute(
        update(PersonEntry)
        .where(PersonEntry.person_id.in_(people))
        .values(district="", association="")
    )
    db.execute(
        update(Person)
        .where(Person.campaign_id == campaign.id)
        .values(full_name="", name_key="", position="", workplace="", email="", phone="")
    )
    return {"people": named or 0, "lines": lines}
