"""People who answer and submit through the proxy, for as long as it goes on, and what they saw."""

import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.kills import harness
from tests.kills.harness import Browser, Tally
from tests.site.installation import Site


@dataclass
class Seen:
    """One request as a person saw it: when it was answered, how, and after how long."""

    at: float
    how: str
    seconds: float


class TimedBrowser(Browser):
    """A browser whose every request is written down."""

    def __init__(self, *arguments: Any, seen: list[Seen]) -> None:
        super().__init__(*arguments)
        self.seen = seen

    def _once(self, method: str, path: str, form: dict[str, str] | None) -> tuple[int, Any, str]:
        began, how = time.monotonic(), "broken"
        try:
            answer = super()._once(method, path, form)
            how = "answered" if answer[0] < 500 else str(answer[0])
            return answer
        finally:
            now = time.monotonic()
            self.seen.append(Seen(now, how, now - began))


@dataclass
class Load:
    """So many people at a time, one form after the other."""

    site: Site
    at_once: int = 4
    pause: float = 0.0
    links: Sequence[str] | None = None
    """Who comes; everybody of the campaign where it is not said."""
    tally: Tally = field(default_factory=Tally)
    seen: list[Seen] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    ran_out: bool = False
    """Everybody had been there while it was to go on: what came afterwards was an idle installation."""

    def __post_init__(self) -> None:
        self._over, self._lock = threading.Event(), threading.Lock()
        self._links: Iterator[str] = iter(
            self.site.known["links"] if self.links is None else self.links
        )
        self._item = self.site.known["form"]["sections"][0][1][0]
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> "Load":
        self._over.clear()
        self._threads = [threading.Thread(target=self._people) for _ in range(self.at_once)]
        for one in self._threads:
            one.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for one in self._threads:
            one.join()

    def _people(self) -> None:
        while not self._over.is_set():
            with self._lock:
                link = next(self._links, None)
            if link is None:
                self.ran_out = True
                return
            try:
                self.one_form(link)
            except Exception as error:
                self.failures.append(f"{type(error).__name__}: {error}"[:300])
            self._over.wait(self.pause)

    def one_form(self, link: str) -> str:
        """Begin, answer, submit; the receipt."""
        person = TimedBrowser(self.site.proxy.port, link, self.tally, self._lock, seen=self.seen)
        person.prepare(self._item)
        receipt = person.submit(threading.Barrier(1))
        with self._lock:
            self.tally.acknowledged.setdefault(link, set()).add(receipt)
        return receipt

    def saw(self, since: float, to: float | None = None) -> "Sight":
        """What people saw in that time."""
        chosen = [
            one for one in list(self.seen) if one.at >= since and (to is None or one.at <= to)
        ]
        good = sorted(one.at for one in chosen if one.how == "answered")
        gaps = [b - a for a, b in zip([since, *good], [*good, to or time.monotonic()], strict=True)]
        seconds = sorted(one.seconds for one in chosen)
        return Sight(
            Counter(one.how for one in chosen),
            longest=seconds[-1] if seconds else 0.0,
            middle=seconds[len(seconds) // 2] if seconds else 0.0,
            late=seconds[len(seconds) * 95 // 100] if seconds else 0.0,
            silence=max(gaps),
        )

    def account(self) -> harness.Account:
        """What is in the database, against what people were told."""
        key = bytes.fromhex(self.site.known["box"])
        with self._lock:  # what is acknowledged from now on may not be in what is read now
            told = Tally(acknowledged=dict(self.tally.acknowledged))
        return harness.account(self.site.url, told, key, self.site.known["campaign"])


@dataclass(frozen=True)
class Sight:
    """Answers by kind, the longest, the middle and the late ones in seconds, and the longest time in which
    nobody was answered well."""

    how: Counter[str]
    longest: float
    middle: float
    late: float
    silence: float
