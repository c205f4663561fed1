"""Respondent lists from the units, and the persons they name.

`lists.uploads.upload` takes a file to a list, `service` does what a desk or the centre decides on it, `people` hands the
persons on. `__all__`, here and in each folder, is what other packages may use.
"""

__all__ = (
    "context",
    "deadlines",
    "errors",
    "findings",
    "handback",
    "labels",
    "line_numbers",
    "lists",
    "models",
    "people",
    "progress",
    "queries",
    "reading",
    "service",
    "sheet",
    "states",
    "words",
)
