"""Commands as one person types them; `test_second_person.py` is about those that take two."""

import pytest

from surveyapp.cli import second_person

REALLY_DEMANDED = second_person.is_demanded


@pytest.fixture(autouse=True)
def one_person(monkeypatch: pytest.MonkeyPatch) -> None:
    """One operator does what takes two."""
    monkeypatch.setattr(second_person, "is_demanded", lambda _server: False)
