"""What a person does in a browser without scripts: read the token off the page, sign in, post a form."""

import html
import re
from typing import Any

import pyotp
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from surveyapp import clock
from surveyapp.accounts.models import RecoveryCode, Staff
from surveyapp.db import reading
from tests.factories import PASSWORD, recovery_codes

HERE = {"Sec-Fetch-Site": "same-origin"}
"""What a browser adds to a form posted from our own page."""


_HIDDEN = re.compile(r'<input type="hidden" name="(sheet|header_line)" value="([^"]*)">')
_SELECTS = re.compile(r'<select class="entry" id="(column_\w+)"[^>]*>(.*?)</select>', re.DOTALL)


_MARK = re.compile(r"[?&]cua=[A-Za-z0-9_-]{8}(?![A-Za-z0-9_-])")


def led_to(answer: TestResponse) -> str:
    """Where the answer leads, without the part of the address that says whose it is."""
    return unmarked(answer.headers["Location"])


def unmarked(text: str) -> str:
    """The addresses in it without the part that says whose they are (`respond/devices/own_address.py`)."""
    return _MARK.sub("", text)


def token(page: TestResponse) -> str:
    """The token against forged posts that stands in the page's first form."""
    field = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert field, "the page has no form with a token"
    return html.unescape(field[1])


def sign_in(client: FlaskClient, username: str, password: str = PASSWORD) -> TestResponse:
    """Sign in by the pages, with a recovery code where a second factor is asked for; what came back last.

    Whoever has none sets an app up on the way.
    """
    answer = give_password(client, username, password)
    if answer.status_code != 303 or "/second-factor" not in answer.location:
        return answer
    page = client.get(answer.location)
    if page.status_code == 303:
        return set_up_app(client)[1]
    fields = {"factor_code": unused_code(username), "csrf_token": token(page)}
    return client.post("/account/second-factor", data=fields, headers=HERE)


def set_up_app(client: FlaskClient) -> tuple[pyotp.TOTP, TestResponse]:
    """Set an authenticator app up on the page, and what came of it."""
    page = client.get("/account/second-factor/set-up")
    secret_shown = re.search(r'class="formula">([A-Z2-7 ]+)<', page.text)
    assert secret_shown, "the page shows no secret"
    phone = pyotp.TOTP(secret_shown[1].replace(" ", ""))
    fields = {"csrf_token": token(page), "digits": phone.at(clock.now())}
    return phone, client.post("/account/second-factor/set-up/app", data=fields, headers=HERE)


def give_password(client: FlaskClient, username: str, password: str = PASSWORD) -> TestResponse:
    """The first half of signing in."""
    page = client.get("/account/sign-in")
    fields = {"username": username, "password": password, "csrf_token": token(page)}
    return client.post("/account/sign-in", data=fields, headers=HERE)


def unused_code(username: str) -> str:
    """A recovery code of an account of `factories.staff` that has not opened it yet."""
    used = (
        select(func.count())
        .select_from(RecoveryCode)
        .join(Staff, Staff.id == RecoveryCode.staff_id)
        .where(Staff.username == username, RecoveryCode.used_at.is_not(None))
    )
    with reading() as db:
        return recovery_codes(username)[db.scalar(used) or 0]


def post(client: FlaskClient, page: str, url: str, **fields: Any) -> TestResponse:
    """Open `page`, take its token, and post `fields` to `url`."""
    given = {"csrf_token": token(client.get(page)), **fields}
    return client.post(url, data=given, headers=HERE)


def person_card(client: FlaskClient, address: str) -> TestResponse:
    """An invited person's card, to whoever says why she is looked at."""
    post(client, address, address, search_reason="trả lời người được mời")
    return client.get(address)


def read_and_confirm(client: FlaskClient, answer: TestResponse) -> TestResponse:
    """Press on from the page of a file as it was understood; what refused the file comes back as it is."""
    if answer.status_code != 303 or "/received/" not in answer.location:
        return answer
    page = client.get(answer.location)
    given = client.post(answer.location, data=reading_form(page), headers=HERE)
    return client.get(given.location) if given.status_code == 303 else given


def reading_form(page: TestResponse) -> dict[str, str]:
    """The form of that page as it stands."""
    text = page.text
    fields = {name: html.unescape(value) for name, value in _HIDDEN.findall(text)}
    for name, options in _SELECTS.findall(text):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        fields[name] = chosen[1] if chosen else ""
    return {**fields, "csrf_token": token(page)}
