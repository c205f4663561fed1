"""An XLSForm workbook as a questionnaire, or every reason why it is none, each with sheet and row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from surveyapp.i18n import _
from surveyapp.instruments.errors import Fault, QuestionnaireRefused
from surveyapp.instruments.model import Questionnaire
from surveyapp.instruments.reading import check_questionnaire
from surveyapp.instruments.xlsform import lists
from surveyapp.instruments.xlsform.sheets import SheetRow, read_sheets
from surveyapp.instruments.xlsform.unsupported import refusals, type_refused
from surveyapp.instruments.yaml_document import Step, YamlDocument

Path = tuple[Step, ...]


class SheetDocument(YamlDocument):
    """A questionnaire as collected from sheets: every field knows its row in place of a line."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root: dict[str, Any] = {}
        self.rows: dict[Path, SheetRow] = {}
        self.faults: list[Fault] = []

    def line(self, path: Sequence[Step]) -> int:
        """The row of the field at `path`, or of the nearest thing around it."""
        row = self._row(path)
        return row.number if row else 1

    def place(self, path: Sequence[Step]) -> str:
        """Sheet and field, as `survey, sections[A].items[M1-101].text`."""
        row = self._row(path)
        return f"{row.sheet}, {super().place(path)}" if row else super().place(path)

    def refuse(self, row: SheetRow, message: str) -> None:
        """Note a fault of a row."""
        self.faults.append(Fault(self.file, row.number, row.sheet, message))

    def _row(self, path: Sequence[Step]) -> SheetRow | None:
        for length in range(len(path), -1, -1):
            if tuple(path[:length]) in self.rows:
                return self.rows[tuple(path[:length])]
        return None


def read_xlsform(content: bytes, *, file: str) -> Questionnaire:
    """The questionnaire; raises `QuestionnaireRefused` with every fault, `line` being the row from 1."""
    sheets = read_sheets(content, file=file)
    document = SheetDocument(file)
    _settings(document, sheets["settings"])
    known = lists.read_lists(document.refuse, sheets["choices"])
    _survey(document, sheets["survey"], known)
    _scales(document, known)
    questionnaire, faults = check_questionnaire(document)
    faults = [*document.faults, *faults]
    if questionnaire is None or faults:
        raise QuestionnaireRefused(faults)
    return questionnaire


def _settings(document: SheetDocument, rows: list[SheetRow]) -> None:
    row = rows[0] if rows else SheetRow("settings", 2, {})
    title = row.text("title") or ({"vi": row.get("form_title")} if row.get("form_title") else {})
    minutes = row.get("minutes")
    written = {
        "code": row.get("form_id"),
        "version": row.get("version"),
        "status": row.get("status"),
        "title": title,
        "minutes": int(minutes) if minutes.isdigit() else minutes,
    }
    document.rows[()] = row
    document.root.update({name: value for name, value in written.items() if value})


def _survey(document: SheetDocument, rows: list[SheetRow], known: lists.Lists) -> None:
    document.root["sections"] = []
    section: Path | None = None
    for row in rows:
        for words in refusals(row):
            document.refuse(row, words)
        kind, _blank, rest = re.sub(r"^(begin|end) (\w+)", r"\1_\2", row.get("type")).partition(" ")
        if kind == "begin_group" and section is None:
            section = _begin(document, row)
        elif kind == "end_group" and section is not None:
            section = None
        elif kind == "select_one" and section is not None:
            _item(document, row, section, rest.strip(), known)
        elif kind == "text" and section is None and "remark" not in document.root:
            _remark(document, row)
        elif kind == "note" and section is None and "introduction" not in document.root:
            document.root["introduction"] = row.text("label")
            document.rows["introduction",] = row
        else:
            document.refuse(row, _misplaced(kind))
    if section is not None:
        document.refuse(document.rows[section], _misplaced("begin_group"))


def _misplaced(kind: str) -> str:
    match kind:
        case "begin_group" | "end_group":
            return _(
                "nhóm không khớp: mỗi phần là một begin_group và một end_group, không lồng nhau"
            )
        case "select_one":
            return _("câu hỏi phải nằm trong một phần (begin_group … end_group)")
        case "text":
            return _("chỉ có một câu mở, đặt ở cuối và ngoài các phần; bỏ dòng này hoặc dời nó")
        case "note":
            return _(
                "chỉ có một note là lời mở đầu, trước các phần; đưa lời giải thích vào cột hint"
            )
        case "":
            return _("thiếu kiểu câu hỏi ở cột type")
    return type_refused(kind)


def _begin(document: SheetDocument, row: SheetRow) -> Path:
    path: Path = ("sections", len(document.root["sections"]))
    identifier = row.get("section_id") or row.get("name").removeprefix("section_")
    document.root["sections"].append(
        {"id": identifier, "area": row.get("area"), "title": row.text("label"), "items": []}
    )
    document.rows[path] = row
    return path


def _item(
    document: SheetDocument, row: SheetRow, section: Path, list_name: str, known: lists.Lists
) -> None:
    items = document.root["sections"][section[1]]["items"]
    document.rows[(*section, "items", len(items))] = row
    choices = known.get(list_name)
    if choices is None:
        words = _("trang choices không có danh sách %(name)s", name=list_name or "–")
        document.refuse(row, words)
    item: dict[str, Any] = {
        "id": _identifier(row),
        "criterion": row.get("criterion"),
        "text": row.text("label"),
        "scale": choices.scale if choices else list_name,
        "dont_know": choices.dont_know if choices else True,
    }
    if hint := row.text("hint"):
        item["hint"] = hint
    items.append(item)


def _remark(document: SheetDocument, row: SheetRow) -> None:
    most = row.get("max_length")
    document.rows["remark",] = row
    document.root["remark"] = {
        "id": _identifier(row),
        "prompt": row.text("label"),
        "warning": row.text("hint"),
        **({"max_length": int(most)} if most.isdigit() else {}),
    }


def _identifier(row: SheetRow) -> str:
    """Our permanent id; a form from elsewhere has only its variable's name."""
    return row.get("item_id") or row.get("name").upper().replace("_", "-")


def _scales(document: SheetDocument, known: lists.Lists) -> None:
    document.root["scales"] = []
    for choices in known.values():
        if all(scale["id"] != choices.scale for scale in document.root["scales"]):
            position = len(document.root["scales"])
            document.root["scales"].append(choices.written())
            document.rows["scales", position] = choices.row
            for place, row in enumerate(choices.option_rows):
                document.rows["scales", position, "options", place] = row
