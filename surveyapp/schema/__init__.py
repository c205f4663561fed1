"""The tables in the database: at which revision they stand, whether they are this code's, and the way on."""

from surveyapp.schema.errors import (
    BrokenReferences,
    NotCompacted,
    SchemaDiffers,
    SchemaForeign,
    UnknownRevision,
)
from surveyapp.schema.revisions import (
    MIGRATIONS,
    Step,
    alembic_config,
    check,
    known,
    migrate,
    newest,
    revision,
    stamp,
    way,
)

__all__ = [
    "MIGRATIONS",
    "BrokenReferences",
    "NotCompacted",
    "SchemaDiffers",
    "SchemaForeign",
    "Step",
    "UnknownRevision",
    "alembic_config",
    "check",
    "known",
    "migrate",
    "newest",
    "revision",
    "stamp",
    "way",
]
