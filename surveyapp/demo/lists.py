"""Lists of every unit: written as workbooks to disk, read as an upload is, accepted and approved."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from itertools import groupby
from pathlib import Path
from random import Random

from surveyapp.accounts.act import Act
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.pack.reading import Pack, read_pack
from surveyapp.db import transaction
from surveyapp.demo import rosters, workbooks
from surveyapp.demo.names import Someone
from surveyapp.demo.rosters import Task
from surveyapp.keys import KeyRing
from surveyapp.respondents import service
from surveyapp.respondents.context import context_from_pack
from surveyapp.respondents.lists.uploads.upload import check_file
from surveyapp.respondents.reading.checking import Checked
from surveyapp.respondents.sheet import work_here

COUNCIL, LEADERS = "council", "agency-leaders"
CENTRE = "vanhanh"


@cache
def read(folder: Path) -> Pack:
    """The pack, read once: it is frozen, and reading a large one takes a second."""
    return read_pack(folder)


@dataclass(frozen=True)
class ArrivedWorkbook:
    """One workbook as it arrived: its bytes, and what reading it found."""

    task: Task
    file_name: str
    content: bytes
    checked: Checked


@dataclass(frozen=True)
class Arriving:
    """Workbooks in order, each as soon as it is made, and how many there will be."""

    lists: Iterable[ArrivedWorkbook]
    count: int


@dataclass
class Desk:
    """Makes the workbooks of one campaign; a worker process has one of its own."""

    pack_folder: Path
    out: Path
    tasks: Sequence[Task]
    pack: Pack = field(init=False)

    def __post_init__(self) -> None:
        self.pack = read(self.pack_folder)
        self._of_unit = {(task.unit, task.kind): task for task in self.tasks}

    def deliver(self, task: Task) -> ArrivedWorkbook:
        """Write the workbook of one list to disk and read it as the server reads an upload."""
        kind, unit = self.pack.list_kind(task.kind), self.pack.unit(task.unit)
        content = workbooks.write(
            self._people(task),
            columns=[*kind.columns.required, *kind.columns.optional],
            title=kind.name.vi,
            unit_name=unit.name_vi,
            habits=workbooks.Habits.of(self.pack.code, task.unit),
            random=Random(f"{self.pack.code} {task.unit} {task.kind} cells"),  # noqa: S311  a demo, not a secret
        )
        path = self.out / f"{task.unit}-{task.kind}.xlsx"
        path.write_bytes(content)
        context = context_from_pack(self.pack, task.unit, task.kind)
        return ArrivedWorkbook(task, path.name, content, check_file(content, path.name, context))

    def _people(self, task: Task) -> list[Someone]:
        people = rosters.people_of(self.pack, task)
        leaders = self._of_unit.get((task.unit, LEADERS))
        if task.kind != COUNCIL or leaders is None:
            return people
        return rosters.in_office(people, rosters.people_of(self.pack, leaders))


_desks: list[Desk] = []


def _open_desk(pack_folder: Path, out: Path, tasks: Sequence[Task]) -> None:
    work_here()  # nothing but our own workbooks comes to this process
    _desks[:] = [Desk(pack_folder, out, tasks)]


def _deliver(task: Task) -> ArrivedWorkbook:
    return _desks[0].deliver(task)


@contextmanager
def deliveries(
    pack_folder: Path, out: Path, tasks: Sequence[Task], *, processes: int
) -> Iterator[Arriving]:
    """Every workbook in order, made and read by `processes` beside this one (0: by this one)."""
    out.mkdir(parents=True, exist_ok=True)
    if not processes:
        desk = Desk(pack_folder, out, tasks)
        yield Arriving(map(desk.deliver, tasks), len(tasks))
        return
    with ProcessPoolExecutor(
        processes,
        # Not forked: a child must not hold this process's database connections.
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_open_desk,
        initargs=(pack_folder, out, tasks),
    ) as pool:
        try:
            yield Arriving(pool.map(_deliver, tasks, chunksize=2), len(tasks))
        finally:
            pool.shutdown(cancel_futures=True)


def take_in(
    campaign_code: str,
    arriving: Iterable[ArrivedWorkbook],
    *,
    keys: KeyRing,
    due: datetime,
    done: Callable[[int], None],
) -> None:
    """Stage, accept and approve what arrives, unit by unit, in the two weeks before `due`."""
    for number, (unit_code, of_unit) in enumerate(groupby(arriving, key=lambda d: d.task.unit)):
        now = due - timedelta(days=14) + timedelta(hours=3 * number)
        deliveries_of_unit = list(of_unit)
        with transaction() as db:
            campaign = campaigns.campaign(db, campaign_code)
            unit = campaigns.unit(db, campaign.id, unit_code)
            kinds = {kind.code: kind for kind in campaigns.expected_kinds(db, unit.id)}
            actor = coordinator(unit_code)
            accepted = []
            for delivery in deliveries_of_unit:
                staged = service.stage(
                    db,
                    campaign,
                    unit,
                    kinds[delivery.task.kind],
                    content=delivery.content,
                    file_name=delivery.file_name,
                    act=Act(actor, now, keys),
                    checked=delivery.checked,
                )
                when = now + timedelta(minutes=20)
                service.accept(db, staged.id, unit=unit, act=Act(actor, when, keys))
                accepted.append(staged.id)
            when = now + timedelta(hours=2)
            for _approved in service.approve_many(
                db, campaign, list_ids=accepted, act=Act(CENTRE, when, keys)
            ):
                done(1)


def coordinator(unit_code: str) -> str:
    """The user name of a unit's coordinator."""
    return f"dau-moi-{unit_code.lower()}"
