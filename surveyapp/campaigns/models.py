"""Tables of a campaign: its units, departments, groups, plan and frozen instruments."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from surveyapp.campaigns.states import BOX_OPENED, TAKING_LISTS, CampaignState
from surveyapp.db import Base, Document, EnumText, within

ROW_MINIMUM, TABLE_MINIMUM, COUNT_MINIMUM = 10, 5, 3
"""Of a campaign whose pack says nothing of disclosure."""
GRACE_MINUTES = 30
"""Of a campaign loaded before its pack could say it."""


LEAST_DAYS_BETWEEN_MESSAGES = 3
"""Of a campaign whose pack says nothing of it."""


class Campaign(Base):
    """One round of the survey. Its state only moves forward along `CampaignState`."""

    __tablename__ = "campaign"
    __table_args__ = (
        CheckConstraint(within("state", CampaignState), name="state"),
        CheckConstraint("custody in ('server','offline')", name="custody"),
        CheckConstraint("custody = 'offline' or not official", name="official_custody"),
        CheckConstraint("opens_at < closes_at", name="window"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    title_vi: Mapped[str]
    title_en: Mapped[str]
    year: Mapped[int]
    official: Mapped[bool]
    state: Mapped[CampaignState] = mapped_column(
        EnumText(CampaignState), default=CampaignState.PREPARING
    )
    custody: Mapped[str]
    lists_due: Mapped[date]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    settings: Mapped[Mapping[str, Any]] = mapped_column(Document)
    pack_sha256: Mapped[str]
    loaded_at: Mapped[datetime]
    box_public_key: Mapped[bytes | None]
    box_fingerprint: Mapped[str | None]
    people_erased_on: Mapped[date | None]

    @property
    def row_minimum(self) -> int:
        """Fewest released rows that may share a label."""
        return int(self.settings.get("disclosure", {}).get("row_minimum", ROW_MINIMUM))

    @property
    def count_minimum(self) -> int:
        """Fewest responses of a small cell that give counts; under it the number alone is told."""
        return int(self.settings.get("disclosure", {}).get("count_minimum", COUNT_MINIMUM))

    @property
    def table_minimum(self) -> int:
        """Smallest count that a public table or a desk may be shown."""
        return int(self.settings.get("disclosure", {}).get("table_minimum", TABLE_MINIMUM))

    @property
    def least_days_between_messages(self) -> int:
        """Days within which nobody should get two messages, unless an operator insists."""
        return int(self.settings.get("least_days_between_messages", LEAST_DAYS_BETWEEN_MESSAGES))

    @property
    def holidays(self) -> frozenset[date]:
        """Public holidays and the days off in lieu, weekends apart."""
        return frozenset(date.fromisoformat(day) for day in self.settings.get("holidays", ()))

    def is_day_off(self, day: date) -> bool:
        """A weekend or a holiday: few answer, and nobody is to be hurried."""
        return day.weekday() >= 5 or day in self.holidays

    @property
    def takes_lists(self) -> bool:
        """Lists are handed in and mended and people invited, until collection ends."""
        return self.state in TAKING_LISTS

    @property
    def is_preparing(self) -> bool:
        return self.state == CampaignState.PREPARING

    @property
    def is_open(self) -> bool:
        """Opened and not closed; whether answers are taken at a moment, `is_collecting` says."""
        return self.state == CampaignState.OPEN

    @property
    def ends_at(self) -> datetime:
        """The deadline and the grace in which whoever was answering may still submit."""
        minutes = int(self.settings.get("grace_minutes", GRACE_MINUTES))
        return self.closes_at + timedelta(minutes=minutes)

    def is_collecting(self, now: datetime, *, begun: bool = False) -> bool:
        """Answers are taken at that moment; of whoever had begun, also within the grace."""
        ends_at = self.ends_at if begun else self.closes_at
        return self.is_open and self.opens_at <= now < ends_at

    @property
    def is_closed(self) -> bool:
        """Collection is over and the box not opened yet."""
        return self.state == CampaignState.CLOSED

    @property
    def is_box_opened(self) -> bool:
        """The ballots are responses now, released or not."""
        return self.state in BOX_OPENED

    @property
    def is_released(self) -> bool:
        return self.state == CampaignState.RELEASED


class Unit(Base):
    """A ministry or province of one campaign: it supplies lists and is rated."""

    __tablename__ = "unit"
    __table_args__ = (
        UniqueConstraint("campaign_id", "code"),
        CheckConstraint("kind in ('ministry','province')", name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    code: Mapped[str]
    kind: Mapped[str]
    name_vi: Mapped[str]
    name_en: Mapped[str]
    ranked: Mapped[bool]
    region_vi: Mapped[str | None]
    position: Mapped[int]


class Department(Base):
    """A kind of provincial department, the ministry it rates and whether it rates its province."""

    __tablename__ = "department"
    __table_args__ = (UniqueConstraint("campaign_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    code: Mapped[str]
    name_vi: Mapped[str]
    name_en: Mapped[str]
    rated_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    rates_province: Mapped[bool]
    position: Mapped[int]


class Instrument(Base):
    """A questionnaire file as frozen for the campaign; `content` is its canonical JSON."""

    __tablename__ = "instrument"
    __table_args__ = (UniqueConstraint("campaign_id", "code", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    code: Mapped[str]
    version: Mapped[str]
    status: Mapped[str]
    sha256: Mapped[str]
    content: Mapped[str]


class QuestionnaireApproval(Base):
    """A questionnaire approved word for word; the highest number of a code counts, older ones stay.

    `content` is the canonical text that was approved and `sha256` its digest, so that what changed
    since can be shown.
    """

    __tablename__ = "questionnaire_approval"
    __table_args__ = (CheckConstraint("number > 0", name="number"),)

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str]
    content: Mapped[str]
    approved_at: Mapped[datetime]
    approved_by: Mapped[str]
    note: Mapped[str]

    @property
    def facts(self) -> dict[str, str]:
        """What the audit trail keeps of it."""
        return {"questionnaire": self.code, "sha256": self.sha256, "note": self.note}


class RespondentGroup(Base):
    """One of the campaign's respondent groups, in its order; `rates` names the rule of who is rated.

    rates: `own_unit` (the supplying unit), `department_ministry` (the ministry in charge of the
    department's sector), `field_ministry` (the ministry that manages the association's field).
    """

    __tablename__ = "respondent_group"
    __table_args__ = (
        UniqueConstraint("campaign_id", "code"),
        CheckConstraint("level in ('ministry','province')", name="level"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    code: Mapped[str]
    level: Mapped[str]
    name_vi: Mapped[str]
    name_en: Mapped[str]
    rates: Mapped[str]
    instrument_id: Mapped[int] = mapped_column(ForeignKey("instrument.id"))
    position: Mapped[int]


class ListKind(Base):
    """A kind of respondent list, who supplies it, its columns and the groups it yields."""

    __tablename__ = "list_kind"
    __table_args__ = (UniqueConstraint("campaign_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    code: Mapped[str]
    supplier: Mapped[str]
    name_vi: Mapped[str]
    name_en: Mapped[str]
    required: Mapped[list[str]] = mapped_column(JSON)
    optional: Mapped[list[str]] = mapped_column(JSON)
    groups: Mapped[list[str]] = mapped_column(JSON)
    position: Mapped[int]


class Rating(Base):
    """Who rates whom: what somebody in a department (0: none) of a unit's list gives a form about.

    Made when the pack is loaded; lists, issuing and counting read these rows and no rule of their own.
    """

    __tablename__ = "rating"

    supplying_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    kind_id: Mapped[int] = mapped_column(ForeignKey("list_kind.id"), primary_key=True)
    department_id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("respondent_group.id"), primary_key=True)
    rated_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))


class ExpectedList(Base):
    """A list that a unit is asked for."""

    __tablename__ = "expected_list"

    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    kind_id: Mapped[int] = mapped_column(ForeignKey("list_kind.id"), primary_key=True)


class SamplePlan(Base):
    """Planned forms of a group, seen from the unit that supplies them or the unit they rate."""

    __tablename__ = "sample_plan"
    __table_args__ = (
        CheckConstraint("side in ('supplying','rated')", name="side"),
        CheckConstraint("planned >= 0", name="planned"),
    )

    group_id: Mapped[int] = mapped_column(ForeignKey("respondent_group.id"), primary_key=True)
    side: Mapped[str] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    planned: Mapped[int]
