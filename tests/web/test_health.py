"""What the machines that watch the server are told."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import event

from surveyapp import clock, create_app
from surveyapp.db import bind, make_engine, reading, transaction
from surveyapp.operations.installation import ownership
from surveyapp.web.http.monitoring import metrics
from tests.operations.test_key_ring import FOREIGN


@pytest.fixture
def away(engine, tmp_path):
    """The database is gone from where it was."""
    gone = make_engine(f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.sqlite3'}")
    bind(gone)
    yield
    bind(engine)
    gone.dispose()


def test_a_node_is_ready_with_its_schema_its_keys_and_a_write_and_leaves_its_sign(client, keys):
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json == {"status": "ok", "schema": "ok", "keys": "ok", "write": "ok"}
    assert client.get("/health").json == answer.json
    with reading() as db:
        (node,) = ownership.alive(db, now=clock.now())
    assert (node.kind, node.key_numbers) == ("web", [1])


def test_a_node_lives_without_a_database_and_is_not_ready(client, away):
    assert client.get("/health/live").status_code == 200
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json["schema"]) == (503, "away")


def test_a_node_whose_database_was_migrated_away_or_claimed_by_another_ring_is_not_ready(
    client, engine
):
    with transaction() as db:
        ownership.claim(db, FOREIGN, now=clock.now())
    assert client.get("/health/ready").json["keys"] == "ForeignKeyRing"
    with engine.begin() as connection:
        connection.exec_driver_sql("update alembic_version set version_num = '0001'")
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json["schema"]) == (503, "at 0001")


def only_reading(connection) -> None:
    """What a standby does: a transaction that may not write."""
    connection.exec_driver_sql("set transaction read only")


def test_a_database_that_only_reads_makes_a_node_not_ready(client, engine):
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("pragma query_only=on")
    else:
        event.listen(engine, "begin", only_reading)
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json["write"]) == (503, "read_only")


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
        sample = re.search(
            rf'survey_requests_total{{room="respond",status="{status}"}} ([0-9.]+)',
            metrics.exposition().decode(),
        )
        return float(sample[1]) if sample else 0.0

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
