"""The centre tries a questionnaire before it is part of anything: faults in place, lint, comparison, pages."""

import io

import pytest
from sqlalchemy import func, select

from surveyapp.campaigns import approvals, queries
from surveyapp.db import reading, transaction
from surveyapp.instruments.reading import read_questionnaire
from surveyapp.instruments.xlsform.writing import write_xlsform
from surveyapp.responses.models import Draft
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


def fields_of(answer) -> dict[str, str]:
    """What the page's form carries along: its hidden fields."""
    hidden = [one for one in Page(answer.text).all("input") if one.get("type") == "hidden"]
    return {one["name"]: one.get("value", "") for one in hidden}


def walk(client, before, page: int, **chosen: str):
    given = {**fields_of(before), "go": "next", **chosen}
    return client.post(f"{ADDRESS}/{page}", data=given, headers=HERE)


def test_a_draft_is_walked_through_as_its_routing_leads_and_nothing_is_kept(operator):
    first = walk(operator, handed_in(operator, "DDCI.yaml", DDCI.read_bytes()), 0, go="1")
    assert Page(first.text).text.count("Bản xem trước, không lưu gì.") == 1
    second = walk(operator, first, 1, **{"DX-101": "1", "DX-102": "0120"})
    assert "2. Đánh giá" in Page(second.text).text
    third = walk(operator, second, 2, **{"DX-203": "4"})
    assert 'id="DX-301-item"' in third.text
    back = walk(operator, third, 3, go="1", **{"DX-301": "2"})
    assert 'name="DX-102" value="120"' in back.text
    on = walk(operator, back, 1, **{"DX-101": "2", "DX-102": "120"})
    review = walk(operator, walk(operator, on, 2, **{"DX-203": "1"}), 4)
    text = Page(review.text).text
    assert "120 lượt (không tính" in text
    assert "chưa có phiếu mang mã" in text
    with reading() as db:
        assert db.scalar(select(func.count()).select_from(Draft)) == 0


def test_what_a_respondent_would_be_refused_is_refused_on_the_walk_beside_its_question(operator):
    first = walk(operator, handed_in(operator, "DDCI.yaml", DDCI.read_bytes()), 0, go="1")
    refused = walk(operator, first, 1, **{"DX-101": "1", "DX-102": "501"})
    assert refused.status_code == 422
    assert "Ghi một số nguyên từ 1 đến 500." in Page(refused.text).text
    assert 'name="DX-102" value="501"' in refused.text


def test_a_draft_that_is_not_ours_leads_back_to_the_file(operator):
    first = walk(operator, handed_in(operator, "DDCI.yaml", DDCI.read_bytes()), 0, go="1")
    forged = walk(operator, first, 1, draft="e30.forged")
    assert forged.location == ADDRESS


def test_a_draft_is_approved_at_the_end_of_its_walk_and_stands_so_once_it_is_loaded(operator):
    path = TINY / "questionnaires" / "M1.yaml"
    changed = path.read_text(encoding="utf-8").replace("chất lượng kế", "chất lượng của kế", 1)
    first = walk(operator, handed_in(operator, "M1.yaml", changed.encode()), 0, go="1")
    review = walk(operator, first, 1, go="review")
    asked = fields_of(review)
    wrong = operator.post("/centre/tiny/questionnaires/M1", data=asked, headers=HERE)
    assert wrong.status_code == 422
    assert fields_of(wrong)["draft"] == asked["draft"]
    given = {**asked, "confirmed": "M1"}
    assert operator.post("/centre/tiny/questionnaires/M1", data=given, headers=HERE).location
    with reading() as db:
        campaign = queries.campaign(db, "tiny")
        loaded = approvals.standing(db, campaign.id, "M1")
        drafted = approvals.history(db, campaign.id, "M1")[0]
    assert loaded.state == "changed"
    assert drafted.sha256 == asked["sha256"] != loaded.sha256
