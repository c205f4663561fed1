"""What is rendered once and filled in is what the template gives, and nothing of a person stays in it."""

import pytest

from surveyapp.config import PROJECT
from surveyapp.i18n import speaking
from surveyapp.instruments.freeze import freeze
from surveyapp.instruments.model import DONT_KNOW
from surveyapp.instruments.reading import read_questionnaire
from surveyapp.web.respond import pages
from surveyapp.web.respond.document import page_parts

REMARK = 'Chậm ở “một cửa” & <b>thiếu</b> "biểu mẫu"\nhai dòng'


@pytest.fixture
def instrument():
    folder = PROJECT / "questionnaires" / "par-index-2023"
    return freeze(read_questionnaire(next((folder / "questionnaires").glob("*1.yaml"))))


def answers(instrument, step: int) -> dict[str, str]:
    """An answer to most items, `step` apart, and a remark."""
    given = {}
    for n, item in enumerate(instrument.items):
        codes = [*item.codes, ""]
        given[item.id] = codes[(n + step) % len(codes)]
    given[instrument.remark.id] = REMARK if step else ""
    return {item: value for item, value in given.items() if value}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_page_filled_in_is_the_page_as_its_template_gives_it(app, instrument, language):
    with app.test_request_context(), speaking(language):
        for page in range(1, pages.count(instrument) + 1):
            for given in ({}, answers(instrument, 0), answers(instrument, 3)):
                whole = page_parts.rendered(instrument, page, given)
                assert str(page_parts.filled(instrument, page, given)) == whole


def test_what_one_person_answered_is_not_on_the_next_persons_page(app, instrument):
    with app.test_request_context():
        last = pages.count(instrument)
        assert "thiếu" in page_parts.filled(instrument, last, answers(instrument, 3))
        for page in range(1, last + 1):
            empty = page_parts.filled(instrument, page, {})
            assert " checked" not in empty and "thiếu" not in empty
            assert f'value="{DONT_KNOW}"' in empty or page == last
