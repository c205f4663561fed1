"""What differs between two states of one questionnaire, in the order in which it is read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from surveyapp.i18n import lazy
from surveyapp.instruments.model import Instrument, InstrumentItem, Option, Text

PARTS = {
    "code": lazy("Mã"),
    "version": lazy("Phiên bản"),
    "status": lazy("Tính chất"),
    "minutes": lazy("Số phút"),
    "title": lazy("Tên"),
    "introduction": lazy("Lời mở đầu"),
    "area": lazy("Lĩnh vực"),
    "section": lazy("Phần"),
    "criterion": lazy("Tiêu chí"),
    "text": lazy("Câu hỏi"),
    "hint": lazy("Gợi ý"),
    "scale": lazy("Thang trả lời"),
    "best": lazy("Mức tốt nhất"),
    "options": lazy("Phương án"),
    "kind": lazy("Loại câu hỏi"),
    "settings": lazy("Giới hạn của câu hỏi"),
    "shown_if": lazy("Điều kiện hỏi"),
    "matrix": lazy("Bảng câu hỏi"),
    "dont_know": lazy("Có “Không biết”"),
    "prompt": lazy("Câu hỏi mở"),
    "warning": lazy("Lời nhắc"),
    "max_length": lazy("Độ dài tối đa"),
    "order": lazy("Thứ tự câu hỏi"),
    "added": lazy("Thêm"),
    "removed": lazy("Bỏ"),
}

_NAMED = 4
_Key = tuple[str, str, str]


@dataclass(frozen=True)
class QuestionnaireChange:
    """One difference: `place` is an item, section or remark id, empty for the questionnaire itself,
    and the items in a row where the scale they share changed.

    `language` is `vi`, `en` or empty; `before` and `after` are as written, empty where there was nothing.
    """

    place: str
    part: str
    language: str
    before: str
    after: str


def changes(before: Instrument, after: Instrument) -> list[QuestionnaireChange]:
    """Everything in which `after` differs from `before`; empty only when their checksums are equal."""
    old, new = dict(_written(before)), dict(_written(after))
    places = {key[0] for key in old}, {key[0] for key in new}
    differences = []
    for key in [*new, *(key for key in old if key not in new)]:
        where, part, language = key
        if where not in places[0] or where not in places[1]:
            if part in ("text", "title", "prompt") and language == "vi":
                kind = "added" if where in places[1] else "removed"
                differences.append(
                    QuestionnaireChange(where, kind, "", old.get(key, ""), new.get(key, ""))
                )
        elif old.get(key) != new.get(key):
            differences.append(
                QuestionnaireChange(where, part, language, old.get(key, ""), new.get(key, ""))
            )
    return [*_together(differences), *_moved(_ids(before), _ids(after))]


def _together(differences: Sequence[QuestionnaireChange]) -> list[QuestionnaireChange]:
    """A change of a scale is told once for all its items, at the place of the first."""
    places: dict[QuestionnaireChange, list[str]] = {}
    for change in differences:
        kind = replace(change, place="") if change.part in ("options", "best") else change
        places.setdefault(kind, []).append(change.place)
    return [replace(change, place=_listed(items)) for change, items in places.items()]


def _listed(places: Sequence[str]) -> str:
    if len(places) <= _NAMED:
        return ", ".join(places)
    return f"{', '.join(places[: _NAMED - 1])} … {places[-1]} ({len(places)})"


def _moved(before: Sequence[str], after: Sequence[str]) -> Iterator[QuestionnaireChange]:
    """The stretch of items that stand in another order; what was added or removed moves nothing."""
    old = [item for item in before if item in after]
    new = [item for item in after if item in before]
    while old and old[0] == new[0]:
        old, new = old[1:], new[1:]
    while old and old[-1] == new[-1]:
        old, new = old[:-1], new[:-1]
    if old:
        yield QuestionnaireChange("", "order", "", ", ".join(old), ", ".join(new))


def _ids(instrument: Instrument) -> list[str]:
    return [item.id for item in instrument.items]


def _written(instrument: Instrument) -> Iterator[tuple[_Key, str]]:
    for part in ("code", "version", "status", "minutes"):
        yield ("", part, ""), str(getattr(instrument, part))
    yield from _both("", "title", instrument.title)
    yield from _both("", "introduction", instrument.introduction)
    for section in instrument.sections:
        yield from _both(section.id, "title", section.title)
        yield (section.id, "area", ""), section.area
        if section.shown_if:
            yield (section.id, "shown_if", ""), section.shown_if.model_dump_json()
        for item in section.items:
            yield (item.id, "section", ""), section.id
            yield from _item(item)
    if instrument.remark is not None:
        remark = instrument.remark
        yield from _both(remark.id, "prompt", remark.prompt)
        yield from _both(remark.id, "warning", remark.warning)
        yield (remark.id, "max_length", ""), str(remark.max_length)


def _item(item: InstrumentItem) -> Iterator[tuple[_Key, str]]:
    yield from _both(item.id, "text", item.text)
    if item.hint is not None:
        yield from _both(item.id, "hint", item.hint)
    for part in ("criterion", "scale", "best"):
        yield (item.id, part, ""), getattr(item, part)
    unusual = item.model_dump(mode="json", include=set(item.usual))
    for part, value in unusual.items():
        yield (item.id, part, ""), json.dumps(value, ensure_ascii=False, sort_keys=True)
    yield (item.id, "dont_know", ""), "yes" if item.dont_know else "no"
    for language in ("vi", "en"):
        options = [_option(each, language) for each in item.options]
        yield (item.id, "options", language), "; ".join(options)


def _option(option: Option, language: str) -> str:
    marks = [name for name in option.usual if getattr(option, name)]
    return " ".join([option.code, option.label.get(language), *(f"({name})" for name in marks)])


def _both(where: str, part: str, text: Text) -> Iterator[tuple[_Key, str]]:
    yield (where, part, "vi"), text.vi
    yield (where, part, "en"), text.en
