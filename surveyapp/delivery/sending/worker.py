"""The worker that sends: takes a group of messages, decides, renders, hands over, reports back."""

import os
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import random, shuffle
from secrets import token_hex
from threading import Event
from uuid import UUID

from sqlalchemy.orm import Session

from surveyapp import clock, log
from surveyapp.config import Addresses
from surveyapp.db import UNREACHABLE, reading, transaction
from surveyapp.delivery import rules, templates
from surveyapp.delivery.health import worker_watch
from surveyapp.delivery.health.circuit_breaker import REST, Resting
from surveyapp.delivery.models import Wave
from surveyapp.delivery.returned import returns
from surveyapp.delivery.sending import housekeeping, queue
from surveyapp.delivery.sending.outbox import Outbox
from surveyapp.delivery.sending.outgoing import Post
from surveyapp.delivery.sending.queue import Leased, Settled
from surveyapp.delivery.states import DeliveryState, WaveState
from surveyapp.delivery.templates import Stationery
from surveyapp.delivery.waves import audience, queue_filling
from surveyapp.delivery.waves.audience import Recipient
from surveyapp.keys import KeyRing
from surveyapp.messaging import registry
from surveyapp.messaging.email.mailbox import Mailbox
from surveyapp.messaging.errors import MessagingError
from surveyapp.messaging.model import Outcome

GROUP = 50
REPORT_EVERY = timedelta(seconds=2)
FRESH = timedelta(seconds=10)
"""Who is eligible is asked again when the answer is older than this."""
MARGIN = timedelta(seconds=90)
"""A message is not begun so close to the end of its lease: a server may take its time."""
IDLE_SECONDS = 2.0
UPKEEP_EVERY = timedelta(seconds=30)


@dataclass
class Brief:
    """What the worker knows of one group of messages, as of `read_at`."""

    wave: Wave
    paper: Stationery
    groups: frozenset[int]
    people: dict[UUID, Recipient]
    dead: dict[UUID, set[str]]
    fallen_back: frozenset[UUID]
    """The wave has tried these in vain by another channel: what it says is still news to them."""
    read_at: datetime


class Worker:
    """One sender. Any number may run, on any number of machines, against one database."""

    def __init__(
        self,
        post: Post,
        *,
        keys: KeyRing,
        base_url: str,
        outbox: Outbox,
        now: Callable[[], datetime],
        stop: Event | None = None,
        mailbox: Mailbox | None = None,
        sign: Callable[[], None] | None = None,
        addresses: Addresses | None = None,
    ) -> None:
        """`base_url` begins respondents' links; `addresses` those of the staff, where they are served elsewhere.

        `sign` is called with each upkeep: whoever runs the worker lets others know that it lives."""
        self.post, self.keys, self.base_url, self.outbox = post, keys, base_url, outbox
        self.now, self.stop = now, stop or Event()
        self.mailbox = mailbox
        self.addresses = addresses or Addresses.alike(base_url)
        self._sign = sign
        self.name = outbox.worker
        self._resting = Resting()
        self._upkeep_at: datetime | None = None
        self._retried_at: datetime | None = None
        self._owed: list[tuple[Brief, Sequence[Settled]]] = []

    def run(self) -> None:
        """Send until `stop` is set; what is being sent then is finished and reported first."""
        log.event("worker.started", worker=self.name)
        while not self.stop.is_set():
            try:
                attempted = self.round()
            except UNREACHABLE as error:
                log.failure(error, route=None)
                attempted = 0
            if not attempted:
                self.stop.wait(IDLE_SECONDS)
        self.post.close()
        self._report_owed()
        log.event("worker.stopped", worker=self.name)

    def round(self) -> int:
        """Upkeep if it is time, then one group of every wave that may send. How many were tried."""
        now = self.now()
        self._report_owed()
        if self._upkeep_at is None or now >= self._upkeep_at + UPKEEP_EVERY:
            self._upkeep_at = now
            with transaction() as db:
                worker_watch.sign(db, self.name, now=now)
            if self._sign is not None:
                self._sign()
            self.recover()
            housekeeping.keep(
                self.post,
                self.mailbox,
                keys=self.keys,
                addresses=self.addresses,
                now=self.now,
            )
        with reading() as db:
            running = queue.running(db, now=now)
            going = [(wave.id, wave.is_filled) for wave in running]
        self._heed([wave.retried_at for wave in running if wave.retried_at is not None])
        shuffle(going)  # waves share the server's limits: none waits for another to end
        attempted = 0
        for wave_id, is_filled in going:
            if self.stop.is_set():
                break
            if not is_filled:
                self._fill(wave_id, now=now)
            attempted += self._send_group(wave_id)
        return attempted

    def _heed(self, asked: Sequence[datetime]) -> None:
        """An operator who asks for another attempt at once ends every rest."""
        if asked and (self._retried_at is None or max(asked) > self._retried_at):
            self._retried_at = max(asked)
            self._resting.lift()

    def _fill(self, wave_id: UUID, *, now: datetime) -> None:
        with reading() as db:
            batch = queue_filling.next_batch(db, wave_id, keys=self.keys, now=now)
        if batch is not None:
            with transaction() as db:
                queue_filling.queue_batch(db, batch, now=now)

    def recover(self) -> int:
        """Report what killed workers of this machine had handed over, and free what they held."""
        recovered = 0
        for worker, handed in self.outbox.orphans():
            now = self.now()
            settled = [
                Settled(
                    id_,
                    invitation_id,
                    DeliveryState.HANDED_OVER,
                    "recovered",
                    1,
                    gateway_id=reference,
                )
                for id_, invitation_id, reference in handed
            ]
            with transaction() as db:
                housekeeping.settle_recovered(db, settled, worker=worker, now=now)
                queue.release_worker(db, worker)
            recovered += len(settled)
            log.event("worker.recovered", worker=worker, messages=len(settled))
        return recovered

    def _channels(self, now: datetime) -> list[str]:
        return [
            channel
            for channel in sorted(self.post.channels)
            if not self._resting.rests(channel, now=now)
        ]

    def _lease(self, wave_id: UUID, now: datetime) -> list[Leased]:
        channels, avoid = self._channels(now), self._resting.domains(now=now).keys()
        with reading() as db:
            if not queue.has_due(db, wave_id, channels=channels, now=now, avoid=avoid):
                return []
        with transaction() as db:
            return queue.lease(
                db,
                wave_id,
                worker=self.name,
                channels=channels,
                now=now,
                limit=GROUP,
                limits=self.post.limits,
                avoid=avoid,
            )

    def _send_group(self, wave_id: UUID) -> int:
        leased = self._lease(wave_id, now := self.now())
        if not leased:
            return 0
        brief = self._read(wave_id, leased)
        settled: list[Settled] = []
        reported_at = now
        for position, one in enumerate(leased):
            now = self.now()
            if now >= brief.read_at + FRESH:
                brief = self._read(wave_id, leased[position:])
            settled.append(self._deal_with(brief, one, now=now))
            if now >= reported_at + REPORT_EVERY:
                self._report(brief, settled)
                settled, reported_at = [], now
        self._report(brief, settled)
        return len(leased)

    def _read(self, wave_id: UUID, leased: Sequence[Leased]) -> Brief:
        ids = [one.invitation_id for one in leased]
        with reading() as db:
            wave, campaign = housekeeping.wave_and_campaign(db, wave_id)
            people = audience.recipients(db, ids)
            dead = audience.dead_channels(db, people.values(), keys=self.keys)
            failed = housekeeping.failed_channels(db, wave_id, ids)
            for id_, channels in failed.items():
                dead.setdefault(id_, set()).update(channels)
            return Brief(
                wave=wave,
                paper=templates.stationery(db, campaign, keys=self.keys, base_url=self.base_url),
                groups=audience.group_ids(db, wave),
                people=people,
                dead=dead,
                fallen_back=frozenset(failed),
                read_at=self.now(),
            )

    def _deal_with(self, brief: Brief, one: Leased, *, now: datetime) -> Settled:
        """Decide at the last moment, send, and say what became of it."""
        person = brief.people[one.invitation_id]
        if (
            self.stop.is_set()
            or brief.wave.state != WaveState.RUNNING
            or one.channel not in self._channels(now)
            or now > one.until - MARGIN
        ):
            return one.given_back()
        if rests_until := self._resting.domains(now=now).get(one.domain):
            return one.given_back(rests_until)
        reason = rules.reason_to_skip(
            brief.wave.kind,
            person.standing(brief.groups, on=clock.day(now)),
            tried_before=one.came_back or one.invitation_id in brief.fallen_back,
        )
        channel = rules.choose_channel(
            brief.wave.channels,
            email=person.email,
            phone=person.phone,
            dead=brief.dead.get(one.invitation_id, ()),
        )
        if not reason and channel != one.channel:
            reason = "other_channel" if channel else "no_contact"
        if reason:
            became = DeliveryState.SUPPRESSED
            return Settled(
                one.id, one.invitation_id, became, reason, one.attempts, channel=one.channel
            )
        try:
            outcome = self.post.send(
                one.id,
                one.channel,
                person,
                kind=brief.wave.kind,
                language=brief.wave.language,
                paper=brief.paper,
                now=now,
            )
        except MessagingError as error:
            reason = type(error).__name__
            became, attempts = DeliveryState.FAILED, one.attempts + 1
            return Settled(one.id, one.invitation_id, became, reason, attempts, channel=one.channel)
        if outcome.is_handed_over:
            self.outbox.note(one.id, one.invitation_id, outcome.reference)
        return self._settled(one, person, outcome, now=now)

    def _settled(
        self, one: Leased, person: Recipient, outcome: Outcome, *, now: datetime
    ) -> Settled:
        address = person.address(one.channel)
        tag = audience.address_tag(self.keys, one.channel, address)
        kind = registry.BY_CODE[one.channel]
        domain = kind.domain(address)
        reason = f"{outcome.reason} {outcome.code}".strip()
        attempts, not_before = one.attempts + 1, None
        if outcome.is_handed_over:
            self._resting.took(one.channel, now=now, domain=domain)
            became, reason = DeliveryState.HANDED_OVER, ""
        elif outcome.is_refused:
            became = DeliveryState.HARD_BOUNCE if outcome.concerns_address else DeliveryState.FAILED
        elif outcome.concerns_channel:
            self._resting.begin(one.channel, outcome, now=now)
            became, attempts, not_before = DeliveryState.QUEUED, one.attempts, now + REST
        elif attempts >= rules.MOST_ATTEMPTS:
            became = DeliveryState.FAILED
        else:
            if outcome.concerns_domain:
                self._resting.refused(domain, now=now)
            became = DeliveryState.QUEUED
            not_before = now + rules.retry_after(attempts, spread=random())  # noqa: S311  no secret
        return Settled(
            one.id,
            one.invitation_id,
            became,
            reason,
            attempts,
            not_before,
            domain,
            tag,
            outcome.reference if kind.reports_by_reference else "",
            one.channel,
        )

    def _report(self, brief: Brief, settled: Sequence[Settled]) -> None:
        """Write down what became of the messages; if the database is away, before the next group."""
        if settled:
            self._owed.append((brief, settled))
            self._report_owed()

    def _report_owed(self) -> None:
        if not self._owed:
            return
        with transaction() as db:
            for brief, settled in self._owed:
                self._write(db, brief, settled, now=self.now())
            self._resting.write(db)
        self._owed.clear()
        self._resting.written()
        self.outbox.clear()

    def _write(
        self, db: Session, brief: Brief, settled: Sequence[Settled], *, now: datetime
    ) -> None:
        """Queue the next channel for those that failed, too."""
        queue.settle(db, brief.wave.campaign_id, settled, worker=self.name, now=now)
        lost = [s for s in settled if s.became in (DeliveryState.FAILED, DeliveryState.HARD_BOUNCE)]
        for one in lost:
            if one.became == DeliveryState.HARD_BOUNCE and one.address_tag is not None:
                returns.address_failed(
                    db,
                    invitation_id=one.invitation_id,
                    channel=one.channel,
                    address_tag=one.address_tag,
                    reason="hard_bounce",
                    now=now,
                )
        again = [*lost, *(s for s in settled if s.reason == "other_channel")]
        if again:
            wave, _campaign = housekeeping.wave_and_campaign(db, brief.wave.id)
            for one in again:
                returns.next_channel(db, wave, one.invitation_id, keys=self.keys, now=now)


def new_name() -> str:
    """A name no other worker has: host, process and a random part."""
    host = "".join(sign for sign in socket.gethostname() if sign.isalnum() or sign == "-")
    return f"{host[:40]}-{os.getpid()}-{token_hex(4)}"


def open_outbox(instance: Path) -> Outbox:
    """The outbox of a new worker in the instance folder."""
    return Outbox(instance / "outbox", new_name())
