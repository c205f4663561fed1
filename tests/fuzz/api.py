"""Schemathesis against the API: every case of the OpenAPI document answered as it says, none with a fault."""

import time
import warnings
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi.checks import ignored_auth

from surveyapp import clock, create_app, schema
from surveyapp.config import Settings
from surveyapp.db import bind, make_engine, transaction
from surveyapp.fieldwork.reports import readers
from tests import factories
from tests.fieldwork.counting import half_way

DOCUMENT = Path(__file__).parents[2] / "docs" / "openapi.yaml"
CASES_AT_ONCE = 50


def run(*, seconds: float) -> tuple[int, int, int, str]:
    """Cases sent, operations reached with success, findings, and the last of these."""
    keys = factories.TEST_KEYS
    now = datetime(2024, 1, 15, 3, tzinfo=UTC)
    clock.now = lambda: now  # the campaign of the factories is of that winter
    with TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{folder}/survey.sqlite3")
        schema.migrate(engine)
        bind(engine)
        with transaction() as db:
            campaign = factories.campaign(db, now, opened=True)
            half_way(db, campaign, sent_on=clock.day(now) - timedelta(days=7))
            given = readers.make_token(db, campaign.id, "fuzz", actor="x", now=now)
        told = Settings(instance=Path(folder), base_url="http://localhost")
        done = tried(create_app(told, keys=keys, engine=engine), given, seconds=seconds)
        engine.dispose()
    return done


def tried(
    app: Flask, token: str, *, seconds: float, cases: int = CASES_AT_ONCE
) -> tuple[int, int, int, str]:
    """Send rounds of cases of every operation until the time is over."""
    document = schemathesis.openapi.from_path(str(DOCUMENT))
    document.app = app
    sent: Counter[str] = Counter()
    succeeded: set[str] = set()
    findings: list[str] = []
    until, rounds = time.monotonic() + seconds, 0
    while not rounds or time.monotonic() < until:
        rounds += 1
        for operation in document.get_all_operations():
            _try(operation.ok(), token, cases, sent, succeeded, findings)
    return sum(sent.values()), len(succeeded), len(findings), findings[-1] if findings else ""


def _try(operation, token, cases, sent, succeeded, findings) -> None:
    @settings(
        max_examples=cases,
        deadline=None,
        database=None,
        derandomize=cases < CASES_AT_ONCE,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def check(case) -> None:
        sent[operation.label] += 1
        if "campaign" in (case.path_parameters or {}) and sent[operation.label] % 2:
            case.path_parameters["campaign"] = "tiny"
        answer = case.call(
            headers={"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}
        )
        if answer.status_code < 300:
            succeeded.add(operation.label)
        # Its token is put beside what was generated, so that an invented one is not refused.
        case.validate_response(answer, excluded_checks=[ignored_auth])

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            check()
    except (Exception, BaseExceptionGroup) as error:  # whatever it is, it is a finding
        findings.append(f"{operation.label}: {' '.join(str(error).split())[:300]}")
