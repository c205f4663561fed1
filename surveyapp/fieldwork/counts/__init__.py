"""The kept counts, and every figure that is read from them.

`queries.figures` answers for any part of a campaign by any dimensions, `overview_figures` for the overview in one
go; both join plan, lists and counts by `queries.joined`.
"""

__all__ = (
    "attention",
    "briefing",
    "folding",
    "overview_figures",
    "queries",
    "scope",
    "small_cells",
    "unusual_days",
)
