"""What a form from elsewhere never says is set to what is usual, and every such setting is told.

A form that uses a column must use it throughout: only what the whole form leaves out is completed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from surveyapp.i18n import _
from surveyapp.instruments.freeze import freeze
from surveyapp.instruments.lint.form_rules import estimate
from surveyapp.instruments.model import Questionnaire
from surveyapp.instruments.xlsform.document import SheetDocument
from surveyapp.instruments.xlsform.naming import distinct, our_code
from surveyapp.instruments.xlsform.rows.left_aside import YES
from surveyapp.instruments.xlsform.sheets import FormSheets, SheetRow

CRITERION, AREA = "X", "9"
"""No criterion's code and no area's number: what is to be set before an official round."""


def read_settings(document: SheetDocument, rows: list[SheetRow]) -> None:
    """The settings, with code and title of the file's name where there are none, as the converter does."""
    row = rows[0] if rows else SheetRow("settings", 1, {})
    document.rows[()] = row
    document.allows_double_codes = row.get("allow_choice_duplicates").lower() in YES
    title = row.text("title") or _one_language(row)
    code = row.get("form_id") or PurePath(document.file).stem
    written: dict[str, Any] = {
        "code": distinct(our_code(code) or "form", ()),
        "version": _version(document, row),
        "status": row.get("status") or _set(document, "status", "illustrative"),
        "title": title or {"vi": code, "en": code},
    }
    if title and row.get("form_title") and row.get("form_title") not in title.values():
        words = _("form_title nói khác title_vi và title_en: để lại một")
        document.refuse(row, words, row.places["form_title"])
    if not row.get("form_id"):
        _set(document, "form_id", written["code"])
    elif row.get("form_id") != written["code"]:
        document.rename(row, row.get("form_id"), written["code"], "form_id")
    if not title:
        _set(document, "form_title", code)
    if minutes := row.get("minutes"):
        written["minutes"] = int(minutes) if minutes.isdecimal() else minutes
    document.root.update(written)


def _version(document: SheetDocument, row: SheetRow) -> str:
    """Ours are numbers with dots; what is none is told among the names that changed."""
    said = row.get("version")
    if not said or re.fullmatch(r"[0-9]+(\.[0-9]+)*", said):
        return said or _set(document, "version", "1")
    document.rename(row, said, "1", "version")
    return "1"


def complete(document: SheetDocument) -> None:
    """Introduction, criteria, areas and the second language where the whole form has none."""
    root = document.root
    if "introduction" not in root:
        root["introduction"] = dict(root["title"])
        document.notices.append(_("phiếu không có lời mở đầu (note): tên phiếu được dùng thay"))
    sections = root["sections"]
    items = [item for section in sections for item in section["items"]]
    if items and not any("criterion" in item for item in items):
        for item in items:
            item["criterion"] = CRITERION
        _set(document, "criterion", CRITERION)
    if sections and not any("area" in section for section in sections):
        for section in sections:
            section["area"] = AREA
        _set(document, "area", AREA)
    _complete_language(document)


def tell_language(document: SheetDocument, book: FormSheets) -> None:
    """Words in neither of our languages stand for both, and said so."""
    rows = [*book.survey, *book.choices]
    document.is_ours = any(row.get("item_id") for row in rows)
    if book.language:
        words = _("lời của phiếu bằng %(language)s đứng ở cả hai bản: dịch trước khi dùng",
                  language=book.language)  # fmt: skip
        document.notices.append(words)


def estimate_minutes(document: SheetDocument, questionnaire: Questionnaire) -> Questionnaire:
    """The questionnaire with the minutes that its words take."""
    minutes = max(1, estimate(freeze(questionnaire)))
    _set(document, "minutes", str(minutes))
    return questionnaire.model_copy(update={"minutes": minutes})


def _one_language(row: SheetRow) -> dict[str, str]:
    """The standard's title has no translations: it stands in both languages."""
    title = row.get("form_title")
    return {"vi": title, "en": title} if title else {}


def _complete_language(document: SheetDocument) -> None:
    texts = list(_texts({key: document.root.get(key) for key in ("sections", "scales", "remark")}))
    items = [item for section in document.root["sections"] for item in section["items"]]
    texts.append(document.root["introduction"])
    said = {code for text in [item["text"] for item in items] or texts for code in text}
    if len(said) == 1:
        words = _(
            "biểu mẫu chỉ có một ngôn ngữ: lời ấy đứng ở cả hai bản, campaign lint sẽ nhắc dịch"
        )
        document.notices.append(words)
    elif document.is_ours:
        return
    elif untold := [next(iter(text.values())) for text in texts if len(text) == 1]:
        shown = "; ".join(f"“{words}”" for words in untold)
        words = _("thiếu bản dịch, lời của ngôn ngữ kia đứng thay: %(words)s", words=shown)
        document.notices.append(words)
    for text in texts:
        for code, other in (("vi", "en"), ("en", "vi")):
            if code not in text and other in text:
                text[code] = text[other]


def _texts(node: Any) -> Iterator[dict[str, str]]:
    """Every text of the questionnaire as collected, with one language or two."""
    if isinstance(node, list):
        for member in node:
            yield from _texts(member)
    elif isinstance(node, dict):
        if node and set(node) <= {"vi", "en"}:
            yield node
        else:
            for member in node.values():
                yield from _texts(member)


def _set(document: SheetDocument, name: str, value: str) -> str:
    words = _("phiếu không ghi %(name)s: lấy %(value)s", name=name, value=value)
    document.notices.append(words)
    return value
