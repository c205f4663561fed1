"""Handing releases to the scoring stage, and reading what was published."""

__all__ = (
    "published_reader",
    "service",
)
