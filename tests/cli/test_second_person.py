"""What two persons do takes two at the command line as well: who asks proves it, another operator agrees on the page."""

import uuid

import pytest
from sqlalchemy import Engine

from surveyapp import clock
from surveyapp.accounts import audit, second_person
from surveyapp.accounts.act import Act
from surveyapp.accounts.errors import SamePerson
from surveyapp.campaigns import queries as campaigns
from surveyapp.cli import second_person as at_the_command_line
from surveyapp.cli.main import main
from surveyapp.db import reading, transaction
from tests import factories
from tests.cli.conftest import REALLY_DEMANDED
from tests.factories import PASSWORD, recovery_codes

CAMPAIGN = ["--campaign", "tiny"]
DEADLINE = ["campaign", "deadline", *CAMPAIGN, "--closes-at", "2031-02-09 17:00"]
DEEDS = [
    ["campaign", "open", *CAMPAIGN],
    ["campaign", "close", *CAMPAIGN],
    DEADLINE,
    ["box", "open", *CAMPAIGN],
    ["release", "build", *CAMPAIGN, "--out", "releases"],
    ["invitations", "mailing", *CAMPAIGN, "--out", "mailing.csv"],
    ["invitations", "reissue", *CAMPAIGN, "--invitation", str(uuid.UUID(int=1)), "--reason", "x"],
    ["staff", "add", "cuc.vo", "--name", "Cúc", "--role", "operator", *CAMPAIGN],
    ["staff", "grant", "desk01", "--role", "viewer", *CAMPAIGN],
    ["staff", "reset-second-factor", "desk01", *CAMPAIGN],
]


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    return sqlite_engine


@pytest.fixture(autouse=True)
def two_persons(one_person, monkeypatch):
    monkeypatch.setattr(at_the_command_line, "is_demanded", REALLY_DEMANDED)


@pytest.fixture(autouse=True)
def two_operators(engine, now, keys):
    with transaction() as db:
        factories.campaign(db, now, opened=True)
        for username in ("an", "binh"):
            factories.staff(db, now, "operator", username=username, keys=keys)
        factories.staff(db, now, "coordinator", unit="01", username="desk01", keys=keys)


def given(runner, command, *, by="an", password=PASSWORD, code=0):
    """The command as typed, and what its questions are answered."""
    answers = f"{password}\n{recovery_codes(by)[code]}\n"
    return runner.invoke(main, [*command, "--by", by], input=answers)


def agree(keys, *, by="binh"):
    with transaction() as db:
        asked = second_person.of_campaign(db, "tiny")[0]
        second_person.agree(db, "tiny", asked.id, act=Act(by, clock.now(), keys))


def closes_at():
    with reading() as db:
        return campaigns.campaign(db, "tiny").closes_at


def requests():
    with reading() as db:
        return second_person.of_campaign(db, "tiny")


def entries():
    with reading() as db:
        return [(one.actor, one.action, one.facts.get("agreed_by")) for one in audit.entries(db)]


@pytest.mark.parametrize("deed", DEEDS, ids=lambda words: " ".join(words[:2]))
def test_no_deed_of_two_persons_is_done_by_one_command(runner, deed):
    refused = runner.invoke(main, deed)
    assert refused.exit_code == 1
    assert "Việc này cần hai người" in refused.output
    assert "http://localhost/centre/tiny/confirmations" in refused.output
    assert (requests(), entries()) == ([], [])


def test_one_asks_another_agrees_and_the_same_command_does_it(runner, keys):
    before = closes_at()
    asked = given(runner, DEADLINE)
    assert asked.exit_code == 1
    assert "Yêu cầu đã được ghi" in asked.output
    assert closes_at() == before
    agree(keys)
    assert given(runner, DEADLINE).exit_code == 0
    assert closes_at() != before
    assert entries()[::-1] == [
        ("an", "confirmation.asked", None),
        ("binh", "confirmation.agreed", None),
        ("command line (an)", "deadline.moved", "binh"),
    ]


def test_what_was_agreed_to_is_the_command_to_the_letter_and_once(runner, keys):
    given(runner, DEADLINE)
    agree(keys)
    before = closes_at()
    assert given(runner, [*DEADLINE[:-1], "2032-01-01 00:00"], code=1).exit_code == 1
    assert closes_at() == before
    assert given(runner, DEADLINE).exit_code == 0
    assert given(runner, DEADLINE, code=2).exit_code == 1


def test_nobody_asks_in_the_name_of_another(runner):
    assert "chưa đúng" in given(runner, DEADLINE, password="not hers").output
    wrong = runner.invoke(main, [*DEADLINE, "--by", "an"], input=f"{PASSWORD}\n000000\n")
    assert "chưa đúng" in wrong.output
    assert "không phải người vận hành" in given(runner, DEADLINE, by="desk01").output
    assert requests() == []


def test_who_asked_at_the_command_line_cannot_agree_on_the_page(runner, keys):
    given(runner, DEADLINE)
    with pytest.raises(SamePerson):
        agree(keys, by="an")


def test_a_request_that_waits_is_not_asked_twice(runner):
    given(runner, DEADLINE)
    assert "Yêu cầu đã được ghi" in runner.invoke(main, [*DEADLINE, "--by", "an"]).output
    assert len(requests()) == 1


def test_a_command_that_is_refused_after_all_has_not_used_its_agreement_up(runner, keys):
    past = [*DEADLINE[:-1], "2020-01-01 00:00"]
    given(runner, past)
    agree(keys)
    for _again in range(2):
        assert "Yêu cầu" not in given(runner, past, code=1).output
    assert len(requests()) == 1


def test_a_file_that_the_command_reads_is_agreed_to_by_its_content(runner, keys, tmp_path):
    table = tmp_path / "sipas.csv"
    build = ["release", "build", *CAMPAIGN, "--out", "x", "--sipas", str(table)]
    for code, content in enumerate(("one", "another")):
        table.write_text(content)
        given(runner, build, code=code)
    first, second = (one.fields["sipas"] for one in requests())
    assert first != second and first[0].startswith("sipas.csv (SHA-256 ")


def test_while_there_are_no_two_operators_who_keeps_the_server_gives_roles(runner):
    assert runner.invoke(main, ["staff", "disable", "binh"]).exit_code == 0
    added = runner.invoke(main, DEEDS[7])
    assert added.exit_code == 0, added.output
    assert runner.invoke(main, DEADLINE).exit_code == 1


def test_a_role_at_a_desk_takes_nobody_else(runner):
    at_desk = [*CAMPAIGN, "--unit", "BNV"]
    grant = ["staff", "grant", "desk01", "--role", "coordinator", *at_desk]
    assert runner.invoke(main, grant).exit_code == 0


def test_in_the_demonstration_one_person_is_both(runner):
    moved = runner.invoke(main, DEADLINE, env={"SURVEYAPP_DEMO": "yes"})
    assert moved.exit_code == 0, moved.output
    assert entries() == [("command line", "deadline.moved", None)]
