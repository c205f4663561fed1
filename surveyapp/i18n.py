"""Catalogues and the locale of the moment. Source strings are Vietnamese; English is a catalogue."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel.dates import format_date, format_datetime
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent
from babel.support import Translations

from surveyapp.clock import VIETNAM

CATALOGUES = Path(__file__).resolve().parent.parent / "translations"
LOCALES = ("vi", "en")
DEFAULT = "vi"

_locale: ContextVar[str] = ContextVar("locale", default=DEFAULT)


def locale() -> str:
    """The locale in which words are being written now: `vi` or `en`."""
    return _locale.get()


def set_locale(code: str | None) -> str:
    """Use `code` from now on in this context; anything unknown means Vietnamese."""
    chosen = code if code in LOCALES else DEFAULT
    _locale.set(chosen)
    return chosen


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Write in `code` inside the block."""
    token = _locale.set(code if code in LOCALES else DEFAULT)
    try:
        yield
    finally:
        _locale.reset(token)


@lru_cache
def catalogue(code: str) -> Translations:
    """All domains of one language in one catalogue; Vietnamese needs none."""
    merged = Catalog(locale=code)
    for path in sorted((CATALOGUES / code / "LC_MESSAGES").glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=code):
                if message.id and message.string and not message.fuzzy:
                    merged[message.id] = message
    compiled = BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return Translations(compiled)


def gettext(message: str, **values: object) -> str:
    """The Vietnamese `message` in the present locale, with `%(name)s` filled in."""
    text = message if locale() == DEFAULT else str(catalogue(locale()).gettext(message))
    return text % values if values else text


def ngettext(singular: str, plural: str, n: int, **values: object) -> str:
    """As `gettext` for a counted thing; `n` is always among the values."""
    if locale() == DEFAULT:
        text = singular if n == 1 else plural
    else:
        text = str(catalogue(locale()).ngettext(singular, plural, n))
    return text % {"n": n, **values}


class Lazy:
    """A message whose language is chosen when it is shown."""

    def __init__(self, message: str) -> None:
        self.message = message

    def __str__(self) -> str:
        return gettext(self.message)

    def __html__(self) -> str:
        from markupsafe import escape

        return str(escape(str(self)))


def lazy(message: str) -> Lazy:
    """Mark a message for the catalogue now, choose its language when it is shown."""
    return Lazy(message)


_ = gettext
_n = ngettext


def number(value: float) -> str:
    """1.234,5 in Vietnamese, 1,234.5 in English."""
    return _decimal(value, locale())


def tenths(value: float) -> str:
    """Always one digit after the sign: 69,0 in Vietnamese, 69.0 in English."""
    return str(format_decimal(value, format="#,##0.0", locale=locale()))


@lru_cache(maxsize=4096)  # a page of the centre shows a thousand numbers, and shows them again
def _decimal(value: float, code: str) -> str:
    return str(format_decimal(value, locale=code))


def percent(value: float | None, digits: int = 1) -> str:
    """A share (0..1) as a percentage; a dash where there is no denominator."""
    if value is None:
        return "–"
    return _percentage(value, digits, locale())


@lru_cache(maxsize=4096)
def _percentage(value: float, digits: int, code: str) -> str:
    pattern = f"#,##0.{'0' * digits}%" if digits else "#,##0%"
    return str(format_percent(value, format=pattern, locale=code))


def day(value: date) -> str:
    """31/12/2023 in Vietnamese, 31 Dec 2023 in English."""
    pattern = "dd/MM/yyyy" if locale() == "vi" else "d MMM yyyy"
    return str(format_date(value, pattern, locale=locale()))


def moment(value: datetime) -> str:
    """Day and hour on a Vietnamese clock."""
    pattern = "HH:mm dd/MM/yyyy" if locale() == "vi" else "d MMM yyyy HH:mm"
    return str(format_datetime(value, pattern, tzinfo=VIETNAM, locale=locale()))


def clock_time(value: datetime) -> str:
    """14:02 on a Vietnamese clock."""
    return f"{value.astimezone(VIETNAM):%H:%M}"  # in both languages: every save says it
