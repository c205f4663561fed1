"""Engine, declarative base, the only place that commits, and what is known of a database that fails."""

from sqlalchemy.exc import DBAPIError as DatabaseFault

from surveyapp.db.adding import add_up
from surveyapp.db.columns import Base, Document, EnumText, Moment, thawed, within
from surveyapp.db.compaction import compact
from surveyapp.db.engines import (
    COMMANDS,
    PAGES,
    Patience,
    UnsafeDatabase,
    check_durability,
    make_engine,
)
from surveyapp.db.outages import (
    UNREACHABLE,
    DatabaseAway,
    FaultKind,
    fault_of,
    of_database,
    sqlstate,
)
from surveyapp.db.prepared import PreparedStatement, Row
from surveyapp.db.prepared_session import Executes
from surveyapp.db.sessions import (
    bind,
    bind_when_needed,
    bound,
    connections_in_use,
    converted,
    is_snapshot,
    prepared_transaction,
    read_once,
    reading,
    rows_changed,
    transaction,
    write_once,
)
from surveyapp.db.unit_scope import EVERY_UNIT, UNITS, see_units

__all__ = [
    "COMMANDS",
    "EVERY_UNIT",
    "PAGES",
    "UNITS",
    "UNREACHABLE",
    "Base",
    "DatabaseAway",
    "DatabaseFault",
    "Document",
    "EnumText",
    "Executes",
    "FaultKind",
    "Moment",
    "Patience",
    "PreparedStatement",
    "Row",
    "UnsafeDatabase",
    "add_up",
    "bind",
    "bind_when_needed",
    "bound",
    "check_durability",
    "compact",
    "connections_in_use",
    "converted",
    "fault_of",
    "is_snapshot",
    "make_engine",
    "of_database",
    "prepared_transaction",
    "read_once",
    "reading",
    "rows_changed",
    "see_units",
    "sqlstate",
    "thawed",
    "transaction",
    "within",
    "write_once",
]
