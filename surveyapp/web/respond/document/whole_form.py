"""A whole questionnaire as one fragment for the script: the same for everybody, so made once.

The script puts these pages beside the one it stands on, and moves between them without the server. The
fragment is known by a mark of its content: another version of the questionnaire, another language or
another release of the templates has another mark, so nothing kept by a process or a browser grows old.
"""

from dataclasses import dataclass
from hashlib import sha256

from deflate import gzip_compress
from flask import Response, render_template, request

from surveyapp.i18n import locale
from surveyapp.instruments.model import Instrument
from surveyapp.web.http.headers import DENSEST, takes_gzip
from surveyapp.web.http.sessions import ABSOLUTE
from surveyapp.web.respond import PARTED, WHOLE, pages

KEPT = 64
"""Fragments in a process: nine questionnaires in two languages for each of a few campaigns."""


@dataclass(frozen=True)
class WholeForm:
    """The fragment, as it is and compressed, under the mark of its content."""

    mark: str
    plain: bytes
    packed: bytes


_by_form: dict[tuple[str, str], WholeForm] = {}
_by_mark: dict[str, WholeForm] = {}


def known(mark: str) -> WholeForm | None:
    """The fragment with this mark if this process has made it."""
    return _by_mark.get(mark)


def rendered(instrument: Instrument) -> WholeForm:
    """The questionnaire's fragment in the present language."""
    form = (instrument.sha256, locale())
    made = _by_form.get(form)
    if made is None:
        made = _render(instrument)
        if len(_by_form) >= KEPT:
            forget()
        _by_form[form] = _by_mark[made.mark] = made
    return made


def forget() -> None:
    """Let go of every fragment; they are made again when they are asked for."""
    _by_form.clear()
    _by_mark.clear()


def _render(instrument: Instrument) -> WholeForm:
    parts = [pages.part(instrument, page) for page in range(1, pages.count(instrument) + 1)]
    text = render_template("respond/whole.html", parts=parts, **pages.fixed(instrument))
    plain = text.encode().replace(PARTED, WHOLE)
    mark = sha256(plain).hexdigest()[:16]
    return WholeForm(mark, plain, bytes(gzip_compress(plain, DENSEST)))


def response(form: WholeForm, *, asked: str) -> Response:
    """The fragment; the browser keeps it while a session lasts, unless another was `asked` for."""
    packs = takes_gzip(request.headers.get("Accept-Encoding", ""))
    answer = Response(form.packed if packs else form.plain, mimetype="text/html")
    answer.vary.add("Accept-Encoding")
    if packs:
        answer.headers["Content-Encoding"] = "gzip"
    if asked == form.mark:
        seconds = int(ABSOLUTE.total_seconds())
        answer.headers["Cache-Control"] = f"private, max-age={seconds}, immutable"
    return answer
