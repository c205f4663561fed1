"""The configuration that ships, and workers forked from a loaded master: one that is killed is back at once."""

from pathlib import Path
from runpy import run_path

_SHIPPED = run_path(str(Path(__file__).parents[2] / "gunicorn.conf.py"))
globals().update({name: value for name, value in _SHIPPED.items() if not name.startswith("_")})

preload_app = True
workers = 4


def post_fork(_server: object, _worker: object) -> None:
    """No worker goes on with a connection that the master opened."""
    from surveyapp.db import bound

    engine = bound()
    if engine is not None:
        engine.dispose(close=False)
