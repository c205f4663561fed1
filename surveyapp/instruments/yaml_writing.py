"""A questionnaire written back as the YAML file its authors keep."""

from __future__ import annotations

import io
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from surveyapp.instruments.model import Questionnaire

HEAD = "# yaml-language-server: $schema=../../schema/questionnaire.schema.json\n"


def as_yaml(questionnaire: Questionnaire) -> str:
    """The file's text; `read_questionnaire` reads the same questionnaire from it."""
    content = questionnaire.model_dump(mode="json", exclude_none=True)
    for section in content["sections"]:
        for item in section["items"]:
            if item["dont_know"]:
                del item["dont_know"]
    yaml = YAML()
    yaml.width = 10_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    buffer = io.StringIO()
    yaml.dump(_styled(content), buffer)
    return HEAD + buffer.getvalue()


def _styled(node: Any) -> Any:
    """Spoken words in quotes, options on one line each."""
    if isinstance(node, list):
        return [_styled(member) for member in node]
    if not isinstance(node, dict):
        return node
    if set(node) == {"vi", "en"}:
        return {code: DoubleQuotedScalarString(words) for code, words in node.items()}
    styled = CommentedMap((key, _styled(member)) for key, member in node.items())
    if {"code", "label"} <= set(node):
        label = CommentedMap(styled["label"])
        label.fa.set_flow_style()
        styled["label"] = label
        styled["code"] = DoubleQuotedScalarString(node["code"])
        styled.fa.set_flow_style()
    return styled
