"""Pages rendered once for everybody, with blanks where something is a person's own.

A page is rendered once per process, language and all else that it shows, as for nobody: without cookie,
session or address, so nothing of a person can come into what is kept. Each request fills in the blanks.
What a page shows of its campaign is part of its key and read with every request, so what another process or
node changes is another page here.
"""

import re
import secrets
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from flask import current_app, g, render_template
from markupsafe import Markup, escape

from surveyapp.i18n import locale
from surveyapp.web.http import guard, sessions
from surveyapp.web.http import locale as languages
from surveyapp.web.http.state import settings
from surveyapp.web.respond import on_one_line
from surveyapp.web.respond.devices import own_address

KEPT = 1024
"""Pages and pieces in a process: nine questionnaires of nine pages in two languages for a few campaigns."""
_MARK = f"blank{secrets.token_hex(8)}x"
_BLANK = re.compile(_MARK + "([a-z0-9_]{1,64})Z")
_PLACE = "prepared pages"
_STANDARD: dict[str, Callable[[], object]] = {
    "csrf_token": guard.masked_token,
    "own_digits": sessions.own_digits,
    "seconds_left": sessions.respondent_seconds_left,
    "session_is_final": sessions.respondent_session_is_final,
    "language_url": languages.other_language,
    "back_path": own_address.back_path,
    "own_mark": own_address.present,
}
"""What the frame of every page shows of the person, by the name of its blank."""
T = TypeVar("T")
Derive = Callable[..., Mapping[str, Any]]
Pieces = tuple[tuple[str, ...], tuple[tuple[int, str], ...]]


def page(
    template: str,
    derive: Derive,
    shared: Mapping[str, Hashable],
    own: Mapping[str, object] | None = None,
) -> Markup:
    """The page of `template` with what `derive` makes of `shared`, and a person's `own` in its blanks.

    What the template decides by must be `shared`: a blank is only ever written out.
    """
    own = own or {}
    kept: dict[Hashable, Pieces] = current_app.extensions.setdefault(_PLACE, {})
    key = (template, locale(), g.get("language_asked"), _is_open_here(), *shared.values())
    pieces = kept.get(key)
    if pieces is None:
        if len(kept) >= KEPT:
            kept.clear()
        pieces = kept[key] = _cut(_rendered(template, derive(**shared), own))
    texts, blanks = list(pieces[0]), pieces[1]
    for index, name in blanks:
        value = own[name] if name in own else _STANDARD[name]()
        texts[index] = escape(value)
    return Markup("".join(texts))  # noqa: S704  a template of ours; what is filled in is escaped above


@dataclass(frozen=True)
class Known(Generic[T]):
    """Something large that is known by a key, such as its digest: by this pages of it are told apart."""

    key: Hashable
    content: T = field(compare=False)


def blank(name: str) -> str:
    """Where something is filled in. The same in HTML, in an address and in JSON."""
    return f"{_MARK}{name}Z"


def _rendered(template: str, facts: Mapping[str, Any], own: Mapping[str, object]) -> str:
    blanks = {name: blank(name) for name in own}
    frame = {
        "csrf_token": lambda: blank("csrf_token"),
        "own_digits": lambda: blank("own_digits"),
        "seconds_left": lambda: blank("seconds_left"),
        "session_is_final": lambda: blank("session_is_final"),
        "language_url": blank("language_url"),
        "back_path": lambda: blank("back_path"),
    }
    with _as_for_nobody():
        return render_template(template, **{**frame, **facts, **blanks})


@contextmanager
def _as_for_nobody() -> Iterator[None]:
    """A request without cookies to the first page; nothing of the present one but its language."""
    asked, is_open_here = g.get("language_asked"), _is_open_here()
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # as Flask's own pages do
    with app.app_context(), app.test_request_context(base_url=settings().base_url):
        g.language_asked = asked
        g.own_mark_blank = blank("own_mark") if is_open_here else ""
        yield


def _is_open_here() -> bool:
    """Somebody's questionnaire is open in this browser: addresses carry its mark then."""
    return sessions.respondent_code() is not None


def _cut(html: str) -> Pieces:
    """Texts, and which of them are blanks of which name."""
    texts = _BLANK.split(on_one_line(html))
    return tuple(texts), tuple((index, texts[index]) for index in range(1, len(texts), 2))
