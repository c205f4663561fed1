"""A survey in which messages can be sent: people with contacts, post that goes nowhere, a clock to turn."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from surveyapp.accounts.act import Act
from surveyapp.assignments.models import Assignment
from surveyapp.campaigns import queries as campaigns
from surveyapp.db import reading, transaction
from surveyapp.delivery.models import Delivery, Wave
from surveyapp.delivery.sending.outbox import Outbox
from surveyapp.delivery.sending.outgoing import Post
from surveyapp.delivery.sending.worker import Worker
from surveyapp.delivery.waves import counting, lifecycle, planning, wave_lookup
from surveyapp.delivery.waves.counting import DryRun
from surveyapp.delivery.waves.planning import WavePlan
from surveyapp.invitations.models import Invitation
from surveyapp.keys import KeyRing
from tests.fakes import FakeChannel
from tests.invitations.roster import Roster, issue_all, opened


class Sending:
    """The tiny campaign with invited people, and one worker whose clock the test turns."""

    def __init__(self, keys: KeyRing, now: datetime, folder: Path) -> None:
        self.keys, self.now, self.folder = keys, now, folder
        self.email, self.sms = FakeChannel(), FakeChannel()
        self.zalo = FakeChannel()
        self.post = Post(
            {"email": self.email, "sms": self.sms},
            sender="cchc@moha.example.vn",
            domain="khaosat.example.vn",
        )
        with transaction() as db:
            self.campaign = opened(db, now)
            self.campaign_id = self.campaign.id

    def invite(
        self, *contacts: tuple[str, str], unit: str = "01", kind: str = "council"
    ) -> list[UUID]:
        """People with these (e-mail, phone), issued; their invitations in the same order."""
        with transaction() as db:
            campaign = campaigns.campaign(db, "tiny")
            roster = Roster(db, campaign)
            people = [
                roster.named(unit, kind, name=f"Người Thứ {n}", email=email, phone=phone)
                for n, (email, phone) in enumerate(contacts)
            ]
            issue_all(db, campaign, self.keys, self.now)
            invitation_ids = dict(db.execute(select(Invitation.person_id, Invitation.id)).all())
        return [invitation_ids[person] for person in people]

    def plan(self, **described: Any) -> UUID:
        """A draft of a wave that starts now, is never quiet and has wide limits."""
        wide = {
            "kind": "invitation",
            "starts_at": self.now,
            "quiet_from": 0,
            "quiet_until": 0,
            "per_minute": 100_000,
            "per_day": 100_000,
            "per_domain": 100_000,
        }
        plan = WavePlan(**{**wide, **described})
        with reading() as db:
            campaign = campaigns.campaign(db, "tiny")
            counted = planning.count(db, campaign, plan, keys=self.keys)
        with transaction() as db:
            act = Act("operator", self.now, self.keys)
            return planning.plan_wave(db, campaign, plan, counted, act=act).id

    def wave(self, **described: Any) -> UUID:
        """The same, confirmed."""
        wave_id = self.plan(**described)
        self.confirm(wave_id)
        return wave_id

    def counted(self, wave_id: UUID) -> DryRun:
        """Whom the wave would reach now."""
        with reading() as db:
            campaign = campaigns.campaign(db, "tiny")
            wave = wave_lookup.wave(db, campaign.id, wave_id)
            return counting.dry_run(db, wave, campaign=campaign, keys=self.keys)

    def confirm(
        self,
        wave_id: UUID,
        typed: str | None = None,
        *,
        heeded: Collection[str] = ("recently",),
        counted: DryRun | None = None,
    ) -> None:
        counted = counted or self.counted(wave_id)
        with transaction() as db:
            campaign = campaigns.campaign(db, "tiny")
            people = wave_lookup.wave(db, campaign.id, wave_id).people
            lifecycle.confirm(
                db,
                campaign,
                wave_id,
                counted,
                typed=str(people) if typed is None else typed,
                heeded=heeded,
                act=Act("operator", self.now, self.keys),
            )

    def act(self, what: Callable[..., Any], wave_id: UUID) -> None:
        """Pause, resume or stop a wave."""
        with transaction() as db:
            campaign = campaigns.campaign(db, "tiny")
            what(db, campaign, wave_id, act=Act("operator", self.now, self.keys))

    def worker(self, name: str = "first", post: Post | None = None) -> Worker:
        return Worker(
            post or self.post,
            keys=self.keys,
            base_url="https://khaosat.example.vn",
            outbox=Outbox(self.folder, name),
            now=lambda: self.now,
        )

    def work(self, rounds: int = 1, *, name: str = "first") -> int:
        """A worker comes, does so many rounds and goes; how many messages it tried."""
        worker = self.worker(name)
        with worker.outbox:
            return sum(worker.round() for _ in range(rounds))

    def later(self, **time: float) -> None:
        self.now += timedelta(**time)

    def states(self, wave_id: UUID) -> dict[str, int]:
        """How many deliveries of the wave stand where, with the reason of those not sent."""
        with transaction() as db:
            rows = db.execute(
                select(Delivery.state, Delivery.reason, func.count())
                .where(Delivery.wave_id == wave_id)
                .group_by(Delivery.state, Delivery.reason)
            )
            return {f"{state} {reason}".strip(): n for state, reason, n in rows}

    def waves(self) -> list[UUID]:
        with transaction() as db:
            return list(db.scalars(select(Wave.id).order_by(Wave.created_at)))

    def state(self, wave_id: UUID) -> tuple[str, str]:
        with transaction() as db:
            wave = db.scalars(select(Wave).where(Wave.id == wave_id)).one()
            return wave.state, wave.reason

    def dispositions(self, invitation_id: UUID) -> set[str]:
        with transaction() as db:
            return set(
                db.scalars(
                    select(Assignment.disposition).where(Assignment.invitation_id == invitation_id)
                )
            )


def emails(n: int, *, domain: str = "so.example.vn") -> list[tuple[str, str]]:
    """Contacts of `n` people who have an address and no phone."""
    return [(f"nguoi{i}@{domain}", "") for i in range(n)]
