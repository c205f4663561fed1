"""The daily report as a workbook: one sheet a table, a native chart, the map as coloured cells."""

import io
from collections.abc import Sequence
from typing import Any

from surveyapp.documents.charts import outline_map, picture_files
from surveyapp.documents.charts.surfaces import BLUE, INK, SHADES, WHITE
from surveyapp.fieldwork.reports import province_outlines
from surveyapp.fieldwork.reports.daily_report import (
    DailyReport,
    ReportLine,
    concern_words,
    headlines,
    map_svg,
)
from surveyapp.i18n import _, day
from surveyapp.i18n import locale as present_locale

DAY_FORMAT = "dd/mm/yyyy"


def as_xlsx(report: DailyReport) -> bytes:
    """The report as XLSX."""
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    look = {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
        "text": book.add_format({}),
        "count": book.add_format({"num_format": "#,##0"}),
        "share": book.add_format({"num_format": "0.0%"}),
        "day": book.add_format({"num_format": DAY_FORMAT, "align": "left"}),
    }
    _front(book, look, report)
    _sheet(book, look, _("Nhóm đối tượng"), [*report.groups, report.total])
    _sheet(book, look, _("Đơn vị lập danh sách"), report.supplying)
    _sheet(book, look, _("Đơn vị được đánh giá"), report.rated)
    _days(book, look, report)
    _map(book, look, report)
    book.close()
    return buffer.getvalue()


def _front(book: Any, look: dict[str, Any], report: DailyReport) -> None:
    sheet = book.add_worksheet(_("Tổng hợp"))
    campaign = report.campaign
    title = campaign.title_en if present_locale() == "en" else campaign.title_vi
    sheet.write_string(0, 0, _("Báo cáo ngày về thu thập phiếu"), look["title"])
    sheet.write_string(1, 0, title)
    sheet.write_string(2, 0, _("Số liệu đến hết ngày %(day)s", day=day(report.day)))
    line = 4
    for label, value, of in headlines(report):
        sheet.write_string(line, 0, label)
        sheet.write_string(line, 1, value)
        sheet.write_string(line, 2, of)
        line += 1
    if report.concerns:
        sheet.write_string(line + 1, 0, _("Cần chú ý"), look["head"])
        for index, (concern, name) in enumerate(report.concerns, line + 2):
            sheet.write_string(index, 0, concern_words(concern.kind))
            sheet.write_string(index, 1, name)
            sheet.write_string(index, 2, _("%(done)s trên %(of)s", done=concern.n, of=concern.of))
    sheet.set_column(0, 0, 46)
    sheet.set_column(1, 2, 30)


def _sheet(book: Any, look: dict[str, Any], title: str, lines: Sequence[ReportLine]) -> None:
    sheet = book.add_worksheet(title[:31])
    heads = (
        _("Mã"),
        _("Tên"),
        _("Tỷ lệ trả lời (RR2)"),
        _("Đã nộp"),
        _("Thêm trong ngày"),
        _("Đã bắt đầu"),
        _("Đã gửi lời mời"),
        _("Được mời"),
        _("Đã duyệt"),
        _("Kế hoạch"),
        _("Tỷ lệ đạt mẫu"),
    )
    for index, head in enumerate(heads):
        sheet.write_string(0, index, head, look["head"])
    for row, line in enumerate(lines, 1):
        counts, figures = line.figures.counts, line.figures
        sheet.write_string(row, 0, line.code)
        sheet.write_string(row, 1, line.name)
        _number(sheet, row, 2, figures.rate, look["share"])
        for index, n in enumerate(
            (
                counts.submitted,
                line.gained,
                counts.begun,
                counts.sent,
                counts.invited,
                figures.approved,
                figures.planned,
            ),
            3,
        ):
            _number(sheet, row, index, n, look["count"])
        _number(sheet, row, 10, figures.coverage, look["share"])
    sheet.set_column(0, 0, 8)
    sheet.set_column(1, 1, 42)
    sheet.set_column(2, 10, 12)
    sheet.freeze_panes(1, 2)
    sheet.conditional_format(
        1, 2, max(len(lines), 1), 2, {"type": "data_bar", "min_type": "num", "min_value": 0, "max_type": "num", "max_value": 1, "bar_color": SHADES[1], "bar_solid": True}
    )  # fmt: skip


def _number(sheet: Any, row: int, column: int, value: float | None, look: Any) -> None:
    if value is not None:
        sheet.write_number(row, column, value, look)


def _days(book: Any, look: dict[str, Any], report: DailyReport) -> None:
    """The curve and the forecast as a table and a chart that Excel can change."""
    title = _("Theo ngày")
    sheet = book.add_worksheet(title)
    for index, head in enumerate((_("Hết ngày"), _("Đã nộp"), _("Dự báo"), _("Kế hoạch"))):
        sheet.write_string(0, index, head, look["head"])
    seen = {p.day: p.counts.submitted for p in report.curve if p.day >= report.starts}
    expected = dict(report.expected.path) if report.expected else {}
    days = sorted({*seen, *expected})
    for row, each in enumerate(days, 1):
        sheet.write_datetime(row, 0, each, look["day"])
        _number(sheet, row, 1, seen.get(each), look["count"])
        _number(sheet, row, 2, expected.get(each), look["count"])
        _number(sheet, row, 3, report.total.figures.planned, look["count"])
    sheet.set_column(0, 3, 14)
    if not days:
        return
    chart = book.add_chart({"type": "line"})
    for index, colour in ((1, BLUE), (2, SHADES[2]), (3, INK)):
        chart.add_series(
            {
                "name": [title, 0, index],
                "categories": [title, 1, 0, len(days), 0],
                "values": [title, 1, index, len(days), index],
                "line": {"color": colour, "dash_type": "solid" if index == 1 else "dash"},
            }
        )
    chart.set_title({"name": _("Phiếu đã trả lời, cộng dồn theo ngày")})
    chart.set_x_axis({"date_axis": True, "num_format": "dd/mm"})
    chart.set_size({"width": 860, "height": 380})
    sheet.insert_chart("F2", chart, {"description": _("Phiếu đã trả lời, cộng dồn theo ngày")})


def _map(book: Any, look: dict[str, Any], report: DailyReport) -> None:
    """Provinces with the shade they have on the printed map, and the map itself as a picture."""
    provinces = sorted(
        (line for line in report.supplying if line.kind == "province"), key=lambda line: line.code
    )
    if not provinces:
        return
    bounds = outline_map.bounds_of(line.figures.rate for line in provinces)
    sheet = book.add_worksheet(_("Bản đồ"))
    for index, head in enumerate((_("Mã"), _("Tỉnh, thành phố"), _("Tỷ lệ trả lời (RR2)"))):
        sheet.write_string(0, index, head, look["head"])
    for row, line in enumerate(provinces, 1):
        rate = line.figures.rate
        colour = outline_map.colour(rate, bounds)
        is_dark = colour == SHADES[-1]
        shaded = book.add_format(
            {"num_format": "0.0%", "bg_color": colour, "font_color": WHITE if is_dark else INK}
        )  # fmt: skip
        sheet.write_string(row, 0, line.code)
        sheet.write_string(row, 1, line.name)
        if rate is None:
            sheet.write_string(row, 2, "–", shaded)
        else:
            sheet.write_number(row, 2, rate, shaded)
    sheet.set_column(0, 0, 8)
    sheet.set_column(1, 2, 26)
    picture = map_svg(report)
    if picture:
        from surveyapp.documents.pdf import write_png

        png = write_png(picture_files.TEMPLATE, {"picture": picture})
        note = province_outlines.disclaimer()
        sheet.write_string(0, 4, note)
        options = {
            "image_data": io.BytesIO(png),
            "x_scale": 0.5,
            "y_scale": 0.5,
            "description": note,
        }
        sheet.insert_image("E2", "map.png", options)
