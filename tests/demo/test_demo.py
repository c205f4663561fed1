"""A small demo on both engines: what it promises to hold, and that it leaves other data alone."""

import json
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select

from surveyapp import clock, create_app, schema
from surveyapp.accounts import audit
from surveyapp.accounts.signing_in.sign_in import SignedIn, sign_in
from surveyapp.assignments.models import Assignment
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.models import RespondentGroup
from surveyapp.config import PROJECT, Settings
from surveyapp.db import bind, make_engine, reading, transaction
from surveyapp.delivery.models import Delivery, Wave
from surveyapp.demo import answering, custodians, lists, prepare
from surveyapp.demo.behaviour import REMINDED_AGAIN
from surveyapp.demo.prepare import KINDS, MAIN, PILOT, Builder, show
from surveyapp.exports.release import rehearsal
from surveyapp.exports.release.rehearsal import RehearsalResult
from surveyapp.exports.verify import verify
from surveyapp.fieldwork.forecast import series
from surveyapp.invitations import queries, service
from surveyapp.invitations.credentials import links
from surveyapp.keys import KeyRing
from surveyapp.respondents.models import RespondentList
from surveyapp.responses import queries as responses
from surveyapp.responses.models import Draft
from surveyapp.responses.sealed_box import opening, registration
from tests import postgres

UNITS = ("BNV", "01")
LISTS_OF_BOTH = 3 + 4


@dataclass(frozen=True)
class Built:
    """A demo of two units, and what is needed to look into it."""

    settings: Settings
    keys: KeyRing
    engine: Engine
    shown: dict


@contextmanager
def silent(_label: str, _length: int) -> Iterator[Callable[[int], None]]:
    yield lambda _n: None


def rehearsed_elsewhere(code: str, folder: Path, started_at: datetime) -> RehearsalResult:
    """What is kept of a rehearsal, without one."""
    with reading() as db:
        people = answering.count_guests(db, campaigns.campaign(db, code))
    return RehearsalResult(rehearsal.GOOD, responses=people, seconds=1, peak_kib=1)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def built(request: pytest.FixtureRequest, run_folder: Path) -> Iterator[Built]:
    folder = Path(tempfile.mkdtemp(dir=run_folder))
    url = f"sqlite:///{folder / 'survey.sqlite3'}"
    if request.param == "postgresql":
        server, name = request.getfixturevalue("postgres_folder"), f"demo_{uuid.uuid4().hex}"
        postgres.execute(server, f"CREATE DATABASE {name}")
        url = postgres.url(server, name)
    engine = make_engine(url)
    schema.migrate(engine)
    bind(engine)
    keys = KeyRing({1: uuid.uuid4().bytes + uuid.uuid4().bytes})
    settings = Settings(
        instance=folder,
        database_url=url,
        keys=folder / "keys.json",
        base_url="http://localhost",
        questionnaires=PROJECT / "questionnaires",
    )
    beside = 1 if request.param == "sqlite" else 0  # once with processes beside it, once by itself
    with pytest.MonkeyPatch.context() as patch:
        if not beside:  # a rehearsal takes a third of a small demo: one of them has a real one
            patch.setattr(prepare, "rehearsal_of", rehearsed_elsewhere)
        path = Builder(
            settings, keys, engine, clock.now(), silent, share=0.2, units=UNITS, processes=beside
        ).build()
    yield Built(settings, keys, engine, json.loads(path.read_text()))
    engine.dispose()
    if request.param == "postgresql":
        postgres.execute(server, f"DROP DATABASE {name} WITH (FORCE)")
    shutil.rmtree(folder)


@pytest.fixture
def visitor(built: Built) -> FlaskClient:
    return create_app(built.settings, keys=built.keys, engine=built.engine).test_client()


def test_every_list_is_approved_and_had_nothing_to_mend(built):
    with reading() as db:
        campaign = campaigns.campaign(db, MAIN)
        rows = db.execute(
            select(RespondentList.state, RespondentList.must_count).where(
                RespondentList.campaign_id == campaign.id, RespondentList.version == 1
            )
        ).all()
    assert [tuple(row) for row in rows] == [("approved", 0)] * LISTS_OF_BOTH


def test_a_desk_finds_a_new_version_with_faults_to_mend(built):
    with reading() as db:
        campaign = campaigns.campaign(db, MAIN)
        (late,) = db.scalars(
            select(RespondentList).where(
                RespondentList.campaign_id == campaign.id, RespondentList.version > 1
            )
        ).all()
    assert late.state == "staged"
    assert late.must_count >= 5


def test_the_workbooks_that_were_read_are_on_disk(built):
    folder = built.settings.instance / "demo" / "workbooks" / MAIN
    assert len(list(folder.glob("*.xlsx"))) == LISTS_OF_BOTH + 1


def test_a_fifth_of_the_people_has_a_fifth_of_the_plan(built):
    with reading() as db:
        campaign = campaigns.campaign(db, MAIN)
        units = {campaigns.unit(db, campaign.id, code).id for code in UNITS}
        plan = campaigns.plan(db, campaign.id, side="supplying")
        groups = {group.id: group.code for group in campaigns.groups(db, campaign.id)}
        made = dict(
            db.execute(
                select(RespondentGroup.code, func.count())
                .join(Assignment, Assignment.group_id == RespondentGroup.id)
                .where(Assignment.campaign_id == campaign.id)
                .group_by(RespondentGroup.code)
            ).all()
        )
    planned = {
        code: sum(n for (group_id, unit), n in plan.items() if group_id == id_ and unit in units)
        for id_, code in groups.items()
    }
    pack = lists.read(PROJECT / "questionnaires" / MAIN)
    asked = {code: sum(pack.planned(code, unit) for unit in UNITS) for code in groups.values()}
    assert [code for code, n in planned.items() if abs(n - 0.2 * asked[code]) > 1.5] == []
    assert [code for code, n in planned.items() if abs(made[code] - n) > 2.5] == []


def test_the_reminders_after_which_people_answer_again_are_on_record(built):
    with reading() as db:
        campaign = campaigns.campaign(db, MAIN)
        days = series.reminders(db, campaign.id)
        waves = db.execute(
            select(Wave.state, Wave.people, func.count())
            .join(Delivery, Delivery.wave_id == Wave.id)
            .where(Wave.campaign_id == campaign.id)
            .group_by(Wave.id)
            .order_by(Wave.starts_at)
        ).all()
    opened = clock.day(campaign.opens_at)
    assert [(day - opened).days for day in days] == list(REMINDED_AGAIN)
    assert {state for state, _people, _written in waves} == {"done"}
    people = [people for _state, people, _written in waves]
    assert people == [written for _state, _people, written in waves]
    assert people[0] > people[1] > 0


def test_the_box_holds_one_ballot_for_each_submitted_form_and_some_were_left_unfinished(built):
    with reading() as db:
        campaign = campaigns.campaign(db, MAIN)
        box = opening.check_box(db, campaign, keys=built.keys)
        drafts = db.scalar(select(func.count()).select_from(Draft))
    assert box["ballots"] == box["submitted"] > 50
    assert box["forged"] == 0
    assert drafts > 0


def test_people_of_two_lists_get_one_invitation_and_rate_their_province_once(built):
    with reading() as db:
        campaign = campaigns.campaign(db, MAIN)
        duplicates = db.scalar(
            select(func.count()).where(
                Assignment.campaign_id == campaign.id, Assignment.disposition == "duplicate"
            )
        )
    assert duplicates == 2


def test_demo_json_lists_what_there_is_to_open(built):
    assert list(built.shown) == [
        "base_url",
        "links",
        "codes",
        "two_form_link",
        "every_kind_link",
        "staff",
    ]
    assert {tuple(account) for account in built.shown["staff"]} == {
        ("role", "unit", "username", "password")
    }
    with reading() as db:
        campaign = campaigns.campaign(db, MAIN)
        assert len(built.shown["links"]) == len(campaigns.groups(db, campaign.id))


def test_every_link_and_code_opens_and_none_was_answered(built, visitor):
    shown = built.shown
    with reading() as db:
        for link in [*shown["links"], shown["two_form_link"]]:
            path = link.removeprefix("http://localhost")
            assert visitor.get(path).status_code == 200
            code = links.read(built.keys, path.removeprefix("/t/"))
            invited = queries.find(db, code, keys=built.keys)
            assert {form.disposition for form in invited.assignments} == {"sent"}
        for code in shown["codes"]:
            invited = queries.find(db, code.replace("-", ""), keys=built.keys)
            assert {form.disposition for form in invited.assignments} == {"sent"}


def test_a_visitor_can_answer_every_kind_of_question(built):
    code = links.read(built.keys, built.shown["every_kind_link"].rpartition("/")[2])
    with reading() as db:
        invited = queries.find(db, code, keys=built.keys)
        campaign = campaigns.campaign(db, KINDS)
        kinds = {item.kind for item in invited.assignments[0].instrument.items}
        submitted = db.scalar(
            select(func.count())
            .select_from(Assignment)
            .where(Assignment.campaign_id == campaign.id, Assignment.submitted_on.is_not(None))
        )
    assert kinds == {"single", "multiple", "number", "text"}
    assert submitted > 10


def test_the_two_form_link_holds_two_forms(built):
    code = links.read(built.keys, built.shown["two_form_link"].rpartition("/")[2])
    with reading() as db:
        assert len(queries.find(db, code, keys=built.keys).assignments) == 2


def test_links_shown_later_leave_out_whoever_answered_meanwhile(built):
    with transaction() as db:
        code = links.read(built.keys, built.shown["links"][0].rpartition("/")[2])
        invited = queries.find(db, code, keys=built.keys)
        service.begin(db, invited, today=clock.day(clock.now()))
    path = show(built.settings, built.keys, staff=built.shown["staff"])
    again = json.loads(path.read_text())
    assert built.shown["links"][0] not in again["links"]
    assert again["staff"] == built.shown["staff"]


def test_every_account_signs_in(built):
    with transaction() as db:
        for account in built.shown["staff"]:
            signed = sign_in(db, account["username"], account["password"], now=clock.now())
            assert isinstance(signed, SignedIn)


def test_the_pilot_is_released_and_its_release_stands_every_check(built):
    with reading() as db:
        assert campaigns.campaign(db, PILOT).state == "released"
    folder = built.settings.instance / "releases" / f"{PILOT}-release-001"
    assert verify(folder) == []


def test_both_custodies_are_shown_the_pilots_box_was_opened_by_two_of_its_three_custodians(built):
    with reading() as db:
        main, pilot = campaigns.campaign(db, MAIN), campaigns.campaign(db, PILOT)
        record = responses.opening(db, pilot.id)
        attested = registration.attestations(db, pilot.id)
        unread = registration.shares_never_checked(db, pilot)
        held = [one.name for one in registration.custodians(db, pilot)]
    assert (main.custody, pilot.custody) == ("server", "offline")
    assert (record.custody, record.counts["custodians"]) == ("offline", [2, 3])
    assert sorted(one.kind for one in attested) == ["destroyed", "drill", "shares", "shares"]
    assert (held, unread) == (list(custodians.NAMES), ())
    held_here = {path.name for path in (built.settings.instance / "box").iterdir()}
    assert held_here == {f"{MAIN}.json", f"{KINDS}.json"}


def test_the_pilots_custodians_leave_signed_files_and_minutes_and_no_share(built):
    folder = built.settings.instance / "demo" / "custodians" / PILOT
    left = sorted(path.name.removeprefix(f"{PILOT}-").split("-")[0] for path in folder.iterdir())
    assert left == [
        "bundle.json.gz", "destroyed", "destruction.pdf", "drill", "opening.pdf",
        "registration.json", "shares", "shares",
    ]  # fmt: skip


def test_the_audit_trail_of_the_demo_is_unbroken(built):
    with reading() as db:
        assert audit.verify(db, keys=built.keys).entries > LISTS_OF_BOTH


def test_last_nights_rehearsal_made_up_an_answer_of_everybody_invited(built):
    with reading() as db:
        campaign = campaigns.campaign(db, MAIN)
        last = rehearsal.status(db, campaign, now=clock.now()).last
        people = answering.count_guests(db, campaign)
    assert (last.outcome, last.error) == (rehearsal.GOOD, "")
    assert last.responses >= people
