"""From the cells of a workbook to lines: sheets, headings, columns, kinds of row."""

__all__ = (
    "checking",
    "headings",
    "sheet_reading",
)
