"""E-mail addresses and telephone numbers as people type them into a cell."""

from surveyapp.respondents.rules.contact import ReadContact, says_nothing
from surveyapp.respondents.rules.emails import Support, is_sound_domain, read_email, split_contact
from surveyapp.respondents.rules.phones import is_mobile, mobile_number, read_phone

__all__ = [
    "ReadContact",
    "Support",
    "is_mobile",
    "is_sound_domain",
    "mobile_number",
    "read_email",
    "read_phone",
    "says_nothing",
    "split_contact",
]
