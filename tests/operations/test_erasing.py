"""After the release the server forgets who was asked, and keeps every number."""

import re
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, insert, select, text

from surveyapp import clock
from surveyapp.accounts import audit
from surveyapp.accounts.act import Act
from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.errors import WrongState
from surveyapp.cli.main import main
from surveyapp.db import compact, transaction
from surveyapp.exports.models import Release
from surveyapp.fieldwork.counts import folding as counting
from surveyapp.fieldwork.counts import queries as fieldwork
from surveyapp.invitations import queries
from surveyapp.invitations.errors import UnknownCode
from surveyapp.invitations.mailing_file import mailing
from surveyapp.operations import erasing
from surveyapp.respondents import service
from surveyapp.respondents.models import DeskAddress, DeskReminder, ListLine, Person
from surveyapp.respondents.words.names import name_key
from surveyapp.tables import metadata
from tests import factories
from tests.invitations.roster import issue_all

PLANTED = ("Nguyễn Thị Dành Riêng", name_key("Nguyễn Thị Dành Riêng"), "danhrieng@donvi.example.vn", "912345671", "Trưởng buồng lái")  # fmt: skip


@pytest.fixture
def asked(engine, keys, now):
    """See `ask`, on either engine."""
    return ask(keys, now)


@pytest.fixture
def asked_there(postgresql_engine, keys, now):
    """See `ask`, on PostgreSQL."""
    return ask(keys, now)


def ask(keys, now):
    """A campaign with one person of plain marks in an approved list, a bad line and a code."""
    with transaction() as db:
        campaign = factories.campaign(db, now, opened=True)
        name, _key, email, phone, post = PLANTED
        rows = ["Họ và tên,Chức vụ,Sở,Điện thoại,Email"]
        rows += [f"{name},{post},Sở Nội vụ,0{phone},{email}", f"{name} B,{post},Sở Nội vụ,12,a@b"]
        content = "\n".join(rows).encode()
        staged = factories.staged_list(db, campaign, now, keys, content=content)
        unit = campaigns.unit(db, campaign.id, "01")
        act = Act("desk", now, keys)
        service.leave_out(db, staged.id, 3, unit=unit, left_out=True, act=act)
        service.accept(db, staged.id, unit=unit, act=act)
        service.approve(db, staged.id, campaign=campaign, act=act)
        issue_all(db, campaign, keys, now)
        code = next(iter(mailing(db, campaign, keys=keys, base_url=""))).code.replace("-", "")
    return campaign.code, campaign.id, code


def released(code):
    with transaction() as db:
        campaigns.campaign(db, code).state = "released"


def told(db) -> str:
    """Every value of every table, as one text."""
    values = []
    for table in metadata.sorted_tables:
        for row in db.execute(select(table)):
            values += [
                v.decode("utf-8", "replace") if isinstance(v, bytes) else str(v) for v in row
            ]
    return "\n".join(values)


def figures(db, campaign_id):
    counting.fold(db, limit=1000)
    return fieldwork.figures(db, campaign_id, by=("group",)), fieldwork.differences(db, campaign_id)


def test_no_name_contact_or_link_is_left_and_every_number_is(asked, engine, keys, now):
    code, campaign_id, access = asked
    with transaction() as db:
        before = figures(db, campaign_id)
        assert all(mark in told(db) for mark in PLANTED)
    released(code)
    with transaction() as db:
        assert erasing.erase_people(db, code, act=Act("root", now, keys)) == {
            "people": 1,
            "lines": 2,
        }
    compact(engine, erasing.KEPT_IN)
    with transaction() as db:
        left = told(db)
        assert [mark for mark in PLANTED if mark in left] == []
        assert figures(db, campaign_id) == before
        with pytest.raises(UnknownCode):
            queries.find(db, access, keys=keys)
        audit.verify(db, keys=keys)
    if engine.dialect.name == "sqlite":
        file = engine.url.database
        content = b"".join(Path(file + end).read_bytes() for end in ("", "-wal"))
        assert [mark for mark in PLANTED if mark.encode() in content] == []


def test_people_go_when_the_last_release_is_older_than_the_day_given(asked, engine, keys, now):
    code, campaign_id, _access = asked
    released(code)
    built = {"built_by": "x", "manifest_sha256": "0" * 64, "response_count": 0, "folder": "r"}
    with transaction() as db:
        for number, days in ((1, 400), (2, 30)):
            at = now - timedelta(days=days)
            db.execute(insert(Release).values(campaign_id=campaign_id, number=number, built_at=at, **built))  # fmt: skip
        last = clock.day(now - timedelta(days=30))
        assert erasing.due(db, released_before=last) == []
        assert erasing.due(db, released_before=last + timedelta(days=1)) == [code]
        erasing.erase_people(db, code, act=Act("root", now, keys))
        assert erasing.due(db, released_before=clock.day(now)) == []


def test_the_purge_says_whose_people_are_due_and_forgets_them_when_told_so(asked, now, runner):
    code, campaign_id, _access = asked
    command = ["--english", "privacy", "purge", "--released-before"]
    assert runner.invoke(main, [*command, "2999-01-01"]).exit_code == 2
    released(code)
    built = {"built_by": "x", "manifest_sha256": "0" * 64, "response_count": 0, "folder": "r"}
    with transaction() as db:
        db.execute(insert(Release).values(campaign_id=campaign_id, number=1, built_at=now, **built))
    for days, yes, names_left in ((0, ["--yes"], True), (1, [], True), (1, ["--yes"], False)):
        day = clock.day(now + timedelta(days=days))
        assert runner.invoke(main, [*command, f"{day:%F}", *yes]).exit_code == 0
        with transaction() as db:
            assert all(mark in told(db) for mark in PLANTED) is names_left


def test_erased_again_there_is_nobody_and_the_first_day_stays(asked, keys, now):
    code, _id, _access = asked
    released(code)
    for later, people in ((0, 1), (2, 0)):
        with transaction() as db:
            act = Act("root", now + timedelta(days=later), keys)
            assert erasing.erase_people(db, code, act=act)["people"] == people
    with transaction() as db:
        assert campaigns.campaign(db, code).people_erased_on == now.date()


def test_every_table_that_erasing_empties_is_rewritten_afterwards(asked, engine, keys, now):
    code, campaign_id, _access = asked
    with transaction() as db:
        unit = campaigns.unit(db, campaign_id, "01")
        db.add(DeskAddress(unit_id=unit.id, email=PLANTED[2], written_by="x", written_at=now))
        at = {"asked_by": "x", "asked_at": now}
        db.add(DeskReminder(id=uuid.uuid4(), unit_id=unit.id, email=PLANTED[2], **at))
    released(code)
    written = []

    def note(_connection, _cursor, statement, *_):
        if change := re.match(r"(?:DELETE FROM|UPDATE) (\w+)", statement):
            written.append(change[1])

    event.listen(engine, "before_cursor_execute", note)
    with transaction() as db:
        erasing.erase_people(db, code, act=Act("root", now, keys))
    event.remove(engine, "before_cursor_execute", note)
    assert "desk_address" in written
    assert set(written) - {"campaign"} <= set(erasing.KEPT_IN)
    with transaction() as db:
        assert PLANTED[2] not in told(db)


def test_before_the_release_nobody_is_forgotten(asked, keys, now):
    code, _id, access = asked
    with transaction() as db, pytest.raises(WrongState):
        erasing.erase_people(db, code, act=Act("root", now, keys))
    with transaction() as db:
        assert queries.find(db, access, keys=keys)
        assert all(mark in told(db) for mark in PLANTED)


def test_the_command_asks_before_it_forgets(asked, engine, runner):
    code, _id, _access = asked
    released(code)
    command = ["--english", "invitations", "erase-people", "--campaign", code]
    assert runner.invoke(main, command, input="n\n").exit_code == 1
    with transaction() as db:
        assert all(mark in told(db) for mark in PLANTED)
    done = runner.invoke(main, [*command, "--yes"])
    assert (done.exit_code, "1 people and 2 lines" in done.output) == (0, True)
    with transaction() as db:
        assert [mark for mark in PLANTED if mark in told(db)] == []


def statistics(connection) -> str:
    """What PostgreSQL's planner remembers of the values in the tables."""
    kept = connection.execute(
        text(
            "select coalesce(most_common_vals::text, '') || coalesce(histogram_bounds::text, '')"
            " from pg_stats where schemaname = 'public'"
        )
    )
    return "\n".join(kept.scalars())


def test_postgresqls_statistics_forget_names_and_contacts_too(postgresql_engine, keys, now, asked_there):  # fmt: skip
    code, _id, _code = asked_there
    with transaction() as db:  # the planner keeps what stands in a column more than once
        for table, key in ((Person.__table__, "id"), (ListLine.__table__, "line")):
            row = dict(db.execute(select(table).limit(1)).mappings().one())
            for n in (101, 102):
                new = {key: uuid.uuid4() if key == "id" else n}
                db.execute(insert(table), {**row, **new})
    with postgresql_engine.connect() as connection:
        connection.execute(text("analyze"))
        assert PLANTED[2] in statistics(connection)
        assert PLANTED[1] in statistics(connection)
        connection.commit()
    released(code)
    with transaction() as db:
        erasing.erase_people(db, code, act=Act("centre", now, keys))
    with postgresql_engine.connect() as connection:
        connection.execute(text("analyze"))
        assert PLANTED[1] in statistics(connection), "an emptied table keeps what was known of it"
        connection.commit()
    assert compact(postgresql_engine, erasing.KEPT_IN)
    with postgresql_engine.connect() as connection:
        remembered = statistics(connection)
    for planted in PLANTED:
        assert planted not in remembered
