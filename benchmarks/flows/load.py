"""The client: a process apart from the server that runs one flow in a closed loop and says what it saw.

`python -m benchmarks.flows.load < job.json > outcome.json`. A job ends by itself: at its time, when its
invitations are used up, and in any case when whoever started it loses patience.
"""

import asyncio
import gc
import json
import sys
import time
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from itertools import cycle
from typing import Any

from benchmarks.flows.background_load import BESIDE
from benchmarks.flows.steps import (
    BROWSER,
    Flow,
    Form,
    Request,
    Step,
    Unexpected,
    Visitor,
    opens,
    page_flow,
    saves,
    script_flow,
)
from benchmarks.flows.wire import Connection, ConnectionLost

GIVEN_UP = 20
"""Errors after which a run is no measurement any more."""


@dataclass(frozen=True)
class Job:
    """What to run: `flow` by so many clients for so many seconds, each with an invitation of its own."""

    port: int
    flow: str
    clients: int
    seconds: float
    links: list[str]
    form: dict[str, Any] = field(default_factory=dict)
    beside: str = ""
    """`desk` or `overview`, done by one person more than the clients."""
    person: dict[str, Any] = field(default_factory=dict)
    """Who that is: name, password, page, and the files to hand in."""


@dataclass
class Outcome:
    """What was seen. Milliseconds of each timed name, in order of arrival."""

    flows: int = 0
    requests: int = 0
    seconds: float = 0.0
    client_share: float = 0.0
    """Of one processor, taken by this process."""
    opened: int = 0
    used: int = 0
    """Invitations touched: the next job goes on behind them."""
    timed: dict[str, list[float]] = field(default_factory=dict)
    errors: dict[str, int] = field(default_factory=dict)
    acknowledged: list[str] = field(default_factory=list)
    """Links whose submission was answered."""
    unanswered: list[str] = field(default_factory=list)
    """Links whose submission was sent and not answered: they may be in the box or not."""
    saved: dict[str, dict[str, str]] = field(default_factory=dict)
    """What the last answered save of each link holds, where nothing was submitted."""
    browsers: dict[str, str] = field(default_factory=dict)
    """The lasting cookie of the browser each of these began in, without which a draft does not open."""
    beside: list[float] = field(default_factory=list)


def _bare(path: str, method: str = "GET") -> Flow:
    def expect(_visitor: Visitor, answer: Any) -> None:
        if answer.status != 200 or not answer.body:
            raise Unexpected(f"{path}: status {answer.status}")

    return (Step(path, "page", lambda _visitor: Request(method, path), expect),)


BARE = {
    "bare route": _bare("/bare"),
    "bare page": _bare("/bare/page"),
    "bare insert": _bare("/bare/insert", "POST"),
}
FLOWS = {"pages": page_flow, "script": script_flow, "opens": opens}


class Run:
    """One job at work."""

    def __init__(self, job: Job) -> None:
        self.job, self.outcome = job, Outcome()
        self.form = Form.from_json(job.form) if job.form else Form((), (), "")
        self._reuses = job.flow in BARE or job.flow == "opens"
        self._links = cycle(job.links or ["/"]) if self._reuses else iter(job.links)
        self._deadline = 0.0
        self._errors: Counter[str] = Counter()
        self._timed: dict[str, deque[float]] = {}

    def is_over(self) -> bool:
        """Nothing new is begun."""
        return time.perf_counter() >= self._deadline or self._errors.total() >= GIVEN_UP

    async def measure(self) -> Outcome:
        """Every client until the end, then the figures."""
        work = self._save_on if self.job.flow == "saves" else self._flow_on
        started, busy = time.perf_counter(), time.process_time()
        self._deadline = started + self.job.seconds
        clients = [work() for _ in range(self.job.clients)]
        if self.job.beside:
            clients.append(self._beside())
        await asyncio.gather(*clients)
        outcome = self.outcome
        outcome.seconds = time.perf_counter() - started
        outcome.client_share = (time.process_time() - busy) / outcome.seconds
        outcome.errors = dict(self._errors)
        outcome.timed = {name: list(each) for name, each in self._timed.items()}
        return outcome

    def _visitors(self) -> Iterator[Visitor]:
        for link in self._links:
            if self.is_over():
                return
            self.outcome.used += not self._reuses
            yield Visitor(link, self.form)

    async def _flow_on(self) -> None:
        """Person after person, each on a connection of her own."""
        made = BARE.get(self.job.flow)
        steps = made or FLOWS[self.job.flow](self.form)
        shared = Connection(self.job.port) if len(steps) == 1 else None
        for visitor in self._visitors():
            connection = shared or Connection(self.job.port)
            is_whole = await self._walk(connection, visitor, steps)
            self.outcome.flows += is_whole
            if shared is None:
                connection.close()
                self.outcome.opened += connection.opened
            if visitor.submitted:
                self.outcome.acknowledged.append(visitor.link)
            elif visitor.submitting:
                self.outcome.unanswered.append(visitor.link)
        if shared is not None:
            shared.close()
            self.outcome.opened += shared.opened

    async def _save_on(self) -> None:
        """One person who saves and saves; the way there is walked, but not timed."""
        entry, again = saves(self.form)
        connection = Connection(self.job.port)
        visitor = next(self._visitors(), None)
        if visitor is None or not await self._walk(connection, visitor, entry, is_timed=False):
            return
        while not self.is_over():
            for step in again:
                if self.is_over() or not await self._walk(connection, visitor, (step,)):
                    break
                self.outcome.flows += 1
        self.outcome.saved[visitor.link] = visitor.saved
        self.outcome.browsers[visitor.link] = visitor.cookies.get(BROWSER, "")
        connection.close()

    async def _walk(
        self, connection: Connection, visitor: Visitor, steps: Flow, *, is_timed: bool = True
    ) -> bool:
        """Every step in order; False as soon as one brought back something else."""
        for step in steps:
            request = step.send(visitor)
            try:
                answer = await connection.ask(
                    request.method, request.path, request.headers, request.body
                )
                visitor.take(answer)
                step.expect(visitor, answer)
            except (Unexpected, ConnectionLost, TimeoutError, OSError) as exc:
                self._note_error(f"{step.name}: {type(exc).__name__} {exc}")
                return False
            if is_timed:
                self.outcome.requests += 1
                self._timed.setdefault(step.timed_as, deque()).append(answer.seconds * 1000)
        return True

    async def _beside(self) -> None:
        try:
            await BESIDE[self.job.beside](
                self.job.port, self.job.person, self.is_over, self._note_beside
            )
        except (Unexpected, ConnectionLost, TimeoutError, OSError) as exc:
            self._note_error(f"{self.job.beside}: {type(exc).__name__} {exc}")

    def _note_beside(self, _what: str, seconds: float) -> None:
        self.outcome.beside.append(seconds * 1000)

    def _note_error(self, words: str) -> None:
        self._errors[words[:300]] += 1


def main() -> None:
    """Read the job, run it, print the outcome."""
    job = Job(**json.load(sys.stdin))
    gc.disable()
    outcome = asyncio.run(Run(job).measure())
    json.dump(asdict(outcome), sys.stdout)


if __name__ == "__main__":
    main()
