"""The load client: what it asks for, what it takes for an answer, what it does not let pass."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from werkzeug.serving import WSGIRequestHandler, make_server

from benchmarks.flows import checking, opened, plain_flask, stage
from benchmarks.flows.checking import Counted, Database, Lost
from benchmarks.flows.load import Job, Outcome, Run
from benchmarks.flows.steps import Form, page_flow, script_flow
from benchmarks.flows.wire import Connection, ConnectionLost
from surveyapp import create_app
from surveyapp.config import Settings
from surveyapp.db import make_engine
from surveyapp.keys import read_key_ring

SECTIONS = tuple((f"Phần {n}", tuple(f"P-{n}{m}" for m in range(5))) for n in range(1, 9))
FORM = Form(SECTIONS, ("1", "2", "3", "4", "5"), "P-901")
KNOWN = {"sections": SECTIONS, "codes": FORM.codes, "remark": FORM.remark}
LINKS = [f"/t/{n:016}~x" for n in range(6)]


class Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, *_args: object, **_kwargs: object) -> None:
        """Nothing: pytest shows what matters."""


@contextmanager
def served(app) -> Iterator[int]:
    """The application on a free port."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


def run(port: int, flow: str, links: list[str], form: dict, **more) -> Outcome:
    """A job with more time than its invitations last."""
    job = Job(port=port, flow=flow, clients=2, seconds=20, links=links, form=form)
    return asyncio.run(Run(replace(job, **more)).measure())


@pytest.fixture
def ceiling(tmp_path, monkeypatch) -> Iterator[int]:
    """The plain application on a file of its own."""
    path = str(tmp_path / "plain.sqlite3")
    plain_flask.prepare(path, [link.removeprefix("/t/") for link in LINKS])
    monkeypatch.setenv("PLAIN_DATABASE", path)
    for name, value in (("FORM", KNOWN), ("SECTIONS", SECTIONS), ("CODES", FORM.codes)):
        monkeypatch.setattr(plain_flask, name, value)
    monkeypatch.setattr(plain_flask, "ITEMS", FORM.items)
    with served(plain_flask.app) as port:
        yield port


def test_a_flow_without_script_is_23_requests_and_one_with_it_15():
    assert len(page_flow(FORM)) == 23
    assert len(script_flow(FORM)) == 15


@pytest.mark.parametrize("flow", ["pages", "script"])
def test_the_ceiling_takes_the_same_steps_and_holds_what_was_answered(ceiling, tmp_path, flow):
    outcome = run(ceiling, flow, LINKS, KNOWN)
    database = Database(str(tmp_path / "plain.sqlite3"))
    stored = [json.loads(row[0]) for row in database.rows("SELECT answers FROM ballot")]
    database.close()
    assert outcome.errors == {}
    assert sorted(outcome.acknowledged) == LINKS
    assert checking.check_answers(stored, outcome.acknowledged, FORM) == len(LINKS)


def test_the_survey_takes_every_step_and_its_opened_box_holds_what_was_answered(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(stage, "UPLOADED", 20)
    url = f"sqlite:///{tmp_path / 'survey.sqlite3'}"
    known = stage.build(tmp_path, url, 12, 1)
    (tmp_path / "stage.json").write_text(json.dumps(known))
    settings = Settings(instance=tmp_path, database_url=url, base_url="http://127.0.0.1")
    engine, keys = make_engine(url), read_key_ring(tmp_path / "keys.json")
    links, form = known["links"], known["form"]
    with served(create_app(settings, keys=keys, engine=engine)) as port:
        desk, viewer = (
            {**known["people"][name], "code": known["people"][name]["codes"][0]}
            for name in ("desk", "overview")
        )
        desk["files"] = desk["files"][:1]
        outcomes = [
            run(port, "pages", links[:3], form, beside="desk", person=desk),
            run(port, "script", links[3:6], form, seconds=1, beside="overview", person=viewer),
            run(port, "opens", links, form, seconds=0.1),
            run(port, "saves", links[6:8], form, seconds=0.2),
        ]
    engine.dispose()
    box_read = opened.read(tmp_path, url, outcomes[3].browsers)
    assert [outcome.errors for outcome in outcomes] == [{}] * 4
    assert [len(outcome.beside) > 0 for outcome in outcomes] == [True, True, False, False]
    acknowledged = [*outcomes[0].acknowledged, *outcomes[1].acknowledged]
    assert checking.check_answers(box_read["ballots"], acknowledged, Form.from_json(form)) >= 5
    assert box_read["drafts"] == outcomes[3].saved


def test_a_server_that_says_yes_to_everything_is_not_believed():
    def yes(_environ, start_response):
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]

    with served(yes) as port:
        outcome = run(port, "pages", LINKS, KNOWN)
    assert outcome.flows == 0
    assert outcome.acknowledged == []
    assert sum(outcome.errors.values()) == len(LINKS)


def test_a_page_that_shows_another_answer_than_was_saved_is_an_error(ceiling, monkeypatch):
    monkeypatch.setattr(plain_flask, "_draft", lambda _code: (1, {"P-11": "4"}))
    outcome = run(ceiling, "pages", LINKS[:1], KNOWN)
    assert [error for error in outcome.errors if error.startswith("section: Unexpected")]


@pytest.mark.parametrize(
    ("acknowledged", "unanswered", "after"),
    [(3, 0, Counted(2, 2)), (3, 0, Counted(4, 4)), (3, 0, Counted(3, 2)), (3, 1, Counted(5, 5))],
)
def test_what_was_acknowledged_and_is_not_there_fails_the_run(acknowledged, unanswered, after):
    with pytest.raises(Lost):
        checking.check(Counted(0, 0), after, acknowledged=acknowledged, unanswered=unanswered)


def test_a_submission_without_an_answer_may_be_in_the_box_or_not():
    for taken in (3, 4):
        checking.check(Counted(9, 9), Counted(9 + taken, 9 + taken), acknowledged=3, unanswered=1)


def test_a_sheet_that_was_changed_on_its_way_fails_the_run():
    answers = dict.fromkeys(FORM.items, "1")
    with pytest.raises(Lost, match="1 sheets lost, 1 that nobody gave"):
        checking.check_answers([answers], LINKS[:1], FORM)


# ---- the connection


async def _closing_after_each(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers once as if the connection stayed, and closes it all the same."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    await writer.drain()
    writer.close()


def test_a_kept_connection_that_was_closed_meanwhile_is_opened_once_more():
    async def story() -> tuple[list[int], int]:
        server = await asyncio.start_server(_closing_after_each, "127.0.0.1", 0)
        connection = Connection(server.sockets[0].getsockname()[1])
        answers = [(await connection.ask("GET", "/")).status for _ in range(3)]
        connection.close()
        server.close()
        return answers, connection.opened

    assert asyncio.run(story()) == ([200] * 3, 3)


def test_an_answer_that_breaks_off_is_lost_and_not_asked_for_again():
    async def half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhalf")
        await writer.drain()
        writer.close()

    async def story() -> bool:
        server = await asyncio.start_server(half, "127.0.0.1", 0)
        connection = Connection(server.sockets[0].getsockname()[1])
        with pytest.raises(ConnectionLost) as lost:
            await connection.ask("POST", "/")
        server.close()
        return lost.value.answered

    assert asyncio.run(story())
