"""Two people at one computer, coming back where one left off, taking an answer back."""

import re

import pytest

from tests.web.browsing import HERE, led_to, token, unmarked
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
    assert led_to(opened) == "/phieu"
    assert f"4 số cuối {shared.code[-4:]}" in words(shared.get("/phieu"))


def test_ones_own_code_again_is_not_asked_about(ann):
    ann.start()
    assert led_to(ann.client.post("/", data={"code": ann.code}, headers=HERE)) == "/phieu/1/1"


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
    answer = shared.client.post("/phieu/1/1", data={**old, item: "5"}, headers=HERE)
    refused = shown(shared.client, answer)
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
    assert led_to(ann.start()) == f"/phieu/1/1#{second}-item"
    for page in (1, 2, 3):
        chosen = dict.fromkeys(ann.items(1, page), "2")
        if not chosen:
            break
        ann.send(1, page, chosen)
    assert led_to(ann.start()) == "/phieu/1/xem-lai"
    binh.start()
    first, second = binh.items(1, 1)[:2]
    binh.send(1, 1, {first: "3"})
    assert f'href="/phieu/1/1#{second}-item"' in unmarked(binh.get("/phieu").text)


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
    assert led_to(answer) == f"/phieu/1/1#{first}-item"
    assert ann.chosen(1, 1) == {second: "2"}


def test_a_submitted_questionnaire_is_still_said_to_be_ones_own(ann):
    ann.start()
    ann.send(1, 1, {ann.items(1, 1)[0]: "3"})
    submit(ann)
    assert f"4 số cuối {ann.code[-4:]}" in words(ann.get("/phieu/1/bien-nhan"))
    assert token(ann.get("/phieu/1/bien-nhan"))


def test_an_address_of_another_invitation_shows_and_writes_nothing_and_leads_nowhere_else(
    shared, ann
):
    old = ann.get("/phieu").text
    [address] = re.findall(r'href="(/phieu/1/1\?cua=[\w-]{8})#', old)
    given = {"instead": ann.code[-4:]}
    shared.client.post(f"{shared.link}/start", data=given, headers=HERE)
    mark = address.partition("?")[2]
    for page in (
        address,
        f"/phieu?{mark}",
        f"/phieu/1/xem-lai?{mark}",
        f"/phieu/1/bien-nhan?{mark}",
    ):
        refused = shared.get(page)
        assert refused.status_code == 409, page
        assert "thuộc phiếu của người khác" in words(refused)
        assert "fieldset" not in refused.text
        led = {one["href"].partition("&")[0] for one in Page(refused.text).all("a")}
        assert not {one for one in led if one.startswith("/phieu")} - {
            page
        }  # in the other language
    ann.client.post(f"{ann.link}/start", data={"instead": shared.code[-4:]}, headers=HERE)
    assert ann.get(address).status_code == 200


def test_the_mark_in_addresses_is_the_same_at_every_device_and_says_nothing_of_the_code(ann, app):
    there = Person(app.test_client(), ann.row)
    first, second = ann.start().headers["Location"], there.start().headers["Location"]
    assert first == second
    mark = re.search(r"cua=([\w-]{8})", first)
    assert mark and ann.code not in first and ann.link.rpartition("/")[2] not in first


def test_the_language_button_stays_under_the_mark(ann):
    ann.start()
    page = Page(ann.get("/phieu/1/xem-lai").text)
    [back] = [one["value"] for one in page.all("input") if one.get("name") == "back"]
    answer = ann.post("/phieu/ngon-ngu", language="en", back=back)
    assert re.fullmatch(r"/phieu/1/xem-lai\?cua=[\w-]{8}", answer.headers["Location"])
    assert ann.get(answer.headers["Location"]).status_code == 200


def test_a_code_leads_whoever_has_begun_to_the_first_question_without_an_answer(ann):
    ann.start()
    first, second = ann.items(1, 1)[:2]
    ann.send(1, 1, {first: "3"}, go="leave")
    opened = ann.client.post("/", data={"code": ann.code}, headers=HERE)
    assert led_to(opened) == f"/phieu/1/1#{second}-item"


def test_the_link_opened_twice_leaves_the_first_tab_able_to_save(ann):
    ann.start()
    first_tab = token(ann.get("/phieu/1/1"))
    ann.start()
    item = ann.items(1, 1)[0]
    fields = {"csrf_token": first_tab, "page": "1", "own": ann.code[-4:], item: "3"}
    saved = ann.client.post("/phieu/1/luu", data=fields | {f"was.{item}": ""}, headers=HERE)
    assert saved.status_code == 200 and saved.json["answers"][item] == "3"


def test_the_next_persons_session_takes_no_token_of_the_one_before(shared, ann):
    old = token(ann.get("/phieu/1/1"))
    fields = {"instead": ann.code[-4:]}
    shared.client.post(f"{shared.link}/start", data=fields, headers=HERE)
    answer = shared.client.post("/phieu/1/luu", data={"csrf_token": old, "page": "1"}, headers=HERE)
    refused = shown(shared.client, answer)
    assert refused.status_code >= 400
