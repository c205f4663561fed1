"""`surveyapp lists send-reminders`: what the centre asked for leaves the house."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, select

from surveyapp.accounts.act import Act
from surveyapp.cli.main import main
from surveyapp.config import Settings
from surveyapp.db import bind, reading, transaction
from surveyapp.keys import KeyRing
from surveyapp.respondents.models import DeskReminder
from tests import factories


@pytest.fixture
def asked(engine: Engine, now: datetime, keys: KeyRing) -> None:
    """One reminder is queued."""
    bind(engine)
    with transaction() as db:
        from surveyapp.campaigns import queries as campaigns
        from surveyapp.respondents import service

        campaign = factories.campaign(db, now)
        acting = Act("centre", now, keys)
        unit = campaigns.unit(db, campaign.id, "01")
        service.write_address(db, campaign, unit, email="cchc@hanoi.example.vn", act=acting)
        service.ask_reminders(db, campaign, today=now.date(), act=acting)


def state() -> str:
    with reading() as db:
        return db.scalars(select(DeskReminder.state)).one()


def test_a_queued_reminder_is_handed_over_once(
    asked: None, runner: CliRunner, settings: Settings
) -> None:
    demo = {"SURVEYAPP_DEMO": "yes"}
    told = runner.invoke(main, ["lists", "send-reminders"], env=demo)
    assert (told.exit_code, told.output.strip()) == (0, "Đã gửi 1 trên 1 thư nhắc.")
    runner.invoke(main, ["lists", "send-reminders"], env=demo)
    spool = Path(settings.instance) / "spool" / "email.jsonl"
    sent = [json.loads(line) for line in spool.read_text().splitlines()]
    assert len(sent) == 1
    assert "cchc@hanoi.example.vn" in json.dumps(sent[0])


def test_without_a_mail_server_nothing_is_marked_as_sent(asked: None, runner: CliRunner) -> None:
    assert runner.invoke(main, ["lists", "send-reminders"]).exit_code == 1
    assert state() == "queued"
