"""Remarks on the page where two operators decide what of them leaves."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from surveyapp.accounts.models import AuditEntry
from surveyapp.db import reading, transaction
from surveyapp.exports.disclosure import remark_review
from surveyapp.responses.models import Remark
from tests import factories
from tests.exports.opened import opened_campaign
from tests.web.browsing import HERE, sign_in, token

PAGE = "/centre/tiny/remarks"
WRITTEN = "ông Nguyễn Văn An giải quyết chậm"
PROPOSED = "ông […] giải quyết chậm"


@pytest.fixture
def one_person():
    """Here it takes two."""


@pytest.fixture(autouse=True)
def _opened(app, now, moment):
    with transaction() as db:
        opened_campaign(db, now, remarks=(("ministry", WRITTEN),), reviewed=False)
        for username in ("an", "binh"):
            factories.staff(db, now, "operator", username=username)
        for role in ("viewer", "auditor"):
            factories.staff(db, now, role)


@pytest.fixture
def an(app):
    client = app.test_client()
    sign_in(client, "an")
    return client


@pytest.fixture
def binh(app):
    client = app.test_client()
    sign_in(client, "binh")
    return client


def id_of_remark():
    with reading() as db:
        return db.scalars(select(Remark.id)).one().hex()


def decide(client, stage, text=PROPOSED, verdict="leaves", **more):
    """Give the form of the page with that choice for the one remark."""
    id_ = id_of_remark()
    fields = {f"text.{id_}": text, f"verdict.{id_}": verdict, **more}
    fields["csrf_token"] = token(client.get(f"{PAGE}?stage={stage}"))
    return client.post(f"{PAGE}?stage={stage}", data=fields, headers=HERE)


def tally():
    with reading() as db:
        campaign_id = db.scalars(select(Remark.campaign_id)).first()
        return remark_review.tally(db, campaign_id)


def leaving():
    with reading() as db:
        campaign_id = db.scalars(select(Remark.campaign_id)).one()
        return [one.text for one in remark_review.accepted(db, campaign_id)]


def test_a_name_is_marked_and_what_would_leave_is_written_below(an):
    page = an.get(PAGE).text
    assert "<mark>Nguyễn Văn An</mark> giải quyết chậm" in page
    assert re.search(rf"<textarea[^>]*>\s*{re.escape(PROPOSED)}</textarea>", page)


def test_one_proposes_another_agrees_and_it_leaves(an, binh):
    assert decide(an, "new").status_code == 303
    assert leaving() == []
    assert "Đề nghị phát hành, an" in binh.get(f"{PAGE}?stage=proposed").text
    assert decide(binh, "proposed").status_code == 303
    assert leaving() == [PROPOSED]
    assert "Đồng ý: binh" in an.get(f"{PAGE}?stage=settled").text


def test_the_same_person_agrees_to_nothing(an):
    decide(an, "new")
    given = decide(an, "proposed")
    assert "cần một người khác đồng ý" in an.get(given.location).text
    assert (tally().proposed, leaving()) == (1, [])


def test_who_thinks_otherwise_proposes_anew(an, binh):
    decide(an, "new")
    decide(binh, "proposed", verdict="stays")
    assert "Đề nghị không phát hành, binh" in an.get(f"{PAGE}?stage=proposed").text
    decide(an, "proposed", verdict="stays")
    assert (tally().settled, leaving()) == (1, [])


def plain_remark(text="Nên giảm họp."):
    """Another remark in which nothing is found; its id."""
    with transaction() as db:
        campaign_id = db.scalars(select(Remark.campaign_id)).first()
        db.add(Remark(id=bytes(15) + b"\1", campaign_id=campaign_id, level="ministry", text=text))
    return (bytes(15) + b"\1").hex()


def test_one_press_takes_out_what_is_marked_and_leaves_the_others_to_a_decision_of_their_own(an):
    marked, plain = id_of_remark(), plain_remark()
    page = an.get(PAGE)
    assert "Trang này có 1 ý kiến được đánh dấu" in page.text
    fields = {f"text.{marked}": PROPOSED, f"text.{plain}": "Nên giảm họp.", "as_proposed": "1"}
    an.post(PAGE, data=fields | {"csrf_token": token(page)}, headers=HERE)
    assert (tally().proposed, tally().new) == (1, 1)


def test_one_press_agrees_to_nothing_that_another_proposed(an, binh):
    decide(an, "new")
    assert 'name="as_proposed"' not in binh.get(f"{PAGE}?stage=proposed").text
    decide(binh, "proposed", verdict="", as_proposed="1")
    assert (tally().proposed, leaving()) == (1, [])


def test_one_press_does_not_let_leave_what_somebody_typed_otherwise(an):
    decide(an, "new", text="ông […] chậm", verdict="", as_proposed="1")
    assert tally().new == 1


def test_there_is_no_button_for_everything_any_more(an):
    decide(an, "new", verdict="", whole_page="1")
    assert tally().new == 1


def test_what_is_settled_stays_as_it_is_in_these_words(an, binh):
    decide(an, "new")
    decide(binh, "proposed")
    page = an.get(f"{PAGE}?stage=settled").text
    assert "Giữ như đã quyết định" in page
    assert "Để sau" not in page


def test_what_is_released_as_written_is_not_printed_twice(an, binh):
    with transaction() as db:
        db.scalars(select(Remark)).one().text = "Tốt, cần giữ."
    decide(an, "new", text="Tốt, cần giữ.")
    page = an.get(f"{PAGE}?stage=proposed").text
    assert "Sẽ phát hành nguyên văn." in page
    assert page.count("Tốt, cần giữ.") == 2, "as it was written, and in the field"


def test_a_page_holds_ten_with_the_words_folded(an):
    with transaction() as db:
        campaign_id = db.scalars(select(Remark.campaign_id)).one()
        for number in range(1, 13):
            id_ = bytes(15) + bytes([number])
            db.add(Remark(id=id_, campaign_id=campaign_id, level="ministry", text="Tốt."))
    page = an.get(PAGE).text
    assert page.count('class="card remark"') == 10
    assert page.count("<details") >= 10
    assert "<details open" not in page
    assert 'class="card remark"' in an.get(f"{PAGE}?page=2").text


def test_what_is_left_for_later_stays_new(an):
    decide(an, "new", verdict="")
    assert tally().new == 1


def test_other_words_are_refused_beside_the_field_and_nothing_typed_is_lost(an):
    answer = decide(an, "new", text="ông […] giải quyết nhanh")
    assert answer.status_code == 422
    assert "không được sửa hay thêm lời" in answer.text
    assert "giải quyết nhanh</textarea>" in answer.text
    assert tally().new == 1


def test_an_unknown_remark_is_refused(an):
    unknown = "0" * 32
    fields = {
        f"text.{unknown}": "x",
        f"verdict.{unknown}": "stays",
        "csrf_token": token(an.get(PAGE)),
    }
    assert an.post(PAGE, data=fields, headers=HERE).status_code == 422
    assert tally().new == 1


@pytest.mark.parametrize("username", ["viewer", "auditor"])
def test_nobody_but_operators_reads_them(client, username):
    sign_in(client, username)
    assert client.get(PAGE).status_code == 403


def test_a_second_factor_shown_twenty_minutes_ago_is_asked_for_again(an, moment):
    moment.at += timedelta(minutes=20)
    asked = an.get(PAGE)
    assert asked.status_code == 303
    assert "/account/second-factor" in asked.location


def test_each_look_and_each_decision_is_in_the_audit_trail_without_a_word_of_it(an):
    decide(an, "new")
    with reading() as db:
        entries = db.scalars(select(AuditEntry).where(AuditEntry.action.like("remarks.%"))).all()
    assert [one.action for one in entries] == ["remarks.shown", "remarks.decided"]
    assert not any("chậm" in str(one.facts) for one in entries)


def test_the_page_of_releases_says_what_would_be_missing(an):
    assert "Còn 1 ý kiến chưa được hai người duyệt" in an.get("/centre/tiny/releases").text
