"""The wiring of the web application: what is installed, in which order, and nothing else."""

from importlib import import_module

from flask import Flask
from sqlalchemy import Engine
from werkzeug.middleware.proxy_fix import ProxyFix

from surveyapp import clock, db, log, schema, traces
from surveyapp.config import Settings, read_settings
from surveyapp.keys import KeyRing, read_key_ring
from surveyapp.operations.installation import ownership
from surveyapp.respondents import line_numbers
from surveyapp.tables import metadata
from surveyapp.web import audiences
from surveyapp.web.http import (
    access,
    frame,
    guard,
    headers,
    hosts,
    live,
    locale,
    numbers,
    sessions,
    state,
    static,
)
from surveyapp.web.http.error_pages import errors
from surveyapp.web.http.monitoring import metrics
from surveyapp.web.http.safeguards import fresh_factor, sent_fields, two_persons
from surveyapp.web.parts import table_rows

ROOMS = (
    "surveyapp.web.http.monitoring.health",
    "surveyapp.web.api.figures",
    "surveyapp.web.api.releases",
    "surveyapp.web.api.delivery_callbacks",
    "surveyapp.web.account",
    "surveyapp.web.account.short_addresses",
    "surveyapp.web.respond",
    "surveyapp.web.desk",
    "surveyapp.web.centre",
)
REQUEST_BYTES = sent_fields.LONGEST


def build(
    settings: Settings | None, *, keys: KeyRing | None = None, engine: Engine | None = None
) -> Flask:
    """See `surveyapp.create_app`."""
    if settings is None:
        settings = read_settings()
        traces.check(settings)
    keys = keys or read_key_ring(settings.keys)
    own = engine is None
    engine = engine or db.make_engine(settings.database_url, db.PAGES)
    try:
        db.check_durability(engine)
        schema.check(engine, metadata)
    except BaseException:
        if own:
            engine.dispose()
        raise
    db.bind(engine)
    log.configure(settings.log_level)
    with db.transaction() as session:
        keys = ownership.claim(session, keys, now=clock.now())
    app = errors.SurveyFlask("surveyapp", static_folder=None)
    configure(app, settings, keys)
    audiences.install(app, settings.audience)
    # Hooks run in this order: what is cheap and what denies comes before what reads a body.
    for part in (
        hosts,
        numbers,
        metrics,
        headers,
        live,
        locale,
        table_rows,
        frame,
        access,
        guard,
        fresh_factor,
        two_persons,
        errors,
        static,
    ):
        part.install(app)
    for room in ROOMS:
        app.register_blueprint(import_module(room).bp)
    if settings.demo:
        app.register_blueprint(import_module("surveyapp.web.parts.styleguide").bp)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # the way Werkzeug's own page shows
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )
    return app


def configure(app: Flask, settings: Settings, keys: KeyRing) -> None:
    """Give the application its settings and keys; all else of it is the same wherever it runs."""
    state.keep(app, settings, keys)
    app.config["MAX_CONTENT_LENGTH"] = REQUEST_BYTES
    # The oldest live key, so that adding a key leaves pages that are open now valid.
    app.secret_key = keys.key("csrf", min(keys.roots))
    app.session_interface = sessions.SealedSessions(keys, secure=settings.secure)
    app.jinja_env.trim_blocks = False
    # Vietnamese in attributes as it is: six letters for one make a page longer than a phone should load
    app.jinja_env.policies["json.dumps_kwargs"] = {"sort_keys": True, "ensure_ascii": False}
    app.jinja_env.filters["row_name"] = line_numbers.shown
    app.url_map.strict_slashes = True
