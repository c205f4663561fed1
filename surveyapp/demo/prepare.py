"""Builds the demo: a round under way with everybody in it, a pilot already released, and a small round under way
whose questionnaire asks every kind of question."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from surveyapp import clock
from surveyapp.accounts import audit
from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns import service as campaign_service
from surveyapp.campaigns.pack.reading import Calendar, Pack
from surveyapp.config import Settings
from surveyapp.db import bind, make_engine, reading, transaction
from surveyapp.delivery.sending import sent_elsewhere
from surveyapp.delivery.waves.planning import WavePlan
from surveyapp.demo import (
    accounts,
    answering,
    behaviour,
    custodians,
    directory,
    lists,
    rosters,
    state,
    work_in_hand,
)
from surveyapp.demo.custodians import Custodians
from surveyapp.demo.lists import CENTRE
from surveyapp.exports.disclosure import remark_review
from surveyapp.exports.disclosure.remark_review import RemarkDecision, Stage
from surveyapp.exports.release import building, rehearsal
from surveyapp.fieldwork.forecast import nightly
from surveyapp.i18n import _
from surveyapp.invitations import service as invitations
from surveyapp.keys import KeyRing
from surveyapp.respondents.people import rosters as approved
from surveyapp.responses import draft_secret
from surveyapp.responses import service as responses
from surveyapp.responses.sealed_box import custody, name_grams, opening

MAIN, PILOT, KINDS = "par-index-2023", "par-index-2025-pilot", "ddci-pilot"
ISSUED_AT_ONCE = 2000
SPARED = 6
"""People of each group who do nothing, so that `demo.json` has links of every group to show."""

Progress = Callable[[str, int], AbstractContextManager[Callable[[int], None]]]
"""Says what is being done and how much of it: `with progress(label, length) as done: done(1)`."""


@dataclass(frozen=True)
class Season:
    """When a campaign of the demo runs, in days before and after the present, and how willingly."""

    pack: str
    opened_ago: int
    closes_in: int
    willingness: float
    page_by_page: bool = False


UNDER_WAY = Season(MAIN, opened_ago=20, closes_in=10, willingness=0.92)
EVERY_KIND = Season(KINDS, opened_ago=12, closes_in=10, willingness=0.9)
OVER = Season(PILOT, opened_ago=75, closes_in=-57, willingness=1.05, page_by_page=True)


@dataclass(frozen=True)
class Builder:
    """What building works with: the server's settings, keys and engine, the moment, the scale."""

    settings: Settings
    keys: KeyRing
    engine: Engine
    now: datetime
    progress: Progress
    share: float = 1.0
    units: Sequence[str] = ()
    """Only lists of these units; all where empty."""
    processes: int = 2

    def build(self) -> Path:
        """Build the campaigns in an empty database; returns the path of `demo.json`."""
        # The larger pile of workbooks is made by other processes while the pilot is held in this one.
        with self._lists(UNDER_WAY) as arriving:
            with self._lists(OVER) as few:
                custodians = self._collect(OVER, few)
            self._release(OVER, custodians)
            with self.rehearsing() as rehearse:
                self._collect(UNDER_WAY, arriving, invited=rehearse)
        with self._lists(EVERY_KIND, processes=0) as three:
            self._collect(EVERY_KIND, three)
        self._leave_work(UNDER_WAY)
        self._keep_last_night()
        with transaction() as db:
            main, *others = (campaigns.campaign(db, code) for code in (MAIN, PILOT, KINDS))
            staff = accounts.create(db, main, others=others, now=self.now)
        return show(self.settings, self.keys, staff=[account.to_json() for account in staff])

    def _collect(
        self,
        season: Season,
        arriving: lists.Arriving,
        *,
        invited: Callable[[], None] = lambda: None,
    ) -> Custodians | None:
        """From the pack to answers: lists, invitations (`invited` is told), what people did. Who holds
        the key of its box, where that is not the server."""
        opens_at = _at_eight(self.now - timedelta(days=season.opened_ago))
        closes_at = _at_eight(self.now + timedelta(days=season.closes_in)) + timedelta(hours=9)
        pack = _moved(lists.read(self.settings.questionnaires / season.pack), opens_at, closes_at)
        before = opens_at - timedelta(days=30)
        with transaction() as db:
            campaign_service.load_pack(db, self._scaled(pack, season), now=before)
        self._take_lists(pack, arriving, due=opens_at - timedelta(days=2))
        holders = self._give_key(pack, now=opens_at - timedelta(days=3))
        with transaction() as db:
            self._approve(db, pack, now=opens_at - timedelta(days=2))
            campaign_service.open_campaign(db, pack.code, now=opens_at - timedelta(days=1))
            secret = draft_secret.make(
                db,
                campaigns.campaign(db, pack.code),
                where=self._secrets,
                act=Act(CENTRE, opens_at - timedelta(days=1), self.keys),
            )
        self._invite(pack, now=opens_at)
        invited()
        with self.progress(_("%(code)s: trả lời", code=pack.code), self._invited(pack)) as done:
            answering.answer(
                pack.code,
                keys=self.keys,
                secret=secret,
                until=min(self.now, closes_at - timedelta(minutes=5)),
                willingness=season.willingness,
                page_by_page=season.page_by_page,
                spared=0 if season is OVER else SPARED,
                morning=lambda day: self._remind(pack, opens_at, day),
                done=done,
            )
        return holders

    def _remind(self, pack: Pack, opens_at: datetime, day: int) -> None:
        """The reminder after which people answer again, on the record with everybody it reached."""
        if day not in behaviour.REMINDED_AGAIN:
            return
        at = opens_at + timedelta(days=day)
        plan = WavePlan(kind="reminder_not_started", starts_at=at)
        with transaction() as db:
            campaign = campaigns.campaign(db, pack.code)
            sent_elsewhere.record(db, campaign, plan, act=Act(CENTRE, at, self.keys))

    @property
    def _secrets(self) -> Path:
        return draft_secret.folder(self.settings)

    def _give_key(self, pack: Pack, *, now: datetime) -> Custodians | None:
        """The key of the box: with three custodians and proven by them, or in the instance folder."""
        with transaction() as db:
            campaign = campaigns.campaign(db, pack.code)
            if campaign.custody == "server":
                folder, act = self.settings.instance / "box", Act(CENTRE, now, self.keys)
                responses.make_box_key(db, campaign, folder=folder, act=act)
                return None
            folder = self.settings.instance / "demo" / "custodians" / pack.code
            made = custodians.appoint(db, pack.code, folder, keys=self.keys, now=now)
        made.prove(self.keys, now=now)
        return made

    def _approve(self, db: Session, pack: Pack, *, now: datetime) -> None:
        """Approve every questionnaire as the pack holds it, as the centre would have done."""
        for code, instrument in pack.instruments.items():
            made = campaign_service.approve_questionnaire(
                db, pack.code, code, sha256=instrument.sha256, note="", actor=CENTRE, now=now
            )
            audit.record(
                db,
                Act(CENTRE, now, self.keys),
                Action.QUESTIONNAIRE_APPROVED,
                campaign_code=pack.code,
                facts=made.facts,
            )

    def _lists(
        self, season: Season, *, processes: int | None = None
    ) -> AbstractContextManager[lists.Arriving]:
        """The workbooks of every unit, made beside this process from now on, or by it where `processes` is 0."""
        pack = lists.read(self.settings.questionnaires / season.pack)
        return lists.deliveries(
            pack.folder,
            self.settings.instance / "demo" / "workbooks" / pack.code,
            rosters.tasks(pack, share=self._share(season), units=self.units),
            processes=self.processes if processes is None else processes,
        )

    def _share(self, season: Season) -> float:
        return self.share if season is UNDER_WAY else 1.0

    def _scaled(self, pack: Pack, season: Season) -> Pack:
        """The pack with the plan of as many people as there are: a tenth of the people has a tenth of it."""
        share = self._share(season)
        rows = [
            row.model_copy(update={"planned": rosters.scaled(row.planned, share)})
            for row in pack.plan
        ]
        return replace(pack, plan=tuple(rows))

    def _take_lists(self, pack: Pack, arriving: lists.Arriving, *, due: datetime) -> None:
        label = _("%(code)s: lập và đọc danh sách", code=pack.code)
        with self.progress(label, arriving.count) as done:
            lists.take_in(pack.code, arriving.lists, keys=self.keys, due=due, done=done)

    def _leave_work(self, season: Season) -> None:
        """Lists to mend and to approve, so that no page of desks or centre stands empty."""
        pack = lists.read(self.settings.questionnaires / season.pack)
        work_in_hand.leave_work(
            pack,
            rosters.tasks(pack, share=self.share, units=self.units),
            out=self.settings.instance / "demo" / "workbooks" / pack.code,
            keys=self.keys,
            now=self.now,
        )

    @contextmanager
    def rehearsing(self) -> Iterator[Callable[[], None]]:
        """Last night's rehearsal of the release, as the nightly command would have run it: begun when
        asked for, by a process beside this one, and kept in the end.

        It counts who is invited and makes up its own answers, so that it needs nobody's.
        """
        started_at = self.now - timedelta(hours=8)
        folder = self.settings.instance / "releases"
        if not self.processes:
            yield lambda: None
            self._keep(rehearsal_of(MAIN, folder, started_at), started_at)
            return
        with ProcessPoolExecutor(
            1,
            # Not forked: a child must not hold this process's database connections.
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_bind,
            initargs=(self.engine.url.render_as_string(hide_password=False),),
        ) as beside:
            begun: list[Future[rehearsal.RehearsalResult]] = []
            yield lambda: begun.append(beside.submit(rehearsal_of, MAIN, folder, started_at))
            self._keep(begun[0].result(rehearsal.LONGEST.total_seconds()), started_at)

    def _keep(self, rehearsed: rehearsal.RehearsalResult, started_at: datetime) -> None:
        with transaction() as db:
            campaign = campaigns.campaign(db, MAIN)
            rehearsal.begin(db, campaign, now=started_at)
            rehearsal.finish(db, campaign, rehearsed, started_at=started_at)

    def _keep_last_night(self) -> None:
        """Keep yesterday's figures, as the nightly command would have done."""
        yesterday = clock.day(self.now) - timedelta(days=1)
        with transaction() as db:
            nightly.take(db, campaigns.campaign(db, MAIN), day=yesterday, now=self.now)

    def _invite(self, pack: Pack, *, now: datetime) -> None:
        with transaction() as db:
            campaign = campaigns.campaign(db, pack.code)
            first = invitations.issue(db, campaign, keys=self.keys, now=now, limit=ISSUED_AT_ONCE)
        label = _("%(code)s: phát lời mời", code=pack.code)
        with self.progress(label, first.done + first.remaining) as done:
            done(first.done)
            remaining = first.remaining
            while remaining:
                with transaction() as db:
                    campaign = campaigns.campaign(db, pack.code)
                    step = invitations.issue(
                        db, campaign, keys=self.keys, now=now, limit=ISSUED_AT_ONCE
                    )
                done(step.done)
                remaining = step.remaining
        with transaction() as db:
            campaign = campaigns.campaign(db, pack.code)
            invitations.mark_listed(db, campaign, everyone=False, act=Act(CENTRE, now, self.keys))
            invitations.mark_sent(db, campaign, act=Act(CENTRE, now, self.keys))

    def _invited(self, pack: Pack) -> int:
        with reading() as db:
            campaign = campaigns.campaign(db, pack.code)
            return answering.count_guests(db, campaign)

    def _release(self, season: Season, holders: Custodians | None) -> None:
        """Close, open the box, build the release, destroy the key, as an operator and custodians would."""
        code = season.pack
        closed = _at_eight(self.now + timedelta(days=season.closes_in)) + timedelta(hours=9)
        if holders is not None:
            holders.check_again(self.keys, now=closed - timedelta(days=1))
        with self.progress(_("%(code)s: mở hộp phiếu, phát hành", code=code), 3) as done:
            with transaction() as db:
                campaign = campaigns.campaign(db, code)
                campaign_service.close_campaign(db, code, now=campaign.ends_at)
                name_grams.keep(db, campaign.id, approved.full_names(db, campaign.id))
                act = Act(CENTRE, campaign.ends_at, self.keys)
                draft_secret.destroy(db, campaign, where=self._secrets, act=act)
            done(1)
            opened = self._open(code, holders, now=closed + timedelta(days=1))
            done(1)
            with transaction() as db:
                self._review_remarks(db, code, now=closed + timedelta(days=19))
                building.build(
                    db,
                    campaigns.campaign(db, code),
                    out=self.settings.instance / "releases",
                    act=Act(CENTRE, closed + timedelta(days=20), self.keys),
                )
            if holders is not None:
                released = closed + timedelta(days=21)
                holders.destroy(self.keys, digest=opened.digest, now=released)
            done(1)

    def _review_remarks(self, db: Session, code: str, *, now: datetime) -> None:
        """Two persons let every remark leave as it was proposed."""
        campaign = campaigns.campaign(db, code)
        while unread := remark_review.to_review(
            db, campaign.id, Stage.NEW, small={}, limit=ISSUED_AT_ONCE
        ):
            for who in (CENTRE, f"{CENTRE}-2"):
                chosen = [RemarkDecision(one.id, one.proposed) for one in unread]
                sound = [
                    one if one.text and one.text.replace("[…]", "").strip()
                    else RemarkDecision(one.remark_id, None)
                    for one in chosen
                ]  # fmt: skip
                remark_review.decide(db, campaign, sound, act=Act(who, now, self.keys))

    def _open(self, code: str, holders: Custodians | None, *, now: datetime) -> opening.Opened:
        """By two custodians, or with the key that lies here."""
        if holders is not None:
            opened = holders.open_box(self.keys, now=now)
        else:
            private_key = custody.read_private_key(self.settings.instance / "box", code)
            with transaction() as db:
                campaign, act = campaigns.campaign(db, code), Act(CENTRE, now, self.keys)
                opened = opening.open_box(db, campaign, private_key=private_key, act=act)
        opening.compact(self.engine)
        return opened


def _bind(database_url: str) -> None:
    bind(make_engine(database_url))


def rehearsal_of(code: str, folder: Path, started_at: datetime) -> rehearsal.RehearsalResult:
    """The release of a campaign rehearsed, from what the database holds at this moment."""
    with reading() as db:
        campaign = campaigns.campaign(db, code)
        return rehearsal.rehearse(db, campaign, folder=folder, now=started_at)


def show(settings: Settings, keys: KeyRing, *, staff: Sequence[dict[str, str]]) -> Path:
    """Write `demo.json` with links that are still untouched at this moment."""
    path = settings.instance / state.FINISHED
    with reading() as db:
        campaign = campaigns.campaign(db, MAIN)
        shown = directory.untouched(db, campaign, keys=keys, base_url=settings.base_url)
        shown["every_kind_link"] = directory.one_link(
            db, KINDS, keys=keys, base_url=settings.base_url
        )
    directory.write(path, base_url=settings.base_url, staff=staff, shown=shown)
    return path


def keep_open(now: datetime) -> None:
    """Move the deadlines of the rounds under way, so that a demo of last month still takes answers."""
    with transaction() as db:
        for campaign in campaigns.campaigns(db):
            if campaign.is_open and campaign.closes_at < now + timedelta(days=1):
                until = _at_eight(now + timedelta(days=UNDER_WAY.closes_in)) + timedelta(hours=9)
                campaign_service.move_deadline(db, campaign.code, closes_at=until, now=now)


def _at_eight(moment: datetime) -> datetime:
    """Eight o'clock in Vietnam on that day."""
    local = moment.astimezone(clock.VIETNAM)
    return local.replace(hour=8, minute=0, second=0, microsecond=0)


def _moved(pack: Pack, opens_at: datetime, closes_at: datetime) -> Pack:
    """The pack with its calendar around the present; its questionnaires and plan as they are."""
    due = clock.day(opens_at - timedelta(days=2))
    calendar = Calendar.model_construct(lists_due=due, opens_at=opens_at, closes_at=closes_at)
    return replace(pack, campaign=pack.campaign.model_copy(update={"calendar": calendar}))
