"""Acts have names of their own, and the guard is shown a planted text first."""

from pathlib import Path

import pytest

from tests.architecture.named_values import unregistered_actions

SURVEYAPP = Path(__file__).parents[2] / "surveyapp"


@pytest.mark.parametrize(
    "planted",
    ['audit.record(db, act, "a.b")', 'enter(db, f"a.{b}", {})', 'trail.record(db, a, "b")'],
)
def test_an_action_written_as_text_is_found(tmp_path, planted):
    module = tmp_path / "surveyapp" / "invitations" / "reissue.py"
    module.parent.mkdir(parents=True)
    module.write_text(planted, encoding="utf-8")
    assert len(unregistered_actions(tmp_path / "surveyapp")) == 1


def test_the_trail_is_told_registered_actions_only():
    assert unregistered_actions(SURVEYAPP) == []
