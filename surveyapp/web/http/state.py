"""What the application carries: its settings, its keys, its store."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app

from surveyapp.config import Settings
from surveyapp.keys import KeyRing
from surveyapp.store import Store, open_store

_PLACE = "survey"


@dataclass(frozen=True)
class State:
    """Settings, key ring and store of one application."""

    settings: Settings
    keys: KeyRing
    store: Store


def keep(app: Flask, settings: Settings, keys: KeyRing) -> None:
    """Give the application its settings and keys."""
    app.extensions[_PLACE] = State(settings, keys, open_store(settings))


def _state() -> State:
    return _state_of(current_app)


def settings() -> Settings:
    """The settings of the application that answers the present request."""
    return _state().settings


def store() -> Store:
    """Where releases and maps are that every node sees."""
    return _state().store


def is_ours(app: Any) -> bool:
    """An application of the survey, not another one behind the same configuration."""
    return _PLACE in getattr(app, "extensions", {})


def _state_of(app: Flask) -> State:
    kept = app.extensions[_PLACE]
    assert isinstance(kept, State)
    return kept


def keys_of(app: Flask) -> KeyRing:
    """The key ring of this application, for what runs beside its requests."""
    return _state_of(app).keys


def settings_of(app: Flask) -> Settings:
    """Its settings, likewise."""
    return _state_of(app).settings


def keys() -> KeyRing:
    """The key ring of the application that answers the present request."""
    return _state().keys
