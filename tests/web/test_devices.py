"""Unfinished answers are shown where they were begun; a link alone shows nothing of them elsewhere."""

import pytest
from sqlalchemy import select

from surveyapp.accounts import audit
from surveyapp.accounts.models import AuditEntry
from surveyapp.db import reading, transaction
from surveyapp.responses import draft_secret
from surveyapp.responses.models import Draft, DraftSecret, SealedBallot
from surveyapp.web.http import sessions
from tests import factories
from tests.web.browsing import HERE, led_to, post, sign_in, token
from tests.web.person import Person
from tests.web.test_parts import Page
from tests.web.test_respond import stored, submit, words

GATE = "/phieu/may-moi"


@pytest.fixture
def item(ann) -> str:
    """Ann began at her own device and chose 2 in the first question."""
    ann.start()
    first = ann.items(1, 1)[0]
    ann.send(1, 1, {first: "2"})
    return first


@pytest.fixture
def elsewhere(app, ann, item) -> Person:
    """Somebody with Ann's link at a device that never began: she herself, or who sends the letters."""
    return Person(app.test_client(), ann.row)


def test_a_link_at_a_device_that_did_not_begin_shows_nothing_that_was_saved(elsewhere, item):
    assert led_to(elsewhere.start()) == GATE
    for address in ("/phieu", "/phieu/1/1", "/phieu/1/xem-lai"):
        answer = elsewhere.get(address)
        assert (answer.status_code, led_to(answer)) == (303, GATE)
    page = elsewhere.get(GATE)
    assert page.status_code == 200
    assert "Phần đã lưu trên máy kia không mất" in words(page)
    assert "Nếu chỉ cần liên kết là thấy câu trả lời đang dở" in words(page)
    assert item not in page.text


def test_a_typed_code_shows_no_more_than_the_link(elsewhere):
    opened = elsewhere.client.post("/", data={"code": elsewhere.code}, headers=HERE)
    assert led_to(opened) == GATE
    assert led_to(elsewhere.get("/phieu")) == GATE


def test_nothing_is_saved_or_submitted_from_there_either(elsewhere, item):
    elsewhere.start()
    given = {"csrf_token": token(elsewhere.get(GATE)), f"was.{item}": "2", item: "5"}
    sent = elsewhere.client.post("/phieu/1/1", data=given, headers=HERE)
    assert led_to(sent) == GATE
    json = {**HERE, "Accept": "application/json"}
    saved = elsewhere.client.post("/phieu/1/luu", data=given, headers=json)
    assert saved.status_code == 409
    assert "chưa được xem" in saved.json["message"]
    handed = elsewhere.client.post("/phieu/may-khac", data=given, headers=HERE)
    assert led_to(handed) == GATE
    elsewhere.client.post("/phieu/1/nop", data={**given, "version": "00" * 16}, headers=HERE)
    assert stored(SealedBallot) == 0


def test_the_ten_digits_of_the_first_device_show_them_here(ann, elsewhere, item):
    elsewhere.start()
    opened = elsewhere.client.post("/", data={"code": ann.pass_on()}, headers=HERE)
    assert led_to(opened).startswith("/phieu/1/1#")
    assert elsewhere.chosen(1, 1) == {item: "2"}
    elsewhere.send(1, 1, {item: "3"})
    assert ann.chosen(1, 1) == {item: "3"}
    assert stored(Draft) == 1


def test_beginning_anew_never_destroys_what_was_saved_before(ann, elsewhere, item):
    assert led_to(elsewhere.begin_anew()) == "/phieu"
    assert elsewhere.chosen(1, 1) == {}
    elsewhere.send(1, 1, {item: "5"})
    assert (ann.chosen(1, 1), elsewhere.chosen(1, 1)) == ({item: "2"}, {item: "5"})
    for person in (ann, elsewhere):
        assert "Trên máy khác cũng có câu trả lời chưa nộp" in words(person.get("/phieu"))
        assert "Nộp ở đây thì phần đó bị xóa" in words(person.get("/phieu/1/xem-lai"))
    submit(elsewhere)
    assert (stored(SealedBallot), stored(Draft)) == (1, 0)
    assert led_to(ann.get("/phieu/1/1")) == "/phieu/1/bien-nhan"


def test_the_device_that_began_is_asked_nothing_when_it_comes_back(ann, item, moment):
    moment.at += sessions.ABSOLUTE * 2
    assert ann.get("/phieu/1/1").status_code == 401
    assert led_to(ann.start()).startswith("/phieu/1/1#")
    assert ann.chosen(1, 1) == {item: "2"}
    ann.post("/phieu/roi-khoi")
    ann.client.post("/", data={"code": ann.code}, headers=HERE)
    assert ann.chosen(1, 1) == {item: "2"}


def test_two_people_of_one_browser_each_find_their_own(ann, binh, item):
    binh.client = ann.client
    assert led_to(binh.start()) == "/phieu"
    other = binh.items(1, 1)[0]
    binh.send(1, 1, {other: "4"})
    ann.start()
    assert ann.chosen(1, 1) == {item: "2"}
    binh.start()
    assert binh.chosen(1, 1) == {other: "4"}


def test_where_nothing_is_saved_any_device_begins_without_being_asked(app, ann):
    ann.start()
    other = Person(app.test_client(), ann.row)
    assert led_to(other.start()) == "/phieu/1/1"


def test_the_browsers_cookie_hides_what_it_holds_and_is_kept_from_scripts(ann, item):
    cookie = ann.client.get_cookie("phieu_may")
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    assert ann.code not in cookie.value


def test_a_changed_cookie_is_a_device_that_did_not_begin(ann, item):
    value = ann.client.get_cookie("phieu_may").value
    ann.client.set_cookie("phieu_may", value[:-4] + "AAAA")
    assert led_to(ann.start()) == GATE


def test_reading_the_page_of_another_device_changes_nothing_and_sets_no_cookie(elsewhere):
    elsewhere.start()
    before = stored(Draft)
    page = elsewhere.get(GATE)
    assert "Set-Cookie" not in page.headers
    assert stored(Draft) == before


def test_the_page_is_there_in_english(elsewhere):
    elsewhere.start(language="en")
    text = Page(elsewhere.get(GATE).text).text
    assert "You are at another device" in text
    assert "Answer again from the start" in text


# ---- the campaign's secret


@pytest.fixture
def operator(app, engine, now, ann):
    with transaction() as db:
        factories.staff(db, now, "operator", username="op")
    client = app.test_client()
    sign_in(client, "op")
    return client


def test_closing_destroys_the_secret_with_every_draft_and_there_are_minutes(
    operator, ann, item, settings, keys, now
):
    where = draft_secret.folder(settings)
    assert [path.name for path in where.iterdir()] == ["tiny"]
    assert (where / "tiny").stat().st_mode & 0o077 == where.stat().st_mode & 0o077 == 0
    assert operator.get("/centre/tiny/life/draft-minutes.pdf").status_code == 404
    with transaction() as db:
        factories.end_collection(db, "tiny", now=now)
    post(operator, "/centre/tiny/life", "/centre/tiny/life/close", close_confirmed="tiny")
    assert list(where.iterdir()) == []
    assert stored(Draft) == 0
    page = operator.get("/centre/tiny/life")
    assert "1 bản nháp chưa nộp đã xóa" in words(page)
    paper = operator.get("/centre/tiny/life/draft-minutes.pdf")
    assert paper.data.startswith(b"%PDF")
    with reading() as db:
        known = db.scalars(select(DraftSecret)).one()
        assert known.drafts_left == 1
        actions = [
            entry.action for entry in db.scalars(select(AuditEntry).order_by(AuditEntry.number))
        ]
        audit.verify(db, keys=keys)
    assert [action for action in actions if action.startswith("draft_secret")] == [
        "draft_secret.made",
        "draft_secret.destroyed",
    ]


def test_a_server_without_the_secret_says_so_and_loses_nothing(ann, item, settings):
    path = draft_secret.folder(settings) / "tiny"
    kept = path.read_bytes()
    path.unlink()
    answer = ann.get("/phieu/1/1")
    assert answer.status_code == 503
    assert "Không có gì bị mất" in words(answer)
    assert ann.start().status_code == 503
    assert not path.exists()
    path.write_bytes(kept)
    assert ann.chosen(1, 1) == {item: "2"}
