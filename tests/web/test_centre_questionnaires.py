"""The centre looks at every questionnaire as its respondents will, on screen and on paper."""

import subprocess

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from surveyapp.accounts import audit
from surveyapp.campaigns import approvals, queries, service
from surveyapp.db import reading, transaction
from surveyapp.instruments.freeze import freeze
from surveyapp.instruments.xlsform.reading import read_xlsform
from surveyapp.responses.models import Draft
from tests import factories
from tests.campaigns.packs import edited_pack
from tests.web.browsing import post, sign_in
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
        posted = [form["action"] for form in page.all("form") if form.get("method") == "post"]
        assert set(posted) <= {f"/centre/tiny/questionnaires/M2/{page_number}"}
    assert centre.get("/centre/tiny/questionnaires/M2/4").status_code == 404
    assert centre.get("/centre/tiny/questionnaires/M9/1").status_code == 404
    with reading() as db:
        assert db.scalar(select(func.count()).select_from(Draft)) == 0


def test_the_page_before_answering_is_shown_with_the_words_respondents_read(centre):
    text = Page(centre.get("/centre/tiny/questionnaires/P2/0?lang=en").text).text
    assert "You are invited to answer a survey" in text
    assert "can no longer be looked at, changed or withdrawn, not even by you." in text


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


FORM = "/centre/tiny/questionnaires/M1"


def shown() -> approvals.ApprovalStatus:
    with reading() as db:
        return approvals.standing(db, queries.campaign(db, "tiny").id, "M1")


@pytest.fixture
def operator(centre: FlaskClient, app, now, moment) -> FlaskClient:
    with transaction() as db:
        factories.staff(db, now, "operator", username="operator")
    client = app.test_client()
    sign_in(client, "operator")
    return client


def test_a_questionnaire_is_approved_on_its_page_once_its_code_is_typed(operator, centre):
    assert "chưa được duyệt: M1, M2" in operator.get("/centre/tiny/questionnaires").text
    sha256 = shown().sha256
    refused = post(operator, FORM, FORM, sha256=sha256, confirmed="yes", note="QĐ 12/QĐ-BNV")
    assert refused.status_code == 422
    assert "gõ đúng mã phiếu: M1" in refused.text
    assert "QĐ 12/QĐ-BNV" in refused.text
    done = post(operator, FORM, FORM, sha256=sha256, confirmed=" m1 ", note="QĐ 12/QĐ-BNV")
    assert done.status_code == 303
    assert shown().state == "approved"
    page = Page(centre.get(FORM).text)
    assert "operator duyệt lúc 10:00 15/01/2024" in page.text
    assert sha256[:12] in page.text
    assert "Duyệt phiếu này" not in page.text
    with reading() as db:
        (entry,) = audit.entries(db, campaign_code="tiny", limit=1)
    assert entry.facts == {"questionnaire": "M1", "sha256": sha256, "note": "QĐ 12/QĐ-BNV"}


def test_where_two_people_are_wanted_the_page_waits_for_another(operator, app, now, tmp_path):
    two = "custody: server", "custody: server\nquestionnaire_approvals: 2"
    with transaction() as db:
        service.load_pack(db, edited_pack(tmp_path, "campaign.yaml", *two), now=now)
        factories.staff(db, now, "operator", username="second")
    given = {"sha256": shown().sha256, "confirmed": "M1"}
    assert post(operator, FORM, FORM, **given).status_code == 303
    page = operator.get(FORM).text
    assert "Người đã duyệt: operator." in page
    assert "Duyệt phiếu này" not in page
    assert "chờ người thứ hai duyệt" in operator.get("/centre/tiny/questionnaires").text
    assert post(operator, FORM, FORM, **given).status_code == 409
    second = app.test_client()
    sign_in(second, "second")
    assert "Duyệt phiếu này" in second.get(FORM).text
    assert post(second, FORM, FORM, **given).status_code == 303
    assert shown().state == "approved"


def test_a_questionnaire_that_changed_while_it_was_read_is_not_approved(operator, now, tmp_path):
    seen = shown().sha256
    with transaction() as db:
        pack = edited_pack(tmp_path, "questionnaires/M1.yaml", "en: Very good", "en: Excellent")
        service.load_pack(db, pack, now=now)
    refused = post(operator, FORM, FORM, sha256=seen, confirmed="M1")
    assert refused.status_code == 409
    assert "khác với" in refused.text
    assert shown().state == "never"


def test_the_page_tells_what_changed_since_the_approval(operator, now, tmp_path):
    with transaction() as db:
        campaign = queries.campaign(db, "tiny")
        factories.approve_questionnaires(db, campaign, now)
        pack = edited_pack(tmp_path, "questionnaires/M1.yaml", "en: Very good", "en: Excellent")
        service.load_pack(db, pack, now=now)
    page = Page(operator.get(FORM).text)
    assert "Thay đổi từ lần duyệt ấy" in page.text
    assert "1 Excellent" in page.text
    assert "1 Very good" in page.text
    life = Page(operator.get("/centre/tiny/life").text)
    assert FORM in [link["href"] for link in life.all("a")]


def test_an_unknown_questionnaire_is_not_there(operator):
    assert operator.get("/centre/tiny/questionnaires/Z9").status_code == 404


def test_the_page_says_what_the_linter_found_and_how_to_mend_it(operator, now, tmp_path):
    with transaction() as db:
        pack = edited_pack(
            tmp_path, "questionnaires/M1.yaml", "chất lượng kế hoạch", "kế hoạch và chỉ đạo"
        )
        service.load_pack(db, pack, now=now)
    page = Page(operator.get(FORM).text)
    assert "một câu hỏi hai điều, nối bằng “và”" in page.text
    assert "tách thành hai câu" in page.text
    listed = Page(operator.get("/centre/tiny/questionnaires").text)
    assert listed.text.count("1 chỗ nên xem lại") == 1


def test_the_workbook_of_the_page_reads_back_to_the_same_checksum(centre):
    answer = centre.get(f"{FORM}.xlsx")
    assert "tiny-M1.xlsx" in answer.headers["Content-Disposition"]
    assert freeze(read_xlsform(answer.data, file="M1.xlsx").questionnaire).sha256 == shown().sha256


def test_every_word_that_is_approved_stands_on_the_page(operator):
    page, form = " ".join(Page(operator.get(FORM).text).text.split()), shown().instrument
    texts = [form.title, form.introduction, form.remark.prompt, form.remark.warning]
    texts += [section.title for section in form.sections]
    texts += [item.text for item in form.items]
    texts += [option.label for item in form.items for option in item.options]
    missing = [text for text in texts if text.vi not in page or text.en not in page]
    assert missing == []
