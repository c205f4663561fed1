"""Whether this node can serve: the schema is its own, the keys are the database's, and a row can be written."""

from collections.abc import Mapping
from datetime import datetime
from time import monotonic
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

from surveyapp import db, schema
from surveyapp.errors import SurveyError
from surveyapp.keys import KeyRing
from surveyapp.operations.installation import ownership
from surveyapp.version import VERSION

OK = "ok"
WRITE_EVERY = 1.0
"""Seconds: whoever asks more often, and anybody may, makes no more rows of it."""
_written: WeakKeyDictionary[Engine, float] = WeakKeyDictionary()


def look(node: str, *, kind: str, keys: KeyRing, now: datetime) -> Mapping[str, str]:
    """`ok` or the name of the fault for `schema`, `keys` and `write`; what was not reached is `unknown`.

    The row that is written is this node's sign of life.
    """
    states = dict.fromkeys(("schema", "keys", "write"), "unknown")
    step = "schema"
    try:
        with db.reading() as session:
            at = schema.revision(session.connection())
            states["schema"] = OK if at == schema.newest() else f"at {at}"
            step = "keys"
            ownership.fits(session, keys)
            states["keys"] = OK
        step = "write"
        engine = db.bound()
        if engine is not None and monotonic() - _written.get(engine, float("-inf")) > WRITE_EVERY:
            with db.transaction() as session:
                ownership.sign(
                    session, node, kind=kind, version=VERSION, keys=list(keys.roots), now=now
                )
            _written[engine] = monotonic()
        states["write"] = OK
    except SurveyError as refused:
        states[step] = type(refused).__name__
    except Exception as error:
        if not db.of_database(error):
            raise
        states[step] = str(db.fault_of(error) or "away")
    return states
