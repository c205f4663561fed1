"""A running server with an open campaign and people who have not answered yet."""

import os
import pickle
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Engine, text
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from surveyapp import clock, create_app, schema
from surveyapp.campaigns import service as campaigns
from surveyapp.campaigns.models import Campaign
from surveyapp.config import Settings
from surveyapp.db import bind, make_engine, transaction
from surveyapp.invitations import service as invitations
from surveyapp.invitations.mailing_file import MailingRow
from surveyapp.keys import KeyRing
from surveyapp.responses.sealed_box import box
from tests import factories, postgres
from tests.ports import free_port

REAL_PACK = "../../questionnaires/par-index-2023"
PEOPLE = 180
KEYS = KeyRing({1: sha256(b"a root key of the browser tests").digest()})
SLOW = float(os.environ.get("SURVEY_TEST_SLOW", "0"))
"""Seconds by which every answer is late: a test that does not wait for its page is found by it."""


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, *_args: object, **_kwargs: object) -> None:
        """Nothing: pytest shows what matters."""


class Late:
    """The application on a machine that has more to do: a pause before the answer and one within."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        time.sleep(SLOW)
        answer = self.app(environ, start_response)
        try:
            for part in answer:
                yield part[:1]
                time.sleep(SLOW)
                yield part[1:]
        finally:
            answer.close()


class Before:
    """The application as a browser of another kind has it: what is run before each of its scripts."""

    def __init__(self, app: Callable[..., Iterable[bytes]], first: str) -> None:
        self.app = app
        self.first = first

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        if not environ["PATH_INFO"].startswith("/static/js/"):
            return self.app(environ, start_response)
        environ.pop("HTTP_ACCEPT_ENCODING", None)
        told: list[Any] = []
        answer = self.app(environ, lambda *given: told.append(given) or (lambda _part: None))
        body = self.first.encode() + b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
        headers = [one for one in told[0][1] if one[0].lower() != "content-length"]
        start_response(told[0][0], [*headers, ("Content-Length", str(len(body)))])
        return [body]


class Aged(Before):
    """The application as a browser of 2019 has it: its scripts find the later calls missing.

    Chrome 76, Safari 13 and Firefox 78 are the floor of respondents' pages; linters see syntax, not these.
    """

    MISSING = """
    delete HTMLFormElement.prototype.requestSubmit;
    if (window.SubmitEvent) delete SubmitEvent.prototype.submitter;
    for (const name of ["replaceAll", "at", "matchAll"]) delete String.prototype[name];
    for (const name of ["at", "findLast", "toSorted", "flat"]) delete Array.prototype[name];
    for (const name of ["replaceChildren", "ariaHidden"]) delete Element.prototype[name];
    for (const name of ["hasOwn", "groupBy"]) delete Object[name];
    for (const name of ["any", "allSettled", "withResolvers"]) delete Promise[name];
    delete AbortSignal.timeout; delete AbortSignal.any; delete Crypto.prototype.randomUUID;
    for (const name of ["structuredClone", "requestIdleCallback", "ResizeObserver"]) delete window[name];
    """

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        super().__init__(app, self.MISSING)


class Lacking:
    """The application with a part of it that never arrives: the address ends with `ending`."""

    def __init__(self, app: Callable[..., Iterable[bytes]], ending: str) -> None:
        self.app = app
        self.ending = ending

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        if not environ["PATH_INFO"].endswith(self.ending):
            return self.app(environ, start_response)
        start_response("504 Gateway Timeout", [("Content-Length", "0")])
        return []


class Gateway:
    """The application behind something that now and then answers what scripts send with a page of its own."""

    PAGE = b"<!doctype html><title>Gateway</title><h1>Please sign in to the network</h1>"

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self.app = app
        self.answers: list[str] = []
        """Of the next requests, in this order."""

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        if not self.answers or "json" not in environ.get("HTTP_ACCEPT", ""):
            return self.app(environ, start_response)
        headers = [("Content-Type", "text/html"), ("Content-Length", str(len(self.PAGE)))]
        start_response(self.answers.pop(0), headers)
        return [self.PAGE]


class Stalling:
    """The application behind a line that breaks off: answers of some addresses begin, and end when let go."""

    def __init__(self, app: Callable[..., Iterable[bytes]], passage: str) -> None:
        self.app = app
        self.passage = passage
        self.flows = threading.Event()

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        if self.flows.is_set() or self.passage not in environ["PATH_INFO"]:
            yield from self.app(environ, start_response)
            return
        answer = self.app(environ, start_response)
        body = b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
        yield body[:1]
        self.flows.wait(60)
        yield body[1:]


@dataclass
class Scene:
    """The server can be stopped and started again on the same port, with the same database."""

    app: Any
    engine: Engine
    keys: KeyRing
    now: datetime
    rows: dict[int, list[MailingRow]]
    """People not yet used by a test, by how many questionnaires they hold."""
    port: int = field(default_factory=free_port)
    _server: BaseWSGIServer | None = field(default=None)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        app = Late(self.app) if SLOW else self.app
        self._server = make_server(
            "127.0.0.1", self.port, app, threaded=True, request_handler=_Quiet
        )
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @contextmanager
    def beside(self, wrapped: Callable[..., Iterable[bytes]]) -> Iterator["Scene"]:
        """The same survey served a second time, as `wrapped` has it."""
        other = replace(self, app=wrapped, port=free_port(), _server=None)
        other.start()
        try:
            yield other
        finally:
            other.stop()

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def person(self, questionnaires: int = 2) -> MailingRow:
        """Somebody who has not been here yet, with this many questionnaires."""
        return self.rows[questionnaires].pop()

    def link(self, person: MailingRow) -> str:
        """The link as that person's phone opens it."""
        return person.link.replace("http://localhost", self.address)

    @contextmanager
    def line_gone(self) -> Iterator[None]:
        """No request is answered meanwhile."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    @contextmanager
    def window(self, opens_in: timedelta, closes_in: timedelta) -> Iterator[None]:
        """The campaign collects at other times inside the block."""
        before = self._move(clock.now() + opens_in, clock.now() + closes_in)
        try:
            yield
        finally:
            self._move(*before)

    def _move(self, opens_at: datetime, closes_at: datetime) -> tuple[datetime, datetime]:
        with transaction() as db:
            campaign = db.query(Campaign).one()
            before = (campaign.opens_at, campaign.closes_at)
            campaign.opens_at, campaign.closes_at = opens_at, closes_at
        return before

    def forget_attempts(self) -> None:
        """No wrong code was typed."""
        with transaction() as db:
            db.execute(text("delete from attempt_window"))


def build(
    folder: Path, *, pack: str = REAL_PACK, engine: Engine | None = None, people: int = PEOPLE
) -> Scene:
    """A scene in `folder` with an open campaign, on SQLite unless an engine is given; not serving yet."""
    engine = engine or make_engine(f"sqlite:///{folder / 'survey.sqlite3'}")
    return _on(folder, engine, *_collecting(engine, pack, people))


def build_once(shared: Path, folder: Path) -> Scene:
    """As `build`; of several processes the first builds in `shared`, and each has its own copy in `folder`."""
    made, facts = shared / "scene.sqlite3", shared / "scene.pickle"
    with postgres.alone(shared):
        if not facts.exists():
            engine = make_engine(f"sqlite:///{made}")
            told = _collecting(engine, REAL_PACK, PEOPLE)
            engine.dispose()
            facts.write_bytes(pickle.dumps(told))
    file = folder / "survey.sqlite3"
    shutil.copyfile(made, file)
    return _on(folder, make_engine(f"sqlite:///{file}"), *pickle.loads(facts.read_bytes()))


def _collecting(
    engine: Engine, pack: str, people: int
) -> tuple[datetime, dict[int, list[MailingRow]]]:
    """An open campaign in the database, whose people are invited: when that was, and who they are."""
    schema.migrate(engine)
    bind(engine)
    keys, now = KEYS, clock.now()
    with transaction() as db:
        campaign = factories.campaign(db, now, pack=pack)
        campaign.opens_at = now - timedelta(days=3)
        campaign.closes_at = now + timedelta(days=9)
        db.flush()
        _, public = factories.box_key()
        fingerprint = box.fingerprint(public)
        campaigns.record_box_key(db, campaign.code, public_key=public, fingerprint=fingerprint)
        factories.approve_questionnaires(db, campaign, now)
        campaigns.open_campaign(db, campaign.code, now=now)
        listed = factories.people(people)
        first, second = "agency-leaders", "department-leaders"
        content = factories.list_file(first, listed)
        # A few lead two departments: two ministries and the province.
        again = factories.list_file(first, listed[:6], position_cells="Giám đốc,Sở Tài chính")
        content += again[again.index(b"\n") :]
        factories.approved_list(db, campaign, now, keys, unit="01", kind=first, content=content)
        listed = factories.people(people, start=500)
        factories.approved_list(db, campaign, now, keys, unit="BNV", kind=second, listed=listed)
    with transaction() as db:
        campaign = db.query(Campaign).one()
        invitations.issue(db, campaign, keys=keys, now=now)
        rows: dict[int, list[MailingRow]] = {}
        for row in invitations.mailing(db, campaign, keys=keys, base_url="http://localhost"):
            rows.setdefault(row.questionnaires, []).append(row)
        factories.staff(
            db, now, "operator", campaign_code=campaign.code, username="operator", keys=keys
        )
    return now, rows


def _on(folder: Path, engine: Engine, now: datetime, rows: dict[int, list[MailingRow]]) -> Scene:
    bind(engine)
    settings = Settings(
        instance=folder,
        database_url=engine.url.render_as_string(hide_password=False),
        keys=folder / "keys.json",
        base_url="http://localhost",
    )
    return Scene(create_app(settings, keys=KEYS, engine=engine), engine, KEYS, now, rows)
