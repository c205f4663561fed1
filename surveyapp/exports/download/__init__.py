"""Handing releases to the scoring stage, and reading what was published."""

__all__ = (
    "full_counts",
    "published_reader",
    "service",
    "unit_paper",
    "unit_results",
)
