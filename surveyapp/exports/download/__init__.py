"""Handing releases to the scoring stage, and reading what was published."""

__all__ = (
    "dry_run",
    "full_counts",
    "published_reader",
    "service",
    "unit_paper",
    "unit_results",
)
