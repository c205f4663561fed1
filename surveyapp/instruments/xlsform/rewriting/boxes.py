"""A box to tick under some words is a question of yes or no."""

from __future__ import annotations

from surveyapp.i18n import _
from surveyapp.instruments.xlsform.document import SheetDocument
from surveyapp.instruments.xlsform.naming import distinct
from surveyapp.instruments.xlsform.rewriting.made import AskedRow, Labels, list_of, placed
from surveyapp.instruments.xlsform.rows.types import AskedType
from surveyapp.instruments.xlsform.sheets import SheetRow

LABELS: Labels = {"OK": {"vi": "Đồng ý", "en": "OK"}}
"""What the converter's box is called, and the value that a tick has."""


def expand(
    document: SheetDocument, asked: list[AskedRow], choices: list[SheetRow]
) -> tuple[list[AskedRow], list[SheetRow]]:
    """The survey's rows, and the rows of all lists, with a list of one option for every box."""
    list_name = distinct("ok", {option.get("list_name") for option in choices})
    rows, made = [], list(choices)
    for row, kind in asked:
        if kind.kind != "acknowledge":
            rows.append((row, kind))
            continue
        if len(made) == len(choices):
            made += list_of(row, list_name, LABELS)
        words = _("ô đánh dấu (%(type)s) thành câu hỏi đồng ý hay không", type=row.get("type"))
        document.set_aside(row, words, row.places.get("type"))
        cells = {**row.cells, "type": f"select_one {list_name}"}
        rows.append((placed(row, cells), AskedType("select_one", list_name)))
    return rows, made
