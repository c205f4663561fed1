"""How long the centre's pages take on kept counts of a full round, or of a million forms, on both engines.

python -m benchmarks.overview                       50,155 forms; PostgreSQL is started as in the tests
python -m benchmarks.overview --forms 1000000 --people 600000    invited people too, one of a hundred with a declaration
DATABASE_URL=postgresql://… python -m benchmarks.overview     an empty database of your own alone
python -m benchmarks.overview --keep FOLDER         SQLite alone, left there to be served
"""

import argparse
import os
import random
import re
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import Engine, insert, select, update

from surveyapp import clock, create_app
from surveyapp.accounts import service as accounts
from surveyapp.accounts.access import Grant
from surveyapp.assignments.models import CountDelta
from surveyapp.assignments.rules import Disposition
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns import service as campaign_service
from surveyapp.campaigns.models import Campaign
from surveyapp.campaigns.pack.reading import read_pack
from surveyapp.config import PROJECT, Settings
from surveyapp.db import bind, make_engine, transaction
from surveyapp.fieldwork.counts.folding import fold
from surveyapp.fieldwork.models import CountDay, FoldVersion
from surveyapp.invitations.models import Declaration, Invitation
from surveyapp.keys import make_key_ring, read_key_ring
from surveyapp.respondents.models import ListForms, Person, RespondentList
from surveyapp.schema import migrate
from tests import postgres

PACK = PROJECT / "questionnaires" / "par-index-2023"
PASSWORD = "bốn con vịt qua sông"
DAYS = 25
WAITING = 900
BATCH = 20_000
D = Disposition
ENDS = (D.SUBMITTED,) * 16 + (D.BEGUN, D.BEGUN, D.REFUSED, D.MOVED, D.BOUNCED)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--forms", type=int, default=50_155)
    parser.add_argument("--people", type=int, default=0)
    parser.add_argument("--keep", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        Path(scratch).chmod(0o711)  # PostgreSQL runs as a user of its own
        folder = arguments.keep or Path(scratch) / "first"
        own = os.environ.get("DATABASE_URL")
        run(
            folder,
            own or f"sqlite:///{folder / 'survey.sqlite3'}",
            arguments.forms,
            arguments.people,
        )
        if own or arguments.keep:
            return
        server = Path(scratch) / "postgres"
        try:
            postgres.start(server)
        except (OSError, RuntimeError) as fault:
            print(f"postgresql left out: {fault}")
            return
        postgres.execute(server, "CREATE DATABASE bench")
        run(
            Path(scratch) / "second",
            postgres.url(server, "bench"),
            arguments.forms,
            arguments.people,
        )
        postgres.stop(server)


def run(folder: Path, url: str, forms: int, people: int = 0) -> None:
    """One engine."""
    folder.mkdir(parents=True, exist_ok=True)
    settings, engine = prepare(folder, url, forms, people)
    measure(settings, engine)
    engine.dispose()


def prepare(folder: Path, url: str, forms: int, people: int = 0) -> tuple[Settings, Engine]:
    """A campaign half-way through collection whose counts stand in the tables, with as many of its people as are asked for."""
    engine = make_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    settings = Settings(
        instance=folder,
        database_url=url,
        keys=folder / "keys.json",
        base_url="http://localhost",
        demo=True,  # a password alone signs in; nothing else of a page differs
    )
    migrate(engine)
    make_key_ring(settings.keys)
    bind(engine)
    now = clock.now()
    with transaction() as db:
        campaign = campaign_service.load_pack(db, read_pack(PACK), now=now)
        campaign.opens_at = now - timedelta(days=DAYS)
        campaign.closes_at = now + timedelta(days=10)
        campaign.state = "open"
        for role in ("operator", "viewer", "auditor"):
            accounts.create_staff(
                db, username=f"b-{role}", display_name=role, password=PASSWORD,
                grants=[Grant(campaign.code, role)], now=now,
            )  # fmt: skip
        accounts.create_staff(
            db, username="b-desk", display_name="desk", password=PASSWORD,
            grants=[Grant(campaign.code, "coordinator", "01")], now=now,
        )  # fmt: skip
        _count(db, campaign, forms, now)
        _invite(db, campaign, people, now)
    while True:
        with transaction() as db:
            if not fold(db):
                break
    if (
        engine.dialect.name == "postgresql"
    ):  # as autovacuum does in the night; on SQLite nobody does
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")
    return settings, engine


def _count(db, campaign: Campaign, forms: int, now: datetime) -> None:  # type: ignore[no-untyped-def]
    """Forms as planned, over departments where a group has them, in random states on random days."""
    dice = random.Random(2023)
    groups = {group.id: group for group in campaigns.groups(db, campaign.id)}
    kinds = {g: k for k in campaigns.list_kinds(db, campaign.id) for g in k.groups}
    departments = campaigns.departments(db, campaign.id)
    plan = campaigns.plan(db, campaign.id, side="supplying")
    scale = forms / sum(plan.values())
    lists: dict[tuple[int, int], uuid.UUID] = {}
    today = clock.day(now)
    deltas, kept = [], []
    for (group_id, unit_id), planned in plan.items():
        group = groups[group_id]
        kind = kinds[group.code]
        cells = [(unit_id, 0)]
        if "department" in kind.required:
            rating = group.rates == "department_ministry"
            cells = [
                (d.rated_unit_id if rating else unit_id, d.id)
                for d in departments
                if (d.rated_unit_id if rating else d.rates_province)
            ]
        list_id = lists.setdefault((unit_id, kind.id), uuid.uuid4())
        willing = dice.triangular(0.1, 0.95, 0.6)
        n_forms = round(planned * scale * dice.uniform(0.8, 1.05))
        for at, (rated, department) in enumerate(cells):
            n = n_forms // len(cells) + (at < n_forms % len(cells))
            if not n:
                continue
            kept.append({"list_id": list_id, "group_id": group_id, "rated_unit_id": rated, "department_id": department, "listed": n, "approved": n})  # fmt: skip
            cell = {"campaign_id": campaign.id, "supplying_unit_id": unit_id, "rated_unit_id": rated, "group_id": group_id, "department_id": department, "channel": dice.choice(("email",) * 8 + ("sms", "letter"))}  # fmt: skip
            deltas.append({**cell, "disposition": D.SENT, "day": today - timedelta(days=DAYS), "change": n})  # fmt: skip
            for _ in range(min(n, 60)):
                if dice.random() < willing:
                    change = max(1, n // 60)
                    on = today - timedelta(days=min(int(dice.expovariate(0.12)), DAYS))
                    deltas.append({**cell, "disposition": D.SENT, "day": on, "change": -change})
                    deltas.append({**cell, "disposition": dice.choice(ENDS), "day": on, "change": change})  # fmt: skip
    db.execute(
        insert(RespondentList),
        [
            {
                "id": list_id, "campaign_id": campaign.id, "unit_id": unit_id, "kind_id": kind_id, "version": 1,
                "state": "approved", "file_name": "x", "file_sha256": "x", "file": b"", "understanding": {},
                "line_count": 0, "left_out_count": 0, "must_count": 0, "check_count": 0, "staged_by": "x",
                "staged_at": now, "note": "",
            }
            for (unit_id, kind_id), list_id in lists.items()
        ],
    )  # fmt: skip
    db.execute(insert(ListForms), kept)
    db.execute(insert(CountDelta), [{**one, "id": os.urandom(16)} for one in deltas])


def _invite(db, campaign: Campaign, people: int, now: datetime) -> None:  # type: ignore[no-untyped-def]
    """People with an invitation each; one of a hundred told something, half of which waits for the centre."""
    units = [unit.id for unit in campaigns.units(db, campaign.id)]
    for first in range(0, people, BATCH):
        persons, invitations, told = [], [], []
        for n in range(first, min(first + BATCH, people)):
            person, invitation = uuid.uuid4(), uuid.uuid4()
            words = {"full_name": f"Người {n}", "name_key": f"nguoi {n}", "position": "Chuyên viên", "workplace": "", "email": f"n{n}@example.vn", "phone": ""}  # fmt: skip
            persons.append({"id": person, "campaign_id": campaign.id, "unit_id": units[n % len(units)], "state": "active", **words})  # fmt: skip
            invitations.append({"id": invitation, "campaign_id": campaign.id, "person_id": person, "tag": invitation.bytes, "key_number": 1, "issue_number": 0, "counter": 0, "state": "active", "issued_at": now, "listed_at": None})  # fmt: skip
            if n % 100 == 0:
                settled = {"settled_at": now, "settled_by": "b-operator"} if n % 200 else {"settled_at": None, "settled_by": None}  # fmt: skip
                told.append({"id": uuid.uuid4(), "invitation_id": invitation, "kind": "moved", "on": clock.day(now), **settled})  # fmt: skip
        for table, rows in ((Person, persons), (Invitation, invitations), (Declaration, told)):
            db.execute(insert(table), rows)


PAGES = (
    *("", "rates", "rates?by=supplying", "rates?by=rated", "rates?by=department&supplying=01"),
    *("rates?by=channel", "rates?by=department&channel=sms", "rates?by=supplying&rated=BNV&group=M2"),
    *("rates?by=supplying&until={past}", "?until={past}", "rates/details", "rates/table.csv?by=supplying"),
)  # fmt: skip


def measure(settings: Settings, engine: Engine) -> None:
    """Server time of each page through the whole application, the median of 30."""
    app = create_app(settings, keys=read_key_ring(settings.keys), engine=engine)
    client = app.test_client()
    page = client.get("/account/sign-in").text
    given = {
        "username": "b-viewer",
        "password": PASSWORD,
        "csrf_token": re.search(r'csrf_token" value="([^"]+)', page)[1],  # type: ignore[index]
    }
    client.post("/account/sign-in", data=given, headers={"Sec-Fetch-Site": "same-origin"})
    print(f"{engine.dialect.name}, {datetime.now(UTC):%Y-%m-%d}")
    past = clock.day(clock.now()) - timedelta(days=3)
    for path in PAGES:
        report(client, path.format(past=past))
    report(client, "", "  right after a fold", before=_as_after_a_fold)
    _let_wait(WAITING)
    report(client, "", f"  while {WAITING} changes wait")


def report(
    client: FlaskClient, path: str, words: str = "", before: Callable[[], None] | None = None
) -> None:
    """One page, asked for 30 times."""
    took, busy = [], []
    for _ in range(30):
        if before is not None:
            before()
        begun, worked = time.perf_counter(), time.process_time()
        answer = client.get(f"/centre/{PACK.name}/{path}")
        took.append(time.perf_counter() - begun)
        busy.append(time.process_time() - worked)
        assert answer.status_code == 200, (path, answer.status_code)
    best = f"best {min(took) * 1000:5.1f}, processor {statistics.median(busy) * 1000:5.1f}"
    print(
        f"{statistics.median(took) * 1000:7.1f} ms ({best})  {len(answer.data):7} B  /{path}{words}"
    )


def _as_after_a_fold() -> None:
    with transaction() as db:
        db.execute(update(FoldVersion).values(version=uuid.uuid4()))


def _let_wait(n: int) -> None:
    """Changes of one cell that come to nothing, fewer than a page would fold."""
    with transaction() as db:
        one = (
            db.execute(select(CountDay.__table__).where(CountDay.rollup == "cell"))
            .mappings()
            .first()
        )
        cell = {name: value for name, value in one.items() if name not in ("cut", "rollup")}  # type: ignore[union-attr]
        changes = [{**cell, "id": os.urandom(16), "change": (-1) ** n} for n in range(n)]
        db.execute(insert(CountDelta), changes)


if __name__ == "__main__":
    main()
