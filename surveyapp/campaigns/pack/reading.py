"""The campaign pack: one folder that holds everything a round of the survey is made of."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from surveyapp.campaigns.errors import PackRefused
from surveyapp.campaigns.pack import checks
from surveyapp.campaigns.pack import tables as pack_tables
from surveyapp.campaigns.pack.cleaning_rules import CleaningRule
from surveyapp.campaigns.pack.tables import PackDepartment, PackPlan, PackUnit
from surveyapp.clock import VIETNAM
from surveyapp.instruments.errors import Fault
from surveyapp.instruments.freeze import freeze
from surveyapp.instruments.lint.check import LintException
from surveyapp.instruments.model import Code, Frozen, Instrument, Questionnaire, Text
from surveyapp.instruments.reading import check_questionnaire
from surveyapp.instruments.yaml_document import YamlDocument, read_document

Level = Literal["ministry", "province"]
Rates = Literal["own_unit", "department_ministry", "field_ministry"]
Column = Literal[
    "full_name",
    "position",
    "department",
    "workplace",
    "district",
    "association",
    "phone",
    "email",
    "note",
]


def _day(written: Any) -> date:
    try:
        if isinstance(written, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", written):
            return date.fromisoformat(written)
    except ValueError as exc:
        raise PydanticCustomError("not_a_day", "not a day of the calendar") from exc
    raise PydanticCustomError("not_a_day", "not a day written YYYY-MM-DD")


def _moment(written: Any) -> datetime:
    try:
        if isinstance(written, str) and re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", written):
            return datetime.fromisoformat(written).replace(tzinfo=VIETNAM)
    except ValueError as exc:
        raise PydanticCustomError("not_a_moment", "not a moment of the calendar") from exc
    raise PydanticCustomError("not_a_moment", "not a moment written YYYY-MM-DD HH:MM")


Day = Annotated[
    date,
    BeforeValidator(_day),
    WithJsonSchema({"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"}),
]
Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    WithJsonSchema({"type": "string", "pattern": r"^\d{4}-\d\d-\d\d \d\d:\d\d$"}),
]
Share = Annotated[float, Field(gt=0, le=1)]
Forms = Annotated[int, Field(ge=0)]


class Calendar(Frozen):
    """When lists are due and answers are collected, on a Vietnamese clock."""

    lists_due: Day
    opens_at: Moment
    closes_at: Moment


class Contact(Frozen):
    """The help desk respondents can turn to."""

    name: Text
    phone: Annotated[str, Field(pattern=r"^\+?[0-9][0-9 .]{6,18}[0-9]$")]
    email: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s.]+$")]


class Decision(Frozen):
    """What the survey is done under, and where on the ministry's own site a person finds it."""

    number: Annotated[str, Field(min_length=3, max_length=60)]
    issued_on: Day
    site: Annotated[str, Field(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$", max_length=100)]


class Disclosure(Frozen):
    """Fewest answers behind a released row, behind a cell of a public table, and behind counts that the
    scoring stage gets of a cell without rows."""

    row_minimum: Annotated[int, Field(ge=5)]
    table_minimum: Annotated[int, Field(ge=3)]
    count_minimum: Annotated[int, Field(ge=2)] = 3


class Completeness(Frozen):
    """Shares of applicable items answered from which a form is complete, or partial."""

    complete: Share
    partial: Share


class PlannedForms(Frozen):
    """The plan's own totals, against which groups and units are checked."""

    ministry: Forms
    province: Forms


class PackGroup(Frozen):
    """A respondent group: which level it rates, by which rule, with which questionnaire."""

    code: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]*$", max_length=8)]
    level: Level
    name: Text
    rates: Rates
    questionnaire: Code
    planned: Forms


class Columns(Frozen):
    """What a list must and may say about each person."""

    required: Annotated[tuple[Column, ...], Field(min_length=1, strict=False)]
    optional: Annotated[tuple[Column, ...], Field(strict=False)] = ()


class PackListKind(Frozen):
    """A kind of respondent list, the units asked for it and the groups it yields."""

    code: Annotated[str, Field(pattern=r"^[a-z]+(-[a-z]+)*$", max_length=32)]
    supplier: Level
    not_from: Annotated[tuple[str, ...], Field(strict=False)] = ()
    name: Text
    columns: Columns
    yields: Annotated[tuple[str, ...], Field(min_length=1, strict=False)]


class CampaignFile(Frozen):
    """`campaign.yaml`: everything of a round but its registries, plan and questionnaires."""

    code: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
    title: Text
    year: Annotated[int, Field(ge=2000, le=2100)]
    official: bool
    calendar: Calendar
    contact: Contact
    decision: Decision | None = None
    custody: Literal["server", "offline"]
    disclosure: Disclosure
    completeness: Completeness
    second_form_on_same_unit: Literal["first_group", "both"] = "first_group"
    grace_minutes: Annotated[int, Field(ge=0, le=24 * 60)] = 30
    questionnaire_approvals: Annotated[int, Field(ge=1, le=2)] = 1
    holidays: Annotated[tuple[Day, ...], Field(strict=False)] = ()
    least_days_between_messages: Annotated[int, Field(ge=0, le=60)] = 3
    planned: PlannedForms
    cleaning: Annotated[tuple[CleaningRule, ...], Field(strict=False)] = ()
    lint: Annotated[tuple[LintException, ...], Field(strict=False)] = ()
    groups: Annotated[tuple[PackGroup, ...], Field(min_length=1, strict=False)]
    list_kinds: Annotated[tuple[PackListKind, ...], Field(min_length=1, strict=False)]


@dataclass(frozen=True)
class Pack:
    """A pack without faults. `sha256` changes when any of its files does."""

    folder: Path
    sha256: str
    campaign: CampaignFile
    units: tuple[PackUnit, ...]
    departments: tuple[PackDepartment, ...]
    plan: tuple[PackPlan, ...]
    instruments: Mapping[str, Instrument]

    @property
    def code(self) -> str:
        """The campaign's code."""
        return self.campaign.code

    @property
    def rated_ministries(self) -> tuple[str, ...]:
        """Codes of the ministries that some department rates, in the registry's order."""
        rated = {department.assesses_ministry for department in self.departments}
        return tuple(unit.code for unit in self.units if unit.code in rated)

    def group(self, code: str) -> PackGroup:
        """The group with this code; KeyError when there is none."""
        return {group.code: group for group in self.campaign.groups}[code]

    def list_kind(self, code: str) -> PackListKind:
        """The list kind with this code; KeyError when there is none."""
        return {kind.code: kind for kind in self.campaign.list_kinds}[code]

    def unit(self, code: str) -> PackUnit:
        """The unit with this code; KeyError when there is none."""
        return {unit.code: unit for unit in self.units}[code]

    def planned(self, group: str, unit: str) -> int:
        """Forms of `group` that `unit` is planned to supply people for."""
        return sum(row.planned for row in self.plan if (row.group, row.unit) == (group, unit))

    def expected_lists(self) -> list[tuple[PackUnit, PackListKind]]:
        """Every list that is asked for, by unit and then by kind."""
        return [
            (unit, kind)
            for unit in self.units
            for kind in self.campaign.list_kinds
            if kind.supplier == unit.kind and unit.code not in kind.not_from
        ]


def read_pack(folder: Path, *, with_questionnaires: bool = True) -> Pack:
    """Read a whole pack; raises `PackRefused` with every fault of every file, each with its line.

    Without its questionnaires, which take most of the time, for whoever asks only about units and lists.
    """
    document, faults = read_document(folder / "campaign.yaml", name="campaign.yaml")
    campaign = None
    if document is not None:
        campaign, more = document.validate(CampaignFile)
        faults += more
    tables, more = pack_tables.read_tables(folder)
    faults += more
    sheets: dict[str, YamlDocument] | None = None
    questionnaires: dict[str, Questionnaire] = {}
    if with_questionnaires:
        sheets, questionnaires, more = _read_questionnaires(folder)
        faults += more
    faults += checks.check(document, tables, sheets)
    if faults or campaign is None:
        raise PackRefused(faults)
    return Pack(
        folder=folder,
        sha256=_sha256(folder),
        campaign=campaign,
        units=tuple(row.content for row in tables.units),
        departments=tuple(row.content for row in tables.departments),
        plan=tuple(row.content for row in tables.plan),
        instruments={code: freeze(sheet) for code, sheet in questionnaires.items()},
    )


def _read_questionnaires(
    folder: Path,
) -> tuple[dict[str, YamlDocument], dict[str, Questionnaire], list[Fault]]:
    documents: dict[str, YamlDocument] = {}
    questionnaires: dict[str, Questionnaire] = {}
    faults: list[Fault] = []
    for path in sorted((folder / "questionnaires").glob("*.yaml")):
        document, broken = read_document(path, name=f"questionnaires/{path.name}")
        faults += broken
        if document is not None:
            documents[path.stem] = document
            questionnaire, wrong = check_questionnaire(document)
            faults += wrong
            if questionnaire is not None:
                questionnaires[path.stem] = questionnaire
    return documents, questionnaires, faults


def _sha256(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted([*folder.glob("*.*"), *folder.glob("questionnaires/*.yaml")]):
        if path.suffix in {".yaml", ".csv"}:
            name = path.relative_to(folder).as_posix()
            digest.update(f"{name}\n{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()
