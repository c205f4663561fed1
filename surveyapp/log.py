"""Events as JSON lines on stderr: names of events and ids, never names, contacts, codes or answers."""

import logging
import sys
import traceback
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import structlog

_events: Any = structlog.get_logger()


def configure(level: str) -> None:
    """Write events of at least `level` to stderr, one JSON object a line."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            _with_request,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level)),
        logger_factory=lambda *_arguments: structlog.WriteLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


def event(name: str, **facts: str | int | float | bool | None) -> None:
    """Something the operators of the server should be able to read later."""
    _events.info(name, **facts)


def alarm(name: str, **facts: str | int | float | bool | None) -> None:
    """Something an operator should look at now."""
    _events.error(name, **facts)


def failure(error: BaseException, **facts: str | None) -> None:
    """An error nobody expected: its class and where it came from.

    Not its message: a database error repeats the values it was given, names and codes among them.
    """
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in frames[-12:]]
    _events.error("unexpected", error=type(error).__qualname__, at=places, **facts)


def bind_request(request_id: str) -> None:
    """Mark every event from now on in this context with the request's id."""
    _request.set(request_id)


_request: ContextVar[str | None] = ContextVar("request", default=None)


def _with_request(_logger: Any, _method: str, event: Any) -> Any:
    request = _request.get()
    if request is not None:
        event.setdefault("request", request)
    return event
