"""An XLSForm workbook as a questionnaire, or every reason why it is none, each with sheet, row and column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from surveyapp.i18n import _
from surveyapp.instruments.errors import Fault, QuestionnaireRefused
from surveyapp.instruments.model import Questionnaire
from surveyapp.instruments.reading import check_questionnaire
from surveyapp.instruments.xlsform.document import MappedName, SheetDocument
from surveyapp.instruments.xlsform.rewriting import rewritten
from surveyapp.instruments.xlsform.rows import completing, left_aside, lists, unsupported
from surveyapp.instruments.xlsform.rows.survey import read_survey, read_types
from surveyapp.instruments.xlsform.sheets import OF_THE_STANDARD, read_sheets

BestEnd = Literal["first", "last"]


@dataclass(frozen=True)
class ImportedForm:
    """The questionnaire, what was set because the form does not say it, and the names that became others."""

    questionnaire: Questionnaire
    notices: tuple[str, ...]
    mapped: tuple[MappedName, ...]


def read_xlsform(content: bytes, *, file: str, best: BestEnd | None = None) -> ImportedForm:
    """The form as a questionnaire; raises `QuestionnaireRefused` with every fault, `line` being the row from 1.

    `best` is the good end of every list that does not say which theirs is; without it such a list is refused.
    """
    book = read_sheets(content, file=file)
    document = SheetDocument(file)
    for row, cell, words in unsupported.of_settings(book.settings, book.language):
        document.refuse(row, words, cell)
    for row, cell, words in left_aside.of_settings(book.settings):
        document.set_aside(row, words, cell)
    completing.read_settings(document, book.settings)
    completing.tell_language(document, book)
    asked, choices = rewritten(document, read_types(book.survey), book.choices)
    lists_asked = {asked_type.list_name for _row, asked_type in asked}
    named = {row.get("name"): said for row, _asked in asked if (said := row.text("label"))}
    known = lists.read_lists(document, choices, lists_asked, named=named, best=best or "")
    lists.write_scales(document, known, read_survey(document, asked, known))
    completing.complete(document)
    estimated = document.root.setdefault("minutes", 0) == 0
    if estimated:
        document.root["minutes"] = 1
    questionnaire, faults = check_questionnaire(document)
    refusals = [*_other_sheets(document, book.others), *document.refusals()]
    if not document.root["sections"]:  # all were refused, or there are none
        faults = [fault for fault in faults if fault.place != document.place(("sections",))]
        if not refusals:
            faults.append(Fault(file, 1, "survey", _("phiếu không có câu hỏi nào")))
    faults = [*refusals, *faults]
    if questionnaire is None or faults:
        raise QuestionnaireRefused(faults)
    if estimated:
        questionnaire = completing.estimate_minutes(document, questionnaire)
    return ImportedForm(
        questionnaire, (*document.notices, *document.left_aside()), tuple(document.mapped)
    )


def _other_sheets(document: SheetDocument, others: tuple[str, ...]) -> list[Fault]:
    """Sheets that the converter would read are refused; any other is told to be left out."""
    for name in others:
        if name.lower() not in OF_THE_STANDARD:
            document.notices.append(_("trang %(name)s không thuộc XLSForm: không đọc", name=name))
    return [
        Fault(document.file, 1, name, _("không đọc được trang này của XLSForm: xóa nó"))
        for name in others
        if name.lower() in OF_THE_STANDARD
    ]
