"""The tiny questionnaire as the sheets of an XLSForm that a test may spoil, and sheets as a workbook."""

import io
from collections.abc import Mapping

import xlsxwriter

from surveyapp.instruments.reading import read_questionnaire
from surveyapp.instruments.xlsform.writing import sheets_of
from tests.campaigns.packs import TINY

TINY_FORM = TINY / "questionnaires" / "M1.yaml"
Sheets = dict[str, list[dict[str, str]]]
VI, EN = "label::Tiếng Việt (vi)", "label::English (en)"


def workbook(sheets: Mapping[str, list[dict[str, str]]]) -> bytes:
    """A workbook of these sheets, each row a mapping of column to cell."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        columns = list(dict.fromkeys(column for row in rows for column in row))
        for at, column in enumerate(columns):
            sheet.write(0, at, column)
            for line, row in enumerate(rows, 1):
                if row.get(column):
                    sheet.write(line, at, row[column])
    book.close()
    return buffer.getvalue()


def tiny_sheets() -> Sheets:
    """The sheets of the tiny questionnaire."""
    written = sheets_of(read_questionnaire(TINY_FORM))
    return {name: [dict(row) for row in rows] for name, rows in written.items()}


def row_of(sheets: Sheets, kind: str) -> int:
    """Position from 0 of the first survey row of this type; its row in the sheet is two more."""
    return next(i for i, row in enumerate(sheets["survey"]) if row["type"].startswith(kind))
