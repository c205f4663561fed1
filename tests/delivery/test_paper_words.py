"""A letter says what the e-mail says, but for links and codes; the deadline and the duration are never lost."""

import pytest

from surveyapp.delivery import rules, templates
from surveyapp.delivery.letters.paper_words import LINKED, on_paper
from surveyapp.messaging.templates import fields_of


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("kind", [kind for kind in rules.KINDS if kind != "thanks"])
def test_every_letter_names_the_deadline_and_has_no_link(kind, language):
    text = templates.defaults()[kind, language].text
    paper = on_paper(text)
    assert "han" in fields_of(paper)
    assert ("phut" in fields_of(paper)) == ("phut" in fields_of(text))
    assert not fields_of(paper) & LINKED
