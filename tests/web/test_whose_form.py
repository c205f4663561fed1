"""Two people at one computer, coming back where one left off, taking an answer back."""

import pytest

from tests.web.browsing import HERE, token
from tests.web.person import Person, shown
from tests.web.test_parts import Page
from tests.web.test_respond import submit, words


@pytest.fixture
def shared(ann: Person, binh: Person) -> Person:
    """Binh at the computer where Ann's questionnaire is open."""
    ann.start()
    ann.send(1, 1, {ann.items(1, 1)[0]: "3"})
    return Person(ann.client, binh.row)


def test_every_page_of_a_questionnaire_says_by_which_code_it_was_opened(ann):
    ann.start()
    for address in ("/phieu", "/phieu/1/1", "/phieu/1/xem-lai", "/phieu/may-khac"):
        assert f"4 số cuối {ann.code[-4:]}" in words(ann.get(address)), address
    assert "4 số cuối" not in words(ann.get("/"))


def test_opening_a_second_link_asks_before_the_first_questionnaire_is_closed(shared, ann):
    assert f"4 số cuối {ann.code[-4:]}" in words(shared.get(shared.link))
    pressed = shared.client.post(f"{shared.link}/start", headers=HERE)
    asked = shown(shared.client, pressed)
    assert "đang mở phiếu của người khác" in words(asked)
    assert f"4 số cuối {ann.code[-4:]}" in words(shared.get("/phieu"))  # nothing happened yet
    fields = {one["name"]: one["value"] for one in Page(asked.text).all("input")}
    assert fields == {"instead": ann.code[-4:]}
    shared.client.post(f"{shared.link}/start", data=fields, headers=HERE)
    assert f"4 số cuối {shared.code[-4:]}" in words(shared.get("/phieu"))


def test_typing_a_second_code_asks_too(shared, ann):
    asked = shared.type_code(shared.code)
    assert "đang mở phiếu của người khác" in words(asked)
    assert "Lỗi:" not in asked.text
    fields = {one["name"]: one.get("value") for one in Page(asked.text).all("input")}
    opened = shared.client.post("/", data=fields, headers=HERE)
    assert opened.headers["Location"] == "/phieu"
    assert f"4 số cuối {shared.code[-4:]}" in words(shared.get("/phieu"))


def test_ones_own_code_again_is_not_asked_about(ann):
    ann.start()
    assert ann.client.post("/", data={"code": ann.code}, headers=HERE).headers["Location"] == (
        "/phieu"
    )


def test_a_page_left_open_by_another_is_written_into_nobodys_questionnaire(shared, ann):
    page = Page(ann.get("/phieu/1/1").text)
    old = {
        one["name"]: one.get("value") or ""
        for one in page.all("input")
        if one.get("type") == "hidden"
    }
    item = ann.items(1, 1)[0]
    given = {"instead": ann.code[-4:]}
    shared.client.post(f"{shared.link}/start", data=given, headers=HERE)
    refused = shared.client.post("/phieu/1/1", data={**old, item: "5"}, headers=HERE)
    assert refused.status_code == 409
    told = words(refused)
    assert f"4 số cuối {ann.code[-4:]}" in told and f"4 số cuối {shared.code[-4:]}" in told
    assert "không ghi vào phiếu của ai" in told
    assert 'href="/phieu"' not in refused.text  # the remedy does not lead into the other's
    assert shared.chosen(1, 1) == {}
    ann.client.post(f"{ann.link}/start", data={"instead": shared.code[-4:]}, headers=HERE)
    assert ann.chosen(1, 1) == {item: "3"}


def test_coming_back_leads_to_the_first_question_without_an_answer(ann, binh):
    ann.start()
    first, second = ann.items(1, 1)[:2]
    ann.send(1, 1, {first: "3"})
    assert ann.start().headers["Location"] == f"/phieu/1/1#{second}-item"
    for page in (1, 2, 3):
        chosen = dict.fromkeys(ann.items(1, page), "2")
        if not chosen:
            break
        ann.send(1, page, chosen)
    assert ann.start().headers["Location"] == "/phieu/1/xem-lai"
    binh.start()
    first, second = binh.items(1, 1)[:2]
    binh.send(1, 1, {first: "3"})
    assert f'href="/phieu/1/1#{second}-item"' in binh.get("/phieu").text


def test_save_and_answer_later_is_one_step_that_says_what_is_needed_to_come_back(ann):
    ann.start()
    first = ann.items(1, 1)[0]
    left = shown(ann.client, ann.send(1, 1, {first: "3"}, go="leave"))
    told = words(left)
    assert "Đã lưu. Phiếu đã đóng trên máy này" in told
    assert "17:00" in told and f"4 số cuối {ann.code[-4:]}" in told and "mã chuyển máy" in told
    assert ann.get("/phieu").status_code == 401
    ann.start()
    assert ann.chosen(1, 1) == {first: "3"}


def test_an_answer_is_taken_back_by_a_button_of_its_question(ann):
    ann.start()
    first, second = ann.items(1, 1)[:2]
    ann.send(1, 1, {first: "3", second: "2"})
    page = Page(ann.get("/phieu/1/1").text)
    clear = [one for one in page.all("button") if one.get("name") == "clear"]
    assert [one["value"] for one in clear if "hidden" not in one] == [first, second]
    answer = ann.send(1, 1, {}, clear=first)
    assert answer.headers["Location"] == f"/phieu/1/1#{first}-item"
    assert ann.chosen(1, 1) == {second: "2"}


def test_a_submitted_questionnaire_is_still_said_to_be_ones_own(ann):
    ann.start()
    ann.send(1, 1, {ann.items(1, 1)[0]: "3"})
    submit(ann)
    assert f"4 số cuối {ann.code[-4:]}" in words(ann.get("/phieu/1/bien-nhan"))
    assert token(ann.get("/phieu/1/bien-nhan"))
