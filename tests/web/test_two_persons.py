"""What two persons do: one asks, another agrees, the first carries it out; nobody is both."""

import re
from datetime import timedelta

import pytest

from surveyapp import clock
from surveyapp.accounts import audit, second_person
from surveyapp.accounts.act import Act
from surveyapp.accounts.errors import NobodyAsked, SamePerson
from surveyapp.accounts.second_person import Deed, SentForm
from surveyapp.campaigns import queries
from surveyapp.db import reading, transaction
from tests import factories
from tests.web.browsing import HERE, post, sign_in, token

LIFE, QUEUE = "/centre/tiny/life", "/centre/tiny/confirmations"


@pytest.fixture
def one_person():
    """Here it takes two."""


@pytest.fixture
def app(app, now, moment):
    with transaction() as db:
        factories.campaign(db, now, opened=True)
        for username in ("an", "binh"):
            factories.staff(db, now, "operator", username=username)
        factories.staff(db, now, "auditor")
        factories.staff(db, now, "coordinator", unit="01")
        factories.staff(db, now, "operator", username="of-gone", campaign_code="gone")
    return app


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


def campaign():
    with reading() as db:
        return queries.campaign(db, "tiny")


def requests():
    with reading() as db:
        return second_person.of_campaign(db, "tiny")


def close(client, **fields):
    """Close collection, its deadline and the grace after it being over."""
    with transaction() as db:
        factories.end_collection(db, "tiny", now=clock.now())
    return post(client, LIFE, f"{LIFE}/close", **{"close_confirmed": "tiny", **fields})


def answer(client, how: str, *, number: int = 0):
    return post(client, QUEUE, f"{QUEUE}/{requests()[number].id}/{how}")


def entries():
    with reading() as db:
        return audit.entries(db, campaign_code="tiny")[::-1]


def test_one_asks_another_agrees_and_the_first_carries_it_out(an, binh):
    assert close(an).location == QUEUE
    assert campaign().is_open
    assert "Khóa thu phiếu" in binh.get(QUEUE).text
    assert answer(binh, "agree").status_code == 303
    assert campaign().is_open
    assert "Thực hiện" in an.get(QUEUE).text
    assert close(an).location == LIFE
    assert not campaign().is_open
    told = [(one.actor, one.action, one.facts.get("agreed_by")) for one in entries()]
    assert told[-3:] == [
        ("an", "confirmation.asked", None),
        ("binh", "confirmation.agreed", None),
        ("an", "campaign.closed", "binh"),
    ]


def test_whoever_is_asked_sees_it_in_the_menu_of_every_page(an, binh):
    close(an)
    assert "việc chờ Ông/Bà" in binh.get("/centre/tiny/lists").text
    assert "việc chờ Ông/Bà" not in an.get("/centre/tiny/lists").text
    answer(binh, "agree")
    assert "việc chờ Ông/Bà" in an.get("/centre/tiny/lists").text
    assert "việc chờ Ông/Bà" not in binh.get("/centre/tiny/lists").text


def test_what_was_chosen_is_told_in_words(binh):
    fields = {"who": ["everyone"], "format": ["csv"], "role": ["viewer"], "reason": ["everyone"]}
    form = SentForm("tiny", Deed.MAILING_FILE, "/centre/tiny/invitations/mailing", fields)
    with transaction() as db:
        second_person.ask(db, form, act=Act("an", clock.now(), factories.TEST_KEYS))
    told = re.findall(r"<dd>(.*?)</dd>", binh.get(QUEUE).text)
    assert set(told) == {
        "Mọi lời mời còn phiếu chưa gửi",
        "CSV, mã UTF-8",
        "Theo dõi",
        "everyone",
    }


def test_a_request_of_the_command_line_shows_its_command_and_no_button(app, an, binh, now):
    form = SentForm("tiny", Deed.DEADLINE, "surveyapp campaign deadline", {"closes_at": ["2031"]})
    with transaction() as db:
        second_person.ask(db, form, act=Act("an", clock.now(), factories.TEST_KEYS))
    assert "<code>surveyapp campaign deadline</code>" in binh.get(QUEUE).text
    answer(binh, "agree")
    page = an.get(QUEUE).text
    assert "Vui lòng chạy lại đúng lệnh ấy" in page
    assert 'action="surveyapp' not in page


def test_nobody_agrees_to_what_he_asked_himself(an):
    close(an)
    assert answer(an, "agree").status_code == 403
    assert close(an).location == QUEUE
    assert campaign().is_open
    assert len(requests()) == 1


def test_the_second_person_cannot_carry_it_out_for_the_first(an, binh):
    close(an)
    answer(binh, "agree")
    assert close(binh).location == QUEUE
    assert campaign().is_open


def test_what_was_agreed_is_the_form_to_the_letter(an, binh, now):
    day = (now + timedelta(days=3)).strftime("%Y-%m-%dT17:00")
    other = (now + timedelta(days=300)).strftime("%Y-%m-%dT17:00")
    before = campaign().closes_at
    post(an, LIFE, f"{LIFE}/deadline", closes_at=day, heeded="yes")
    answer(binh, "agree")
    assert post(an, LIFE, f"{LIFE}/deadline", closes_at=other, heeded="yes").location == QUEUE
    assert campaign().closes_at == before
    assert post(an, LIFE, f"{LIFE}/deadline", closes_at=day, heeded="yes").location == LIFE
    assert campaign().closes_at != before


def test_an_agreement_is_used_once(an, binh, now):
    day = (now + timedelta(days=3)).strftime("%Y-%m-%dT17:00")
    post(an, LIFE, f"{LIFE}/deadline", closes_at=day, heeded="yes")
    answer(binh, "agree")
    assert post(an, LIFE, f"{LIFE}/deadline", closes_at=day, heeded="yes").location == LIFE
    assert post(an, LIFE, f"{LIFE}/deadline", closes_at=day, heeded="yes").location == QUEUE


def test_a_deed_that_is_refused_after_all_has_not_used_its_agreement_up(an, binh, now):
    past = (now - timedelta(days=300)).strftime("%Y-%m-%dT17:00")
    post(an, LIFE, f"{LIFE}/deadline", closes_at=past)
    answer(binh, "agree")
    for _again in range(2):
        assert post(an, LIFE, f"{LIFE}/deadline", closes_at=past).status_code == 409


def test_a_form_that_would_be_refused_anyway_bothers_nobody(an):
    assert close(an, close_confirmed="nonsense").status_code == 422
    assert requests() == []


def test_a_request_waits_a_day_and_an_agreement_two_hours(an, binh, now, monkeypatch):
    """Both have a session that lasts: only the clock of the requests moves."""
    keys = factories.TEST_KEYS
    form = SentForm("tiny", Deed.DEADLINE, "/x", {"closes_at": ["y"]})
    with transaction() as db:
        asked = second_person.ask(db, form, act=Act("an", now, keys)).id
    with pytest.raises(NobodyAsked), transaction() as db:
        second_person.agree(db, "tiny", asked, act=Act("binh", now + timedelta(hours=24), keys))
    with transaction() as db:
        second_person.agree(db, "tiny", asked, act=Act("binh", now + timedelta(hours=23), keys))
        late = Act("an", now + timedelta(hours=25), keys)
        assert second_person.take(db, form, act=late) is None
        in_time = Act("an", now + timedelta(hours=24), keys)
        assert second_person.take(db, form, act=in_time).answered_by == "binh"


def test_a_request_of_another_campaign_is_not_there(an, now):
    close(an)
    keys = factories.TEST_KEYS
    with pytest.raises(NobodyAsked), transaction() as db:
        second_person.agree(db, "gone", requests()[0].id, act=Act("of-gone", now, keys))
    with pytest.raises(SamePerson), transaction() as db:
        second_person.agree(db, "tiny", requests()[0].id, act=Act("an", now, keys))


@pytest.mark.parametrize("username", ["auditor", "coordinator-01", "of-gone"])
def test_only_another_operator_of_the_campaign_is_the_second_person(app, an, username):
    close(an)
    client = app.test_client()
    sign_in(client, username)
    given = {"csrf_token": token(client.get("/account/"))}
    refused = client.post(f"{QUEUE}/{requests()[0].id}/agree", data=given, headers=HERE)
    assert refused.status_code in (403, 404)
    assert campaign().is_open and requests()[0].state == "asked"


def test_a_denied_or_withdrawn_request_is_over(an, binh):
    close(an)
    answer(binh, "deny")
    assert answer(binh, "agree").status_code == 409
    close(an)
    number = [one.state for one in requests()].index("asked")
    answer(an, "take-back", number=number)
    assert answer(binh, "agree", number=number).status_code == 409
    assert {one.state for one in requests()} == {"taken_back", "denied"}


def test_an_account_of_the_centre_takes_two_persons_and_one_of_a_desk_one(an, binh):
    """Else one operator could make the second person herself."""
    page = "/centre/tiny/staff"
    desk = {"role": "coordinator", "unit": "01", "name": "A", "username": "desk.a"}
    assert "/account/activate/" in post(an, page, page, **desk).text
    centre = {"role": "operator", "unit": "", "name": "B", "username": "op.b"}
    assert post(an, page, page, **centre).location == QUEUE
    answer(binh, "agree")
    assert "/account/activate/" in post(an, page, page, **centre).text


def test_a_second_factor_is_reset_by_two_persons_and_never_ones_own(app, an, binh):
    from surveyapp.accounts import service

    with reading() as db:
        lost, own = (service.staff_named(db, name).id for name in ("coordinator-01", "an"))
    page = "/centre/tiny/staff"
    assert post(an, page, f"{page}/{lost}/factors").location == QUEUE
    answer(binh, "agree")
    assert post(an, page, f"{page}/{lost}/factors").location == page
    post(an, page, f"{page}/{own}/factors")
    answer(binh, "agree")
    assert post(an, page, f"{page}/{own}/factors").status_code == 403
    assert an.get("/account/").status_code == 200


def test_an_operator_has_no_authority_over_who_works_in_another_campaign_too(app, an):
    from surveyapp.accounts import service
    from surveyapp.accounts.access import Grant

    with transaction() as db:
        shared = service.staff_named(db, "of-gone").id
        service.add_grant(db, shared, Grant("tiny", "viewer"))
        stranger = service.staff_named(db, "coordinator-01").id
        service.add_grant(db, stranger, Grant("gone", "viewer"))
    page = "/centre/tiny/staff"
    for step in ("link", "closed"):
        assert post(an, page, f"{page}/{shared}/{step}").status_code == 403


DEEDS = {
    "centre.add_person": Deed.CENTRE_ROLE,
    "centre.approve_list": Deed.REMOVAL,
    "centre.approve_lists": Deed.REMOVAL,
    "centre.build_release": Deed.RELEASE,
    "centre.close_campaign": Deed.CAMPAIGN_CLOSING,
    "centre.confirm_wave": Deed.WAVE,
    "centre.download_all_letters": Deed.LETTERS,
    "centre.download_letters": Deed.LETTERS,
    "centre.download_mailing": Deed.MAILING_FILE,
    "centre.move_deadline": Deed.DEADLINE,
    "centre.open_box": Deed.BOX,
    "centre.open_campaign": Deed.CAMPAIGN_OPENING,
    "centre.reissue": Deed.REISSUE,
    "centre.reissue_many": Deed.REISSUE_MANY,
    "centre.reset_factors": Deed.FACTORS,
}


def test_what_takes_two_persons_is_acknowledged(app):
    marked = {
        endpoint: view.two_persons[0]
        for endpoint, view in app.view_functions.items()
        if hasattr(view, "two_persons")
    }
    assert marked == DEEDS


def test_a_mailing_file_is_handed_to_who_asked_once_another_agreed(an, binh, now, keys):
    from surveyapp.invitations import service as invitations

    with transaction() as db:
        one = queries.campaign(db, "tiny")
        factories.approved_list(db, one, now, keys)
    with transaction() as db:
        invitations.issue(db, queries.campaign(db, "tiny"), keys=keys, now=now)
    page = "/centre/tiny/invitations/mailing"
    fields = {"format": "csv", "who": "waiting"}
    assert post(an, page, page, **fields).location == QUEUE
    answer(binh, "agree")
    given = post(an, page, page, **fields)
    assert given.mimetype == "text/csv" and "/t/" in given.text
    assert post(an, page, page, **fields).location == QUEUE


def test_in_the_demo_one_person_does_both_and_the_page_says_so(app, an, settings, keys):
    from dataclasses import replace

    from surveyapp.web import application

    application.configure(app, replace(settings, demo=True), keys)
    assert "một người làm được cả hai phần" in an.get(LIFE).text
    assert "một người làm được cả hai phần" in an.get(QUEUE).text
    assert close(an).location == LIFE
    assert not campaign().is_open
