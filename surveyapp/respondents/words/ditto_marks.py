"""Marks that say "as in the row above": nt, như trên, quotation marks."""

import re
from functools import lru_cache

from surveyapp.respondents.words.charsets import converted
from surveyapp.respondents.words.names import fold

_WORDS = {"nt", "n t", "nhu tren", "nhu dong tren", "nhu o tren", "tuong tu", "idem", "ditto"}
_SIGNS = re.compile(r"^[\s\-–.(]*(?:\"|”|“|″|〃|''|’’|//)[\s\-–.)\"”“″’']*$")
COLUMNS = ("position", "department", "workplace", "district", "association")
"""Where a ditto is taken at its word. A name or a contact is never the one above."""


@lru_cache(maxsize=50_000)
def is_ditto(written: str) -> bool:
    """Whether the cell only points to the row above."""
    if len(written) > 20:
        return False
    return fold(converted(written) or written) in _WORDS or _SIGNS.match(written) is not None
