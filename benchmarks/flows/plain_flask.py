"""The ceiling: the same steps at the same addresses in plain Flask, with hand-written statements.

No keys, no encryption, no lists, no words in two languages, nothing checked but what a step cannot do
without; answers as JSON, durable as ours are. What this takes, framework, server and engine take.
`PLAIN_DATABASE` is a file for SQLite or what psycopg connects to; `PLAIN_FORM` the questionnaire.
"""

import json
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask, Response, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from jinja2 import DictLoader

BALLOT = bytes(5232)
"""As long as a sealed ballot."""
TABLES = (
    "CREATE TABLE person (code TEXT PRIMARY KEY, state TEXT NOT NULL)",
    "CREATE TABLE draft (code TEXT PRIMARY KEY, revision INTEGER NOT NULL, answers TEXT NOT NULL)",
    "CREATE TABLE ballot (receipt TEXT PRIMARY KEY, answers TEXT NOT NULL)",
    "CREATE TABLE bare (id {serial}, content {bytes} NOT NULL)",
)
_local = threading.local()


class Sqlite:
    """One connection a thread, WAL, every commit on disk."""

    def __init__(self, path: str) -> None:
        self._connection = sqlite3.connect(
            path, isolation_level=None, timeout=15, check_same_thread=False
        )
        self._connection.execute("PRAGMA journal_mode=wal")
        self._connection.execute("PRAGMA synchronous=full")

    def __del__(self) -> None:
        """The thread is over, and with it what was its own."""
        self._connection.close()

    def run(self, statement: str, *values: object) -> Any:
        """One statement; its rows can be fetched."""
        return self._connection.execute(statement, values)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """All of it or nothing."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")


class Postgres:
    """One connection a thread, statements prepared by the driver, every commit on disk."""

    def __init__(self, address: str) -> None:
        self._connection = psycopg.connect(address, autocommit=True, prepare_threshold=1)

    def run(self, statement: str, *values: object) -> Any:
        """One statement; its rows can be fetched."""
        return self._connection.execute(statement.replace("?", "%s"), values)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """All of it or nothing."""
        with self._connection.transaction():
            yield


Store = Sqlite | Postgres


def store() -> Store:
    """This thread's connection."""
    if not hasattr(_local, "store"):
        _local.store = connect(os.environ["PLAIN_DATABASE"])
    made: Store = _local.store
    return made


def connect(address: str) -> Store:
    """A connection to either engine."""
    return Postgres(address) if "dbname=" in address else Sqlite(address)


def prepare(address: str, codes: list[str]) -> None:
    """Empty tables, and everybody invited."""
    made = connect(address)
    kinds = (
        {"serial": "BIGSERIAL PRIMARY KEY", "bytes": "BYTEA"}
        if isinstance(made, Postgres)
        else {"serial": "INTEGER PRIMARY KEY", "bytes": "BLOB"}
    )
    with made.writing():
        for table in TABLES:
            made.run(table.format(**kinds))
        for code in codes:
            made.run("INSERT INTO person VALUES (?, 'invited')", code)


app = Flask(__name__)
app.secret_key = "nothing of worth is behind it"
FORM = json.loads(Path(os.environ["PLAIN_FORM"]).read_text()) if "PLAIN_FORM" in os.environ else {}
SECTIONS: list[tuple[str, list[str]]] = FORM.get("sections", [])
ITEMS = [item for _, items in SECTIONS for item in items]
CODES = FORM.get("codes", [])
WORDS = "Ông/Bà đánh giá thế nào về chất lượng và tính kịp thời của việc này ở địa phương?"
FRAME = """<!doctype html><html lang="vi"><head><title>{{ title }}</title></head><body><main>%s</main></body></html>"""
LANDING = (
    FRAME
    % """<h1>{{ title }}</h1><p>Trả lời là tự nguyện.</p>
<form method="post" action="/t/{{ code }}/start"><button>Bắt đầu</button></form>"""
)
SECTION = (
    FRAME
    % """<h1>{{ title }}</h1><form method="post" action="/phieu/1/{{ page }}" data-whole="/phieu/1/ca-phieu/all">
<input type="hidden" name="csrf_token" value="{{ token }}">
{% for item in items %}<input type="hidden" name="was.{{ item }}" value="{{ answers.get(item, '') }}">
<fieldset id="{{ item }}-item"><legend>{{ words }}</legend>
{% for code in codes %}<div class="choice"><input type="radio" name="{{ item }}" id="{{ item }}-{{ code }}" value="{{ code }}"{% if answers.get(item) == code %} checked{% endif %}><label for="{{ item }}-{{ code }}">Phương án {{ code }}</label></div>
{% endfor %}</fieldset>{% endfor %}<button name="go" value="next">Tiếp</button></form>"""
)
WHOLE = """{% for _, items in sections %}<div class="part">{% for item in items %}<fieldset id="{{ item }}-item"><legend>{{ words }}</legend>
{% for code in codes %}<div class="choice"><input type="radio" name="{{ item }}" id="{{ item }}-{{ code }}" value="{{ code }}"><label for="{{ item }}-{{ code }}">Phương án {{ code }}</label></div>
{% endfor %}</fieldset>{% endfor %}</div>{% endfor %}<div class="part"></div>"""
REMARK = (
    FRAME
    % """<h1>{{ title }}</h1><form method="post" action="/phieu/1/{{ page }}">
<input type="hidden" name="csrf_token" value="{{ token }}"><input type="hidden" name="was.{{ item }}" value="{{ answers.get(item, '') }}">
<textarea class="entry" id="{{ item }}" name="{{ item }}"></textarea><button>Tiếp</button></form>"""
)
REVIEW = (
    FRAME
    % """<h1>{{ title }}</h1><form method="post" action="/phieu/1/nop">
<input type="hidden" name="csrf_token" value="{{ token }}"><input type="hidden" name="version" value="{{ revision }}"><button>Nộp</button></form>
<dl>{% for item in items %}<div{% if item not in answers %} class="gap"{% endif %}><dt>{{ words }}</dt><dd>{{ answers.get(item) }}</dd></div>{% endfor %}</dl>"""
)
RECEIPT = FRAME % """<h1>{{ title }}</h1><p id="receipt">{{ receipt }}</p>"""

app.jinja_loader = DictLoader(
    {
        "landing.html": LANDING,
        "section.html": SECTION,
        "remark.html": REMARK,
        "whole.html": WHOLE,
        "review.html": REVIEW,
        "receipt.html": RECEIPT,
    }
)


def _page(template: str, title: str, **facts: object) -> str:
    token = session.get("token", "")
    return render_template(f"{template}.html", title=title, token=token, words=WORDS, **facts)


def _draft(code: str) -> tuple[int, dict[str, str]]:
    row = store().run("SELECT revision, answers FROM draft WHERE code = ?", code).fetchone()
    return (row[0], json.loads(row[1])) if row else (0, {})


def _receipt(code: str) -> str:
    from hashlib import sha256

    digits = sha256(code.encode()).hexdigest()[:16].upper()
    return "-".join(digits[n : n + 4] for n in range(0, 16, 4))


@app.get("/")
def ready() -> str:
    """Asked once, before anything is measured."""
    return "ready"


@app.get("/bare")
def bare() -> str:
    """A route and nothing else."""
    return "ok"


@app.get("/bare/page")
def bare_page() -> str:
    """A section's page without looking anything up."""
    title, items = SECTIONS[0]
    return _page("section", title, page=1, items=items, codes=CODES, answers={})


@app.post("/bare/insert")
def bare_insert() -> str:
    """One row as long as a sealed ballot, committed."""
    with store().writing():
        store().run("INSERT INTO bare (content) VALUES (?)", BALLOT)
    return "ok"


@app.get("/t/<code>")
def landing(code: str) -> ResponseReturnValue:
    """What the link leads to."""
    row = store().run("SELECT state FROM person WHERE code = ?", code).fetchone()
    return _page("landing", "Phiếu khảo sát", code=code) if row else Response(status=404)


@app.post("/t/<code>/start")
def start(code: str) -> ResponseReturnValue:
    """Begun, which is kept, and the cookie."""
    with store().writing():
        store().run("UPDATE person SET state = 'begun' WHERE code = ? AND state = 'invited'", code)
    session["code"], session["token"] = code, os.urandom(16).hex()
    return redirect("/phieu/1/1", 303)


@app.get("/phieu/1/<int:page>")
def section(page: int) -> str:
    """A section with what is saved, or the remark behind the last one."""
    _, answers = _draft(session["code"])
    if page > len(SECTIONS):
        return _page("remark", "Ý kiến khác", page=page, item=FORM["remark"], answers=answers)
    title, items = SECTIONS[page - 1]
    return _page("section", title, page=page, items=items, codes=CODES, answers=answers)


def _save(items: list[str]) -> dict[str, str]:
    """Merge what differs from what the page was rendered with; what is the same is not written."""
    if request.form["csrf_token"] != session["token"]:
        raise PermissionError
    code = session["code"]
    sent = request.form
    changed = {i: sent.get(i, "") for i in items if sent.get(i, "") != sent.get(f"was.{i}", "")}
    if not changed:
        return _draft(code)[1]
    with store().writing():
        revision, answers = _draft(code)
        answers = {item: value for item, value in (answers | changed).items() if value}
        store().run(
            "INSERT INTO draft VALUES (?, ?, ?) ON CONFLICT (code) "
            "DO UPDATE SET revision = excluded.revision, answers = excluded.answers",
            code,
            revision + 1,
            json.dumps(answers),
        )
    return answers


@app.post("/phieu/1/<int:page>")
def save(page: int) -> ResponseReturnValue:
    """Save the page and go on."""
    _save(SECTIONS[page - 1][1] if page <= len(SECTIONS) else [FORM["remark"]])
    return redirect("/phieu/1/xem-lai" if page > len(SECTIONS) else f"/phieu/1/{page + 1}", 303)


@app.post("/phieu/1/luu")
def autosave() -> dict[str, Any]:
    """Save and say what stands."""
    return {"answers": _save(ITEMS)}


@app.get("/phieu/1/ca-phieu/all")
def whole() -> str:
    """Every section at once."""
    return _page("whole", "Cả phiếu", sections=SECTIONS, codes=CODES)


@app.get("/phieu/1/xem-lai")
def review() -> str:
    """Everything once more."""
    revision, answers = _draft(session["code"])
    return _page("review", "Xem lại", revision=revision, items=ITEMS, answers=answers)


@app.post("/phieu/1/nop")
def submit() -> ResponseReturnValue:
    """Into the box, out of the drafts, once."""
    code = session["code"]
    with store().writing():
        taken = "UPDATE person SET state = 'submitted' WHERE code = ? AND state <> 'submitted'"
        if store().run(taken, code).rowcount == 1:
            drawn = store().run("DELETE FROM draft WHERE code = ? RETURNING answers", code)
            store().run("INSERT INTO ballot VALUES (?, ?)", _receipt(code), drawn.fetchone()[0])
    return redirect("/phieu/1/bien-nhan", 303)


@app.get("/phieu/1/bien-nhan")
def receipt() -> str:
    """Thanks."""
    return _page("receipt", "Đã nhận phiếu", receipt=_receipt(session["code"]))
