"""What people do, step by step: the tables of the flows, and what each step must bring back.

A flow is a list of `Step`. When the pages speak to the server in another way, its table changes here
and nothing else does: `load.py` runs whatever the table holds, and `plain_flask.py` answers the same addresses.
"""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from benchmarks.flows.wire import Answer, urlencoded

HERE = ("Sec-Fetch-Site", "same-origin")
FORM = ("Content-Type", "application/x-www-form-urlencoded")
JSON = ("Accept", "application/json")
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
_WHOLE = re.compile(r'data-whole="([^"]+)"')
_RECEIPT = re.compile(r'id="receipt">([0-9A-Z]{4}(?:-(?:<wbr>)?[0-9A-Z]{4}){3})<')


class Unexpected(Exception):
    """A step brought back something else than what it must; the message says what."""


@dataclass(frozen=True)
class Form:
    """What is asked: the title and the items of each section, the codes of each item, the remark."""

    sections: tuple[tuple[str, tuple[str, ...]], ...]
    codes: tuple[str, ...]
    remark: str

    @property
    def items(self) -> list[str]:
        """The ids of all items, in order."""
        return [item for _, items in self.sections for item in items]

    @classmethod
    def from_json(cls, content: dict[str, object]) -> "Form":
        """As `stage.py` wrote it down."""
        sections = tuple((title, tuple(items)) for title, items in content["sections"])  # type: ignore[attr-defined]
        return cls(sections, tuple(content["codes"]), str(content["remark"]))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Request:
    """What a step sends."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


BROWSER = "phieu_may"
"""The cookie by which the server knows the browser in which answering began."""


@dataclass(slots=True)
class Visitor:
    """One person in one browser: the link, what the last page held, what was chosen and saved."""

    link: str
    form: Form
    cookies: dict[str, str] = field(default_factory=dict)
    hidden: dict[str, str] = field(default_factory=dict)
    """The fields a person does not see on the page last shown."""
    saved: dict[str, str] = field(default_factory=dict)
    """What the server has acknowledged."""
    whole: str = ""
    """Where the page says that all pages of the questionnaire are."""
    submitting: bool = False
    submitted: bool = False
    receipt: str = ""

    @property
    def chosen(self) -> dict[str, str]:
        """What this person answers: always the same for the same link."""
        items = self.form.items
        drawn = hashlib.shake_128(self.link.encode()).digest(len(items))
        codes = self.form.codes
        return {item: codes[n % len(codes)] for item, n in zip(items, drawn, strict=True)}

    def cookie(self) -> tuple[tuple[str, str], ...]:
        """The header that brings the cookies back; none before there is one."""
        held = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return (("Cookie", held),) if held else ()

    def take(self, answer: Answer) -> None:
        """Keep the cookies the answer sets."""
        for line in answer.cookies:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value


@dataclass(frozen=True, slots=True)
class Step:
    """One request of a flow: what is sent, what must come back, and under which name it is timed."""

    name: str
    timed_as: str
    """`page`, `post` or `save`."""
    send: Callable[[Visitor], Request]
    expect: Callable[[Visitor, Answer], None]


Flow = tuple[Step, ...]


# ---- what must come back


def _require(holds: bool, what: str, answer: Answer) -> None:
    if not holds:
        raise Unexpected(f"{what}: status {answer.status}, {len(answer.body)} bytes")


def _page(answer: Answer, *marks: str) -> str:
    """The page's text, once it is a page and holds every mark."""
    _require(answer.status == 200, "no page", answer)
    text = answer.text
    for mark in marks:
        _require(mark in text, f"the page lacks {mark}", answer)
    return text


def _leads_to(path: str) -> Callable[[Visitor, Answer], None]:
    def expect(_visitor: Visitor, answer: Answer) -> None:
        _require(answer.status == 303, "not led on", answer)
        led_to = answer.headers.get("location", "").partition("?cua=")[0]
        _require(led_to == path, f"led to {led_to} instead of {path}", answer)

    return expect


def _shows_landing(visitor: Visitor, answer: Answer) -> None:
    _page(answer, f'action="{visitor.link}/start"')
    _require(not answer.cookies, "looking at the link set a cookie", answer)


def _shows_section(page: int) -> Callable[[Visitor, Answer], None]:
    def expect(visitor: Visitor, answer: Answer) -> None:
        title, items = visitor.form.sections[page - 1]
        text = _page(answer, f"<h1>{title}</h1>", f'action="/phieu/1/{page}"')
        _keep_fields(visitor, text, items, answer)
        visitor.whole = "".join(_WHOLE.findall(text))

    return expect


def _shows_remark(visitor: Visitor, answer: Answer) -> None:
    remark = visitor.form.remark
    text = _page(answer, f'<textarea class="entry" id="{remark}"')
    _keep_fields(visitor, text, (remark,), answer)


def _keep_fields(visitor: Visitor, text: str, items: tuple[str, ...], answer: Answer) -> None:
    """The hidden fields of the page's form, which must show what is saved so far."""
    visitor.hidden = dict(_HIDDEN.findall(text))
    shown = {name[4:]: value for name, value in visitor.hidden.items() if name.startswith("was.")}
    expected = {item: visitor.saved.get(item, "") for item in items}
    _require(shown == expected, f"the page shows {shown} instead of {expected}", answer)


def _shows_review(visitor: Visitor, answer: Answer) -> None:
    text = _page(answer, 'action="/phieu/1/nop"')
    shown, gaps = text.count("<dt>"), text.count('<div class="gap">')
    _require(shown == len(visitor.form.items), f"{shown} answers on the review page", answer)
    _require(not gaps, f"{gaps} gaps on the review page", answer)
    visitor.hidden = dict(_HIDDEN.findall(text))
    _require("version" in visitor.hidden, "the review page names no version", answer)


def _submitted(visitor: Visitor, answer: Answer) -> None:
    _leads_to("/phieu/1/bien-nhan")(visitor, answer)
    visitor.submitted = True


def _shows_receipt(visitor: Visitor, answer: Answer) -> None:
    receipt = _RECEIPT.search(_page(answer))
    _require(receipt is not None, "no receipt", answer)
    visitor.receipt = receipt[1] if receipt else ""


def _saved_section(page: int, path: str) -> Callable[[Visitor, Answer], None]:
    def expect(visitor: Visitor, answer: Answer) -> None:
        _leads_to(path)(visitor, answer)
        chosen = visitor.chosen
        visitor.saved |= {item: chosen[item] for item in visitor.form.sections[page - 1][1]}

    return expect


def saved_items(page: int, count: int) -> Callable[[Visitor, Answer], None]:
    """The answer to a script's save of the first `count` items of a page: these stand, and all before."""

    def expect(visitor: Visitor, answer: Answer) -> None:
        _require(answer.status == 200, "not saved", answer)
        stored = json.loads(answer.text)["answers"]
        items = visitor.form.sections[page - 1][1]
        chosen = visitor.chosen
        for n, item in enumerate(items):
            visitor.saved.pop(item, None)
            if n < count:
                visitor.saved[item] = chosen[item]
        _require(stored == visitor.saved, f"stored {stored}", answer)

    return expect


def _shows_whole(visitor: Visitor, answer: Answer) -> None:
    text = _page(answer)
    shown = text.count('<div class="part"')
    _require(shown == len(visitor.form.sections) + 1, f"{shown} pages at once", answer)


# ---- what is sent


def _whole(visitor: Visitor) -> Request:
    return Request("GET", visitor.whole, visitor.cookie())


def _get(path: str) -> Callable[[Visitor], Request]:
    return lambda visitor: Request("GET", path, visitor.cookie())


def _fields(visitor: Visitor, page: int, count: int) -> list[tuple[str, str]]:
    """The form of a section page with its first `count` items chosen."""
    hidden = visitor.hidden
    items = visitor.form.sections[page - 1][1]
    chosen = visitor.chosen
    head = [(name, hidden.get(name, "")) for name in ("csrf_token", "shown", "at")]
    bases = [(f"was.{item}", visitor.saved.get(item, "")) for item in items]
    return [*head, *bases, *((item, chosen[item]) for item in items[:count])]


def _save_page(page: int) -> Callable[[Visitor], Request]:
    def send(visitor: Visitor) -> Request:
        fields = _fields(visitor, page, len(visitor.form.sections[page - 1][1]))
        body = urlencoded([*fields, ("go", "next")])
        return Request("POST", f"/phieu/1/{page}", (*visitor.cookie(), HERE, FORM), body)

    return send


def _save_remark(page: int) -> Callable[[Visitor], Request]:
    def send(visitor: Visitor) -> Request:
        fields = [*visitor.hidden.items(), (visitor.form.remark, ""), ("go", "review")]
        headers = (*visitor.cookie(), HERE, FORM)
        return Request("POST", f"/phieu/1/{page}", headers, urlencoded(fields))

    return send


def save_items(page: int, count: int) -> Callable[[Visitor], Request]:
    """What the script sends once `count` items of the page are chosen: all that the page shows."""

    def send(visitor: Visitor) -> Request:
        headers = (*visitor.cookie(), HERE, FORM, JSON)
        body = urlencoded([*_fields(visitor, page, count), ("page", str(page))])
        return Request("POST", "/phieu/1/luu", headers, body)

    return send


def _start(visitor: Visitor) -> Request:
    return Request("POST", f"{visitor.link}/start", (HERE, FORM))


def _submit(visitor: Visitor) -> Request:
    visitor.submitting = True
    fields = [(name, visitor.hidden[name]) for name in ("csrf_token", "version")]
    headers = (*visitor.cookie(), HERE, FORM)
    return Request("POST", "/phieu/1/nop", headers, urlencoded(fields))


# ---- the tables

LANDING = Step("landing", "page", lambda visitor: Request("GET", visitor.link), _shows_landing)
START = Step("start", "post", _start, _leads_to("/phieu/1/1"))
FINISH: Flow = (
    Step("review", "page", _get("/phieu/1/xem-lai"), _shows_review),
    Step("submit", "post", _submit, _submitted),
    Step("receipt", "page", _get("/phieu/1/bien-nhan"), _shows_receipt),
)


def page_flow(form: Form) -> Flow:
    """The way of a browser without script: every section shown, answered and sent in."""
    steps: list[Step] = []
    for page in range(1, len(form.sections) + 1):
        steps.append(Step("section", "page", _get(f"/phieu/1/{page}"), _shows_section(page)))
        after = _saved_section(page, f"/phieu/1/{page + 1}")
        steps.append(Step("save section", "post", _save_page(page), after))
    last = len(form.sections) + 1
    remark = Step("remark", "page", _get(f"/phieu/1/{last}"), _shows_remark)
    saved = Step("save remark", "post", _save_remark(last), _leads_to("/phieu/1/xem-lai"))
    return (LANDING, START, *steps, remark, saved, *FINISH)


def script_flow(form: Form) -> Flow:
    """The way of a browser with script, as static/js goes it: one document, a save for each section left."""
    first = Step("section", "page", _get("/phieu/1/1"), _shows_section(1))
    whole = Step("whole", "page", _whole, _shows_whole)
    saved = [
        Step("save", "save", save_items(page, len(items)), saved_items(page, len(items)))
        for page, (_, items) in enumerate(form.sections, start=1)
    ]
    return (LANDING, START, first, whole, *saved, *FINISH)


def opens(_form: Form) -> Flow:
    """A link opened and looked at."""
    return (LANDING,)


def saves(form: Form) -> tuple[Flow, Flow]:
    """A way to the first section, and then its saves one by one, over and over."""
    size = len(form.sections[0][1])
    first = Step("section", "page", _get("/phieu/1/1"), _shows_section(1))
    again = [Step("autosave", "save", save_items(1, n), saved_items(1, n)) for n in range(1, size)]
    return (LANDING, START, first), tuple(again)
