"""One meaning of searching for somebody, for every page that does: name, e-mail or telephone."""

from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_

from surveyapp.respondents.models import Person
from surveyapp.respondents.rules.contacts import read_email, read_phone
from surveyapp.respondents.words.names import name_key

_PLAIN = {
    "ă": "a", "â": "a", "ê": "e", "ô": "o", "ơ": "o", "ư": "u", "đ": "d",
    "\u0300": "", "\u0301": "", "\u0303": "", "\u0309": "", "\u0323": "",
}  # fmt: skip
"""What is left of a name key without accents: its tones stand apart already, at the end of each word."""


def matches(text: str) -> ColumnElement[bool]:
    """Whether a person's name, e-mail or telephone contains `text`; an empty one finds everybody.

    Accents that are typed count, as they tell Hòa from Hóa; typed without any, each word is found
    in the name with whatever accents it has, đ as d.
    """
    text = text.strip()
    return or_(
        _named(name_key(text)),
        Person.email.icontains(text, autoescape=True),
        Person.phone.contains(text, autoescape=True),
    )


def _named(key: str) -> ColumnElement[bool]:
    if any(sign in key for sign in _PLAIN):
        return Person.name_key.contains(key, autoescape=True)
    plain: Any = Person.name_key
    for accented, bare in _PLAIN.items():
        plain = func.replace(plain, accented, bare)
    words = [plain.contains(word, autoescape=True) for word in key.split()]
    return and_(True, *words)


def contact(typed: str) -> str:
    """An e-mail address, in small letters, or a number's digits, as the lists hold them; empty for neither."""
    if "@" in typed:
        return read_email(typed).value.lower() or typed.strip().lower()
    return read_phone(typed).value
