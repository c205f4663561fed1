"""The daily report: what it says, gathered from the counts at the end of a day, as PDF and XLSX."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.models import Campaign, RespondentGroup, Unit
from surveyapp.documents.charts import curves, outline_map
from surveyapp.documents.charts.curves import Ahead, CurvePoint, TimeCurve
from surveyapp.documents.charts.outline_map import Area, OutlineMap
from surveyapp.documents.pdf import write_pdf
from surveyapp.fieldwork.counts import attention, queries
from surveyapp.fieldwork.counts.attention import UnitConcern
from surveyapp.fieldwork.counts.queries import DayFigures, Figures
from surveyapp.fieldwork.forecast import series
from surveyapp.fieldwork.forecast.coming_answers import LEVEL
from surveyapp.fieldwork.forecast.projection import ExpectedAnswers
from surveyapp.fieldwork.reports import province_outlines
from surveyapp.fieldwork.rules import Counts
from surveyapp.i18n import _, day, locale, number, percent
from surveyapp.store import Store

TEMPLATE = Path(__file__).with_name("daily_report.typ")
WORST = 10


@dataclass(frozen=True)
class ReportLine:
    """One unit or group of the report, with how many more forms it submitted on the day."""

    code: str
    name: str
    kind: str
    figures: Figures
    gained: int
    name_vi: str = ""


@dataclass(frozen=True)
class DailyReport:
    """Everything the report says, at the end of `day`; units come with the lowest rate first."""

    campaign: Campaign
    day: date
    total: ReportLine
    groups: list[ReportLine]
    supplying: list[ReportLine]
    rated: list[ReportLine]
    curve: list[DayFigures]
    expected: ExpectedAnswers | None
    concerns: list[tuple[UnitConcern, str]]
    own_map: Path | None = None

    @property
    def starts(self) -> date:
        """The campaign's first day."""
        return clock.day(self.campaign.opens_at)

    @property
    def ends(self) -> date:
        """The campaign's last day."""
        return clock.day(self.campaign.closes_at - timedelta(seconds=1))


def gather(
    db: Session, campaign: Campaign, *, until: date, store: Store | None = None
) -> DailyReport:
    """The report of the end of `until`, with the map that `store` holds for the campaign, if any."""
    units = {unit.id: unit for unit in campaigns.units(db, campaign.id)}
    groups = {group.id: group for group in campaigns.groups(db, campaign.id)}
    by_unit = queries.figures(db, campaign.id, by=("supplying",), until=until)
    live = {key[0]: row for key, row in by_unit.items()}
    after = until - timedelta(days=attention.quiet_window(until))
    lately = queries.changed(db, campaign.id, by=("supplying",), after=after, until=until)
    concerns = attention.concerns(live, {key[0]: counts for key, counts in lately.items()})
    named = [(each, _name(units[each.unit_id])) for each in concerns if each.unit_id in units]
    rows = _lines(db, campaign.id, "group", groups, until)
    whole = queries.total(line.figures for line in rows)
    total = ReportLine("", _("Cộng"), "", whole, sum(line.gained for line in rows))
    return DailyReport(
        campaign,
        until,
        total,
        rows,
        _worst_first(_lines(db, campaign.id, "supplying", units, until)),
        _worst_first(_lines(db, campaign.id, "rated", units, until)),
        queries.curve(db, campaign.id, until=until),
        series.foresee_from(db, campaign, until=until).of(),
        named,
        None if store is None else province_outlines.own_map(store, campaign.code),
    )


def _lines(
    db: Session,
    campaign_id: int,
    dimension: str,
    things: Mapping[int, Unit] | Mapping[int, RespondentGroup],
    until: date,
) -> list[ReportLine]:
    figures_by_key = queries.figures(db, campaign_id, by=(dimension,), until=until)
    before = queries.counted(db, campaign_id, by=(dimension,), until=until - timedelta(days=1))
    return [
        ReportLine(
            thing.code,
            _name(thing),
            thing.kind if isinstance(thing, Unit) else thing.level,
            figures_by_key[id_,],
            figures_by_key[id_,].counts.submitted - before.get((id_,), Counts()).submitted,
            thing.name_vi,
        )
        for id_, thing in things.items()
        if (id_,) in figures_by_key
    ]


def _worst_first(lines: Sequence[ReportLine]) -> list[ReportLine]:
    return sorted(lines, key=lambda line: (line.figures.rate is None, line.figures.rate or 0))


def _name(thing: Unit | RespondentGroup) -> str:
    return thing.name_en if locale() == "en" else thing.name_vi


def as_pdf(report: DailyReport) -> bytes:
    """The report on paper: headlines, curve, groups, units that need attention, map."""
    return write_pdf(TEMPLATE, _facts(report))


def headlines(report: DailyReport) -> list[tuple[str, str, str]]:
    """The figures at the top: (what, how much, out of what)."""
    total, counts = report.total.figures, report.total.figures.counts
    lines = [
        (
            _("Tỷ lệ trả lời (RR2)"),
            percent(total.rate),
            _out_of(counts.submitted, counts.maybe_eligible),
        ),
        (
            _("Tỷ lệ đạt mẫu"),
            percent(total.coverage),
            _out_of(counts.submitted, total.planned or 0),
        ),
        (
            _("Đã nộp"),
            number(counts.submitted),
            _("trong ngày thêm %(n)s", n=number(report.total.gained)),
        ),
        (_("Đã bắt đầu"), number(counts.begun), _out_of(counts.begun, counts.sent)),
    ]
    if report.expected is not None and report.expected.bounds is not None:
        low, high = report.expected.bounds
        span = _("từ %(low)s đến %(high)s", low=percent(low), high=percent(high))
        lines.append((_("Dự báo tỷ lệ cuối đợt"), percent(report.expected.rate), span))
    return lines


def _out_of(done: int, of: int) -> str:
    return _("%(done)s trên %(of)s", done=number(done), of=number(of))


def concern_words(kind: str) -> str:
    """What is the matter, of a kind of concern."""
    return {
        "quiet": _("Ba ngày qua không có ai bắt đầu trả lời"),
        "bounced": _("Hơn 5 phần trăm lời mời bị trả lại"),
        "short": _("Danh sách đã duyệt thiếu hơn một phần mười so với kế hoạch"),
    }[kind]


def _facts(report: DailyReport) -> dict[str, Any]:
    campaign = report.campaign
    heading = [_("Tỷ lệ"), _("Đã nộp"), _("Thêm"), _("Được mời"), _("Kế hoạch"), _("Đạt mẫu")]
    provinces = [line for line in report.supplying if line.kind == "province"]
    return {
        "language": locale(),
        "title": _("Báo cáo ngày về thu thập phiếu"),
        "campaign": campaign.title_en if locale() == "en" else campaign.title_vi,
        "when": _("Số liệu đến hết ngày %(day)s", day=day(report.day)),
        "headlines": headlines(report),
        "curve": curve_svg(report),
        "curve_title": _("Phiếu đã trả lời, cộng dồn theo ngày"),
        "curve_note": _(
            "Nét liền: đã có. Nét đứt: dự báo; vùng tô: khoảng chứa kết quả với xác suất %(level)s. "
            "Nét chấm ngang: kế hoạch.",
            level=percent(LEVEL, 0),
        ),
        "tables": [
            _table(_("Theo nhóm đối tượng"), heading, [*report.groups, report.total], coded=True),
            _table(_("Đơn vị lập danh sách có tỷ lệ thấp nhất"), heading, report.supplying[:WORST]),
            _table(_("Đơn vị được đánh giá có tỷ lệ thấp nhất"), heading, report.rated[:WORST]),
        ],
        "concerns_title": _("Cần chú ý"),
        "concerns": _concern_facts(report.concerns),
        "map": map_svg(report),
        "map_title": _("Tỷ lệ trả lời theo tỉnh, thành phố lập danh sách"),
        "map_note": province_outlines.disclaimer(),
        "legend": outline_map.coloured(
            province_outlines.band_words(
                outline_map.bounds_of(line.figures.rate for line in provinces)
            )
        ),
        "map_rows": [[line.name, percent(line.figures.rate)] for line in provinces],
    }


def map_svg(report: DailyReport) -> str:
    """The map of provinces by rate, as a picture of its own; empty where no map fits."""
    provinces = {line.code: line for line in report.supplying if line.kind == "province"}
    names = {code: line.name_vi for code, line in provinces.items()}
    outlines = province_outlines.outlines_for(names, own=report.own_map)
    if outlines is None:
        return ""
    areas = {code: Area(line.figures.rate, line.name) for code, line in provinces.items()}
    return outline_map.picture(OutlineMap(outlines, areas))


def curve_svg(report: DailyReport) -> str:
    """The curve of answered forms with the forecast, as a picture of its own."""
    expected = report.expected
    starts = min([report.starts, *(point.day for point in report.curve if point.counts.submitted)])
    curve = TimeCurve(
        [CurvePoint(p.day, p.counts.submitted) for p in report.curve if p.day >= starts],
        starts=starts,
        ends=max(report.ends, report.day),
        target=report.total.figures.planned,
        target_label=_("Kế hoạch"),
        ahead=Ahead(expected.path, expected.low, expected.high) if expected else None,
    )
    return curves.picture(curve)


def _table(
    title: str, heading: Sequence[str], lines: Sequence[ReportLine], *, coded: bool = False
) -> dict[str, Any]:
    rows = []
    for line in lines:
        figures = line.figures
        planned = number(figures.planned) if figures.planned is not None else "–"
        name = f"{line.code}. {line.name}" if coded and line.code else line.name
        rows.append(
            [
                name,
                percent(figures.rate),
                number(figures.counts.submitted),
                number(line.gained),
                number(figures.counts.invited),
                planned,
                percent(figures.coverage),
            ]
        )
    return {"title": title, "heading": heading, "rows": rows}


def _concern_facts(concerns: Sequence[tuple[UnitConcern, str]]) -> list[list[Any]]:
    grouped: dict[str, list[str]] = {}
    for concern, name in concerns:
        grouped.setdefault(concern.kind, []).append(f"{name} ({_out_of(concern.n, concern.of)})")
    return [
        [concern_words(kind), number(len(names)), "; ".join(names[:WORST])]
        for kind, names in grouped.items()
    ]
