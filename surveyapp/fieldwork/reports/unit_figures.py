"""What a unit is told about its own answering: counts by group, department, channel and reason, never a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from surveyapp.assignments.rules import INVITED, Disposition
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.models import Campaign, Unit
from surveyapp.fieldwork.counts import queries
from surveyapp.fieldwork.counts.queries import Figures
from surveyapp.fieldwork.counts.scope import Where
from surveyapp.fieldwork.counts.small_cells import LEAST, hidden
from surveyapp.i18n import _, locale


@dataclass(frozen=True)
class Line:
    """Forms asked for and submitted of one part; None where they are hidden."""

    name: str
    invited: int | None
    submitted: int | None


@dataclass(frozen=True)
class Chase:
    """One unit's figures at the end of `until`."""

    until: date
    total: Figures
    groups: Sequence[Line]
    departments: Sequence[Line]
    channels: Sequence[Line]
    reasons: Sequence[tuple[str, int | None]]
    """Why forms are not submitted, by disposition; the count is None where it is hidden."""

    @property
    def is_shown(self) -> bool:
        """Whether enough forms were asked for to say anything."""
        return self.total.counts.invited >= LEAST

    @property
    def outstanding(self) -> int:
        """Forms asked for and not submitted, whatever the reason."""
        return self.total.counts.invited - self.total.counts.submitted


def gather(db: Session, campaign: Campaign, unit: Unit, *, until: date) -> Chase:
    """The unit's figures, with small cells hidden as `disclosure` says."""
    where = Where(supplying=unit.id)
    by_group = queries.figures(db, campaign.id, by=("group",), where=where, until=until)
    by_department = queries.figures(db, campaign.id, by=("department",), where=where, until=until)
    total = queries.total(by_group.values())
    groups = {
        f"{each.code}. {_name(each)}": by_group[each.id,]
        for each in campaigns.groups(db, campaign.id)
        if (each.id,) in by_group
    }
    departments = {
        _name(each): by_department[each.id,]
        for each in campaigns.departments(db, campaign.id)
        if (each.id,) in by_department
    }
    if departments and (0,) in by_department:
        departments[_("Không gắn với sở, ban, ngành")] = by_department[0,]
    return Chase(
        until,
        total,
        _lines(_pairs(groups)),
        sorted(_lines(_pairs(departments)), key=_share),
        _lines(_pairs(_by_channel(db, campaign.id, where, until))),
        _reasons(total),
    )


def reason_name(disposition: Disposition) -> str:
    """Why a form is not submitted, as a desk reads it."""
    return {
        Disposition.NOT_SENT: _("Chưa gửi lời mời"),
        Disposition.SENT: _("Đã gửi, chưa bắt đầu"),
        Disposition.BOUNCED: _("Lời mời bị trả lại"),
        Disposition.BEGUN: _("Đã bắt đầu, chưa nộp"),
        Disposition.REFUSED: _("Từ chối"),
        Disposition.UNAVAILABLE: _("Không liên hệ được đúng người"),
        Disposition.MOVED: _("Đã chuyển công tác"),
        Disposition.WRONG_GROUP: _("Không thuộc nhóm đối tượng"),
    }[disposition]


def _name(thing: object) -> str:
    return str(getattr(thing, "name_en" if locale() == "en" else "name_vi"))


def _pairs(rows: Mapping[str, Figures]) -> dict[str, tuple[int, int]]:
    found = {name: (row.counts.invited, row.counts.submitted) for name, row in rows.items()}
    return {name: pair for name, pair in found.items() if pair[0]}


def _lines(pairs: Mapping[str, tuple[int, int]]) -> list[Line]:
    away = hidden({name: invited for name, (invited, _submitted) in pairs.items()})
    return [Line(name, *((None, None) if name in away else pair)) for name, pair in pairs.items()]


def _share(line: Line) -> float:
    return 2.0 if not line.invited else (line.submitted or 0) / line.invited


def _reasons(total: Figures) -> list[tuple[str, int | None]]:
    counts = {
        d: total.counts.of({d}) for d in Disposition if d in INVITED - {Disposition.SUBMITTED}
    }
    found = {d: n for d, n in counts.items() if n}
    away = hidden(found)
    return [(reason_name(d), None if d in away else n) for d, n in found.items()]


def _by_channel(db: Session, campaign_id: int, where: Where, until: date) -> dict[str, Figures]:
    """Figures by what took the link to the person."""
    found = queries.figures(db, campaign_id, by=("channel",), where=where, until=until)
    names = {
        "email": _("Thư điện tử"),
        "sms": _("Tin nhắn"),
        "letter": _("Thư giấy"),
        "file": _("Tệp gửi của cơ quan chủ trì"),
        "none": _("Chưa rõ kênh hoặc chưa gửi"),
    }
    return {name: found[code,] for code, name in names.items() if (code,) in found}
