"""Every kind of question as people meet it without a script: shown, refused, kept, routed, reviewed, sealed."""

import pytest
from sqlalchemy import select

from surveyapp.campaigns.models import Campaign
from surveyapp.db import reading, transaction
from surveyapp.invitations import service as invitations
from surveyapp.responses.models import SealedBallot
from surveyapp.responses.sealed_box import box
from tests import factories
from tests.web.browsing import HERE, token
from tests.web.person import Person, shown
from tests.web.test_parts import Page

PACK = "../../questionnaires/ddci-pilot"


@pytest.fixture
def hoa(app, now, keys, moment) -> Person:
    """Somebody who is asked every kind of question."""
    with transaction() as db:
        campaign = factories.campaign(db, now, pack=PACK, opened=True)
        listed = factories.people(1)
        factories.approved_list(
            db, campaign, now, keys, unit="01", kind="agency-leaders", listed=listed
        )
    with transaction() as db:
        campaign = db.scalars(select(Campaign)).one()
        invitations.issue(db, campaign, keys=keys, now=now)
        (row,) = invitations.mailing(db, campaign, keys=keys, base_url="http://localhost")
    person = Person(app.test_client(), row)
    person.start()
    return person


def told(answer) -> str:
    return Page(answer.text).text


def ballot():
    with reading() as db:
        sealed = db.scalars(select(SealedBallot)).one()
        private, _public = factories.box_key()
        return box.unseal(private, "ddci-pilot", sealed.ciphertext)


def submit(person: Person):
    review = Page(person.get("/phieu/1/xem-lai").text)
    fields = {one["name"]: one.get("value", "") for one in review.all("input")}
    return person.client.post("/phieu/1/nop", data=fields, headers=HERE)


def test_a_number_is_taken_as_people_write_it_and_refused_with_its_bounds(hoa):
    assert hoa.send(1, 1, {"DX-101": "1", "DX-102": "0500"}).status_code == 303
    assert 'name="DX-102" value="500"' in hoa.get("/phieu/1/1").text
    refused = shown(hoa.client, hoa.send(1, 1, {"DX-102": "501"}))
    assert refused.status_code == 422
    assert "Ghi một số nguyên từ 1 đến 500." in told(refused)
    assert 'name="DX-102" value="501"' in refused.text


def test_a_number_and_dont_know_exclude_each_other(hoa):
    refused = shown(hoa.client, hoa.send(1, 1, {"DX-102": ["7", "-98"]}))
    assert refused.status_code == 422
    assert hoa.send(1, 1, {"DX-102": ["", "-98"]}).status_code == 303
    page = hoa.get("/phieu/1/1").text
    assert 'value="-98" checked' in page and 'name="DX-102" value=""' in page


def test_several_options_are_kept_in_the_order_of_the_list(hoa):
    hoa.send(1, 3, {"DX-301": ["3", "1"]})
    assert 'name="was.DX-301" value="1 3"' in hoa.get("/phieu/1/3").text


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        (["1", "2", "3", "4"], "Chọn nhiều nhất 3 phương án."),
        (["1", "6"], "loại trừ các phương án khác"),
        (["9"], "không có trong câu hỏi này"),
    ],
)
def test_a_choice_of_several_is_refused_beside_its_question(hoa, chosen, words):
    refused = shown(hoa.client, hoa.send(1, 3, {"DX-301": chosen}))
    assert refused.status_code == 422
    assert words in told(refused)


def test_next_leads_over_a_page_on_which_nothing_applies(hoa):
    assert "/phieu/1/4" in hoa.send(1, 2, {"DX-203": "1"}).location
    assert "/phieu/1/3" in hoa.send(1, 2, {"DX-203": "4"}).location


def test_without_a_script_a_question_stands_with_its_condition_in_words(hoa):
    assert "Chỉ trả lời nếu câu 1 chọn “Có”." in told(hoa.get("/phieu/1/1"))
    page = told(hoa.get("/phieu/1/3"))
    assert "câu 7 chọn “Trung bình” hoặc “Kém” hoặc “Rất kém” hoặc câu 2 từ 101 trở lên" in page


def test_what_no_longer_applies_is_kept_shown_as_not_counted_and_never_sealed(hoa):
    hoa.send(1, 1, {"DX-101": "1", "DX-102": "120", "DX-103": "4", "DX-103.other": "Qua Zalo"})
    hoa.send(1, 3, {"DX-301": ["1", "5"], "DX-301.other": "Mất điện", "DX-302": "Bớt giấy tờ"})
    hoa.send(1, 1, {"DX-101": "2", "DX-102": "120", "DX-103.other": "Qua Zalo"})
    review = told(hoa.get("/phieu/1/xem-lai"))
    assert "120 lượt (không tính" in review
    assert "Qua Zalo" in review
    assert submit(hoa).status_code == 303
    assert ballot().codes == ("2", *[""] * 11)


def test_two_devices_that_save_by_themselves_agree_on_what_applies(hoa, app):
    def save(person: Person, **chosen: str) -> dict[str, str]:
        given = {"csrf_token": token(person.get("/phieu/1/1")), "page": "1"}
        for name, value in chosen.items():
            given |= {f"was.{name.replace('_', '-')}": "", name.replace("_", "-"): value}
        answer = person.client.post("/phieu/1/luu", data=given, headers=HERE)
        assert answer.status_code == 200
        return dict(answer.json["answers"])

    save(hoa, DX_101="1", DX_102="12")
    phone = Person(app.test_client(), hoa.row)
    phone.start()
    phone.client.post("/", data={"code": hoa.pass_on()}, headers=HERE)
    assert phone.send(1, 1, {"DX-101": "2", "DX-102": "12"}).status_code == 303
    kept = save(hoa, DX_103="1")  # her page still shows what now does not apply
    assert (kept["DX-101"], kept["DX-102"], kept["DX-103"]) == ("2", "12", "1")
    reviews = [told(person.get("/phieu/1/xem-lai")) for person in (hoa, phone)]
    assert reviews[0] == reviews[1]
    assert "12 lượt (không tính" in reviews[0]
    assert submit(phone).status_code == 303
    assert ballot().codes == ("2", *[""] * 11)


def test_the_words_beside_an_option_are_sealed_only_with_it(hoa):
    hoa.send(1, 1, {"DX-101": "1", "DX-103": "4", "DX-103.other": "Qua\u200b Zalo"})
    hoa.send(1, 2, {"DX-203": "5"})
    hoa.send(1, 3, {"DX-301": ["1"], "DX-301.other": "Mất điện"})
    submit(hoa)
    codes = ballot().codes
    assert codes[2:4] == ("4", "Qua Zalo")
    assert codes[9:11] == ("1", "")


def test_progress_counts_the_questions_that_apply(hoa):
    hoa.send(1, 1, {"DX-101": "2"})
    for page, chosen in ((2, {f"DX-20{n}": "1" for n in range(1, 4)} | {"DX-204": "3"}),):
        hoa.send(1, page, chosen)
    assert "đã trả lời đủ 5 câu" in told(hoa.get("/phieu/1/xem-lai"))


def test_every_kind_speaks_english(hoa):
    hoa.post("/phieu/ngon-ngu", language="en")
    texts = [told(hoa.get(f"/phieu/1/{page}")) for page in (1, 3)]
    for words in ("Only answer if", "A whole number from 1 to 500.", "please specify"):
        assert words in texts[0], words
    assert "Choose 3 options at most." in texts[1]
    assert not any("Chọn" in text or "Số nguyên" in text for text in texts)
