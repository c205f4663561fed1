"""Three clients submit each questionnaire at once while workers, or the database, are killed under them."""

import http.client
import os
import random
import re
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import create_engine, text

from surveyapp.responses.opener import box
from surveyapp.responses.receipts import tag

CLIENTS, AT_ONCE = 3, 4
PATIENCE = 90.0
"""Seconds after which a client gives up; nobody ever has to."""
WINDOW = 0.06
"""Seconds from the first client's Submit within which the first kill falls, and from each to the next."""
A_ROUND = 16
"""Most kills of a round; it has fewer if everybody is through before."""
HERE = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
_RECEIPT = re.compile(r'id="receipt">([0-9A-Z]{4}(?:-(?:<wbr>)?[0-9A-Z]{4}){3})<')


class GaveUp(Exception):
    """A client was not served within its patience."""


@dataclass
class Tally:
    """What was done and what came of it."""

    kills: int = 0
    kills_under_way: int = 0
    """Kills that fell while a Submit was on its way and not yet answered."""
    restarts: int = 0
    asked: int = 0
    broken: int = 0
    """Requests to which no answer came."""
    busy: int = 0
    """Answers that said: try later."""
    acknowledged: dict[str, set[str]] = field(default_factory=dict)
    """Receipts by link, as clients were shown them."""


class Browser:
    """One person's session, as many tabs as there are clients; every request is repeated until answered."""

    def __init__(self, port: int, link: str, tally: Tally, lock: threading.Lock) -> None:
        self.port, self.link, self.cookies = port, link, {}
        self.tally, self.lock = tally, lock
        self.fields: dict[str, str] = {}
        self.submitting = 0

    def ask(
        self, method: str, path: str, form: dict[str, str] | None = None
    ) -> tuple[int, Any, str]:
        """The first answer that is not lost and not `try later`."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            with self.lock:
                self.tally.asked += 1
            try:
                status, headers, body = self._once(method, path, form)
            except (OSError, http.client.HTTPException):
                with self.lock:
                    self.tally.broken += 1
                time.sleep(0.02)
                continue
            if status < 500 and status != 429:
                return status, headers, body
            with self.lock:
                self.tally.busy += 1
            time.sleep(0.05)
        raise GaveUp(path)

    def _once(self, method: str, path: str, form: dict[str, str] | None) -> tuple[int, Any, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            headers = {"Cookie": "; ".join(f"{n}={v}" for n, v in self.cookies.items())}
            if method == "POST":
                headers |= HERE
            connection.request(method, path, urlencode(form or {}), headers)
            answer = connection.getresponse()
            body = answer.read().decode()
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, answer.headers, body

    def prepare(self, item: str) -> None:
        """Begin, answer one question, look at the review."""
        self.ask("POST", f"{self.link}/start")
        _, _, page = self.ask("GET", "/phieu/1/1")
        fields = {name: unescape(value) for name, value in _HIDDEN.findall(page)}
        self.ask("POST", "/phieu/1/1", {**fields, item: "1", "go": "next"})
        _, _, page = self.ask("GET", "/phieu/1/xem-lai")
        hidden = {name: unescape(value) for name, value in _HIDDEN.findall(page)}
        self.fields = {name: hidden[name] for name in ("csrf_token", "version")}

    def submit(self, start: threading.Barrier) -> str:
        """Press the button until it is answered, and read the receipt."""
        start.wait(30)
        with self.lock:
            self.submitting += 1
        status, headers, body = self.ask("POST", "/phieu/1/nop", self.fields)
        with self.lock:
            self.submitting -= 1
        if status != 303 or "/bien-nhan" not in headers["Location"]:
            raise AssertionError(
                f"not acknowledged: {status} {headers.get('Location')} {body[:300]}"
            )
        _, _, page = self.ask("GET", "/phieu/1/bien-nhan")
        receipt = _RECEIPT.search(page)
        if receipt is None:
            raise AssertionError("thanks without a receipt")
        return receipt[1].replace("<wbr>", "")


def workers(master: int) -> list[int]:
    """The processes that serve, of a master."""
    children = Path(f"/proc/{master}/task/{master}/children")
    return [int(each) for each in children.read_text().split()]


def rounds(
    port: int,
    master: int,
    links: Iterator[str],
    item: str,
    *,
    kills: int,
    restarts: int = 0,
    restart: Callable[[], None] | None = None,
    seconds: float = 600,
    seed: int = 1,
) -> Tally:
    """Rounds of `AT_ONCE` people with three clients each, and kills at random moments as long as a Submit is
    on its way, until there were `kills`, or `seconds` are over; `restarts` of the database fall evenly among them."""
    tally, lock, chance = Tally(), threading.Lock(), random.Random(seed)
    until = time.monotonic() + seconds
    with ThreadPoolExecutor(AT_ONCE * CLIENTS + AT_ONCE) as pool:
        while tally.kills < kills and time.monotonic() < until:
            chosen = [Browser(port, next(links), tally, lock) for _ in range(AT_ONCE)]
            list(pool.map(lambda one: one.prepare(item), chosen))
            start = threading.Barrier(AT_ONCE * CLIENTS + 1)
            pressed = [
                (one, pool.submit(one.submit, start)) for one in chosen for _ in range(CLIENTS)
            ]
            start.wait(30)
            due = restarts * (tally.kills + A_ROUND) // kills
            if restart and tally.restarts < min(restarts, due):
                time.sleep(chance.random() * WINDOW)
                restart()
                tally.restarts += 1
            _kill(tally, master, chosen, min(A_ROUND, kills - tally.kills), chance)
            for one, given in pressed:
                tally.acknowledged.setdefault(one.link, set()).add(given.result(PATIENCE * 3))
    return tally


def _kill(
    tally: Tally, master: int, people: list[Browser], most: int, chance: random.Random
) -> None:
    """SIGKILL to one of the workers, again and again, until everybody is through."""
    for turn in range(most):
        time.sleep(chance.random() * WINDOW)
        alive, under_way = workers(master), any(one.submitting for one in people)
        if turn and not under_way:
            return
        with suppress(ProcessLookupError, IndexError):
            os.kill(chance.choice(alive), signal.SIGKILL)
            tally.kills += 1
            tally.kills_under_way += under_way


@dataclass(frozen=True)
class Account:
    """What is in the database at the end, against what clients were told."""

    acknowledged: int
    submitted: int
    ballots: int
    lost: int
    """Acknowledged, and no ballot has the receipt."""
    double: int
    """Ballots beyond the first with the same receipt."""
    unasked: int
    """Ballots whose receipt nobody was shown."""

    @property
    def is_whole(self) -> bool:
        """Acknowledged = submitted = ballots, none lost, none double."""
        return self.acknowledged == self.submitted == self.ballots and not (
            self.lost or self.double or self.unasked
        )


def account(url: str, tally: Tally, private_key: bytes, campaign_code: str) -> Account:
    """Count and open what is in the database, and compare it with what clients were shown."""
    engine = create_engine(url)
    with engine.connect() as connection:
        submitted = connection.execute(
            text("SELECT count(*) FROM assignment WHERE state = 'submitted'")
        ).scalar_one()
        sealed = connection.execute(text("SELECT ciphertext FROM sealed_ballot")).scalars().all()
    engine.dispose()
    forms_sealed = Counter(
        box.unseal(private_key, campaign_code, bytes(each)).receipt_tag for each in sealed
    )
    shown = {tag(receipt) for receipts in tally.acknowledged.values() for receipt in receipts}
    return Account(
        acknowledged=len(tally.acknowledged),
        submitted=submitted,
        ballots=len(sealed),
        lost=len(shown - forms_sealed.keys())
        + sum(len(each) - 1 for each in tally.acknowledged.values()),
        double=forms_sealed.total() - len(forms_sealed),
        unasked=len(forms_sealed.keys() - shown),
    )
