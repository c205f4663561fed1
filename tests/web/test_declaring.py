"""What is declared instead of answering is shown again, and can be taken back until the deadline."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from surveyapp.assignments.models import Assignment
from surveyapp.db import reading
from surveyapp.invitations import declarations
from surveyapp.invitations.models import Declaration
from tests.web.browsing import HERE, led_to, token
from tests.web.test_deadline import closes_at
from tests.web.test_parts import Page
from tests.web.test_respond import words


def dispositions() -> set[str]:
    with reading() as db:
        return {str(one) for one in db.scalars(select(Assignment.disposition))}


def said() -> list[str]:
    with reading() as db:
        return list(db.scalars(select(Declaration.kind)))


@pytest.mark.parametrize(
    ("kind", "told"),
    [("decline", "Tôi không muốn trả lời"), ("moved", "Tôi đã chuyển công tác hoặc nghỉ hưu")],
)
def test_the_link_shows_what_was_declared_and_takes_it_back(ann, kind, told):
    before = dispositions()
    assert "Rút lại" not in ann.get(ann.link).text
    ann.client.post(f"{ann.link}/{kind}", headers=HERE)
    declared = dispositions()
    assert declared != before
    page = ann.get(ann.link)
    assert "Ông/Bà đã báo ngày" in words(page) and told in words(page).split("Vì vậy")[0]
    assert dispositions() == declared  # looking changes nothing
    taken = ann.client.post(f"{ann.link}/rut-lai", headers=HERE)
    after = words(ann.get(taken.headers["Location"]))
    assert "Đã rút lại" in after and "Ông/Bà đã báo ngày" not in after
    assert dispositions() == before
    assert said() == []
    ann.client.post(f"{ann.link}/rut-lai", headers=HERE)
    assert dispositions() == before


def test_declaring_by_a_link_closes_nobody_elses_questionnaire_on_a_shared_computer(ann, binh):
    ann.start()
    ann.client.post(f"{binh.link}/decline", headers=HERE)
    assert ann.code[-4:] in words(ann.get("/phieu/1/1"))
    ann.client.post(f"{ann.link}/decline", headers=HERE)
    assert ann.get("/phieu/1/1").status_code == 401


def test_the_page_after_leaving_answers_after_a_declaration_too(ann):
    """A declaration leaves its own words to tell; the page of leaving finds nobody's answers among them."""
    ann.start()
    asked = "/phieu/khai-bao/decline"
    ann.client.post(asked, data={"csrf_token": token(ann.get(asked))}, headers=HERE)
    page = ann.get("/da-dong")
    assert page.status_code == 200
    assert "Phiếu đã đóng trên máy này" in page.text


def test_whoever_had_begun_is_again_begun_and_finds_the_answers(ann):
    ann.start()
    first = ann.items(1, 1)[0]
    ann.send(1, 1, {first: "3"})
    ann.post("/phieu/khai-bao/decline")
    ann.client.post("/", data={"code": ann.code}, headers=HERE)
    page = ann.get("/phieu")
    assert "Ông/Bà đã báo ngày" in words(page)
    assert "/phieu/rut-lai" in {one.get("action") for one in Page(page.text).all("form")}
    assert led_to(ann.post("/phieu/rut-lai")) == "/phieu"
    assert "Đã rút lại" in words(ann.get("/phieu"))
    assert "begun" in dispositions() and "refused" not in dispositions()
    assert ann.chosen(1, 1) == {first: "3"}


def test_after_the_deadline_nothing_is_taken_back(ann, moment):
    ann.client.post(f"{ann.link}/decline", headers=HERE)
    declared = dispositions()
    moment.at = closes_at() + timedelta(minutes=1)
    assert "Rút lại" not in ann.get(ann.link).text
    assert ann.client.post(f"{ann.link}/rut-lai", headers=HERE).status_code == 403
    assert dispositions() == declared


def test_the_centre_waits_for_nothing_that_was_taken_back(ann):
    ann.client.post(f"{ann.link}/not_me", headers=HERE)
    with reading() as db:
        assert declarations.count_waiting(db, 1) == 1
    ann.client.post(f"{ann.link}/rut-lai", headers=HERE)
    with reading() as db:
        assert declarations.count_waiting(db, 1) == 0
