"""The web suite as the roles of the second wall: within a request a connection is its audience's, and nobody else's.

Tests make their data as the owner; what a page asks is asked as the role that serves it in life.
"""

import os
from typing import Any

from flask import has_request_context, request
from sqlalchemy import Connection, Engine, event

from surveyapp.operations.wall import roles
from surveyapp.operations.wall.rights import WallRole

WANTED = os.environ.get("SURVEY_TEST_WALL") == "yes"
"""Asked for by `make wall-test`."""


def serving() -> WallRole | None:
    """Whose pages answer now; None outside a request."""
    if not has_request_context():
        return None
    return WallRole.RESPONDENT if request.blueprint == "respond" else WallRole.STAFF


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
