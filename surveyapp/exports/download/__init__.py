"""Handing releases to the scoring stage, and reading what was published."""

__all__ = (
    "full_counts",
    "published_reader",
    "service",
)
