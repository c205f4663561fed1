"""Online survey collection for the PAR INDEX: the application and its wiring."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy import Engine

    from surveyapp.config import Settings
    from surveyapp.keys import KeyRing


def create_app(
    settings: Settings | None = None,
    *,
    keys: KeyRing | None = None,
    engine: Engine | None = None,
) -> Flask:
    """The web application, from the environment unless told otherwise.

    Raises `SettingsRefused`, `ReadableByOthers`, `KeyRingRefused`, `UnsafeDatabase` or `SchemaDiffers`
    before a first request is served.
    """
    from surveyapp.web import application

    return application.build(settings, keys=keys, engine=engine)
