"""What the machines that watch the server are told."""

import re
from dataclasses import replace

from surveyapp import create_app
from surveyapp.db import bind, make_engine
from surveyapp.web.http.monitoring import metrics


def test_health_is_good_while_the_database_answers(client):
    answer = client.get("/health")
    assert (answer.status_code, answer.json) == (200, {"status": "ok", "database": "sqlite"})


def test_health_is_bad_while_the_database_is_away(client, tmp_path, engine):
    away = make_engine(f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.sqlite3'}")
    bind(away)
    try:
        answer = client.get("/health")
    finally:
        bind(engine)
        away.dispose()
    assert (answer.status_code, answer.json["status"]) == (503, "unavailable")


def test_without_a_token_in_the_settings_there_are_no_counters(client):
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_counters_are_for_the_holder_of_the_token_and_name_rooms_not_pages(settings, keys, engine):
    app = create_app(
        replace(settings, metrics_token="only-for-the-watch"), keys=keys, engine=engine
    )
    client = app.test_client()
    client.get("/account/sign-in")
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 404
    told = client.get("/metrics", headers={"Authorization": "Bearer only-for-the-watch"})
    assert told.status_code == 200
    assert 'survey_requests_total{room="account",status="2xx"}' in told.text
    assert "sign-in" not in told.text


def test_counters_of_respondents_go_on_in_steps_and_failures_at_once(client):
    def told(status: str) -> float:
        found = re.search(
            rf'survey_requests_total{{room="respond",status="{status}"}} ([0-9.]+)',
            metrics.exposition().decode(),
        )
        return float(found[1]) if found else 0.0

    before = told("2xx")
    for _ in range(7):
        assert client.get("/").status_code == 200
    assert told("2xx") - before in (0, metrics.REQUESTS_AT_ONCE)
    assert before % metrics.REQUESTS_AT_ONCE == 0
    failed = told("5xx")
    metrics._requests.labels("respond", "5xx").inc()
    assert told("5xx") == failed + 1
    metrics._requests.labels("respond", "2xx").inc(metrics.REQUESTS_AT_ONCE)
    assert told("2xx") > before
