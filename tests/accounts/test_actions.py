"""The acts of the staff: one grammar, words for each, and none that nobody enters."""

import re
from pathlib import Path

import pytest

from surveyapp.accounts.actions import Action
from surveyapp.web.parts.audit_words import action_name

SOURCE = Path(__file__).parents[2] / "surveyapp"
READERS = {"accounts/actions.py", "web/parts/audit_words.py"}


@pytest.mark.parametrize("action", Action)
def test_an_action_names_a_thing_and_what_was_done_to_it(action):
    assert re.fullmatch(r"[a-z]+(?:_[a-z]+)*\.[a-z]+(?:_[a-z]+)*", action)
    assert action.name == action.replace(".", "_").upper()


@pytest.mark.parametrize("action", Action)
def test_every_action_has_words_for_the_reader_of_the_trail(action):
    assert action_name(action) != action


def test_an_entry_under_an_earlier_name_reads_as_it_did():
    assert action_name("campaign.opened") == action_name(Action.CAMPAIGN_OPENED)


def test_an_unknown_entry_stands_as_it_was_entered():
    assert action_name("something.done") == "something.done"


def test_every_action_is_entered_somewhere():
    sources = [
        path.read_text(encoding="utf-8")
        for path in SOURCE.rglob("*.py")
        if path.relative_to(SOURCE).as_posix() not in READERS
    ]
    entered = set(re.findall(r"\bAction\.([A-Z_]+)\b", "\n".join(sources)))
    assert entered == {action.name for action in Action}
