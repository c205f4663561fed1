"""A wave from the operator's page to a real mail server, with workers as they run, some of them killed."""

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from surveyapp import clock
from surveyapp.assignments.models import Assignment
from surveyapp.campaigns.models import Campaign
from surveyapp.config import PROJECT
from surveyapp.db import transaction
from surveyapp.delivery.models import Delivery, Wave
from surveyapp.keys import install_key_ring
from tests import factories
from tests.delivery.sending import Sending
from tests.messaging import mailserver
from tests.messaging.mailboxserver import PASSWORD, USER, MailboxServer
from tests.web.browsing import post, sign_in

PEOPLE = 120
KILLS = 4
PAGE = "/centre/tiny/messages"


@pytest.fixture
def survey(engine, keys, now, settings, tmp_path):
    """People with an address each, in a campaign that takes answers today; the ring lies where workers seek it."""
    settings.instance.mkdir(mode=0o700, exist_ok=True)
    install_key_ring(settings.keys, keys)
    survey = Sending(keys, now, tmp_path / "outbox")
    with transaction() as db:
        db.execute(update(Campaign).values(closes_at=clock.now() + timedelta(days=300)))
        factories.staff(db, clock.now(), "operator", keys=keys)
    survey.invite(*[(f"nguoi{n}@so{n % 7}.example.vn", "") for n in range(PEOPLE)])
    return survey


@contextmanager
def workers(settings, port, *, imap="", count=2):
    """Workers as an administrator starts them; what is left of them ends with the block."""
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": settings.database_url,
        "SURVEYAPP_INSTANCE": str(settings.instance),
        "SURVEYAPP_KEYS": str(settings.keys),
        "SURVEYAPP_BASE_URL": settings.base_url,
        "SURVEYAPP_SMTP_URL": f"smtp://127.0.0.1:{port}",
        "SURVEYAPP_MAIL_FROM": "Vụ CCHC <khaosat@example.vn>",
        "SURVEYAPP_MAIL_BOUNCES": "tra-lai@example.vn",
        **({"SURVEYAPP_IMAP_URL": imap} if imap else {}),
    }

    def start():
        return subprocess.Popen(
            [sys.executable, "-m", "surveyapp", "worker"],
            cwd=PROJECT,
            env=environment,
            stderr=subprocess.DEVNULL,
        )

    started = [start() for _ in range(count)]

    def kill(position):
        started[position].send_signal(signal.SIGKILL)
        started[position].wait()
        started[position] = start()

    try:
        yield kill, started
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(60)


def until(condition, seconds=300):
    """Look again and again until it is true."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.1)


def waiting():
    with transaction() as db:
        filled = db.scalars(select(Wave.is_filled)).one()
        states = db.scalars(select(Delivery.state)).all()
    return not filled or {"queued", "leased"} & set(states)


def confirmed_wave(client):
    """Describe a wave and confirm it on its page."""
    fields = {"kind": "invitation", "channels": ["email"], "quiet_from": "0", "quiet_until": "0"}
    limits = dict.fromkeys(("per_minute", "per_day", "per_domain"), "100000")
    made = post(client, PAGE + "/new", PAGE + "/new", **fields, **limits)
    page = made.headers["Location"]
    post(client, page, page + "confirm", typed=str(PEOPLE))
    return page


def test_workers_killed_at_random_lose_nobody(survey, client, settings, tmp_path):
    sign_in(client, "operator")
    confirmed_wave(client)
    with transaction() as db:
        db.execute(update(Wave).values(state="running"))  # the test message is another story
    chance = random.Random()
    with (
        mailserver.running(tmp_path / "mail") as server,
        workers(settings, server.port) as (kill, _),
    ):
        for n in range(1, KILLS + 1):
            until(lambda n=n: server.count() > n * PEOPLE // (KILLS + 2) or not waiting())
            kill(chance.randrange(2))
        until(lambda: not waiting())
        received = Counter(one.recipient for one in server.received())
    people = {to: n for to, n in received.items() if to.startswith("nguoi")}
    assert len(people) == PEOPLE
    assert sum(people.values()) - PEOPLE <= KILLS  # a message in the server's hands at the kill
    with transaction() as db:
        assert set(db.scalars(select(Assignment.disposition))) == {"sent"}
        assert set(db.scalars(select(Delivery.state))) == {"handed_over"}


def test_the_test_message_opens_the_way_and_a_bounce_finds_its_person(
    survey, client, settings, tmp_path
):
    sign_in(client, "operator")
    page = confirmed_wave(client)
    with MailboxServer() as mailbox:
        from threading import Thread

        thread = Thread(target=mailbox.serve_forever)
        thread.start()
        from urllib.parse import quote

        imap = f"imap://{quote(USER)}:{quote(PASSWORD)}@127.0.0.1:{mailbox.port}"
        try:
            with mailserver.running(tmp_path / "mail") as server:
                with workers(settings, server.port, imap=imap, count=1) as (_kill, _started):
                    until(lambda: server.count())
                    (canary,) = server.received()
                    assert canary.recipient == "tra-lai@example.vn"
                    assert "đang gửi thử" in client.get(page).text
                    mailbox.box.add(canary.raw)
                with workers(settings, server.port, imap=imap, count=1) as (_kill, started):
                    until(lambda: not waiting())
                    started[0].terminate()
                    assert started[0].wait(60) == 0
                returned = server.received()[1]
        finally:
            mailbox.shutdown()
            thread.join()
    assert re.search(rf"đã chuyển đi: {PEOPLE}", client.get(page).text)
    assert re.fullmatch(r"tra-lai\+[0-9a-f]{32}@example.vn", returned.envelope_sender)
