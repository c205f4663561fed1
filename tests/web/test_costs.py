"""What answering costs: statements of each request, what is locked, what is sent. Counts, not times."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from surveyapp.db import make_engine, prepared
from surveyapp.web.respond.document import whole_form
from tests.web.browsing import HERE, token
from tests.web.person import Person


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Engine:
    given_engine: Engine = request.getfixturevalue(f"{request.param}_engine")
    return given_engine


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """Every statement that the block sends, but for the beginning of a transaction."""
    seen: list[str] = []

    def note(_connection, _cursor, statement, _parameters, _context, _many) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    def sent(engine: Engine, text: str, values: Any) -> list[prepared.Row]:
        seen.append(text)
        return send(engine, text, values)

    send = prepared.sent
    event.listen(engine, "before_cursor_execute", note)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prepared, "sent", sent)
        yield seen
    event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def answering(ann: Person) -> Person:
    """Somebody who has answered something; what a process keeps is kept."""
    ann.start()
    first = ann.items(1, 1)[0]
    ann.send(1, 1, {first: "2"})
    for address in (ann.link, "/phieu/1/1", "/phieu/1/xem-lai"):
        ann.get(address)
    return ann


@pytest.mark.parametrize("address", ["", "/phieu", "/phieu/1/1", "/phieu/1/2", "/phieu/1/xem-lai"])
def test_a_page_asks_the_database_once(answering, engine, address):
    with statements(engine) as asked:
        assert answering.get(address or answering.link).status_code == 200
    assert len(asked) == 1, asked


def save(person: Person, base: str, value: str, *, first: bool = False) -> object:
    item = person.items(1, 1)[0]
    fields = {f"was.{item}": base, item: value, "csrf_token": token(person.get("/phieu/1/1"))}
    return person, item, fields


def test_a_save_asks_twice_and_one_that_changes_nothing_once(answering, engine):
    _, item, fields = save(answering, "2", "4")
    for expected, most in (("4", 2), ("4", 1)):
        with statements(engine) as asked:
            answer = answering.client.post("/phieu/1/luu", data=fields, headers=HERE)
        assert answer.json["answers"] == {item: expected}
        assert len(asked) <= most, asked


def test_the_first_save_asks_twice_too(ann, engine):
    ann.start()
    _, item, fields = save(ann, "", "3")
    with statements(engine) as asked:
        answer = ann.client.post("/phieu/1/luu", data=fields, headers=HERE)
    assert answer.json["answers"] == {item: "3"}
    assert len(asked) <= 2, asked


def test_the_whole_questionnaire_asks_the_database_for_nothing_once_a_process_has_it(
    answering, engine
):
    page = answering.get("/phieu/1/1").text
    address = page.partition('data-whole="')[2].partition('"')[0]
    with statements(engine) as asked:
        answer = answering.client.get(address, headers={"Accept-Encoding": "gzip"})
    assert asked == []
    assert answer.headers["Cache-Control"].startswith("private") and "Cookie" not in answer.vary
    text_of_it = gzip.decompress(answer.data).decode()
    for item in answering.items(1, 2):
        assert f'data-item="{item}"' in text_of_it
    assert " checked" not in text_of_it and "csrf_token" not in text_of_it
    whole_form.forget()  # another process, which has not made it
    again = answering.client.get(address, headers={"Accept-Encoding": "gzip"})
    assert again.data == answer.data
    assert answering.client.get(address[:-4] + "0000").headers["Cache-Control"] == "no-store"


def test_without_a_session_the_whole_questionnaire_is_not_given(answering, app):
    page = answering.get("/phieu/1/1").text
    address = page.partition('data-whole="')[2].partition('"')[0]
    assert app.test_client().get(address).status_code == 401


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_what_changes_nothing_does_not_wait_for_a_writer(answering, engine):
    page = {"csrf_token": token(answering.get("/phieu/1/1"))}
    other = make_engine(engine.url.render_as_string(hide_password=False))
    with other.connect() as writer:
        writer.execute(text("select 1"))  # BEGIN IMMEDIATE: nobody else writes now
        last = answering.get("/phieu/1/1").text.count('name="go" value="') - 5
        empty = {**page, "go": "review"}
        for number in range(1, last):
            answer = answering.client.post(f"/phieu/1/{number}", data=empty, headers=HERE)
            assert answer.status_code == 303
            assert answer.data == b""
        assert answering.client.post(f"{answering.link}/start", headers=HERE).status_code == 303
    other.dispose()


def test_what_the_campaign_says_is_read_with_every_page_by_every_process(answering, moment):
    """Nothing that can change is kept: another node's change is seen with the next request."""
    from sqlalchemy import select

    from surveyapp.campaigns.models import Campaign
    from surveyapp.db import transaction

    assert "024 0000 0000" in answering.get("/phieu/1/1").text
    with transaction() as db:
        campaign = db.scalars(select(Campaign)).one()
        contact = {**campaign.settings["contact"], "phone": "1900 1234"}
        campaign.settings = {**campaign.settings, "contact": contact}
    assert "1900 1234" in answering.get("/phieu/1/1").text
    with transaction() as db:
        db.scalars(select(Campaign)).one().closes_at = moment() - timedelta(hours=3)
    assert answering.get("/phieu/1/1").status_code == 403
