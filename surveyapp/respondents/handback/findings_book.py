"""All findings of a list as a workbook, to be worked through beside the unit's own."""

from collections.abc import Iterable
from io import BytesIO
from typing import Any

from surveyapp.i18n import _
from surveyapp.respondents import labels
from surveyapp.respondents.models import ListFinding

WIDTHS = (8, 14, 20, 32, 70, 32)


def write_findings(findings: Iterable[ListFinding]) -> bytes:
    """An XLSX with a row per finding: line, severity, column, value as sent, reason, proposal."""
    import xlsxwriter

    headings = (
        _("Dòng"),
        _("Mức độ"),
        _("Cột"),
        _("Nội dung trong tệp"),
        _("Vì sao và sửa thế nào"),
        _("Đề nghị"),
    )
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(_("Các điểm cần sửa"))
        bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        plain = book.add_format({"text_wrap": True, "valign": "top"})
        for index, (heading, width) in enumerate(zip(headings, WIDTHS, strict=True)):
            sheet.write_string(0, index, heading, bold)
            sheet.set_column(index, index, width)
        row = 0
        for row, finding in enumerate(findings, start=1):
            _write_row(sheet, row, finding, plain)
        sheet.autofilter(0, 0, max(row, 1), len(headings) - 1)
        sheet.freeze_panes(1, 0)
    return content.getvalue()


def _write_row(sheet: Any, row: int, finding: ListFinding, style: Any) -> None:
    if finding.line:
        sheet.write_number(row, 0, finding.line, style)
    else:
        sheet.write_string(row, 0, _("Cả danh sách"), style)
    cells = (
        labels.severity_name(finding.severity),
        labels.column_name(finding.column),
        finding.value,
        labels.message(finding.plain()),
        finding.proposal,
    )
    for index, cell in enumerate(cells, start=1):
        sheet.write_string(row, index, cell, style)
