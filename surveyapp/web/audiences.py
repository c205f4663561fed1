"""One process may serve one audience: its pages alone, on a host of its own, under a database role of its own.

All rooms are wired in every process, so that addresses of the others can be written; what is not its own it does not
answer. Whoever breaks the process that everybody reaches has not got the pages, the role and the rights of the staff.
"""

from collections.abc import Mapping
from typing import Final

from flask import Flask, abort, request

EVERYBODY: Final = "all"
_STAFF = frozenset({"account", "doors"})
ROOMS: Final[Mapping[str, frozenset[str]]] = {
    "respondent": frozenset({"respond"}),
    "desk": _STAFF | {"desk"},
    "centre": _STAFF | {"centre", "api", "release_api", "reported", "styleguide"},
}
"""Blueprints by audience. Health, files of style and script, and failures are everybody's."""
_EVERYWHERE = frozenset({None, "health"})


def serves(audience: str, blueprint: str | None) -> bool:
    """Whether a process of this audience answers for these pages."""
    return audience == EVERYBODY or blueprint in _EVERYWHERE | ROOMS[audience]


def install(app: Flask, audience: str) -> None:
    """Refuse what another process answers, as if it were not there."""
    if audience != EVERYBODY:
        app.before_request(lambda: _refuse_foreign(audience))


def _refuse_foreign(audience: str) -> None:
    if not serves(audience, request.blueprint):
        abort(404)
