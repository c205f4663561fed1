"""What goes on beside answering: a desk that hands in lists, a viewer who looks at the overview."""

import asyncio
import html
import re
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any

from benchmarks.flows.steps import FORM, HERE, Unexpected
from benchmarks.flows.wire import BOUNDARY, Answer, Connection, multipart, urlencoded

FORM_DATA = ("Content-Type", f"multipart/form-data; boundary={BOUNDARY}")
POLLS = 240
BETWEEN_POLLS = 0.25
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
_SELECTS = re.compile(r'<select class="entry" id="(column_\w+)"[^>]*>(.*?)</select>', re.DOTALL)
_SELECTED = re.compile(r'<option value="([^"]*)" selected')

Note = Callable[[str, float], None]
"""Told what was done and how many seconds it took, waiting included."""


class Browser:
    """A signed-in member of staff on one kept connection."""

    def __init__(self, port: int) -> None:
        self._connection = Connection(port)
        self._cookies: dict[str, str] = {}

    async def ask(self, method: str, path: str, *headers: tuple[str, str], body: bytes = b"") -> Answer:  # fmt: skip
        """One request with the cookies so far."""
        held = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        sent = (*headers, *((("Cookie", held),) if held else ()))
        answer = await self._connection.ask(method, path, sent, body)
        for line in answer.cookies:
            name, _, value = line.partition(";")[0].partition("=")
            self._cookies[name] = value
        return answer

    async def get(self, path: str) -> str:
        """A page that must be there."""
        answer = await self.ask("GET", path)
        return _must(answer, 200, path).text

    async def sign_in(self, username: str, password: str, code: str) -> None:
        """Through the pages, as people do; `code` is the second factor."""
        page = await self.get("/account/sign-in")
        fields = {**_hidden(page), "username": username, "password": password}
        answer = await self.ask(
            "POST", "/account/sign-in", HERE, FORM, body=urlencoded(fields.items())
        )
        _must(answer, 303, "sign-in")
        page = await self.get("/account/second-factor")
        fields = {**_hidden(page), "factor_code": code, "factor_passkey": ""}
        answer = await self.ask(
            "POST", "/account/second-factor", HERE, FORM, body=urlencoded(fields.items())
        )
        _must(answer, 303, "second factor")

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


def _must(answer: Answer, status: int, what: str) -> Answer:
    if answer.status != status:
        raise Unexpected(f"{what}: status {answer.status} instead of {status}")
    return answer


def _hidden(page: str) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in _HIDDEN.findall(page)}


async def uploads(port: int, desk: Mapping[str, Any], is_over: Callable[[], bool], note: Note) -> None:  # fmt: skip
    """One list after the other, from the file to the page of its findings, until it is over."""
    browser, clock = Browser(port), asyncio.get_running_loop().time
    await browser.sign_in(desk["username"], desk["password"], desk["code"])
    for path in desk["files"]:
        if is_over():
            break
        started = clock()
        await _hand_in(browser, desk["page"], Path(path))
        note("upload", clock() - started)
    browser.close()


async def _hand_in(browser: Browser, page: str, file: Path) -> None:
    fields = {"csrf_token": _hidden(await browser.get(page))["csrf_token"]}
    body = multipart(fields.items(), (file.name, file.read_bytes()))
    sent = _must(await browser.ask("POST", page, HERE, FORM_DATA, body=body), 303, "upload")
    address = sent.headers["location"]
    shown = await _once(browser, address, lambda answer: 'id="reading"' in answer.text)
    confirmed = _reading_form(shown.text)
    body = urlencoded(confirmed.items())
    _must(await browser.ask("POST", address, HERE, FORM, body=body), 303, "confirmation")
    stored = await _once(browser, address, lambda answer: answer.status == 303)
    if "/list/" not in stored.headers["location"]:
        raise Unexpected(f"led to {stored.headers['location']} instead of the list")
    await browser.get(stored.headers["location"])


async def _once(browser: Browser, address: str, is_there: Callable[[Answer], bool]) -> Answer:
    """The page once it shows what it is waited for, asked for again and again as its script does."""
    for _ in range(POLLS):
        answer = await browser.ask("GET", address)
        if answer.status not in (200, 303):
            break
        if is_there(answer):
            return answer
        await asyncio.sleep(BETWEEN_POLLS)
    raise Unexpected(f"{address}: not there after {POLLS * BETWEEN_POLLS:.0f} s: {answer.status}")


def _reading_form(page: str) -> dict[str, str]:
    """The form that confirms how a file was understood, as it stands."""
    fields = _hidden(page)
    for name, options in _SELECTS.findall(page):
        chosen = _SELECTED.search(options)
        fields[name] = html.unescape(chosen[1]) if chosen else ""
    return fields


async def overviews(port: int, viewer: Mapping[str, Any], is_over: Callable[[], bool], note: Note) -> None:  # fmt: skip
    """The centre's overview, loaded again as soon as it is there."""
    browser, clock = Browser(port), asyncio.get_running_loop().time
    await browser.sign_in(viewer["username"], viewer["password"], viewer["code"])
    while not is_over():
        started = clock()
        page = await browser.get(viewer["page"])
        if 'class="figures' not in page:
            raise Unexpected("the overview shows no figures")
        note("overview", clock() - started)
    browser.close()


BESIDE: dict[str, Callable[..., Coroutine[Any, Any, None]]] = {
    "desk": uploads,
    "overview": overviews,
}
