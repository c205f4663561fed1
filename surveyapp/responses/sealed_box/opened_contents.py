"""What came out of a box, in the database: written once, and held ever after to its digest."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from surveyapp.accounts import audit
from surveyapp.accounts.actions import Action
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.models import Campaign
from surveyapp.responses.errors import DigestDiffers, OpenedByOlderRules
from surveyapp.responses.models import BoxOpening, OpenedCell, Receipt, Remark, Response
from surveyapp.responses.opener.transfer import bundle
from surveyapp.responses.opener.transfer.bundle import Contents
from surveyapp.responses.sealed_box import name_grams

OPENED = (Action.BOX_OPENED, "opened the box")
"""What the audit trail calls an opening, and called it before."""
"""The entry in the audit trail that carries the digest."""

_BATCH = 1000


def store(db: Session, campaign: Campaign, contents: Contents) -> None:
    """Insert each table in the order of its own random ids, drawn from the operating system: a
    shuffle that also leaves no order of submission in any page of the database.

    Names of the lists are looked for in the remarks, for the last time: what knows them is destroyed."""
    known = name_grams.take(db, campaign.id)
    forms = {form.sha256: form for form in campaigns.instruments(db, campaign.id).values()}
    rows = [
        {
            "id": bytes.fromhex(row["id"]),
            "campaign_id": campaign.id,
            "instrument_code": forms[row["form"]].code,
            "instrument_version": forms[row["form"]].version,
            "rated_unit_code": row["unit"],
            "group_code": row["group"],
            "answers": row["answers"],
            "quality": row["quality"],
        }
        for row in contents.rows
    ]
    remarks = [
        {
            "id": bytes.fromhex(one["id"]),
            "campaign_id": campaign.id,
            "level": one["level"],
            "text": one["text"],
            "item": one.get("item"),
            "named": None if known is None else known.spans(one["text"]),
        }
        for one in contents.remarks
    ]
    tags = [{"tag": bytes.fromhex(tag), "campaign_id": campaign.id} for tag in contents.receipts]
    cells = [
        {
            "campaign_id": campaign.id,
            "rated_unit_code": cell["unit"],
            "group_code": cell["group"],
            "gives": cell["gives"],
            "n": cell["n"],
            "content": cell,
        }
        for cell in contents.cells
    ]
    for table, entries in (
        (OpenedCell, cells),
        (Response, rows),
        (Remark, remarks),
        (Receipt, tags),
    ):
        if entries:
            db.execute(insert(table), entries)


def digest(db: Session, campaign: Campaign) -> str:
    """The digest of what is stored now."""
    return bundle.digest(
        {name: bundle.part_digest(part) for name, part in _parts(db, campaign).items()}
    )


def check(db: Session, campaign: Campaign) -> str:
    """The digest of the opening, if what is stored still gives it and the audit trail names the same.

    Raises `DigestDiffers`; `OpenedByOlderRules` for a box opened before digests were kept.
    """
    opening = db.get(BoxOpening, campaign.id)
    recorded = opening.digest if opening else None
    entered = _entered(db, campaign.code)
    if recorded is None and entered is None:
        raise OpenedByOlderRules(campaign.code)
    actual = digest(db, campaign)
    if not actual == recorded == entered:
        raise DigestDiffers(campaign.code, expected=entered or recorded or "", found=actual)
    return actual


def _entered(db: Session, campaign_code: str) -> str | None:
    """The digest that the audit trail names."""
    digests = [
        entry.facts.get("digest")
        for entry in audit.every_entry(db, campaign_code=campaign_code)
        if entry.action in OPENED
    ]
    return digests[-1] if digests else None


def _parts(db: Session, campaign: Campaign) -> Mapping[str, Iterator[Any]]:
    return {
        "cells": _cells(db, campaign.id),
        "rows": _rows(db, campaign),
        "remarks": _remarks(db, campaign.id),
        "receipts": _receipts(db, campaign.id),
    }


def _cells(db: Session, campaign_id: int) -> Iterator[dict[str, Any]]:
    stored = db.scalars(select(OpenedCell).where(OpenedCell.campaign_id == campaign_id))
    told = [
        cell.content
        | {
            "unit": cell.rated_unit_code,
            "group": cell.group_code,
            "gives": cell.gives,
            "n": cell.n,
        }
        for cell in stored
    ]
    return iter(sorted(told, key=bundle.cell_order))


def _rows(db: Session, campaign: Campaign) -> Iterator[dict[str, Any]]:
    forms = {
        (form.code, form.version): form.sha256
        for form in campaigns.instruments(db, campaign.id).values()
    }
    stored = db.execute(
        select(Response)
        .where(Response.campaign_id == campaign.id)
        .order_by(Response.id)
        .execution_options(yield_per=_BATCH)
    ).scalars()
    for row in stored:
        yield {
            "id": row.id.hex(),
            "form": forms.get((row.instrument_code, row.instrument_version), ""),
            "unit": row.rated_unit_code,
            "group": row.group_code,
            "answers": row.answers,
            "quality": row.quality,
        }


def _remarks(db: Session, campaign_id: int) -> Iterator[dict[str, Any]]:
    stored = db.execute(
        select(Remark.id, Remark.level, Remark.text, Remark.item)
        .where(Remark.campaign_id == campaign_id)
        .order_by(Remark.id)
    )
    for id_, level, text, item in stored:
        yield {"id": id_.hex(), "level": level, "text": text} | ({"item": item} if item else {})


def _receipts(db: Session, campaign_id: int) -> Iterator[str]:
    query = select(Receipt.tag).where(Receipt.campaign_id == campaign_id).order_by(Receipt.tag)
    return (tag.hex() for tag in db.scalars(query))
