"""The state of the server for the centre: what the doctor finds, the queue, the nodes, timers, backups."""

from dataclasses import asdict

from flask import jsonify, render_template, request
from flask.typing import ResponseReturnValue

from surveyapp import clock, timers
from surveyapp.db import bound, reading
from surveyapp.operations.doctor import examination
from surveyapp.operations.doctor.findings import Level, worst
from surveyapp.operations.installation import ownership
from surveyapp.operations.watch import gauges
from surveyapp.tables import metadata
from surveyapp.web.centre import bp
from surveyapp.web.http.access import allow
from surveyapp.web.http.state import keys, settings

TONES = {Level.OK: "good", Level.WARN: "warn", Level.FAIL: "bad"}
ORDER = (Level.FAIL, Level.WARN, Level.OK)


@bp.get("/installation")
@allow("operator", "auditor")
def installation() -> ResponseReturnValue:
    """The worst first. With `?as=json` for programs; with `?outside=yes` mail, SMS and TLS are tried too."""
    now, engine = clock.now(), bound()
    from_outside = request.args.get("outside") == "yes"
    assert engine is not None
    diagnoses = sorted(
        examination.examine(
            settings(),
            keys=keys(),
            engine=engine,
            metadata=metadata,
            now=now,
            from_outside=from_outside,
        ),
        key=lambda one: ORDER.index(one.level),
    )
    if request.args.get("as") == "json":
        return jsonify([asdict(one) for one in diagnoses])
    with reading() as db:
        return render_template(
            "centre/installation.html",
            diagnoses=diagnoses,
            from_outside=from_outside,
            overall=worst(diagnoses),
            tones=TONES,
            nodes=ownership.alive(db, now=now),
            runs=timers.runs(db),
            gauges=gauges.read(db, settings(), now=now),
            now=now,
        )
