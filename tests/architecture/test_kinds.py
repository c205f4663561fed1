"""Guard: nothing outside the kinds asks which kind a question is."""

import ast
from collections.abc import Iterator
from pathlib import Path

from surveyapp.config import PROJECT
from surveyapp.instruments.kinds.registry import KINDS
from tests.architecture.source import modules

INSIDE = "instruments/kinds/"
ASKED_OF_AN_ITEM = ("item.kind", "asked.kind", "question.kind")


def which_kind(file: str, text: str) -> Iterator[str]:
    """Comparisons of an item's kind with anything but the usual one."""
    for node in ast.walk(ast.parse(text)):
        sides = [node.left, *node.comparators] if isinstance(node, ast.Compare) else []
        sides = [node.subject] if isinstance(node, ast.Match) else sides
        for side in sides:
            if ast.unparse(side) in ASKED_OF_AN_ITEM and "DEFAULT" not in ast.unparse(node):
                yield f"{file}:{node.lineno}"


def test_nothing_outside_asks_which_kind_a_question_is():
    askings = [
        asking
        for module in modules(Path(PROJECT / "surveyapp"))
        if not module.place.startswith(INSIDE)
        for asking in which_kind(module.place, module.text)
    ]
    assert askings == []


def test_the_guard_sees_who_asks():
    assert list(which_kind("a.py", 'if item.kind == "number": pass')) == ["a.py:1"]
    assert list(which_kind("a.py", "match item.kind:\n    case 'text': pass")) == ["a.py:1"]


def test_every_kind_has_its_template_and_its_words():
    for kind in KINDS.values():
        assert (PROJECT / "surveyapp" / "templates" / kind.template).is_file()
        assert kind.words
