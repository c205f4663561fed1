"""The centre looks at every questionnaire as its respondents will, on screen and on paper."""

import subprocess

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from surveyapp.db import reading, transaction
from surveyapp.responses.models import Draft
from tests import factories
from tests.web.browsing import sign_in
from tests.web.test_parts import Page


@pytest.fixture
def centre(client: FlaskClient, now) -> FlaskClient:
    """A viewer of the centre, signed in."""
    with transaction() as db:
        factories.campaign(db, now)
        factories.staff(db, now, "viewer", username="viewer")
    sign_in(client, "viewer")
    return client


def test_every_group_has_its_preview_and_its_printed_forms(centre):
    page = Page(centre.get("/centre/tiny/questionnaires").text)
    links = [link["href"] for link in page.all("a")]
    for group in ("M1", "M5", "P1", "P4"):
        assert f"/centre/tiny/questionnaires/{group}/0" in links
        assert f"/centre/tiny/questionnaires/{group}.vi.pdf" in links
        assert f"/centre/tiny/questionnaires/{group}.en.pdf" in links


def test_the_preview_walks_through_all_pages_marked_and_without_a_way_to_store(centre):
    for page_number in range(4):
        answer = centre.get(f"/centre/tiny/questionnaires/M2/{page_number}")
        page = Page(answer.text)
        assert answer.status_code == 200
        assert "Bản xem trước, không lưu gì." in page.text
        assert [form for form in page.all("form") if form.get("method") == "post"] == []
        assert page.all("script") == []
    assert centre.get("/centre/tiny/questionnaires/M2/4").status_code == 404
    assert centre.get("/centre/tiny/questionnaires/M9/1").status_code == 404
    with reading() as db:
        assert db.scalar(select(func.count()).select_from(Draft)) == 0


def test_the_page_before_answering_is_shown_with_the_words_respondents_read(centre):
    text = Page(centre.get("/centre/tiny/questionnaires/P2/0?lang=en").text).text
    assert "You are invited to answer a survey" in text
    assert "nobody can find, see, change or withdraw it" in text


@pytest.mark.parametrize(
    ("language", "title", "unsure"),
    [("vi", "Mẫu minh họa", "Không biết / Không có ý kiến"), ("en", "illustrative", "Don't know")],
)
def test_the_printed_form_holds_every_question_in_letters_that_can_be_read(
    centre, tmp_path, language, title, unsure
):
    answer = centre.get(f"/centre/tiny/questionnaires/M2.{language}.pdf")
    assert answer.mimetype == "application/pdf"
    file = tmp_path / "form.pdf"
    file.write_bytes(answer.data)
    text = subprocess.run(
        ["pdftotext", "-layout", str(file), "-"], capture_output=True, text=True, check=True
    ).stdout
    words = " ".join(text.split()).replace("’", "'")
    assert title in words
    assert words.count(unsure) == 5  # one of the six items does not offer it
    fonts = subprocess.run(["pdffonts", str(file)], capture_output=True, text=True, check=True)
    assert "BeVietnamPro" in fonts.stdout
