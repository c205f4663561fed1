"""Who is asked to fill in which questionnaire, and the life of each.

`plan` says who gets which form, `transitions` has the one table of moves and its one writer. `__all__` is what other
packages may use.
"""

__all__ = (
    "bulk_transitions",
    "errors",
    "models",
    "plan",
    "rules",
    "states",
    "transitions",
)
