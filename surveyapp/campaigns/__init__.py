"""Campaigns: the pack they are loaded from, units, groups, who rates whom, the sample plan, the calendar.

`queries` reads, `service` loads, opens, closes; `pack` knows the files. `__all__` is what other packages may use.
"""

__all__ = (
    "approvals",
    "errors",
    "labels",
    "models",
    "pack",
    "queries",
    "service",
    "states",
    "unit_names",
)
