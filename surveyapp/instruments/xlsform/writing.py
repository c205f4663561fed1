"""A questionnaire as an XLSForm workbook."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping

from surveyapp.instruments.model import (
    DONT_KNOW,
    DONT_KNOW_LABEL,
    Item,
    Questionnaire,
    Scale,
    Section,
    Text,
    variable_name,
)
from surveyapp.instruments.xlsform.columns import LANGUAGES, SHEETS, WITHOUT_DONT_KNOW

Row = Mapping[str, str]


def write_xlsform(questionnaire: Questionnaire) -> bytes:
    """The workbook with the sheets survey, choices and settings; every cell is text."""
    import xlsxwriter

    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    head = workbook.add_format({"bold": True, "bottom": 1})
    wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
    for name, rows in sheets_of(questionnaire).items():
        sheet = workbook.add_worksheet(name)
        for index, column in enumerate(SHEETS[name]):
            sheet.write_string(0, index, column, head)
            sheet.set_column(index, index, 60 if "::" in column else 16)
            for line, row in enumerate(rows, 1):
                if row.get(column):
                    sheet.write_string(line, index, row[column], wrapped)
        sheet.freeze_panes(1, 2)
    workbook.close()
    return buffer.getvalue()


def sheets_of(questionnaire: Questionnaire) -> dict[str, list[Row]]:
    """The rows of each sheet by column, empty cells left out."""
    return {
        "survey": list(_survey(questionnaire)),
        "choices": list(_choices(questionnaire)),
        "settings": [_settings(questionnaire)],
    }


def _survey(questionnaire: Questionnaire) -> Iterator[Row]:
    introduction = questionnaire.introduction
    yield {"type": "note", "name": "introduction", **_spoken("label", introduction)}
    for section in questionnaire.sections:
        yield from _section(section)
    remark = questionnaire.remark
    if remark is not None:
        yield {
            "type": "text",
            "name": variable_name(remark.id),
            **_spoken("label", remark.prompt),
            **_spoken("hint", remark.warning),
            "required": "no",
            "item_id": remark.id,
            "max_length": str(remark.max_length),
        }


def _section(section: Section) -> Iterator[Row]:
    name = f"section_{variable_name(section.id)}"
    yield {
        "type": "begin_group",
        "name": name,
        **_spoken("label", section.title),
        "section_id": section.id,
        "area": section.area,
    }
    for item in section.items:
        yield {
            "type": f"select_one {_list_name(item.scale, dont_know=item.dont_know)}",
            "name": variable_name(item.id),
            **_spoken("label", item.text),
            **(_spoken("hint", item.hint) if item.hint else {}),
            "required": "no",
            "item_id": item.id,
            "criterion": item.criterion,
        }
    yield {"type": "end_group", "name": name}


def _choices(questionnaire: Questionnaire) -> Iterator[Row]:
    for scale in questionnaire.scales:
        for dont_know in (True, False):
            if any(
                _asks(item, scale, dont_know) for s in questionnaire.sections for item in s.items
            ):
                yield from _list(scale, dont_know=dont_know)


def _asks(item: Item, scale: Scale, dont_know: bool) -> bool:
    return item.scale == scale.id and item.dont_know == dont_know


def _list(scale: Scale, *, dont_know: bool) -> Iterator[Row]:
    name = _list_name(scale.id, dont_know=dont_know)
    for option in scale.options:
        yield {
            "list_name": name,
            "name": option.code,
            **_spoken("label", option.label),
            "scale": scale.id,
            "best": "yes" if option.code == scale.best else "",
        }
    if dont_know:
        label = _spoken("label", DONT_KNOW_LABEL)
        yield {"list_name": name, "name": DONT_KNOW, **label, "scale": scale.id}


def _list_name(scale: str, *, dont_know: bool) -> str:
    return scale if dont_know else scale + WITHOUT_DONT_KNOW


def _settings(questionnaire: Questionnaire) -> Row:
    return {
        "form_title": questionnaire.title.vi,
        "form_id": questionnaire.code,
        "version": questionnaire.version,
        "default_language": LANGUAGES["vi"],
        "title_vi": questionnaire.title.vi,
        "title_en": questionnaire.title.en,
        "status": questionnaire.status,
        "minutes": str(questionnaire.minutes),
    }


def _spoken(column: str, text: Text) -> dict[str, str]:
    return {f"{column}::{name}": text.get(code) for code, name in LANGUAGES.items()}
