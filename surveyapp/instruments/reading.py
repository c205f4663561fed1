"""Questionnaire files: every fault at once, each with its line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from surveyapp.i18n import _
from surveyapp.instruments.errors import Fault, QuestionnaireRefused
from surveyapp.instruments.model import Questionnaire, variable_name
from surveyapp.instruments.yaml_document import Step, YamlDocument, read_document


def read_questionnaire(path: Path) -> Questionnaire:
    """Read and check one questionnaire file; raises `QuestionnaireRefused` with every fault."""
    document, faults = read_document(path, name=path.name)
    if document is None:
        raise QuestionnaireRefused(faults)
    questionnaire, faults = check_questionnaire(document)
    if questionnaire is None or faults:
        raise QuestionnaireRefused(faults)
    return questionnaire


def check_questionnaire(document: YamlDocument) -> tuple[Questionnaire | None, list[Fault]]:
    """The questionnaire and its faults: of form, then of sense, even where the form is broken."""
    questionnaire, faults = document.validate(Questionnaire)
    return questionnaire, [*faults, *_check_scales(document), *_check_items(document)]


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
        if codes and scale.get("best", "1") not in {"1", str(len(codes))}:
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
        scale = item.get("scale")
        if isinstance(scale, str) and scale not in scales:
            yield document.fault((*path, "scale"), _("không có thang %(scale)s", scale=scale))
        text = item.get("text")
        words = text.get("vi") if isinstance(text, dict) else None
        yield from _repeated(document, (*path, "text"), words, texts)
    remark = document.root.get("remark")
    if isinstance(remark, dict):
        yield from _repeated(document, ("remark", "id"), _variable(remark.get("id")), variables)


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
