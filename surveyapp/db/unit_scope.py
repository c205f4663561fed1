"""Of which units a request may see people: told to PostgreSQL with every transaction, which keeps the rest from it.

The second wall (`operations/wall`) reads the setting in its policies. It is local to a transaction, so a pooler may
hand the connection on between two of them. Without the wall nobody asks for it.
"""

from contextvars import ContextVar
from typing import Final

from sqlalchemy import Connection, text

UNITS: Final = "survey.units"
"""The setting: `*`, or campaign/unit with commas between."""
EVERY_UNIT: Final = "*"

_seen: ContextVar[str] = ContextVar("units", default="")
_TELL = text("select set_config('survey.units', :units, true)")


def see_units(units: str) -> None:
    """From now on, in this thread, until it is said anew; nothing is said where `units` is empty."""
    _seen.set(units)


def tell(connection: Connection) -> None:
    """At the beginning of every transaction."""
    if units := _seen.get():
        connection.execute(_TELL, {"units": units})
