"""Runs the halves of an upload beside the request that asked for them, so that a page can show how far it is.

A process that ends leaves its files behind; every server process looks for such files and goes on with them.
"""

import threading
from collections.abc import Callable, Mapping
from typing import Any

from surveyapp import clock, db, log
from surveyapp.keys import KeyRing
from surveyapp.respondents.lists.uploads import upload
from surveyapp.respondents.lists.uploads.upload import Upload

PATIENCE = 1.0
"""Seconds a request waits for the work it began, before it shows a page of progress instead."""
LOOK_EVERY = 3.0
"""Seconds between two looks for files whose process is gone."""


def begin(
    received: Upload,
    half: Callable[[Upload], None],
    *,
    confirmed: Mapping[str, Any] | None = None,
) -> None:
    """Start the work and wait for it as long as somebody likes to look at a button."""
    upload.begin(received, confirmed)
    worker = threading.Thread(target=_run, args=(received, half), daemon=True)
    worker.start()
    worker.join(PATIENCE)


def _run(received: Upload, half: Callable[[Upload], None]) -> None:
    db.see_units(db.EVERY_UNIT)  # lists are held against each other; the page shows its own unit's
    try:
        upload.attended(received, half)
    except Exception as error:
        # Nobody else hears of it: the page must not wait for a work that is over.
        log.failure(error)
        upload.stopped(received)


def watch(keys: KeyRing) -> None:
    """From now on this process takes up files that others left."""
    threading.Thread(target=_watch, args=(keys,), name="list-watch", daemon=True).start()


def _watch(keys: KeyRing) -> None:
    db.see_units(db.EVERY_UNIT)
    pause = threading.Event()
    while not pause.wait(LOOK_EVERY):
        take_up(keys)


def take_up(keys: KeyRing) -> bool:
    """Go on with one file whose process is gone; whether there was one."""
    try:
        taken_up = upload.take_up(keys=keys, clock=clock.now)
    except (*db.UNREACHABLE, db.DatabaseAway):
        return False
    if taken_up is None:
        return False
    log.event("list.taken_up")
    _run(*taken_up)
    return True
