"""One meaning of searching for somebody, for every page that does: name, e-mail or telephone."""

from sqlalchemy import ColumnElement, or_

from surveyapp.respondents.models import Person
from surveyapp.respondents.rules.contacts import read_email, read_phone
from surveyapp.respondents.words.names import name_key


def matches(text: str) -> ColumnElement[bool]:
    """Whether a person's name, e-mail or telephone contains `text`; an empty one finds everybody."""
    text = text.strip()
    return or_(
        Person.name_key.contains(name_key(text), autoescape=True),
        Person.email.icontains(text, autoescape=True),
        Person.phone.contains(text, autoescape=True),
    )


def contact(typed: str) -> str:
    """An e-mail address, in small letters, or a number's digits, as the lists hold them; empty for neither."""
    if "@" in typed:
        return read_email(typed).value.lower() or typed.strip().lower()
    return read_phone(typed).value
