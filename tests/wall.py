"""The web suite as the roles of the second wall: within a request a connection is its audience's, and nobody else's.

Tests make their data as the owner; what a page asks is asked as the role that serves it in life.
"""

import os
from typing import Any

from flask import has_request_context, request
from sqlalchemy import Connection, Engine, event

from surveyapp.operations.wall import roles
from surveyapp.operations.wall.rights import WallRole

WANTED = os.environ.get("SURVEY_TEST_WALL") in ("yes", "pooler")
"""Asked for by `make wall-test`."""

POOLED = os.environ.get("SURVEY_TEST_WALL") == "pooler"
"""Asked for by `make wall-test WALL_BY=pooler`: each role signs in by its own name, through PgBouncer."""


def serving() -> WallRole | None:
    """Whose pages answer now; None outside a request."""
    if not has_request_context():
        return None
    return WallRole.RESPONDENT if request.blueprint == "respond" else WallRole.STAFF


def users() -> list[str]:
    """Whom a pooler lets through."""
    return [roles.name(role) for role in WallRole]


def sign_in_by_name(engine: Engine) -> None:
    """From now on a request connects as its role, and no connection outlives its use.

    A pooler in transaction mode forgets `SET ROLE` between two statements that commit by themselves.
    """
    event.listen(engine, "do_connect", _by_name)
    event.listen(engine, "checkin", _used_once)


def _by_name(_dialect: Any, _entry: Any, _given: Any, parameters: dict[str, Any]) -> None:
    role = serving()
    if role is not None:
        parameters["user"] = roles.name(role)


def _used_once(driver: Any, entry: Any) -> None:
    if driver is not None:
        entry.invalidate()


def stand(engine: Engine) -> None:
    """From now on what a request asks of `engine` is asked as its role."""
    event.listen(engine, "begin", _become)
    event.listen(engine, "checkin", _be_owner)


def _become(connection: Connection) -> None:
    role = serving()
    if role is not None:
        alone = connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT"
        local = "" if alone else "LOCAL "
        connection.exec_driver_sql(f"SET {local}ROLE {roles.name(role)}")


def _be_owner(driver: Any, _entry: Any) -> None:
    if driver is not None and not driver.closed:
        driver.execute("RESET ROLE")
        driver.commit()
