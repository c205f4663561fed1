"""The trail is searched, handed over as a file, and its head leaves the house once a day."""

import csv
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner

from surveyapp import clock
from surveyapp.accounts import audit, audit_head
from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.db import reading, transaction
from surveyapp.delivery.sending import housekeeping
from surveyapp.delivery.sending.outgoing import Post
from tests import factories
from tests.fakes import FakeChannel
from tests.web.browsing import post, sign_in

PAGE = "/centre/tiny/audit"


@pytest.fixture
def app(app, now, keys, moment):
    with transaction() as db:
        factories.campaign(db, now)
        factories.staff(db, now, "auditor")
        for days, actor, action in (
            (9, "an", Action.LIST_APPROVED),
            (5, "binh", Action.LIST_RETURNED),
            (0, "an", Action.DEADLINE_MOVED),
        ):
            act = Act(actor, now - timedelta(days=days), keys)
            audit.record(db, act, action, campaign_code="tiny", facts={"note": "=1+1"})
    return app


@pytest.mark.parametrize(
    ("asked", "seen"),
    [
        ("", {"list.approved", "list.returned", "deadline.moved"}),
        ("actor=an", {"list.approved", "deadline.moved"}),
        ("actor=an&action=list.approved", {"list.approved"}),
        ("since={5}", {"list.returned", "deadline.moved"}),
        ("until={5}", {"list.approved", "list.returned"}),
        ("since={5}&until={5}", {"list.returned"}),
        ("search=DOI han thu", {"deadline.moved"}),
        ("search=tra lai danh sach", {"list.returned"}),
        ("search=binh deadline", set()),
        ("search=list&actor=an", {"list.approved"}),
        ("since=nonsense&until=0001-01-01", {"list.approved", "list.returned", "deadline.moved"}),
    ],
)
def test_entries_are_found_by_person_deed_and_day(app, client, now, asked, seen):
    sign_in(client, "auditor")
    query = asked.replace("{5}", clock.day(now - timedelta(days=5)).isoformat())
    fields = dict(part.split("=") for part in query.split("&") if part)
    answer = post(client, PAGE, f"{PAGE}/table.csv", **fields)
    rows = list(csv.reader(StringIO(answer.data.decode("utf-8-sig"))))[1:]
    assert {row[3] for row in rows} - {"staff.signed_in"} - {"recovery_code.used"} == seen
    assert client.get(f"{PAGE}?{query}").status_code == 200


def test_taking_the_trail_along_is_an_entry_and_its_cells_are_inert(app, client):
    sign_in(client, "auditor")
    answer = post(client, PAGE, f"{PAGE}/table.csv")
    assert "\n=" not in answer.text and len(answer.text.splitlines()[1].rsplit(",", 1)[1]) == 64
    assert post(client, PAGE, f"{PAGE}/table.xlsx").data[:2] == b"PK"
    with reading() as db:
        assert audit.entries(db, limit=1)[0].action == "audit.exported"


def test_the_head_is_mailed_once_a_day_to_who_keeps_it(app, keys, now):
    channel = FakeChannel()
    witness = "kiem-toan@example.vn"
    sender = Post({"email": channel}, sender="khaosat@example.vn", witnesses=(witness,))
    for moment in (now, now + timedelta(minutes=5), now + timedelta(days=1)):
        housekeeping._send_audit_head(sender, keys=keys, now=lambda moment=moment: moment)
    assert [mail.recipient for mail in channel.taken] == [witness] * 2
    with reading() as db:
        first = audit.entries(db, before=4, limit=1)[0]
    assert first.digest.hex() in channel.taken[0].text


def test_a_copy_of_the_head_shows_that_the_last_entries_were_cut_off(db, keys, now):
    for _entry in range(3):
        audit.record(db, Act("an", now, keys), Action.LIST_APPROVED)
    head = audit_head.latest(db)
    assert audit_head.holds(db, head.entries, head.head.hex())
    assert not audit_head.holds(db, head.entries, "0" * 64)
    db.delete(audit.entries(db, limit=1)[0])
    db.flush()
    assert audit.verify(db, keys=keys).entries == 2  # the chain alone does not show it
    assert not audit_head.holds(db, head.entries, head.head.hex())


def test_the_command_compares_with_a_copy(runner: CliRunner, now):
    from surveyapp.cli.main import main
    from surveyapp.keys import read_key_ring

    ring = read_key_ring(Path(runner.env["SURVEYAPP_KEYS"]))
    with transaction() as db:
        audit.record(db, Act("an", now, ring), Action.LIST_APPROVED)
        head = audit_head.latest(db).head.hex()
    verify = ["audit", "verify", "--entry", "1", "--digest"]
    assert runner.invoke(main, [*verify, head]).exit_code == 0
    assert runner.invoke(main, [*verify, "0" * 64]).exit_code == 1
    assert runner.invoke(main, ["audit", "verify", "--entry", "2", "--digest", head]).exit_code == 1
