"""The server behind PgBouncer in transaction mode: every transaction may meet another connection."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from surveyapp import clock, create_app, schema
from surveyapp.config import Settings
from surveyapp.db import PAGES, bind, make_engine, reading, transaction
from surveyapp.operations.installation import ownership
from surveyapp.tables import metadata
from tests import factories, postgres
from tests.web.browsing import sign_in


@pytest.fixture
def pooled(empty_postgres: str, pooler_port: int):
    """An engine that goes through the pooler to an empty database."""
    name = re.search(r"/(empty_\w+)\?", empty_postgres)[1]
    engine = make_engine(postgres.pooled_url(name, pooler_port), PAGES)
    bind(engine)
    yield engine
    engine.dispose()


def test_a_campaign_is_migrated_loaded_and_worked_on_through_the_pooler(
    pooled, tmp_path, keys, now
):
    schema.migrate(pooled)
    schema.check(pooled, metadata)
    with transaction() as db:
        factories.campaign(db, now)
        factories.staff(db, now, "operator", username="operator")
    settings = Settings(
        instance=tmp_path, keys=tmp_path / "keys.json", store=tmp_path, base_url="http://localhost"
    )
    app = create_app(settings, keys=keys, engine=pooled)
    client = app.test_client()
    sign_in(client, "operator")
    assert client.get("/centre/tiny/").status_code == 200
    assert client.get("/health/ready").status_code == 200


def test_more_threads_than_connections_and_more_statements_than_are_ever_prepared(pooled, now):
    schema.migrate(pooled)

    def work(number: int) -> int:
        for _ in range(12):
            with reading() as db:
                n_others = db.scalar(
                    text("select count(*) from campaign where code <> :code"), {"code": "x"}
                )
            with transaction() as db:
                ownership.sign(
                    db, f"node-{number}", kind="web", version="1", keys=[1], now=clock.now()
                )
        return int(n_others or 0)

    with ThreadPoolExecutor(12) as pool:
        assert list(pool.map(work, range(12))) == [0] * 12
    with reading() as db:
        assert len(ownership.alive(db, now=clock.now())) == 12


def test_limits_go_with_each_transaction_and_stay_with_none(pooled):
    with pooled.connect() as connection:
        for setting, limit in (("statement_timeout", "20s"), ("lock_timeout", "4s")):
            assert connection.execute(text(f"show {setting}")).scalar_one() == limit
    with pooled.connect() as connection:
        driver = connection.connection.driver_connection
        driver.rollback()
        driver.autocommit = True
        assert driver.execute("show statement_timeout").fetchone() == ("0",)
        driver.autocommit = False


def test_a_reading_is_one_snapshot_behind_the_pooler_too(pooled, now):
    schema.migrate(pooled)
    with reading() as db:
        assert db.scalar(text("select count(*) from node_sign")) == 0
        with transaction() as other:
            ownership.sign(other, "one", kind="web", version="1", keys=[1], now=now)
        assert db.scalar(text("select count(*) from node_sign")) == 0
