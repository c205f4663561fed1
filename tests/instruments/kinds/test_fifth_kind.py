"""A fifth kind of question is one module, one template part and its registration: here a date."""

from datetime import date
from pathlib import Path
from random import Random

import pytest
from jinja2 import ChoiceLoader, DictLoader

from surveyapp.i18n import speaking
from surveyapp.instruments.freeze import freeze
from surveyapp.instruments.kinds import registry
from surveyapp.instruments.kinds.kind import AnswerCategory, QuestionKind, Said
from surveyapp.instruments.reading import read_questionnaire
from surveyapp.responses import rules
from surveyapp.responses.opener.forms import read_form
from surveyapp.responses.sealed_box import box
from surveyapp.web.respond.document import page_parts, whole_form
from tests.instruments.kinds.forms_of_kinds import spoilt


class Day(QuestionKind):
    """A day of the calendar; it leaves the box as its year."""

    code, words, template, has_options = "date", "ngày", "kinds/date.html", False

    def faults(self, item):
        yield from ()

    def codes(self, item):
        return frozenset()

    def refusal(self, item, value):
        try:
            date.fromisoformat(value)
        except ValueError:
            return Said("Ghi một ngày.")
        return None

    def longest(self, item):
        return "2024-12-31"

    def told(self, item, value, language):
        return f"{date.fromisoformat(value):%d/%m/%Y}"

    def opened(self, item, value):
        return str(int(value[:4]) - 2019) if value else ""

    def categories(self, item):
        return tuple(AnswerCategory(str(n), str(2019 + n), str(2019 + n)) for n in range(1, 10))

    def option_codes(self, item):
        return tuple(one.code for one in self.categories(item))

    def form_type(self, item, list_name):
        return "date"

    def play(self, item, random: Random, level: float):
        return "2024-01-31"


AS_A_DAY = (
    ("scale: pace\n", "kind: date\n        dont_know: false\n"),
    ("  - id: pace", "  - id: quality2"),
    ("scale: quality\n", "scale: quality2\n"),
)
"""What makes one question of the form a day."""


@pytest.fixture
def form(tmp_path: Path, monkeypatch):
    monkeypatch.setitem(registry.KINDS, "date", Day())
    return freeze(read_questionnaire(spoilt(tmp_path, *AS_A_DAY)))


def test_a_kind_of_the_tests_is_read_checked_sealed_and_opened(form):
    assert rules.clean(form, "DX-204", "2024-01-31") == "2024-01-31"
    with pytest.raises(rules.NotAnOption):
        rules.clean(form, "DX-204", "tomorrow")
    assert box.largest(form) < box.ROOM
    opened = read_form(form.to_json())
    assert opened.answers(rules.in_order(form, {"DX-204": "2024-01-31"})).row["DX-204"] == "5"


def test_a_kind_of_the_tests_is_shown_with_what_was_answered(form, app, monkeypatch):
    part = '<fieldset id="{{ item.id }}-item"><legend>{{ item.text.vi }}</legend><input type="text" name="{{ item.id }}" value="{{ (typed or answers).get(item.id, \'\') }}"></fieldset>'
    loader = ChoiceLoader([DictLoader({"kinds/date.html": part}), app.jinja_env.loader])
    monkeypatch.setattr(app.jinja_env, "loader", loader)
    with app.test_request_context(), speaking("vi"):
        page = page_parts.filled(form, 2, {"DX-204": "2024-01-31"})
        assert 'name="DX-204" value="2024-01-31"' in page
        assert b'name="DX-204" value=""' in whole_form.rendered(form).plain
    whole_form.forget()
