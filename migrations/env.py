"""Alembic's environment: the survey's tables, on the connection it is given."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext

from surveyapp.db import Document, Moment
from surveyapp.tables import metadata


def render_type(kind: str, thing: Any, _context: AutogenContext) -> str | Literal[False]:
    """Migrations name plain types: they must still run when the code has moved on."""
    if kind == "type" and isinstance(thing, Moment):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(thing, Document):
        return "sa.Text()"
    return False


connection = context.config.attributes["connection"]
assert isinstance(connection, sa.Connection), "run `surveyapp migrate` or `make migration`"
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,  # SQLite alters by rebuilding the table
    render_item=render_type,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
