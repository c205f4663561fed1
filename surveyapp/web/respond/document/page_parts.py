"""What a page of the questionnaire asks, rendered once for everybody and filled in for one person.

Rendering the items of a page takes longer than all else of it and gives the same each time, but for what is
chosen. So it is rendered once per process, version and language with nothing chosen, and cut where an answer
belongs. Nothing of a person goes into what is kept.
"""

import re
from collections.abc import Callable, Mapping

from flask import render_template
from markupsafe import Markup, escape

from surveyapp.i18n import locale
from surveyapp.instruments.kinds.kind import UNKNOWN
from surveyapp.instruments.model import Instrument
from surveyapp.web.http import sessions
from surveyapp.web.respond import on_one_line, pages

KEPT = 512
"""Pages in a process: nine questionnaires of nine pages in two languages for each of three campaigns."""
Fill = Callable[[Mapping[str, str]], str]
_CUTS = re.compile(
    r'(?<=<input type="hidden" name="was\.)(?P<base>[^"]+)(?=" value="")'
    r'|<input type="radio" name="(?P<item>[^"]+)" id="[^"]+" value="(?P<code>[^"]+)"'
    r'|<input type="checkbox" name="(?P<among>[^"]+)" id="[^"]+" value="(?P<ticked>[^"]+)"'
    r'|<input type="text" name="(?P<typed>[^"]+)" value="'
    r'|<button class="clear" type="submit" name="clear" value="(?P<clear>[^"]+)"(?= hidden>)'
    r'|<textarea [^<>]{0,200}?name="(?P<text>[^"<]+)"[^<>]*+>\n'
)
_kept: dict[tuple[str, str, int], tuple[str | Fill, ...]] = {}


def filled(instrument: Instrument, page: int, answers: Mapping[str, str]) -> Markup:
    """The questions of a page with what is answered, as `respond/asked.html` shows them."""
    cache_key = (instrument.sha256, locale(), page)
    pieces = _kept.get(cache_key)
    if pieces is None:
        if len(_kept) >= KEPT:
            _kept.clear()
        pieces = _kept[cache_key] = _cut(rendered(instrument, page, {}))
    return Markup("".join([one if isinstance(one, str) else one(answers) for one in pieces]))  # noqa: S704  ours, escaped below


def rendered(instrument: Instrument, page: int, answers: Mapping[str, str]) -> str:
    """The same from the template, each time anew."""
    html = render_template(
        "respond/asked.html",
        answers=answers,
        idle_minutes=int(sessions.IDLE.total_seconds()) // 60,
        **pages.fixed(instrument),
        **pages.part(instrument, page),
    )
    return on_one_line(html)


def _cut(html: str) -> tuple[str | Fill, ...]:
    pieces: list[str | Fill] = []
    at = 0
    for match in _CUTS.finditer(html):
        end = match.end()
        if match["base"]:
            end += len('" value="')
        pieces += [html[at:end], _fill(match)]
        at = end + (len(" hidden") if match["clear"] else 0)
    return (*pieces, html[at:])


def _typed(value: str) -> str:
    return "" if value == UNKNOWN else value


def _fill(match: re.Match[str]) -> Fill:
    """What stands at a cut: the value, the mark of the option that is chosen, the text."""
    item, code, field = match["item"], match["code"], match["base"] or match["text"]
    if match["among"]:
        among, ticked = match["among"], match["ticked"]
        return lambda answers: " checked" if ticked in answers.get(among, "").split() else ""
    if match["typed"]:  # what is ticked beside it is no part of what is typed
        typed = match["typed"]
        return lambda answers: str(escape(_typed(answers.get(typed, ""))))
    if match["clear"]:
        given = match["clear"]
        return lambda answers: "" if answers.get(given) else " hidden"
    if item:
        return lambda answers: " checked" if answers.get(item) == code else ""
    return lambda answers: str(escape(answers.get(field, "")))
