"""Kept counts of the forms that lists yield, so that no screen has to count lines or persons."""

import uuid
from collections.abc import Iterable

from sqlalchemy import Select, delete, func, insert, select
from sqlalchemy.orm import Session

from surveyapp.respondents.models import ListForms, ListLine, PersonEntry, RespondentList
from surveyapp.respondents.people.rosters import FormCell, forms_per_cell
from surveyapp.respondents.states import PersonState


def recount(db: Session, campaign_id: int, list_ids: Iterable[uuid.UUID]) -> None:
    """Bring the kept counts of these lists up to date, in the transaction that changed them."""
    for list_id in list_ids:
        listed = forms_per_cell(db, campaign_id, _lines(list_id))
        approved = forms_per_cell(db, campaign_id, _entries(list_id))
        db.execute(delete(ListForms).where(ListForms.list_id == list_id))
        rows = [
            _row(list_id, cell, listed.get(cell, 0), approved.get(cell, 0))
            for cell in {*listed, *approved}
        ]
        if rows:
            db.execute(insert(ListForms), rows)


def lists_of(db: Session, person_id: uuid.UUID) -> list[uuid.UUID]:
    """The lists that a person's entries came from."""
    return list(
        db.scalars(select(PersonEntry.list_id).where(PersonEntry.person_id == person_id).distinct())
    )


def _row(list_id: uuid.UUID, cell: FormCell, listed: int, approved: int) -> dict[str, object]:
    return {
        "list_id": list_id,
        "group_id": cell.group_id,
        "rated_unit_id": cell.rated_unit_id,
        "department_id": cell.department_id,
        "listed": listed,
        "approved": approved,
    }


def _lines(list_id: uuid.UUID) -> Select[int, int, int | None, int]:
    return (
        select(
            RespondentList.unit_id,
            RespondentList.kind_id,
            ListLine.department_id,
            func.count().label("n"),
        )
        .join(ListLine, ListLine.list_id == RespondentList.id)
        .where(RespondentList.id == list_id, ListLine.left_out.is_(False))
        .group_by(RespondentList.unit_id, RespondentList.kind_id, ListLine.department_id)
    )


def _entries(list_id: uuid.UUID) -> Select[int, int, int | None, int]:
    return (
        select(
            RespondentList.unit_id,
            RespondentList.kind_id,
            PersonEntry.department_id,
            func.count().label("n"),
        )
        .join(PersonEntry, PersonEntry.list_id == RespondentList.id)
        .where(RespondentList.id == list_id, PersonEntry.state == PersonState.ACTIVE)
        .group_by(RespondentList.unit_id, RespondentList.kind_id, PersonEntry.department_id)
    )
