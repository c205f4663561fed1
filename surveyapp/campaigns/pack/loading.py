"""Writing a pack into the tables, anew or over what was loaded before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from surveyapp.campaigns.errors import PackInUse
from surveyapp.campaigns.models import (
    Campaign,
    Department,
    ExpectedList,
    Instrument,
    ListKind,
    Rating,
    RespondentGroup,
    SamplePlan,
    Unit,
)
from surveyapp.campaigns.rules import Sector, rated_plan, ratings
from surveyapp.campaigns.states import CampaignState

if TYPE_CHECKING:
    from surveyapp.campaigns.pack.reading import Pack

_Coded = type[Unit] | type[Department] | type[Instrument] | type[RespondentGroup] | type[ListKind]


def store(db: Session, pack: Pack, campaign: Campaign | None, *, now: datetime) -> Campaign:
    """Write the pack over `campaign`, or as a new one; rows with the same code keep their id.

    Raises `PackInUse` when the new pack drops something that lists or persons refer to.
    """
    loaded = campaign.pack_sha256 if campaign else ""
    campaign = _store_campaign(db, pack, campaign, now=now)
    try:
        with db.begin_nested():
            _store_parts(db, pack, campaign.id)
    except IntegrityError as exc:
        raise PackInUse(
            pack.code, state=campaign.state, loaded_sha256=loaded, offered_sha256=pack.sha256
        ) from exc
    return campaign


def _store_campaign(
    db: Session, pack: Pack, campaign: Campaign | None, *, now: datetime
) -> Campaign:
    written = pack.campaign
    fields: dict[str, Any] = {
        "title_vi": written.title.vi,
        "title_en": written.title.en,
        "year": written.year,
        "official": written.official,
        "custody": written.custody,
        "lists_due": written.calendar.lists_due,
        "opens_at": written.calendar.opens_at,
        "closes_at": written.calendar.closes_at,
        "settings": settings_of(pack),
        "pack_sha256": pack.sha256,
        "loaded_at": now,
    }
    if campaign is None:
        campaign = Campaign(code=pack.code, state=CampaignState.PREPARING, **fields)
        db.add(campaign)
    else:
        for name, value in fields.items():
            setattr(campaign, name, value)
    db.flush()
    return campaign


def settings_of(pack: Pack) -> dict[str, Any]:
    """What `campaign.settings` holds: contact, decision, thresholds, the duplicate rule, the grace, how many approve a questionnaire,
    holidays, days between messages, cleaning rules and explained exceptions of the linter, as in the pack."""
    return pack.campaign.model_dump(
        mode="json",
        include={
            "contact",
            "decision",
            "disclosure",
            "completeness",
            "second_form_on_same_unit",
            "grace_minutes",
            "questionnaire_approvals",
            "holidays",
            "least_days_between_messages",
            "cleaning",
            "lint",
        },
    )


def _store_parts(db: Session, pack: Pack, campaign_id: int) -> None:
    """All that hangs on the campaign; what vanished is deleted last, children first."""
    _clear_links(db, campaign_id)
    units = _merge(db, Unit, campaign_id, _unit_rows(pack))
    departments = _merge(db, Department, campaign_id, _department_rows(pack, units))
    instruments = _merge(db, Instrument, campaign_id, _instrument_rows(pack))
    groups = _merge(db, RespondentGroup, campaign_id, _group_rows(pack, instruments))
    kinds = _merge(db, ListKind, campaign_id, _kind_rows(pack))
    for table, kept in (
        (ListKind, kinds),
        (RespondentGroup, groups),
        (Instrument, instruments),
        (Department, departments),
        (Unit, units),
    ):
        gone = table.id.not_in(kept.values())
        db.execute(delete(table).where(table.campaign_id == campaign_id, gone))
    db.execute(
        insert(ExpectedList),
        [
            {"unit_id": units[unit.code], "kind_id": kinds[kind.code]}
            for unit, kind in pack.expected_lists()
        ],
    )
    db.execute(insert(SamplePlan), _plan_rows(pack, groups, units))
    rows = _rating_rows(pack, units, kinds, departments, groups)
    if rows:
        db.execute(insert(Rating), rows)


def _clear_links(db: Session, campaign_id: int) -> None:
    units = select(Unit.id).where(Unit.campaign_id == campaign_id)
    db.execute(delete(ExpectedList).where(ExpectedList.unit_id.in_(units)))
    db.execute(delete(SamplePlan).where(SamplePlan.unit_id.in_(units)))
    db.execute(delete(Rating).where(Rating.supplying_unit_id.in_(units)))


def _merge(
    db: Session, table: _Coded, campaign_id: int, rows: Sequence[dict[str, Any]]
) -> dict[str, int]:
    """Insert or update `rows` by code; returns the id of each code."""
    query = select(table.code, table.id).where(table.campaign_id == campaign_id)
    known = {row.code: row.id for row in db.execute(query)}
    for row in rows:
        if row["code"] in known:
            db.execute(update(table).where(table.id == known[row["code"]]).values(**row))
    new = [{"campaign_id": campaign_id, **row} for row in rows if row["code"] not in known]
    if new:
        db.execute(insert(table), new)
    ids = {row.code: row.id for row in db.execute(query)}
    return {row["code"]: ids[row["code"]] for row in rows}


def _unit_rows(pack: Pack) -> list[dict[str, Any]]:
    return [
        {
            "code": unit.code,
            "kind": unit.kind,
            "name_vi": unit.name_vi,
            "name_en": unit.name_en,
            "ranked": unit.ranked,
            "region_vi": unit.region_vi,
            "position": position,
        }
        for position, unit in enumerate(pack.units, start=1)
    ]


def _department_rows(pack: Pack, units: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "code": department.code,
            "name_vi": department.name_vi,
            "name_en": department.name_en,
            "rated_unit_id": units.get(department.assesses_ministry or ""),
            "rates_province": department.rates_province,
            "position": position,
        }
        for position, department in enumerate(pack.departments, start=1)
    ]


def _instrument_rows(pack: Pack) -> list[dict[str, Any]]:
    return [
        {
            "code": code,
            "version": instrument.version,
            "status": instrument.status,
            "sha256": instrument.sha256,
            "content": instrument.to_json(),
        }
        for code, instrument in pack.instruments.items()
    ]


def _group_rows(pack: Pack, instruments: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "code": group.code,
            "level": group.level,
            "name_vi": group.name.vi,
            "name_en": group.name.en,
            "rates": group.rates,
            "instrument_id": instruments[group.questionnaire],
            "position": position,
        }
        for position, group in enumerate(pack.campaign.groups, start=1)
    ]


def _kind_rows(pack: Pack) -> list[dict[str, Any]]:
    return [
        {
            "code": kind.code,
            "supplier": kind.supplier,
            "name_vi": kind.name.vi,
            "name_en": kind.name.en,
            "required": list(kind.columns.required),
            "optional": list(kind.columns.optional),
            "groups": list(kind.yields),
            "position": position,
        }
        for position, kind in enumerate(pack.campaign.list_kinds, start=1)
    ]


def _plan_rows(pack: Pack, groups: dict[str, int], units: dict[str, int]) -> list[dict[str, Any]]:
    rows = []
    for group in pack.campaign.groups:
        supplied = {row.unit: row.planned for row in pack.plan if row.group == group.code}
        rated = rated_plan(group.rates, supplied=supplied, rated_ministries=pack.rated_ministries)
        for side, planned in (("supplying", supplied), ("rated", rated)):
            rows += [
                {
                    "group_id": groups[group.code],
                    "side": side,
                    "unit_id": units[unit],
                    "planned": forms,
                }
                for unit, forms in planned.items()
            ]
    return rows


def _rating_rows(
    pack: Pack,
    units: dict[str, int],
    kinds: dict[str, int],
    departments: dict[str, int],
    groups: dict[str, int],
) -> list[dict[str, Any]]:
    return [
        {
            "supplying_unit_id": units[unit],
            "kind_id": kinds[kind],
            "department_id": departments[department] if department else 0,
            "group_id": groups[group],
            "rated_unit_id": units[rated],
        }
        for unit, kind, department, group, rated in pack_ratings(pack)
    ]


def pack_ratings(pack: Pack) -> Iterator[tuple[str, str, str | None, str, str]]:
    """Who rates whom by the pack, in codes: see `rules.ratings`."""
    return ratings(
        ((unit.code, unit.kind) for unit in pack.units),
        ((kind.code, kind.supplier, kind.yields) for kind in pack.campaign.list_kinds),
        (
            (each.code, Sector(each.assesses_ministry or None, each.rates_province))
            for each in pack.departments
        ),
        {group.code: group.rates for group in pack.campaign.groups},
    )
