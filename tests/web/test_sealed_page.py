"""A page sent in after the session's end: sealed in the browser, saved once the same code is there again."""

import re
from datetime import timedelta

import pytest

from surveyapp.web.respond import sealed_page
from tests.web.browsing import HERE, led_to, token
from tests.web.person import Person, shown
from tests.web.test_parts import Page
from tests.web.test_respond import move, submit, words

NAME = "phieu_cho"


@pytest.fixture
def late(ann: Person, moment):
    """Ann answers two items, rests 61 minutes and presses the button; her page before that was saved."""
    return send_late(ann, moment)


def send_late(person: Person, moment, *, page: int = 1, **chosen: str):
    person.start()
    first, second = person.items(1, 1)[:2]
    person.send(1, 1, {first: "3"})
    stood = Page(person.get(f"/phieu/1/{page}").text)
    hidden = {
        one["name"]: one.get("value") or ""
        for one in stood.all("input")
        if one.get("type") == "hidden"
    }
    moment.at += timedelta(minutes=61)
    chosen = chosen or {first: "1", second: "4"}
    answer = person.client.post(f"/phieu/1/{page}", data={**hidden, **chosen}, headers=HERE)
    return shown(person.client, answer)


def answers(person: Person) -> list[str]:
    return list(person.chosen(1, 1).values())


def enter(person: Person, code: str):
    return person.client.post("/", data={"code": code}, headers=HERE)


def test_the_page_says_until_when_it_is_kept_and_nothing_is_saved_without_the_code(ann, late):
    assert late.status_code == 401
    assert "nhập lại mã hoặc mở lại liên kết trước 12:01" in words(late)
    assert ann.client.get_cookie(NAME).http_only
    assert ann.get("/phieu/1/1").status_code == 401


def test_typing_the_code_again_even_after_a_slip_saves_the_page_and_shows_it(ann, late):
    enter(ann, ann.code[:-1] + str((int(ann.code[-1]) + 1) % 10))
    assert led_to(enter(ann, ann.code)) == "/phieu/1/1"
    assert "nay đã được lưu" in words(ann.get("/phieu/1/1"))
    assert answers(ann) == ["1", "4"]
    assert ann.client.get_cookie(NAME) is None


def test_opening_the_link_again_saves_it_too(ann, late):
    assert led_to(ann.start()) == "/phieu/1/1"
    assert answers(ann) == ["1", "4"]


def test_another_persons_code_opens_nothing_of_it(ann, binh, late):
    ann.client.post(f"{binh.link}/start", headers=HERE)
    assert "nay đã được lưu" not in words(ann.get("/phieu/1/1"))
    assert ann.client.get_cookie(NAME) is None
    assert answers(ann) == []
    ann.start()
    assert answers(ann) == ["3"]


def test_what_lies_in_the_browser_opens_with_the_code_alone_and_for_an_hour(ann, binh, late, app):
    value = ann.client.get_cookie(NAME).value
    now = sealed_page.clock.now()
    with app.test_request_context():
        assert sealed_page.unseal(value, ann.code, now=now).number == 1
        assert sealed_page.unseal(value, binh.code, now=now) is None
        assert sealed_page.unseal(value[:-4] + "AAAA", ann.code, now=now) is None
        assert sealed_page.unseal(value, ann.code, now=now + sealed_page.LIFE) is None


def test_after_an_hour_it_is_not_saved_any_more(ann, late, moment):
    moment.at += sealed_page.LIFE
    ann.start()
    assert answers(ann) == ["3"]


def test_only_our_own_page_of_that_very_session_is_kept(ann, moment):
    ann.start()
    first = ann.items(1, 1)[0]
    of_another = token(ann.get("/phieu/1/1"))
    moment.at += timedelta(minutes=61)  # that session ends; the next has a token of its own
    ann.start()
    of_this = token(ann.get("/phieu/1/1"))
    moment.at += timedelta(minutes=61)
    for given, site in ((of_another, "same-origin"), ("", "same-origin"), (of_this, "cross-site")):
        fields = {f"was.{first}": "", first: "5", "csrf_token": given}
        answer = ann.client.post("/phieu/1/1", data=fields, headers={"Sec-Fetch-Site": site})
        assert shown(ann.client, answer).status_code in {400, 401}
        assert ann.client.get_cookie(NAME) is None


def test_the_script_is_told_that_its_answer_is_kept(ann, moment):
    ann.start()
    first = ann.items(1, 1)[0]
    given = {"csrf_token": token(ann.get("/phieu/1/1")), f"was.{first}": "", first: "5"}
    moment.at += timedelta(minutes=61)
    headers = {**HERE, "Accept": "application/json"}
    answer = ann.client.post("/phieu/1/luu", data=given, headers=headers)
    assert answer.status_code == 401
    assert answer.json["kept"] is True and "trước 12:01" in answer.json["message"]
    ann.start()
    assert answers(ann) == ["5"]


def test_a_remark_of_full_length_is_kept_and_what_no_cookie_holds_is_not_promised(ann, moment):
    last = len(re.findall('name="go" value="[0-9]+"', (ann.start(), ann.get("/phieu/1/1"))[1].text))
    remark = Page(ann.get(f"/phieu/1/{last}").text).all("textarea")[0]["name"]
    written = "".join(chr(0x1EA0 + (n * n * 7 + n // 3) % 90) for n in range(1000))
    late = send_late(ann, moment, page=last, **{f"was.{remark}": "", remark: written})
    assert len(ann.client.get_cookie(NAME).value) < 3_700
    assert "đang được giữ kín" in words(late)
    ann.start()
    assert written in ann.get(f"/phieu/1/{last}").text
    noise = "".join(chr(0x4E00 + (n * n * 7919) % 20000) for n in range(1400))
    late = send_late(ann, moment, page=last, **{f"was.{remark}": written, remark: noise})
    assert "chọn lại các câu của trang đó" in words(late)


def test_what_can_no_longer_be_saved_is_told(ann, late, moment, app):
    elsewhere = Person(app.test_client(), ann.row)
    elsewhere.begin_anew()
    elsewhere.send(1, 1, {elsewhere.items(1, 1)[0]: "2"})
    submit(elsewhere)
    ann.start()
    told = words(ann.get("/phieu"))
    assert "không lưu được" in told and "Phiếu đã nộp được niêm phong" in told


def test_a_campaign_that_closed_meanwhile_is_told(ann, late, moment):
    move(closes_at=moment.at - timedelta(minutes=31))
    enter(ann, ann.code)
    assert "không nhận thêm câu trả lời" in words(ann.get("/phieu"))


def press_late(person: Person, moment, address: str, **more: str):
    person.start()
    person.send(1, 1, {person.items(1, 1)[0]: "3"})
    given = {"csrf_token": token(person.get("/phieu/1/xem-lai")), "version": "01", **more}
    moment.at += timedelta(minutes=61)
    return shown(person.client, person.client.post(address, data=given, headers=HERE))


def test_submitting_too_late_says_so_and_the_code_leads_straight_back_to_the_review(ann, moment):
    late = press_late(ann, moment, "/phieu/1/nop")
    assert "Phiếu CHƯA được nộp" in words(late)
    assert "024 0000 0000" in words(late)
    assert led_to(enter(ann, ann.code)) == "/phieu/1/xem-lai"
    told = words(ann.get("/phieu/1/xem-lai"))
    assert "Phiếu CHƯA được nộp vì phiên làm việc đã hết" in told
    submit(ann)
    assert "Phiếu CHƯA được nộp" not in words(ann.get("/phieu/1/bien-nhan"))


def test_submitted_elsewhere_meanwhile_nothing_is_said_to_be_missing(ann, moment, app):
    press_late(ann, moment, "/phieu/1/nop")
    elsewhere = Person(app.test_client(), ann.row)
    elsewhere.begin_anew()
    elsewhere.send(1, 1, {elsewhere.items(1, 1)[0]: "2"})
    submit(elsewhere)
    ann.start()
    assert "CHƯA được nộp" not in words(ann.get("/phieu"))


@pytest.mark.parametrize("address", ["/phieu/ngon-ngu", "/phieu/1/1"])
def test_the_button_of_the_language_pressed_too_late_is_answered_in_that_language(
    ann, moment, address
):
    late = press_late(ann, moment, address, language="en")
    assert '<html lang="en"' in late.text


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("/phieu/roi-khoi", "phiếu đã đóng trên máy này"),
        ("/phieu/khai-bao/decline", "CHƯA được ghi nhận"),
        ("/phieu/may-khac", "mã chuyển máy chưa được cấp"),
        ("/phieu/rut-lai", "CHƯA được rút lại"),
        ("/phieu/gia-han", "Phiên làm việc trước đã kết thúc"),
    ],
)
def test_after_the_end_each_button_is_told_what_became_of_it(ann, moment, address, told):
    late = words(press_late(ann, moment, address))
    assert told in late and "trang vừa gửi" not in late
    assert ann.client.get_cookie(NAME) is None
