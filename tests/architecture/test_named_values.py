"""Acts and states have names of their own; each guard is shown a planted text first."""

from pathlib import Path

import pytest

from tests.architecture.named_values import (
    groups_of_states_in_pages,
    states_as_text,
    unregistered_actions,
)

SURVEYAPP = Path(__file__).parents[2] / "surveyapp"
ENUM = "class WaveState(StrEnum):\n    DRAFT = 'draft'\n    DONE = 'done'\n"


def house(folder: Path, file: str, text: str) -> Path:
    """A house of one room with an enum of states and one file in which the fault is planted."""
    root = folder / "surveyapp"
    for name, content in (("delivery/states.py", ENUM), (file, text)):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return root


@pytest.mark.parametrize(
    "planted",
    ['audit.record(db, act, "a.b")', 'enter(db, f"a.{b}", {})', 'trail.record(db, a, "b")'],
)
def test_an_action_written_as_text_is_found(tmp_path, planted):
    assert len(unregistered_actions(house(tmp_path, "delivery/service.py", planted))) == 1


def test_the_trail_is_told_registered_actions_only():
    assert unregistered_actions(SURVEYAPP) == []


@pytest.mark.parametrize(
    "planted",
    [
        'wave.state == "done"',
        'wave.state in (WaveState.DRAFT, "done")',
        'wave.state, wave.reason = "done", ""',
        'wave.state = "done" if over else WaveState.DRAFT',
        'Wave(state="done")',
        'select(Wave).where(Wave.state.in_(("done",)))',
        'became == "done"',
    ],
)
def test_a_state_written_as_text_is_found(tmp_path, planted):
    assert len(states_as_text(house(tmp_path, "delivery/service.py", planted))) == 1


@pytest.mark.parametrize(
    "sound", ["wave.state == WaveState.DONE", 'wave.kind == "done"', 'wave.state == "otherwise"']
)
def test_other_words_may_be_written_as_text(tmp_path, sound):
    assert states_as_text(house(tmp_path, "delivery/service.py", sound)) == []


def test_states_are_named_everywhere():
    assert states_as_text(SURVEYAPP) == []


def test_a_page_that_lists_states_is_found(tmp_path):
    page = '{% if wave.state in ("draft", "done") %}'
    assert len(groups_of_states_in_pages(house(tmp_path, "templates/a.html", page))) == 1


def test_pages_ask_the_model():
    assert groups_of_states_in_pages(SURVEYAPP) == []
