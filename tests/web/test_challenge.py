"""A stranger among many wrong codes works or waits, and is let in; whoever opened something here before is not asked."""

import base64
import html
import json
import re
from datetime import timedelta
from hashlib import sha256

import pytest

from surveyapp.db import transaction
from surveyapp.invitations.credentials import attempts
from tests.web.browsing import HERE, led_to

PLACE = "127.0.0.1"


@pytest.fixture
def attacked(people, keys, now):
    """Somebody behind the same address has guessed for a while."""
    with transaction() as db:
        network = attempts.network(keys, PLACE, now=now)
        for _guess in range(30):
            attempts.count(db, network, succeeded=False, now=now)


def give(client, code, **fields):
    """Send the code box; where it is asked for more, the page that asks."""
    answer = client.post("/", data={"code": code, **fields}, headers=HERE)
    return client.get(answer.location) if "cho=1" in answer.headers.get("Location", "") else answer


def ticket(page) -> str:
    return re.search(r'name="waited" value="([^"]+)"', page.text)[1]


def solve(page) -> str:
    asked = json.loads(html.unescape(re.search(r'data-challenge="([^"]+)"', page.text)[1]))
    number = next(
        n
        for n in range(200_000)
        if sha256(f"{asked['salt']}{n}".encode()).hexdigest() == asked["challenge"]
    )
    told = {name: asked[name] for name in ("algorithm", "challenge", "salt", "signature")}
    return base64.b64encode(json.dumps({**told, "number": number}).encode()).decode()


def test_a_stranger_is_asked_to_work_and_then_let_in(app, attacked, ann):
    page = give(app.test_client(), ann.code)
    assert page.status_code == 429 and "data-challenge" in page.text
    assert f'value="{ann.code}"' in page.text
    done = give(app.test_client(), ann.code, altcha=solve(page))
    assert led_to(done) == "/phieu"


def test_a_solution_is_taken_once_and_only_in_its_time(app, attacked, ann, moment):
    page = give(app.test_client(), ann.code)
    proof = solve(page)
    assert give(app.test_client(), ann.code, altcha=proof).status_code == 303
    assert give(app.test_client(), ann.code, altcha=proof).status_code == 429


@pytest.mark.parametrize("proof", ["x", "e30=", base64.b64encode(b"[" * 9000).decode(), base64.b64encode(b'{"salt": "a?n=1&t=99999999999999"}').decode()])  # fmt: skip
def test_a_made_up_solution_is_none(app, attacked, ann, proof):
    assert give(app.test_client(), ann.code, altcha=proof).status_code == 429


def test_a_forged_solution_is_none(app, attacked, ann):
    told = json.loads(base64.b64decode(solve(give(app.test_client(), ann.code))))
    told["number"] += 1
    forged = base64.b64encode(json.dumps(told).encode()).decode()
    assert give(app.test_client(), ann.code, altcha=forged).status_code == 429


def test_without_a_script_a_minute_of_waiting_opens_too(app, attacked, ann, moment):
    client = app.test_client()
    page = give(client, ann.code)
    held = ticket(page)
    assert "Xin chờ 60 giây" in page.text
    early = give(client, ann.code, waited=held)
    assert early.status_code == 429 and ticket(early) == held
    moment.at += timedelta(seconds=61)
    assert led_to(give(client, ann.code, waited=held)) == "/phieu"
    assert give(app.test_client(), ann.code, waited=held).status_code == 429


def test_whoever_opened_a_link_here_before_is_not_asked(app, attacked, ann):
    ann.start()
    assert led_to(give(ann.client, ann.code)) == "/phieu/1/1"


def test_a_mark_made_up_by_a_stranger_is_none(app, attacked, ann):
    client = app.test_client()
    client.set_cookie("phieu_may", base64.urlsafe_b64encode(b"x" * 32).decode())
    assert give(client, ann.code).status_code == 429
