"""Questionnaire files: every fault at once, each with its line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from surveyapp.i18n import _
from surveyapp.instruments.errors import Fault, QuestionnaireRefused
from surveyapp.instruments.freeze import freeze
from surveyapp.instruments.kinds import checks, routing
from surveyapp.instruments.kinds.kind import WIDEST
from surveyapp.instruments.kinds.single import MIDDLE, NOMINAL
from surveyapp.instruments.labels import said
from surveyapp.instruments.model import Instrument, Questionnaire, variable_name
from surveyapp.instruments.yaml_document import (
    Step,
    YamlDocument,
    parse_document,
    read_document,
)

MOST_BYTES = 16 * 1024
"""Of a ballot: a campaign has one size for all, so one long form would make every ballot long."""

AROUND = 400
"""Bytes of a ballot beside its answers, at most."""


def read_questionnaire(path: Path) -> Questionnaire:
    """Read and check one questionnaire file; raises `QuestionnaireRefused` with every fault."""
    return _read(*read_document(path, name=path.name))


def parse_questionnaire(content: bytes, *, name: str) -> Questionnaire:
    """The same of a file's content."""
    return _read(*parse_document(content, name=name))


def _read(document: YamlDocument | None, faults: list[Fault]) -> Questionnaire:
    if document is None:
        raise QuestionnaireRefused(faults)
    questionnaire, faults = check_questionnaire(document)
    if questionnaire is None or faults:
        raise QuestionnaireRefused(faults)
    return questionnaire


def check_questionnaire(document: YamlDocument) -> tuple[Questionnaire | None, list[Fault]]:
    """The questionnaire and its faults: of form, then of sense, even where the form is broken."""
    questionnaire, faults = document.validate(Questionnaire)
    faults += [*_check_scales(document), *_check_items(document)]
    if questionnaire is not None and not faults:
        for fault in checks.faults(freeze(questionnaire).sections):
            faults.append(document.fault(fault.path, said(fault.said)))
        if not faults and (size := _largest(freeze(questionnaire))) > MOST_BYTES:
            words = _(
                "câu trả lời dài nhất chiếm %(n)s byte, quá %(most)s: bớt câu ghi chữ hoặc rút ngắn chúng",
                n=size,
                most=MOST_BYTES,
            )
            faults.append(document.fault(("sections",), words))
    return questionnaire, faults


def _largest(instrument: Instrument) -> int:
    """Bytes of the longest answers, with what stands around them in a ballot."""
    remark = WIDEST * instrument.remark.max_length if instrument.remark else ""
    longest = [*routing.longest(instrument.items).values(), remark]
    return len(json.dumps(longest, ensure_ascii=False).encode()) + AROUND


def items_of(document: YamlDocument) -> Iterator[tuple[tuple[Step, ...], dict[str, Any]]]:
    """Every item as written, with its path, whether or not it is sound."""
    for path, _section in document.maps("sections"):
        yield from document.maps(*path, "items")


def _check_scales(document: YamlDocument) -> Iterator[Fault]:
    seen: dict[Any, tuple[Step, ...]] = {}
    for path, scale in document.maps("scales"):
        yield from _repeated(document, (*path, "id"), scale.get("id"), seen)
        codes = [option.get("code") for _path, option in document.maps(*path, "options")]
        numbers = [str(number) for number in range(1, len(codes) + 1)]
        if all(isinstance(code, str) for code in codes) and codes != numbers:
            yield document.fault(
                (*path, "options"),
                _("mã phương án phải lần lượt là %(codes)s", codes=", ".join(numbers)),
            )
        if codes and scale.get("best", "1") not in {"1", str(len(codes)), MIDDLE, NOMINAL}:
            yield document.fault(
                (*path, "best"), _("mức tốt nhất phải là phương án đầu hoặc cuối của thang")
            )
    used = {item.get("scale") for _path, item in items_of(document)}
    for path, scale in document.maps("scales"):
        if isinstance(scale.get("id"), str) and scale["id"] not in used:
            yield document.fault(path, _("không câu hỏi nào dùng thang này"))


def _check_items(document: YamlDocument) -> Iterator[Fault]:
    scales = {scale.get("id") for _path, scale in document.maps("scales")}
    sections: dict[Any, tuple[Step, ...]] = {}
    texts: dict[Any, tuple[Step, ...]] = {}
    variables: dict[Any, tuple[Step, ...]] = {}
    for path, section in document.maps("sections"):
        yield from _repeated(document, (*path, "id"), section.get("id"), sections)
    for path, item in items_of(document):
        yield from _repeated(document, (*path, "id"), _variable(item.get("id")), variables)
        for fault in checks.written_faults(item):
            yield document.fault((*path, *fault.path), said(fault.said))
        scale = item.get("scale")
        if isinstance(scale, str) and scale not in scales:
            yield document.fault((*path, "scale"), _("không có thang %(scale)s", scale=scale))
        yield from _repeated(
            document, (*path, "text"), _asked(item, _section(document, path)), texts
        )
    remark = document.root.get("remark")
    if isinstance(remark, dict):
        yield from _repeated(document, ("remark", "id"), _variable(remark.get("id")), variables)


def _section(document: YamlDocument, path: tuple[Step, ...]) -> dict[str, Any]:
    """The section that an item's path goes through."""
    return next(one for at, one in document.maps("sections") if at == path[:2])


def _asked(item: Mapping[str, Any], section: Mapping[str, Any]) -> str | None:
    """What one question is by: the same words with other options, under another condition ("Please specify") or in
    another section ("How good was it?", of another office) ask something else."""
    text = item.get("text")
    words = text.get("vi") if isinstance(text, dict) else None
    if not isinstance(words, str):
        return None
    told = [words, section.get("id"), *(item.get(x) for x in ("kind", "scale", "shown_if"))]
    return json.dumps(told, ensure_ascii=False, default=str)


def _variable(identifier: Any) -> Any:
    """SPSS does not tell capitals apart."""
    return variable_name(identifier).upper() if isinstance(identifier, str) else None


def _repeated(
    document: YamlDocument, path: tuple[Step, ...], value: Any, seen: dict[Any, tuple[Step, ...]]
) -> Iterator[Fault]:
    if not isinstance(value, str):
        return
    if value in seen:
        yield document.fault(path, _("đã dùng ở dòng %(line)s", line=document.line(seen[value])))
    else:
        seen[value] = path
