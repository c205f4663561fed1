"""Attacks by whoever watches while people answer: lengths, every table, live pages, figures and log lines.

Whether somebody answers little or everything is drawn by lot. The attacker learns from half of the people, whose
answers are known to them (their own, say), and tells it of the other half: rightly every second time, by chance.
"""

import hashlib
import io
import random
import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from contextlib import redirect_stderr
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

from sqlalchemy import update

from surveyapp import clock, create_app
from surveyapp.accounts import passwords
from surveyapp.assignments.models import Assignment
from surveyapp.config import Settings
from surveyapp.db import bind, transaction
from surveyapp.fieldwork.counts import folding
from surveyapp.invitations import service as invitations
from surveyapp.keys import KeyRing
from surveyapp.web.http.monitoring import metrics
from tests import factories
from tests.attacks import same_acts
from tests.attacks.interface import Attack, Outcome
from tests.attacks.scene import Scene
from tests.responses.world import survey
from tests.web.browsing import sign_in
from tests.web.person import Person

Seen = tuple[Hashable, bool]
"""What was observed of somebody, and the truth: did they answer everything?"""

POLLED, VISITED = 44, 60


def learned(seen: Sequence[Seen], chance: float | None = None) -> Outcome:
    """Half of what was seen teaches which sign means what, the other half is told by it."""
    half = len(seen) // 2
    told: dict[Hashable, Counter[bool]] = defaultdict(Counter)
    for sign, truth in seen[:half]:
        told[sign][truth] += 1
    usual = Counter(truth for _, truth in seen[:half]).most_common(1)[0][0]
    hits = 0
    for sign, truth in seen[half:]:
        known = told.get(sign)
        hits += truth == (known.most_common(1)[0][0] if known else usual)
    rest = len(seen) - half
    return Outcome(rest, hits, rest * (0.5 if chance is None else chance))


def by_length(scene: Scene, side: str) -> Outcome:
    """How long a ballot is, and a draft before it: who wrote much?"""
    lengths = {ballot.id: len(ballot.ciphertext) for ballot in scene.box}
    seen: list[Seen] = []
    for person in scene.order:
        ours = (lengths[scene.ballots[person.id]], scene.drafts[person.id])
        plain = len("".join(f"{item}{code}" for item, code in person.answers.items())) // 40
        seen.append((plain if side == "naive" else ours, person.share > 0.8))
    most = max(Counter(truth for _, truth in seen).values()) / len(seen)
    return learned(seen, most)


def by_polling(scene: Scene, side: str) -> Outcome:
    """Every table is read again and again while somebody answers, saves and submits."""
    chance, seen = random.Random(11), []
    keys, now = KeyRing({1: b"k" * 32}), datetime(2024, 1, 15, 3, 0, tzinfo=UTC)
    with scene.fresh() as engine:
        bind(engine)
        with transaction() as db:
            world = survey(db, keys, now, people=4)
            db.execute(update(Assignment).values(disposition="sent", begun_on=None))
            habits = (same_acts.note_tells, same_acts.event_tells) if side == "naive" else ()
            form = world.forms[-1]
            for _ in range(POLLED):
                much, signs = chance.random() < 0.5, []
                given = (same_acts.everything if much else same_acts.next_to_nothing)(form)
                with db.begin_nested() as run:
                    invitations.start(db, form.id, today=clock.day(now))
                    for seconds in (30, 60):
                        world.save(db, form, given, seconds=seconds, shown=0)
                        for habit in habits:
                            habit(db, world, form, given)
                    db.flush()
                    signs.append(same_acts.rows(db))
                    world.submit(db, form)
                    db.flush()
                    signs.append(same_acts.rows(db))
                    run.rollback()
                    db.expire_all()
                seen.append((hashlib.sha256(repr(signs).encode()).digest(), much))
            db.rollback()
    bind(scene.engine)
    return learned(seen)


# ---- through the pages


class Watch:
    """What was seen of every visit: how each page changed, what was logged, what was counted."""

    def __init__(self) -> None:
        self.pages: list[Seen] = []
        self.logs: list[Seen] = []
        self.counters: list[Seen] = []
        self.naive: dict[str, list[Seen]] = {"pages": [], "logs": [], "counters": []}
        self.read = 0


def watched(scene: Scene) -> Watch:
    """People who come one by one in quiet hours, and an attacker who reads every page of staff around each."""
    if scene.watch is None:
        with scene.fresh() as engine:
            bind(engine)
            scene.watch = _watch(scene, engine)
        bind(scene.engine)
    recorded: Watch = scene.watch
    return recorded


def _watch(scene: Scene, engine: Any) -> Watch:
    passwords.use_cost(memory_kib=8, passes=1)
    watch, chance, keys = Watch(), random.Random(3), KeyRing({1: b"w" * 32})
    moments = [datetime(2024, 1, 15, 3, 0, tzinfo=UTC)]
    instance = scene.folder / "instance"
    instance.mkdir(mode=0o700, exist_ok=True)
    url = engine.url.render_as_string(hide_password=False)
    settings = Settings(instance=instance, database_url=url, keys=instance / "keys.json", base_url="http://localhost")  # fmt: skip
    quiet = io.StringIO()
    with mock.patch.object(clock, "now", lambda: moments[0]), redirect_stderr(quiet):
        app = create_app(settings, keys=keys, engine=engine)
        people = _invited(app, keys, moments[0])
        staff = {role: app.test_client() for role in ("operator", "viewer", "auditor", "desk")}
        for role, client in staff.items():
            sign_in(client, role)
        addresses = _addresses(app, staff)
        watch.read = sum(len(pages) for pages in addresses.values())
        much_so_far = 0
        before = _read(staff, addresses)
        for person in people:
            moments[0] += timedelta(minutes=17)
            much, log = chance.random() < 0.5, io.StringIO()
            counted = _counted()
            with redirect_stderr(log):
                _visit(person, much)
            told = _counted() - counted
            with transaction() as db:
                folding.fold(db)
            moments[0] += timedelta(hours=1)
            after = _read(staff, addresses)
            watch.pages.append((_changes(before, after), much))
            watch.logs.append((_signs(log.getvalue()), much))
            watch.counters.append((told, much))
            much_so_far += much
            watch.naive["pages"].append((much_so_far - (much_so_far - much), much))
            watch.naive["logs"].append((_signs(f"POST /phieu/1/nop answered={'all' if much else 'one'}"), much))  # fmt: skip
            watch.naive["counters"].append((30 if much else 5, much))
            before = after
    return watch


def _invited(app: Any, keys: KeyRing, now: datetime) -> list[Person]:
    with transaction() as db:
        campaign = factories.campaign(db, now, opened=True)
        listed = factories.people(VISITED)
        factories.approved_list(db, campaign, now, keys, unit="BNV", kind="department-leaders", listed=listed)  # fmt: skip
        for role in ("operator", "viewer", "auditor"):
            factories.staff(db, now, role, username=role)
        factories.staff(db, now, "coordinator", unit="BNV", username="desk")
        db.flush()
        invitations.issue(db, campaign, keys=keys, now=now)
        rows = list(invitations.mailing(db, campaign, keys=keys, base_url="http://localhost"))
    return [Person(app.test_client(), row) for row in rows]


def _visit(person: Person, much: bool) -> None:
    """Begin, answer one question or all, submit, read the receipt."""
    person.start()
    page = 1
    while items := person.items(1, page):
        chosen = dict.fromkeys(items if much else items[:1], "2")
        person.send(1, page, chosen, go="next")
        page += 1
        if not much:
            break
    review = person.get("/phieu/1/xem-lai")
    version = re.search(r'name="version" value="([0-9a-f]+)"', review.text)
    assert version
    answer = person.post("/phieu/1/nop", page="/phieu/1/xem-lai", version=version[1])
    assert answer.status_code == 303
    assert person.get("/phieu/1/bien-nhan").status_code == 200


def _addresses(app: Any, staff: dict[str, Any]) -> dict[str, list[str]]:
    """For each role every page of the campaign that can be had by its address alone."""
    filled = {"campaign": "tiny", "unit": "BNV", "campaign_code": "tiny", "unit_code": "BNV"}
    pages_by_role: dict[str, list[str]] = {}
    with app.test_request_context():
        rules = [r for r in app.url_map.iter_rules() if "GET" in (r.methods or ()) and set(r.arguments) <= set(filled)]  # fmt: skip
        paths = sorted(
            {app.url_for(r.endpoint, **{n: filled[n] for n in r.arguments}) for r in rules}
        )
    paths = [path for path in paths if path.startswith(("/centre", "/desk", "/api", "/bien-nhan", "/account"))]  # fmt: skip
    for role, client in staff.items():
        kept = [p for p in paths if "sign-out" not in p]
        pages_by_role[role] = [p for p in kept if _is_text(client.get(p))]
    return pages_by_role


def _is_text(answer: Any) -> bool:
    return answer.status_code == 200 and answer.mimetype.startswith(("text/", "application/json"))


def _read(staff: dict[str, Any], addresses: dict[str, list[str]]) -> dict[str, str]:
    return {f"{role} {path}": _plain(staff[role].get(path).text) for role, paths in addresses.items() for path in paths}  # fmt: skip


def _plain(page: str) -> str:
    return re.sub(r'(csrf_token" value|nonce)="[^"]*"', "", page)


_NUMBER = re.compile(r"[0-9]+")


def _changes(before: dict[str, str], after: dict[str, str]) -> Hashable:
    """Which pages hold other words than before, or more of them; figures are held apart by their places."""
    told = []
    for page, text in after.items():
        was = _NUMBER.sub("#", before.get(page, ""))
        words = _NUMBER.sub("#", text)
        if was != words:
            new = sorted((Counter(words.split()) - Counter(was.split())).elements())
            told.append((page, tuple(new)[:12]))
    return tuple(told)


def _signs(log: str) -> Hashable:
    """Lines without what differs with every request."""
    return tuple(re.sub(r"[0-9a-f-]{8,}|[0-9]+", "#", line) for line in log.splitlines())


def _counted() -> int:
    """Requests of respondents, as the server's counters tell whoever measures it."""
    samples = re.findall(
        r'survey_requests_total\{[^\n]*room="respond"[^\n]* ([0-9.e+]+)\n',
        metrics.exposition().decode(),
    )
    return round(sum(float(each) for each in samples))


def by_pages(scene: Scene, side: str) -> Outcome:
    """All pages of staff before and after each single visit."""
    watch = watched(scene)
    return learned(watch.naive["pages"] if side == "naive" else watch.pages)


def by_log(scene: Scene, side: str) -> Outcome:
    """What the server logged during each visit."""
    watch = watched(scene)
    return learned(watch.naive["logs"] if side == "naive" else watch.logs)


def by_counters(scene: Scene, side: str) -> Outcome:
    """How far the server's counters went on during each visit."""
    watch = watched(scene)
    return learned(watch.naive["counters"] if side == "naive" else watch.counters)


WATCHING = (
    Attack("length", "of every ballot and draft", by_length),
    Attack("polling", "every table, while somebody answers", by_polling),
    Attack("live pages", "all pages of staff around each visit", by_pages),
    Attack("log lines", "all that is logged during each visit", by_log),
    Attack("counters", "/metrics before and after each visit", by_counters),
)
