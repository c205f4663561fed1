"""A new process reads what everybody asks for first before it takes anybody in, so that nobody waits for it."""

from typing import Any

from flask import Flask

from surveyapp import db, log
from surveyapp.web.http import state

ROOMS = ("layout/", "parts/", "kinds/", "respond/", "errors/")
"""The templates of those who come by the thousand; a desk's and the centre's are read when they are asked for."""
FIRST_PAGE = "/"


def warm(app: Any) -> None:
    """Read templates, show the first page to nobody, and connect; what fails here will say so when it is asked for."""
    if not state.is_ours(app):  # benchmarks serve another beside it
        return
    try:
        _read_templates(app)
        app.test_client().get(FIRST_PAGE, base_url=state.settings_of(app).base_url)
        with db.reading() as session:
            session.connection()
    except (*db.UNREACHABLE, db.DatabaseAway) as error:
        log.failure(error)


def _read_templates(app: Flask) -> None:
    for name in app.jinja_env.list_templates():
        if name.startswith(ROOMS):
            app.jinja_env.get_template(name)
