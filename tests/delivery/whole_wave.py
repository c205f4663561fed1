"""A whole wave before providers that fail, on a clock of its own: a day of attempts passes in minutes.

`python -m tests.delivery.whole_wave [people] [--postgres]` reminds so many people (30,000): 1 % of the addresses answer
421 for ever, half of them at one domain; 2 % are dead, half of them found out hours later; a fifth has no mobile
phone; the mail provider is away for two minutes; workers die just after a message was taken; people
submit all the while. Whoever did not submit is reached by some channel, fewer than 1 message in 1,000 is a second
one, nobody is reminded a minute after submitting, and the wave ends. The workers, the database and the words are
the real ones; what is made up is time and what providers answer.
"""

import argparse
import random
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update

from surveyapp import clock, schema
from surveyapp.accounts.act import Act
from surveyapp.assignments.models import Assignment
from surveyapp.campaigns import queries as campaigns
from surveyapp.db import bind, make_engine, reading, transaction
from surveyapp.delivery.letters import batches
from surveyapp.delivery.models import Delivery
from surveyapp.delivery.returned import returns
from surveyapp.invitations import service
from surveyapp.invitations.models import Invitation
from surveyapp.keys import KeyRing
from surveyapp.messaging.email import return_addresses
from surveyapp.messaging.email.bounces import BounceKind, Report
from surveyapp.messaging.model import Email, Outcome, Reason, Sms
from surveyapp.respondents.models import Person
from surveyapp.tables import metadata
from tests import factories, postgres
from tests.delivery.sending import Sending
from tests.invitations.roster import Roster, issue_all

A_MESSAGE = timedelta(milliseconds=4)
AWAY = timedelta(minutes=2)
BOUNCES_AFTER = timedelta(hours=3)
KILLS_IN = 4_000
"""A worker dies after about so many messages."""
SUBMITS_EVERY = timedelta(seconds=1)
LATE = timedelta(minutes=1)
LEAST_STEP, LONGEST_STEP = timedelta(seconds=2), timedelta(minutes=20)
"""How far the clock goes on while there is nothing to send: to the next message that waits."""


class Killed(BaseException):
    """The process is gone: nothing behind it is done."""


@dataclass
class Providers:
    """What the mail server and the gateway answer; what they took, with the moment."""

    survey: Sending
    people: int
    chance: random.Random = field(default_factory=lambda: random.Random(19))
    taken: list[tuple[str, str, datetime]] = field(default_factory=list)
    """(e-mail address or phone, token of the message, when)."""
    submitted: dict[UUID, datetime] = field(default_factory=dict)
    """By invitation, when."""
    kills: int = 0
    away_until: datetime | None = None
    refused_while_away: int = 0
    reports: list[tuple[datetime, str]] = field(default_factory=list)
    """Bounces that are on their way: when they come, for which message."""
    _to_submit: Iterator[tuple[UUID, UUID]] = field(default_factory=lambda: iter(()))
    _next_submission: datetime | None = None

    def begin(self) -> None:
        """From now on people submit, in an order of their own."""
        with reading() as db:
            forms = db.execute(select(Assignment.id, Assignment.invitation_id)).all()
        shuffled = [(form, invitation) for form, invitation in forms]
        self.chance.shuffle(shuffled)
        self._to_submit = iter(shuffled[: len(shuffled) // 4])
        self._next_submission = self.survey.now

    def send(self, message: Email | Sms, /) -> Outcome:
        """The answer to one message; a message takes its time."""
        self.survey.now += A_MESSAGE
        self.somebody_submits()
        return (
            self._email(message)
            if isinstance(message, Email)
            else self._take(message.phone, message.reference)
        )

    def _email(self, message: Email) -> Outcome:
        if self.away_until is None and len(self.taken) > self.people // 3:
            self.away_until = self.survey.now + AWAY
        if self.away_until is not None and self.survey.now < self.away_until:
            self.refused_while_away += 1
            return Outcome.later(Reason.DOWN)
        if message.recipient.startswith("busy-"):
            return Outcome.later(Reason.BUSY, "421 4.7.0")
        if message.recipient.startswith("gone-"):
            return Outcome.never(Reason.NO_SUCH_ADDRESS, "550 5.1.1")
        token = return_addresses.token_of_message_id(message.message_id, self.survey.post.domain)
        if message.recipient.startswith("back-"):
            self.reports.append((self.survey.now + BOUNCES_AFTER, token))
        return self._take(message.recipient, token)

    def _take(self, address: str, token: str) -> Outcome:
        self.taken.append((address, token, self.survey.now))
        if self.chance.random() < 1 / KILLS_IN:
            self.kills += 1
            raise Killed
        return Outcome.handed_over("250", token)

    def somebody_submits(self) -> None:
        """All who submitted up to now."""
        while self._next_submission is not None and self._next_submission <= self.survey.now:
            self._next_submission += SUBMITS_EVERY
            form, invitation = next(self._to_submit, (None, None))
            if form is None or invitation is None:
                self._next_submission = None
                return
            with transaction() as db:
                service.mark_submitted(db, form, today=clock.day(self.survey.now))
            self.submitted[invitation] = self.survey.now

    def deliver_reports(self) -> None:
        """What came back by now is entered, as the worker does with the mailbox."""
        due = [token for at, token in self.reports if at <= self.survey.now]
        self.reports = [(at, token) for at, token in self.reports if at > self.survey.now]
        for token in due:
            report = Report(BounceKind.HARD, token=token, status="5.1.1")
            with transaction() as db:
                returns.apply(db, report, keys=self.survey.keys, now=self.survey.now)

    def close(self) -> None:
        """Nothing is open."""

    name = "made up"


def contacts(people: int) -> list[tuple[str, str, str]]:
    """Names with an address, of which some are no good, and for four of five a mobile phone."""
    made = []
    for n, (name, phone, _) in enumerate(factories.people(people)):
        fault, domain = "", f"d{n % 90}.example.vn"
        if n % 200 == 7:
            fault = "busy-"
        elif n % 200 == 8:
            fault, domain = "busy-", "luon-ban.example.vn"
        elif n % 100 == 9:
            fault = "gone-"
        elif n % 100 == 10:
            fault = "back-"
        made.append((name, f"{fault}n{n}@{domain}", "" if n // 100 % 5 == 0 else phone))
    return made


@dataclass(frozen=True)
class Seen:
    """How a wave went."""

    people: int
    submitted: int
    by_channel: Counter[str]
    unreached: int
    """People who did not submit and got no message that arrived."""
    second_messages: int
    late: int
    kills: int
    refused_while_away: int
    state: str
    took: timedelta
    """By the made-up clock."""

    @property
    def messages(self) -> int:
        return self.by_channel.total()

    @property
    def second_per_thousand(self) -> float:
        return 1000 * self.second_messages / self.messages


def run(survey: Sending, people: int) -> Seen:
    """Remind so many people and follow the wave to its end."""
    providers = Providers(survey, people)
    survey.post.transports = {"email": providers, "sms": providers}
    with transaction() as db:
        campaign = campaigns.campaign(db, "tiny")
        campaign.closes_at = survey.now + timedelta(days=9)
        Roster(db, campaign).crowd("01", "council", contacts(people))
    with transaction() as db:
        issue_all(db, campaigns.campaign(db, "tiny"), survey.keys, survey.now, limit=1000)
    with transaction() as db:
        db.execute(update(Assignment).values(disposition="sent"))
    began = survey.now
    wave_id = survey.wave(kind="reminder_not_started", channels=("email", "sms", "letter"))
    providers.begin()
    _work(survey, providers, wave_id)
    return _seen(survey, providers, wave_id, began)


def _work(survey: Sending, providers: Providers, wave_id: UUID) -> None:
    """Two workers take turns, each replaced when it dies; letters are posted at the end of every day."""
    names = iter(range(1_000_000))
    workers: list[Any] = [None, None]
    tried_at, post_at = survey.now, survey.now + timedelta(hours=20)
    while survey.state(wave_id)[0] != "done":
        tried = 0
        for n in (0, 1):
            if workers[n] is None:
                workers[n] = survey.worker(f"worker{next(names)}")
            try:
                tried += workers[n].round()
            except Killed:
                workers[n].outbox.__exit__(Killed, None, None)
                workers[n] = None
                tried += 1
        if tried:
            tried_at = survey.now
            continue
        survey.now += _until_next(survey, wave_id, workers)
        providers.somebody_submits()
        providers.deliver_reports()
        if survey.now >= post_at:
            post_at += timedelta(hours=20)
            _post_letters(survey, wave_id)
        assert survey.now - tried_at < timedelta(days=3), "the wave stalls"
    for worker in workers:
        if worker is not None:
            worker.outbox.close()


def _until_next(survey: Sending, wave_id: UUID, workers: list[Any]) -> timedelta:
    """Until a message is due that no limit and no rest of its channel or domain has held back."""
    resting: dict[str, datetime] = {}
    for worker in workers:
        if worker is not None:
            resting |= worker._resting.domains(now=survey.now)
    waiting = (
        Delivery.wave_id == wave_id,
        Delivery.state == "queued",
        Delivery.channel != "letter",
    )
    with reading() as db:
        due = db.scalar(
            select(func.min(Delivery.not_before)).where(*waiting, Delivery.domain.not_in(resting))
        )
        held = set(db.scalars(select(Delivery.domain).where(*waiting).distinct())) & set(resting)
    moments = [due] * (due is not None) + [resting[domain] for domain in held]
    wait = min(moments, default=survey.now + LONGEST_STEP) - survey.now
    return min(max(wait, LEAST_STEP), LONGEST_STEP)


def _post_letters(survey: Sending, wave_id: UUID) -> None:
    with transaction() as db:
        campaign = campaigns.campaign(db, "tiny")
        act = Act("operator", survey.now, survey.keys)
        for unit, _n in batches.waiting(db, campaign, wave_id):
            pile = batches.make_batch(db, campaign, wave_id, unit, act=act)
            if pile is not None:
                batches.confirm_batch(db, campaign, pile.id, act=act)


def _seen(survey: Sending, providers: Providers, wave_id: UUID, began: datetime) -> Seen:
    with reading() as db:
        people = db.execute(
            select(Invitation.id, Person.email, Person.phone).join(
                Person, Person.id == Invitation.person_id
            )
        ).all()
        posted = set(
            db.scalars(
                select(Delivery.invitation_id).where(
                    Delivery.wave_id == wave_id,
                    Delivery.channel == "letter",
                    Delivery.state == "handed_over",
                )
            )
        )
    owner = {address: id_ for id_, *known in people for address in map(_plain, known) if address}
    arrived: dict[UUID, int] = defaultdict(int)
    by_channel: Counter[str] = Counter(letter=len(posted))
    late = 0
    for address, _token, at in providers.taken:
        person = owner[_plain(address)]
        by_channel["email" if "@" in address else "sms"] += 1
        arrived[person] += not address.startswith("back-")
        done = providers.submitted.get(person)
        late += done is not None and at > done + LATE
    for person in posted:
        arrived[person] += 1
    twice = sum(n - 1 for n in arrived.values() if n > 1)
    missed = [id_ for id_, *_ in people if id_ not in providers.submitted and not arrived[id_]]
    return Seen(
        len(people), len(providers.submitted), by_channel, len(missed), twice, late,
        providers.kills, providers.refused_while_away, survey.state(wave_id)[0], survey.now - began,
    )  # fmt: skip


def _plain(address: str) -> str:
    """A phone number without its country; an address as it is."""
    return address if "@" in address else "".join(c for c in address if c.isdigit())[-9:]


def main() -> None:
    """Run the wave and say how it went; ends with 1 where somebody was lost or bothered."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("people", type=int, nargs="?", default=30_000)
    options.add_argument("--postgres", action="store_true")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'survey.sqlite3'}"
        if given.postgres:
            folder.chmod(0o711)
            postgres.start(folder / "postgres")
            postgres.execute(folder / "postgres", "CREATE DATABASE survey")
            url = postgres.url(folder / "postgres", "survey")
        try:
            is_good = _told(url, folder, factories.TEST_KEYS, given.people)
        finally:
            if given.postgres:
                postgres.stop(folder / "postgres")
    raise SystemExit(0 if is_good else 1)


def _told(url: str, folder: Path, keys: KeyRing, people: int) -> bool:
    engine = make_engine(url)
    metadata.create_all(engine)
    schema.stamp(engine)
    bind(engine)
    began = time.perf_counter()
    seen = run(Sending(keys, datetime(2024, 1, 15, 3, tzinfo=UTC), folder / "outbox"), people)
    engine.dispose()
    print(f"people                 {seen.people:,}, {seen.submitted:,} of them submitted meanwhile")
    print(f"messages that arrived  {dict(seen.by_channel)}")
    print(f"reached by no channel  {seen.unreached}  (goal 0)")
    print(
        f"second messages        {seen.second_messages}  ({seen.second_per_thousand:.2f} per 1,000; goal < 1)"
    )
    print(f"reminded late          {seen.late}  (goal 0: more than a minute after submitting)")
    print(f"workers killed         {seen.kills}")
    print(f"refused while away     {seen.refused_while_away} attempts in two minutes")
    print(
        f"the wave               {seen.state} after {seen.took} by its clock, {time.perf_counter() - began:.0f} s here"
    )
    return (
        not seen.unreached
        and not seen.late
        and seen.second_per_thousand < 1
        and seen.state == "done"
    )


if __name__ == "__main__":
    main()
