"""What the opened box holds, for releases and for the centre: never in the order of submission."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from surveyapp.responses.models import BoxOpening, OpenedCell, Remark, Response, SealedBallot

_BATCH = 1000


@dataclass(frozen=True)
class ResponseRow:
    """One opened ballot: `answers` by item id, `quality` as `responses.rules` makes it."""

    instrument_code: str
    instrument_version: str
    rated_unit_code: str
    group_code: str
    answers: dict[str, str]
    quality: dict[str, Any]


@dataclass(frozen=True)
class RemarkRow:
    """One remark, with nothing but the level of the questionnaire it stood on and, where it is the answer to
    a question, the field."""

    level: str
    text: str
    item: str | None = None


def responses(db: Session, campaign_id: int) -> Iterator[ResponseRow]:
    """Every response of an opened campaign, in the order of its random id."""
    rows = db.execute(
        select(
            Response.instrument_code,
            Response.instrument_version,
            Response.rated_unit_code,
            Response.group_code,
            Response.answers,
            Response.quality,
        )
        .where(Response.campaign_id == campaign_id)
        .order_by(Response.id)
        .execution_options(yield_per=_BATCH)
    )
    return (ResponseRow(*row) for row in rows)


def remarks(db: Session, campaign_id: int) -> Iterator[RemarkRow]:
    """Every remark of an opened campaign, in the order of its own random id."""
    rows = db.execute(
        select(Remark.level, Remark.text, Remark.item)
        .where(Remark.campaign_id == campaign_id)
        .order_by(Remark.id)
        .execution_options(yield_per=_BATCH)
    )
    return (RemarkRow(*row) for row in rows)


def response_counts(db: Session, campaign_id: int) -> dict[tuple[str, str], int]:
    """Responses opened by (rated unit code, group code), whether or not their rows left the box."""
    cells = db.execute(
        select(OpenedCell.rated_unit_code, OpenedCell.group_code, OpenedCell.n).where(
            OpenedCell.campaign_id == campaign_id, OpenedCell.n > 0
        )
    ).all()
    return {(unit, group): n for unit, group, n in cells} or row_counts(db, campaign_id)


def row_counts(db: Session, campaign_id: int) -> dict[tuple[str, str], int]:
    """Responses by (rated unit code, group code) of the cells whose rows left the box."""
    rows = db.execute(
        select(Response.rated_unit_code, Response.group_code, func.count())
        .where(Response.campaign_id == campaign_id)
        .group_by(Response.rated_unit_code, Response.group_code)
    )
    return {(unit, group): n for unit, group, n in rows}


def opened_cells(db: Session, campaign_id: int) -> list[dict[str, Any]]:
    """Every cell as the bundle tells it (docs/opener.md); none of a box opened before cells were kept."""
    return list(
        db.scalars(
            select(OpenedCell.content)
            .where(OpenedCell.campaign_id == campaign_id)
            .order_by(OpenedCell.group_code, OpenedCell.rated_unit_code)
        )
    )


def ballots_in_box(db: Session, campaign_id: int) -> int:
    """Sealed ballots that lie in the campaign's box; 0 once it was opened."""
    return (
        db.scalar(
            select(func.count())
            .select_from(SealedBallot)
            .where(SealedBallot.campaign_id == campaign_id)
        )
        or 0
    )


def opening(db: Session, campaign_id: int) -> BoxOpening | None:
    """The record of the opening, or None while the box is shut."""
    return db.get(BoxOpening, campaign_id)
