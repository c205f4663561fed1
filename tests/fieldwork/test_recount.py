"""Whatever happens to invitations at the same moment, the kept counts say what the assignments say."""

import random
import threading
from collections import Counter
from datetime import datetime, timedelta
from itertools import combinations
from uuid import UUID

import pytest
from sqlalchemy import select

from surveyapp import clock
from surveyapp.accounts.act import Act
from surveyapp.assignments.errors import AlreadySubmitted, AssignmentRevoked
from surveyapp.assignments.models import Assignment
from surveyapp.assignments.rules import DECLARED
from surveyapp.campaigns import queries as campaigns
from surveyapp.db import reading, transaction
from surveyapp.delivery.returned import returns
from surveyapp.delivery.sending import queue
from surveyapp.fieldwork.counts import queries
from surveyapp.fieldwork.counts.folding import fold
from surveyapp.invitations import service
from surveyapp.invitations.errors import (
    LinkReplaced,
    LinkRevoked,
    NothingLeftToAnswer,
    NothingToList,
)
from surveyapp.invitations.models import Invitation
from surveyapp.invitations.queries import AssignmentView, Invited
from surveyapp.keys import KeyRing
from tests.invitations.roster import Roster, issue_all, opened

TOLD = (AlreadySubmitted, AssignmentRevoked, LinkReplaced, LinkRevoked, NothingLeftToAnswer, NothingToList)  # fmt: skip
"""What the services answer to somebody who comes too late: nothing is changed then."""


class Fieldwork:
    """One hand among several: does, one after another, what the dice say to the same forty people."""

    def __init__(self, seed: int, people: list[UUID], keys: KeyRing, now: datetime) -> None:
        self.dice, self.people, self.keys, self.now = random.Random(seed), people, keys, now
        self.acts = (self.send, self.send, self.bounce, self.mail, self.answer, self.answer, self.answer, self.declare, self.reissue, self.revoke, self.relist)  # fmt: skip

    def work(self, rounds: int) -> None:
        for step in range(rounds):
            self.now += timedelta(hours=step)
            try:
                with transaction() as db:
                    self.dice.choice(self.acts)(db, campaigns.campaign(db, "tiny"))
            except TOLD:
                continue

    def invitations(self, db, n: int) -> list[UUID]:
        some = self.dice.sample(self.people, n)
        return list(db.scalars(select(Invitation.id).where(Invitation.person_id.in_(some)).order_by(Invitation.id)))  # fmt: skip

    def send(self, db, campaign) -> None:
        channel = self.dice.choice(("email", "sms", "letter"))
        queue.mark_forms_sent(db, campaign.id, self.invitations(db, 9), channel=channel, now=self.now)  # fmt: skip

    def bounce(self, db, campaign) -> None:
        for invitation in self.invitations(db, 1):
            returns.address_failed(db, invitation_id=invitation, channel="email", address_tag=self.dice.randbytes(8), reason="hard_bounce", now=self.now)  # fmt: skip

    def mail(self, db, campaign) -> None:
        facts = Act("operator", self.now, self.keys)
        if self.dice.random() < 0.5:
            service.mark_listed(db, campaign, everyone=False, act=facts)
        else:
            service.mark_sent(db, campaign, act=facts)

    def answer(self, db, campaign) -> None:
        for invitation in self.invitations(db, 1):
            form = self.dice.choice(self.forms(db, invitation))
            day = clock.day(self.now)
            service.start(db, form, today=day)
            if self.dice.random() < 0.6:
                service.mark_submitted(db, form, today=day)

    def forms(self, db, invitation: UUID) -> list[UUID]:
        forms_of_invitation = select(Assignment.id).where(Assignment.invitation_id == invitation)
        return list(db.scalars(forms_of_invitation.order_by(Assignment.number)))

    def declare(self, db, campaign) -> None:
        for invitation in self.invitations(db, 1):
            views = tuple(AssignmentView(form, 0, "active", None, "sent", "", "", "", "", 0, None, "") for form in self.forms(db, invitation))  # fmt: skip
            kind = self.dice.choice(sorted(DECLARED))
            service.declare(db, Invited(invitation, campaign, views), kind, today=clock.day(self.now))  # fmt: skip

    def reissue(self, db, campaign) -> None:
        for invitation in self.invitations(db, 1):
            service.reissue(db, campaign, invitation, reason="mất liên kết", act=Act("operator", self.now, self.keys))  # fmt: skip

    def revoke(self, db, campaign) -> None:
        for invitation in self.invitations(db, 1):
            service.revoke(db, campaign, invitation, reason="nghỉ hưu", act=Act("operator", self.now, self.keys))  # fmt: skip

    def relist(self, db, campaign) -> None:
        Roster(db, campaign).drop(self.dice.choice(self.people), kind="agency-leaders")
        service.issue(db, campaign, keys=self.keys, now=self.now)


def truth() -> Counter[tuple]:
    """Assignments one by one, as they stand in their own table; no counter is asked."""
    with reading() as db:
        return Counter(
            (a.supplying_unit_id, a.rated_unit_id, a.group_id, a.department_id or 0, a.channel, a.disposition)
            for a in db.scalars(select(Assignment))
        )  # fmt: skip


def shown(by: tuple[str, ...]) -> Counter[tuple]:
    with reading() as db:
        counted = queries.counted(db, 1, by=by)
    return Counter({(*key, str(d)): n for key, counts in counted.items() for d, n in counts.by_disposition.items()})  # fmt: skip


def by_every_choice() -> None:
    assignments = truth()
    for width in range(len(queries.CELL) + 1):
        for by in combinations(queries.CELL, width):
            places = [queries.CELL.index(name) for name in by]
            expected: Counter[tuple] = Counter()
            for key, n in assignments.items():
                expected[(*(key[index] for index in places), key[-1])] += n
            assert shown(by) == expected, by


@pytest.fixture
def people(engine, keys, now) -> list[UUID]:
    """Forty people of two provinces and a ministry, some with two forms, all invited."""
    with transaction() as db:
        campaign = opened(db, now)
        roster = Roster(db, campaign)
        person_ids = [roster.named(unit, "council", name=f"Người Thứ {n}") for n in range(12) for unit in ("01", "46")]  # fmt: skip
        person_ids += [roster.named("01", "agency-leaders", "SNV", name=f"Lãnh Đạo {n}") for n in range(12)]  # fmt: skip
        person_ids += [roster.named("BNV", "par-officers", name=f"Công Chức {n}") for n in range(4)]
        issue_all(db, campaign, keys, now)
    return person_ids


@pytest.mark.parametrize("seed", range(2))
def test_the_kept_counts_are_what_the_assignments_say_after_everything_at_once(
    people, keys, now, seed
):
    faults: list[BaseException] = []
    stop = threading.Event()

    def guarded(work) -> None:
        try:
            work()
        except BaseException as fault:  # told below: a thread's own is lost
            faults.append(fault)

    def fold_all_the_time() -> None:
        while not stop.wait(0.002):  # writers get a turn: SQLite's lock knows no queue
            with transaction() as db:
                fold(db, limit=15)

    hands = [Fieldwork(seed * 10 + n, people, keys, now) for n in range(3)]
    workers = [threading.Thread(target=guarded, args=(lambda h=hand: h.work(25),)) for hand in hands]  # fmt: skip
    folder = threading.Thread(target=guarded, args=(fold_all_the_time,))
    for thread in (*workers, folder):
        thread.start()
    for thread in workers:
        thread.join()
    stop.set()
    folder.join()
    assert faults == []
    assert len({key[-1] for key in truth()}) > 6, "the dice did too little"
    assert len({key[-2] for key in truth()}) > 3
    by_every_choice()
    with transaction() as db:
        while fold(db):
            pass
    by_every_choice()
    with reading() as db:
        assert queries.differences(db, 1) == []
