"""The second factor on the pages: set up, shown, shown again before what cannot be undone."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from surveyapp.accounts import audit, service
from surveyapp.accounts.access import Grant
from surveyapp.accounts.factors import service as factors
from surveyapp.accounts.links import activation
from surveyapp.accounts.states import LinkPurpose
from surveyapp.db import reading, transaction
from tests import factories
from tests.accounts.authenticator import Authenticator
from tests.factories import PASSWORD
from tests.web.browsing import HERE, give_password, post, set_up_app, sign_in, token, unused_code

FRESH = "mua xuan den som nay"


@pytest.fixture
def app(app, now, moment):
    with transaction() as db:
        factories.campaign(db, now)
        factories.staff(db, now, "operator")
        factories.staff(db, now, "viewer", second_factor=False)
    return app


def enrolled(username: str = "viewer"):
    with reading() as db:
        return factors.standing(db, service.staff_named(db, username).id)


def actions() -> list[str]:
    with reading() as db:
        return [entry.action for entry in audit.entries(db)][::-1]


def test_who_has_no_second_factor_sets_one_up_before_anything_opens(client, now):
    half = give_password(client, "viewer")
    assert half.location == "/account/second-factor"
    assert client.get(half.location).location == "/account/second-factor/set-up"
    assert client.get("/centre/tiny/").location.startswith("/account/second-factor?next=")
    assert client.get("/account/").status_code == 303
    _phone, done = set_up_app(client)
    codes = re.findall(r'class="formula">([a-z0-9-]{14})<', done.text)
    assert len(set(codes)) == 10
    assert client.get("/centre/tiny/").status_code == 200
    assert enrolled().has_app
    assert actions() == ["factor.added"]


def test_wrong_digits_set_nothing_up(client, now):
    give_password(client, "viewer")
    page = client.get("/account/second-factor/set-up")
    fields = {"csrf_token": token(page), "digits": "000000"}
    refused = client.post("/account/second-factor/set-up/app", data=fields, headers=HERE)
    assert refused.status_code == 422
    assert enrolled().count == 0


def test_the_app_opens_the_next_session_and_no_code_twice(app, client, now, moment):
    give_password(client, "viewer")
    phone, _done = set_up_app(client)
    moment.at += timedelta(minutes=1)
    for answer in (303, 422):
        other = app.test_client()
        half = give_password(other, "viewer")
        code = phone.at(now + timedelta(minutes=1))
        fields = {"csrf_token": token(other.get(half.location)), "factor_code": code}
        shown = other.post("/account/second-factor", data=fields, headers=HERE)
        assert shown.status_code == answer


def test_who_knows_the_password_alone_cannot_set_up_a_factor_of_his_own(client):
    """Else a stolen password would be enough after all."""
    give_password(client, "operator")
    assert client.get("/account/second-factor/set-up").location == "/account/second-factor"
    page = client.get("/account/second-factor")
    fields = {"csrf_token": token(page), "digits": "123456"}
    refused = client.post("/account/second-factor/set-up/app", data=fields, headers=HERE)
    assert refused.location == "/account/second-factor"
    told = client.post(
        "/account/second-factor/set-up/passkey/options",
        data={"csrf_token": fields["csrf_token"]},
        headers=HERE,
    )
    assert told.status_code == 403


def test_five_wrong_codes_ask_for_the_password_again(client):
    give_password(client, "operator")
    for _try in range(5):
        page = client.get("/account/second-factor")
        fields = {"csrf_token": token(page), "factor_code": "aaaa-bbbb-cccc"}
        answer = client.post("/account/second-factor", data=fields, headers=HERE)
    assert answer.location == "/account/sign-in"
    assert client.get("/account/second-factor").location.startswith("/account/sign-in")


def test_a_half_cookie_stays_half_after_the_session_has_become_whole(app, client):
    half = give_password(client, "operator")
    thief = app.test_client()
    thief.set_cookie("canbo", client.get_cookie("canbo").value)
    fields = {
        "csrf_token": token(client.get(half.location)),
        "factor_code": unused_code("operator"),
    }
    client.post("/account/second-factor", data=fields, headers=HERE)
    assert client.get("/account/").status_code == 200
    assert thief.get("/account/").status_code == 303


@pytest.fixture
def site(app, settings, keys):
    """The application under an address where browsers take passkeys."""
    from surveyapp.web import application

    application.configure(app, replace(settings, base_url="http://localhost"), keys)
    return app


def ask(client, address: str, page: str) -> dict:
    given = {"csrf_token": token(client.get(page))}
    return json.loads(client.post(address, data=given, headers=HERE).text)


def make_passkey(client, **kind) -> Authenticator:
    page = "/account/second-factor/set-up"
    passkey = Authenticator(origin="http://localhost", **kind)
    answer = passkey.make(ask(client, f"{page}/passkey/options", page))
    fields = {"new_factor_passkey": answer, "name": "máy cơ quan"}
    made = post(client, page, f"{page}/passkey", **fields)
    assert made.status_code in (200, 303)
    return passkey


def test_a_passkey_is_made_and_opens_the_next_session(site, client):
    give_password(client, "viewer")
    passkey = make_passkey(client)
    assert [one.name for one in enrolled().passkeys] == ["máy cơ quan"]
    other = site.test_client()
    give_password(other, "viewer")
    page = "/account/second-factor"
    answer = passkey.sign(ask(other, f"{page}/options", page))
    assert post(other, page, page, factor_passkey=answer).location == "/account/start"
    assert other.get("/centre/tiny/").status_code == 200


def test_a_passkey_that_checks_its_holder_signs_in_without_a_password(site, client):
    give_password(client, "viewer")
    passkey = make_passkey(client)
    other = site.test_client()
    page = "/account/sign-in"
    answer = passkey.sign(ask(other, f"{page}/passkey/options", page))
    given = post(other, page, f"{page}/passkey", factor_passkey=answer, next="/centre/tiny/rates")
    assert given.location == "/centre/tiny/rates"
    assert other.get("/centre/tiny/").status_code == 200
    passkey.verifies = False
    third = site.test_client()
    answer = passkey.sign(ask(third, f"{page}/passkey/options", page))
    assert post(third, page, f"{page}/passkey", factor_passkey=answer).status_code == 422


def test_a_grave_deed_asks_for_the_factor_again_and_keeps_the_form(client, now, moment):
    sign_in(client, "operator")
    moment.at += timedelta(minutes=16)
    fields = {"unit": "01", "name": "Đầu mối Hà Nội", "username": "ha.noi", "role": "coordinator"}
    asked = post(client, "/centre/tiny/staff", "/centre/tiny/staff", **fields)
    assert asked.status_code == 403
    for name, value in fields.items():
        assert f'<input type="hidden" name="{name}" value="{value}">' in asked.text
    with reading() as db:
        assert "staff.added" not in [entry.action for entry in audit.entries(db)]
    again = {**fields, "csrf_token": token(asked), "factor_code": "wrong"}
    refused = client.post("/centre/tiny/staff", data=again, headers=HERE)
    assert refused.status_code == 422 and 'value="ha.noi"' in refused.text
    again |= {"csrf_token": token(refused), "factor_code": unused_code("operator")}
    done = client.post("/centre/tiny/staff", data=again, headers=HERE)
    assert "/account/activate/" in done.text
    assert "staff.added" in actions()


@pytest.mark.parametrize("unit", ["", "99", "nowhere"])
def test_no_account_is_made_for_a_unit_or_a_campaign_that_does_not_exist(client, unit):
    sign_in(client, "operator")
    fields = {"name": "Đầu mối", "username": "ha.noi", "role": "coordinator"}
    asked = post(client, "/centre/tiny/staff", "/centre/tiny/staff", unit=unit, **fields)
    assert (asked.status_code, "Vui lòng chọn đơn vị." in asked.text) == (422, True)
    elsewhere = post(client, "/centre/tiny/staff", "/centre/nowhere/staff", unit="01", **fields)
    assert elsewhere.status_code in (403, 404)
    assert "staff.added" not in actions()


GRAVE = {
    "account.new_codes", "account.remove_factor", "account.set_up_app", "account.set_up_passkey", "account.shown_again",
    "centre.add_coordinators", "centre.add_person", "centre.agree", "centre.approve_list", "centre.approve_lists",
    "centre.build_release", "centre.close_account", "centre.close_campaign", "centre.confirm_wave", "centre.decide_remarks",
    "centre.download_all_letters", "centre.download_letters", "centre.download_mailing", "centre.download_release",
    "centre.export_audit", "centre.make_box_key",
    "centre.make_release_token", "centre.move_deadline", "centre.open_box", "centre.open_campaign",
    "centre.print_held", "centre.record_publication", "centre.reissue", "centre.reissue_many", "centre.remarks",
    "centre.reset_factors", "centre.send_link", "centre.show_full_results", "centre.take_custodians_file",
}  # fmt: skip


def test_what_wants_a_fresh_factor_is_acknowledged(app):
    marked = {
        endpoint
        for endpoint, view in app.view_functions.items()
        if getattr(view, "wants_fresh_factor", False)
    }
    assert marked == GRAVE


def test_a_page_that_wants_a_fresh_factor_is_opened_once_it_is_shown(client, now, moment):
    sign_in(client, "operator")
    moment.at += timedelta(minutes=16)
    page = "/account/second-factor/again?next=/account/"
    assert client.get(page).status_code == 200
    done = post(client, page, page, factor_code=unused_code("operator"))
    assert done.location == "/account/"
    again = post(client, "/account/", "/account/second-factor/codes")
    assert again.status_code == 200 and "Mười mã khôi phục" in again.text


def test_the_last_factor_cannot_be_removed_and_another_can(site, client):
    give_password(client, "viewer")
    make_passkey(client)
    post(
        client,
        "/account/",
        "/account/second-factor/remove",
        passkey=enrolled().passkeys[0].id.hex(),
    )
    assert enrolled().count == 1
    make_passkey(client)
    assert enrolled().count == 2
    other = site.test_client()
    other.set_cookie("canbo", client.get_cookie("canbo").value)
    post(
        client,
        "/account/",
        "/account/second-factor/remove",
        passkey=enrolled().passkeys[0].id.hex(),
    )
    assert enrolled().count == 1


def test_a_new_factor_ends_the_sessions_that_were_opened_without_it(app, client, now):
    other = app.test_client()
    sign_in(other, "operator")
    sign_in(client, "operator")
    set_up_app(client)
    assert client.get("/account/").status_code == 200
    assert other.get("/account/").status_code == 303


def invited(now, keys, *, email: str = "") -> str:
    """The address of an activation link."""
    with transaction() as db:
        person = service.create_staff(
            db,
            username="moi",
            display_name="Người mới",
            password=None,
            grants=[Grant("tiny", "coordinator", "01")],
            now=now,
            email=email,
        )
        link = activation.make(
            db, person, LinkPurpose.ACTIVATION, by="operator", mailed=True, now=now
        )
        return f"/account/activate/{activation.token(keys, link.id)}"


def test_a_person_activates_the_account_and_goes_straight_on_to_the_second_factor(
    app, client, now, keys
):
    page = invited(now, keys)
    for _look in range(3):  # mail scanners look, too
        assert client.get(page).status_code == 200
    done = post(client, page, page, fresh=FRESH, again=FRESH)
    assert done.location == "/account/second-factor"
    assert client.get(done.location).location == "/account/second-factor/set-up"
    set_up_app(client)
    assert client.get("/desk/tiny/01/").status_code == 200
    assert app.test_client().get(page).status_code == 410


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"fresh": "ngan", "again": "ngan"}, "Mật khẩu cần ít nhất 12 ký tự."),
        ({"fresh": FRESH, "again": "khac"}, "Hai lần nhập mật khẩu mới không giống nhau."),
        ({"fresh": "moi123456789", "again": "moi123456789"}, "quá dễ đoán"),
    ],
)
def test_a_weak_first_password_leaves_the_link_alive(client, now, keys, fields, words):
    page = invited(now, keys)
    refused = post(client, page, page, **fields)
    assert refused.status_code == 422 and words in refused.text
    assert client.get(page).status_code == 200


def test_a_link_that_was_never_made_is_answered_like_a_dead_one(client, keys):
    for forged in ("x", "0" * 32 + "~" + "0" * 32, activation.token(keys, uuid4())):
        assert client.get(f"/account/activate/{forged}").status_code == 410


def test_a_forgotten_password_is_answered_alike_for_everybody(client, now, keys):
    invited(now, keys, email="moi@donvi.example.vn")
    answers = []
    for username in ("moi", "operator", "nobody"):
        given = post(client, "/account/forgotten", "/account/forgotten", username=username)
        answers.append(
            (
                given.status_code,
                given.location,
                client.get(given.location).text.count("liên kết đặt lại mật khẩu"),
            )
        )
    assert len(set(answers)) == 1
    with reading() as db:
        assert len(activation.waiting(db)) == 1


def test_in_the_demo_a_visitor_comes_in_by_one_press_and_the_page_says_so(app, settings, keys):
    from surveyapp.web import application

    settings.instance.mkdir(exist_ok=True)
    staff = [{"role": "operator", "unit": "", "username": "viewer", "password": PASSWORD}]
    (settings.instance / "demo.json").write_text(json.dumps({"staff": staff}))
    client = app.test_client()
    page = client.get("/account/sign-in")
    assert 'name="as"' not in page.text
    refused = post(client, "/account/sign-in", "/account/sign-in", **{"as": "viewer"})
    assert refused.status_code == 422
    application.configure(app, replace(settings, demo=True), keys)
    page = client.get("/account/sign-in")
    assert "Chỉ bản trình diễn mới có các nút này" in page.text
    done = post(client, "/account/sign-in", "/account/sign-in", **{"as": "viewer"})
    assert done.location == "/account/start"
    assert client.get("/centre/tiny/").status_code == 200


def test_a_demo_without_one_press_accounts_still_asks_for_a_factor_that_is_set_up(
    app, settings, keys
):
    from surveyapp.web import application

    application.configure(app, replace(settings, demo=True), keys)
    assert give_password(app.test_client(), "operator").location == "/account/second-factor"
