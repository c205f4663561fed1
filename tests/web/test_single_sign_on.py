"""Signing in by a provider of OpenID Connect that runs beside the test and is asked over HTTP."""

import subprocess
import sys
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from surveyapp import clock, create_app
from surveyapp.accounts import service
from surveyapp.accounts.models import Staff
from surveyapp.config import SettingsRefused, read_settings
from surveyapp.db import reading, transaction
from tests import factories
from tests.ports import free_port
from tests.web.browsing import HERE, token, unused_code

PEOPLE = {
    "1001": {"preferred_username": "Operator", "email": "a@bnv.vn", "email_verified": True},
    "1002": {"preferred_username": "somebody-else", "email": "a@bnv.vn", "email_verified": False},
    "1003": {"preferred_username": "left", "email": "c@bnv.vn", "email_verified": True},
}
SERVE = """
import sys, time
from oidc_provider_mock import User, run_server_in_thread
people = [User(sub=sub, claims=claims) for sub, claims in eval(sys.argv[1]).items()]
with run_server_in_thread(port=0, user_claims=people) as server:
    print(server.server_port, flush=True)
    sys.stdin.read()
"""
BACK = "/account/sign-in/provider/back"


@pytest.fixture(scope="module")
def issuer():
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", SERVE, repr(PEOPLE)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as provider:
        assert provider.stdin
        assert provider.stdout
        yield f"http://localhost:{provider.stdout.readline().strip()}"
        provider.stdin.close()
        provider.stdout.close()


@pytest.fixture
def told(settings, issuer):
    return replace(
        settings,
        oidc_issuer=issuer,
        oidc_client_id="khaosat",
        oidc_client_secret="a secret of the test",
        oidc_name="Bộ Nội vụ",
    )


@pytest.fixture
def client(told, keys, engine, now):
    app = create_app(told, keys=keys, engine=engine)
    with transaction() as db:
        factories.campaign(db, clock.now())
        factories.staff(db, clock.now(), "operator")
        left = factories.staff(db, clock.now(), "viewer", username="left")
        db.get_one(Staff, left.id).active = False
    return app.test_client()


def at_provider(client, sub: str, **query: str) -> str:
    """From our page to the provider, where somebody signs in; the address by which she comes back."""
    away = client.get("/account/sign-in/provider", query_string=query)
    assert away.status_code == 302
    asked = parse_qs(urlsplit(away.location).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert {"state", "nonce", "code_challenge"} <= set(asked)
    back = requests.post(away.location, data={"sub": sub}, allow_redirects=False, timeout=10)
    parts = urlsplit(back.headers["Location"])
    assert parts.path == BACK
    return f"{parts.path}?{parts.query}"


def test_the_provider_stands_in_for_the_password_and_the_second_factor_is_ours(client):
    assert "Đăng nhập bằng Bộ Nội vụ" in client.get("/account/sign-in").text
    half = client.get(at_provider(client, "1001", next="/centre/tiny/"))
    assert half.location == "/account/second-factor?next=/centre/tiny/"
    assert client.get("/centre/tiny/").status_code == 303
    page = client.get(half.location)
    fields = {"factor_code": unused_code("operator"), "csrf_token": token(page)}
    client.post("/account/second-factor", data=fields, headers=HERE)
    assert client.get("/centre/tiny/").status_code == 200


@pytest.mark.parametrize("address", ["//evil.example/centre/", "///centre/", "/centre/../t/x"])
def test_the_way_through_the_provider_leads_nowhere_else_either(client, address):
    half = client.get(at_provider(client, "1001", next=address))
    assert half.location == "/account/second-factor"


@pytest.mark.parametrize("sub", ["1002", "1003"], ids=["unknown here", "disabled here"])
def test_whom_the_provider_knows_and_we_do_not_gets_in_nowhere(client, sub):
    refused = client.get(at_provider(client, sub))
    assert refused.status_code == 422
    assert "chưa được cấp quyền" in refused.text
    assert client.get("/account/second-factor").status_code == 303


def test_an_answer_is_good_once_in_the_browser_that_asked_and_as_it_was_given(client):
    back = at_provider(client, "1001")
    stranger = client.application.test_client()
    assert stranger.get(back).status_code == 422
    forged = back.replace("state=", "state=x")
    assert client.get(forged).status_code == 422
    assert client.get(back).status_code == 303
    assert client.get(back).status_code == 422


def test_an_address_names_an_account_only_where_the_provider_has_proved_it(
    told, keys, engine, client
):
    with transaction() as db:
        operator = service.staff_named(db, "operator")
        db.get_one(Staff, operator.id).email = "A@bnv.vn"
    by_email = create_app(replace(told, oidc_claim="email"), keys=keys, engine=engine)
    assert by_email.test_client().get(at_provider_of(by_email, "1002")).status_code == 422
    browser = by_email.test_client()
    assert browser.get(at_provider(browser, "1001")).status_code == 303
    with reading() as db:
        assert service.staff_named(db, "operator").email == "A@bnv.vn"


def at_provider_of(app, sub: str) -> str:
    return at_provider(app.test_client(), sub)


def test_a_provider_that_is_away_is_said_and_the_password_goes_on_working(told, keys, engine):
    away = replace(told, oidc_issuer=f"http://localhost:{free_port()}")
    page = create_app(away, keys=keys, engine=engine).test_client().get("/account/sign-in/provider")
    assert page.status_code == 502
    assert "dùng mật khẩu" in page.text


def test_without_a_provider_there_is_no_such_page(settings, keys, engine):
    client = create_app(settings, keys=keys, engine=engine).test_client()
    assert client.get("/account/sign-in/provider").status_code == 404
    assert client.get(BACK).status_code == 404
    assert "provider" not in client.get("/account/sign-in").text


def test_a_provider_is_named_over_tls_with_what_it_knows_us_by(empty_sqlite):
    given = {"DATABASE_URL": empty_sqlite, "SURVEYAPP_OIDC_ISSUER": "http://sso.example.vn"}
    with pytest.raises(SettingsRefused) as refused:
        read_settings({**given, "SURVEYAPP_OIDC_CLAIM": "name"})
    assert len(refused.value.faults) == 4
