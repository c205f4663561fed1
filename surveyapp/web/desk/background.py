"""Runs the halves of an upload beside the request that asked for them, so that a page can show how far it is."""

import threading
from collections.abc import Callable

from surveyapp import log
from surveyapp.respondents.lists.uploads import upload
from surveyapp.respondents.lists.uploads.upload import Upload

PATIENCE = 1.0
"""Seconds a request waits for the work it began, before it shows a page of progress instead."""


def begin(received: Upload, half: Callable[[Upload], None]) -> None:
    """Start the work and wait for it as long as somebody likes to look at a button."""
    upload.advance(received)
    worker = threading.Thread(target=_run, args=(received, half), daemon=True)
    worker.start()
    worker.join(PATIENCE)


def _run(received: Upload, half: Callable[[Upload], None]) -> None:
    try:
        half(received)
    except Exception as error:
        # Nobody else hears of it: the page must not wait for a work that is over.
        log.failure(error)
        upload.stopped(received)
