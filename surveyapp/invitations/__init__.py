"""Invitations: one person's way in, from the code to the letter, and what she told the centre instead of answering.

`issuing` makes them what the lists say, `service` and `queries` serve the pages, `credentials` has codes and links.
`__all__`, here and in each folder, is what other packages may use.
"""

__all__ = (
    "credentials",
    "declarations",
    "erasing",
    "errors",
    "issuing",
    "mailing_file",
    "models",
    "queries",
    "service",
    "states",
)
