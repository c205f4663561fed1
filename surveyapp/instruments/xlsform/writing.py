"""A questionnaire as an XLSForm workbook."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping

from surveyapp.instruments.freeze import freeze
from surveyapp.instruments.kinds.kind import OTHER_LENGTH
from surveyapp.instruments.kinds.registry import kind_of
from surveyapp.instruments.kinds.single import MIDDLE, NOMINAL
from surveyapp.instruments.model import (
    DONT_KNOW,
    DONT_KNOW_LABEL,
    InstrumentItem,
    Item,
    Option,
    Questionnaire,
    Scale,
    Section,
    ShownIf,
    Text,
    variable_name,
)
from surveyapp.instruments.xlsform import xpath
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
    items = {item.id: item for section in freeze(questionnaire).sections for item in section.items}
    for section in questionnaire.sections:
        yield from _section(section, items)
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


def _section(section: Section, items: dict[str, InstrumentItem]) -> Iterator[Row]:
    name = f"section_{variable_name(section.id)}"
    yield {
        "type": "begin_group",
        "name": name,
        **_spoken("label", section.title),
        "section_id": section.id,
        "area": section.area,
        **_asked_if(section.shown_if, items),
    }
    for item in section.items:
        frozen = items[item.id]
        list_name = _list_name(item.scale, dont_know=item.dont_know) if item.scale else ""
        yield {
            "type": kind_of(frozen).form_type(frozen, list_name),
            "name": variable_name(item.id),
            **_spoken("label", item.text),
            **(_spoken("hint", item.hint) if item.hint else {}),
            "required": "no",
            "item_id": item.id,
            "criterion": item.criterion,
            **_asked_if(item.shown_if, items),
            **_limits(frozen),
        }
        yield from _words_beside(frozen)
    yield {"type": "end_group", "name": name}


def _asked_if(shown_if: ShownIf | None, items: dict[str, InstrumentItem]) -> dict[str, str]:
    """The condition as the converter reads it, and as our files write it, from which it comes back."""
    if shown_if is None:
        return {}
    ours = json.dumps(shown_if.model_dump(mode="json"), separators=(",", ":"))
    return {"relevant": xpath.written(shown_if, dict(items)), "shown_if": ours}


def _limits(item: InstrumentItem) -> dict[str, str]:
    found = {"constraint": kind_of(item).form_constraint(item), "matrix": item.matrix or ""}
    if item.settings:
        found["settings"] = json.dumps(item.settings, ensure_ascii=False, separators=(",", ":"))
    return found


def _words_beside(item: InstrumentItem) -> Iterator[Row]:
    """The field beside an option that asks for words: a question of its own to the converter."""
    for option in item.options:
        if option.other:
            name = variable_name(item.id)
            told = {code: option.label.get(code) for code in LANGUAGES}
            yield {
                "type": "text",
                "name": f"{name}_other",
                **{f"label::{spoken}": told[code] for code, spoken in LANGUAGES.items()},
                "required": "no",
                "relevant": f"selected(${{{name}}}, '{option.code}')",
                "constraint": f"string-length(.) <= {OTHER_LENGTH}",
                "beside": item.id,
            }


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
            "best": "yes" if option.code == scale.best else _whole(scale, option),
            "other": "yes" if option.other else "",
            "alone": "yes" if option.alone else "",
        }
    if dont_know:
        label = _spoken("label", DONT_KNOW_LABEL)
        yield {"list_name": name, "name": DONT_KNOW, **label, "scale": scale.id}


def _whole(scale: Scale, option: Option) -> str:
    """What is best of a list whose best is not one of its ends stands in its first row."""
    return scale.best if scale.best in (MIDDLE, NOMINAL) and option is scale.options[0] else ""


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
