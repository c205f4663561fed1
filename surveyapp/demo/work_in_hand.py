"""Work in hand when the demo opens: a list with faults at its desk, another before the centre."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from surveyapp.accounts.act import Act
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.pack.reading import Pack
from surveyapp.db import transaction
from surveyapp.demo import rosters, workbooks
from surveyapp.demo.lists import LEADERS, coordinator
from surveyapp.demo.names import Someone
from surveyapp.demo.rosters import Task
from surveyapp.keys import KeyRing
from surveyapp.respondents import service
from surveyapp.respondents.context import context_from_pack
from surveyapp.respondents.lists.uploads.upload import check_file

AT_ITS_DESK, BEFORE_THE_CENTRE = "01", "02"


def leave_work(
    pack: Pack, tasks: Sequence[Task], *, out: Path, keys: KeyRing, now: datetime
) -> None:
    """New versions of two provinces' lists of leaders, sent in after the opening.

    The first has what desks do wrong most often and waits to be mended; the second is clean,
    confirmed, and waits to be approved.
    """
    for task in tasks:
        if task.kind == LEADERS and task.unit in (AT_ITS_DESK, BEFORE_THE_CENTRE):
            people = rosters.people_of(pack, task)
            faulty = task.unit == AT_ITS_DESK
            version = _spoilt(people) if faulty else people[1:]
            _hand_in(pack, task, version, out=out, keys=keys, now=now, confirmed=not faulty)


def _spoilt(people: Sequence[Someone]) -> list[Someone]:
    """The list with one fault of each common kind, far apart."""
    spoilt = list(people)
    faults = (
        {"phone": "0301 23", "email": ""},
        {"email": "van.thu@@so.example.vn"},
        {"department": "Sở Hợp tác quốc tế"},
        {"full_name": "TRẦN"},
        {"phone": "", "email": ""},
        {"position": ""},
        {"email": spoilt[-1].email},
    )
    apart = len(people) // len(faults)
    for number, fault in enumerate(faults):
        spoilt[number * apart] = replace(spoilt[number * apart], **fault)
    return [*spoilt, spoilt[-1]]


def _hand_in(
    pack: Pack,
    task: Task,
    people: Sequence[Someone],
    *,
    out: Path,
    keys: KeyRing,
    now: datetime,
    confirmed: bool,
) -> None:
    kind, unit = pack.list_kind(task.kind), pack.unit(task.unit)
    content = workbooks.write(
        people,
        columns=[*kind.columns.required, *kind.columns.optional],
        title=kind.name.vi,
        unit_name=unit.name_vi,
        habits=replace(workbooks.Habits.of(pack.code, task.unit), grouping="plain"),
        random=Random(f"{pack.code} {task.unit} late"),  # noqa: S311  a demo, not a secret
    )
    path = out / f"{task.unit}-{task.kind}-2.xlsx"
    path.write_bytes(content)
    checked = check_file(content, path.name, context_from_pack(pack, task.unit, task.kind))
    with transaction() as db:
        campaign = campaigns.campaign(db, pack.code)
        supplier = campaigns.unit(db, campaign.id, task.unit)
        kinds = {each.code: each for each in campaigns.expected_kinds(db, supplier.id)}
        staged = service.stage(
            db,
            campaign,
            supplier,
            kinds[task.kind],
            content=content,
            file_name=path.name,
            act=Act(coordinator(task.unit), now - timedelta(hours=2), keys),
            checked=checked,
        )
        if confirmed:
            service.accept(
                db,
                staged.id,
                unit=supplier,
                act=Act(coordinator(task.unit), now - timedelta(hours=1), keys),
            )
