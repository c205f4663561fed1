"""Telephone follow-up: whom operators call, what came of each call, and who may see the list.

`service` claims and records, `shifts` says who is on duty. `__all__` is what other packages may use.
"""

__all__ = (
    "erasing",
    "errors",
    "labels",
    "models",
    "new_links",
    "queries",
    "rules",
    "service",
    "shifts",
    "unit_notes",
)
