"""The language of a page: asked for in the address, else remembered, else Vietnamese.

`?lang=en` works without a cookie: the addresses on the page keep it. A post that carries it (a form
posts to the address it stands on) lets a live session remember it.
"""

from typing import Any
from urllib.parse import urlencode

from flask import Flask, g, request, session

from surveyapp import i18n
from surveyapp.web.http.sessions import SAFE_METHODS, session_language

FIELD = "lang"


def install(app: Flask) -> None:
    """Choose the language before each request and keep it in the page's own addresses."""
    app.before_request(_choose)
    app.url_defaults(_keep)
    app.context_processor(lambda: {"locale": i18n.locale, "language_url": other_language()})
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        i18n.gettext, _plural, newstyle=True
    )
    app.jinja_env.globals["_n"] = i18n._n
    for name in ("day", "moment", "number", "tenths", "percent", "clock_time"):
        app.jinja_env.filters[name] = getattr(i18n, name)


def _choose() -> None:
    asked = request.args.get(FIELD)
    asked = asked if asked in i18n.LOCALES else None
    remembered = session_language() or i18n.DEFAULT
    if asked and asked != remembered and session and request.method not in SAFE_METHODS:
        session["locale"] = remembered = asked
    g.language_asked = asked if asked != remembered else None
    i18n.set_locale(asked or remembered)


def speak(code: str) -> None:
    """Use the language a member of staff works in, unless the address asks for another."""
    if request.args.get(FIELD) not in i18n.LOCALES:
        i18n.set_locale(code)


def _keep(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint != "static" and g and g.get("language_asked"):
        values.setdefault(FIELD, g.language_asked)


def other_language() -> str | None:
    """The present page in the other language; none where the address does not show a page."""
    if request.method not in SAFE_METHODS:
        return None
    other = "en" if i18n.locale() == "vi" else "vi"
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != FIELD]
    return f"{request.path}?{urlencode([*kept, (FIELD, other)])}"


def _plural(singular: str, plural: str, n: int) -> str:
    """As `i18n.ngettext`, unfilled: Jinja fills in the values itself."""
    if i18n.locale() == i18n.DEFAULT:
        return singular if n == 1 else plural
    return str(i18n.catalogue(i18n.locale()).ngettext(singular, plural, n))
