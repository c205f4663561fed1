"""`surveyapp worker`: sends the messages of confirmed waves, beside the web server."""

from __future__ import annotations

import platform
import signal
from threading import Event
from typing import TYPE_CHECKING

import click

from surveyapp import clock
from surveyapp.i18n import _
from surveyapp.version import VERSION

if TYPE_CHECKING:
    from surveyapp.delivery.sending.worker import Worker
    from surveyapp.keys import KeyRing


@click.command("worker")
@click.option("--once", is_flag=True, help="Send what is due now and end, instead of staying.")
def worker(once: bool) -> None:
    """Send the messages of confirmed waves until told to stop; start as many as you like.

    SIGTERM and Ctrl-C end it after the message in hand; a killed worker loses nothing.
    """
    from surveyapp import log
    from surveyapp.cli.main import database
    from surveyapp.delivery.sending.outgoing import Post
    from surveyapp.delivery.sending.worker import Worker, open_outbox
    from surveyapp.messaging.email.mailbox import Mailbox

    with database() as server:
        log.configure(server.settings.log_level)
        stop = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: stop.set())
        with open_outbox(server.settings.instance) as outbox:
            sender = Worker(
                Post.of(server.settings),
                keys=server.keys,
                base_url=server.settings.addresses.respondent,
                addresses=server.settings.addresses,
                outbox=outbox,
                now=clock.now,
                stop=stop,
                mailbox=Mailbox.of(server.settings),
                sign=lambda: _sign(server.keys),
            )
            if once:
                click.echo(_("Đã xử lý %(n)s tin.", n=_until_idle(sender, stop)))
            else:
                sender.run()


def _sign(keys: KeyRing) -> None:
    """A key is not put to use before the workers hold it too."""
    from surveyapp.db import transaction
    from surveyapp.operations.installation import ownership

    now = clock.now()
    with transaction() as db:
        ownership.sign(
            db,
            platform.node(),
            kind="worker",
            version=VERSION,
            keys=list(keys.roots),
            now=now,
        )


def _until_idle(sender: Worker, stop: Event) -> int:
    total = 0
    while not stop.is_set() and (attempted := sender.round()):
        total += attempted
    return total
