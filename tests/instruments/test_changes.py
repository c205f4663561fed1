"""What changed between two states of a questionnaire is named, whatever it is."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from surveyapp.instruments.changes import QuestionnaireChange, changes
from surveyapp.instruments.freeze import freeze
from surveyapp.instruments.model import Instrument
from surveyapp.instruments.reading import read_questionnaire
from tests.campaigns.packs import TINY


@pytest.fixture(scope="module")
def form() -> Instrument:
    return freeze(read_questionnaire(TINY / "questionnaires" / "M1.yaml"))


def leaves(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(node, dict | list):
        for key, member in node.items() if isinstance(node, dict) else enumerate(node):
            yield from leaves(member, (*path, key))
    else:
        yield path, node


def with_leaf(content: Any, path: tuple[Any, ...], value: Any) -> Any:
    copy = json.loads(json.dumps(content))
    node = copy
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    return copy


def other(value: Any, path: tuple[Any, ...]) -> Any:
    """A different value of the same kind that the model takes."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value - 1
    kinds = {
        "status": "official",
        "code": "9",
        "best": "5",
        "area": "9",
        "version": "9.9",
        "criterion": "Z9",
    }
    return kinds.get(path[-1], f"{value}9" if path[-1] in ("id", "scale") else f"{value} 9")


def test_no_leaf_of_the_document_changes_unnoticed(form):
    content = json.loads(form.to_json())
    unnoticed = []
    for path, value in leaves(content):
        if value is None:
            continue
        changed = Instrument.model_validate_json(
            json.dumps(with_leaf(content, path, other(value, path)))
        )
        if not changes(form, changed):
            unnoticed.append(path)
    assert unnoticed == []
    assert changes(form, form) == []


def test_a_change_says_where_in_which_language_and_both_wordings(form):
    content = json.loads(form.to_json())
    path = ("sections", 0, "items", 0, "text", "en")
    item = form.items[0]
    changed = Instrument.model_validate_json(json.dumps(with_leaf(content, path, "Other words?")))
    assert changes(form, changed) == [
        QuestionnaireChange(item.id, "text", "en", item.text.en, "Other words?"),
    ]


def test_items_added_removed_and_moved_are_told_once_each(form):
    content = json.loads(form.to_json())
    items = content["sections"][0]["items"]
    assert len(items) > 1
    first = items[0]["id"]
    items.reverse()
    moved = changes(form, Instrument.model_validate_json(json.dumps(content)))
    assert [change.part for change in moved] == ["order"]
    assert moved[0].after.endswith(first)
    dropped = next(item for item in items if item["id"] == first)
    items.remove(dropped)
    fewer = changes(form, Instrument.model_validate_json(json.dumps(content)))
    assert QuestionnaireChange(first, "removed", "", dropped["text"]["vi"], "") in fewer
    content["remark"] = None
    without = changes(form, Instrument.model_validate_json(json.dumps(content)))
    assert [c.place for c in without if c.part == "removed"].count(form.remark.id) == 1


def test_a_scale_that_changed_is_told_once_for_all_its_items(form):
    content = json.loads(form.to_json())
    for section in content["sections"]:
        for item in section["items"]:
            item["options"][0]["label"]["en"] = "Best of all"
    changed = Instrument.model_validate_json(json.dumps(content))
    scale_changes = changes(form, changed)
    assert [(change.part, change.language) for change in scale_changes] == [("options", "en")] * 2
    assert [change.place for change in scale_changes] == [
        ", ".join(item.id for item in form.items if item.scale == scale)
        for scale in ("quality", "agreement")
    ]
