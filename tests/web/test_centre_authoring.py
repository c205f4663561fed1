"""The centre tries a questionnaire before it is part of anything: faults in place, lint, comparison, pages."""

import io

import pytest

from surveyapp.db import transaction
from surveyapp.instruments.reading import read_questionnaire
from surveyapp.instruments.xlsform.writing import write_xlsform
from tests import factories
from tests.campaigns.packs import SHIPPED, TINY
from tests.web.browsing import HERE, sign_in, token
from tests.web.test_parts import Page

DDCI = SHIPPED / "ddci-pilot" / "questionnaires" / "DDCI.yaml"
ADDRESS = "/centre/tiny/questionnaires/draft"


@pytest.fixture
def operator(client, now):
    with transaction() as db:
        factories.campaign(db, now)
        factories.staff(db, now, "operator", username="operator")
    sign_in(client, "operator")
    return client


def handed_in(client, name: str, content: bytes, **more: str):
    given = {"csrf_token": token(client.get(ADDRESS)), "file": (io.BytesIO(content), name), **more}
    return client.post(ADDRESS, data=given, headers=HERE, content_type="multipart/form-data")


def test_a_form_of_every_kind_is_shown_with_its_pages_and_its_conditions(operator):
    answer = handed_in(operator, "DDCI.yaml", DDCI.read_bytes())
    text = Page(answer.text).text
    assert answer.status_code == 200
    for words in (
        "đọc được, không có lỗi",
        "Chỉ trả lời nếu câu 1 chọn “Có”",
        "Chọn nhiều nhất 3 phương án",
    ):
        assert words in text


def test_a_spreadsheet_is_read_and_given_back_as_a_file_for_the_pack(operator):
    content = write_xlsform(read_questionnaire(DDCI))
    answer = handed_in(operator, "form.xlsx", content)
    assert answer.status_code == 200
    assert "bands:" in answer.text


def test_every_fault_stands_with_its_line_and_nothing_is_kept(operator):
    spoilt = DDCI.read_text(encoding="utf-8").replace("kind: number", "kind: date", 1)
    answer = handed_in(operator, "DDCI.yaml", spoilt.encode())
    assert answer.status_code == 422
    text = Page(answer.text).text
    assert "chỉ nhận một trong: single, multiple, number, text" in text
    assert "DX-102" in text


def test_an_empty_post_is_answered_with_what_is_missing(operator):
    given = {"csrf_token": token(operator.get(ADDRESS))}
    answer = operator.post(ADDRESS, data=given, headers=HERE)
    assert answer.status_code == 422
    assert "Xin chọn tệp phiếu." in answer.text


def test_a_changed_word_is_told_and_ends_the_series_with_the_other_round(operator):
    path = TINY / "questionnaires" / "M1.yaml"
    changed = path.read_text(encoding="utf-8").replace(
        "chất lượng kế hoạch", "chất lượng của kế hoạch", 1
    )
    answer = handed_in(operator, "M1.yaml", changed.encode(), round="tiny")
    text = Page(answer.text).text
    assert "M1-101 Câu hỏi" in text
    assert "không nối được" in text
    assert "lời câu hỏi hoặc gợi ý khác nhau" in text
