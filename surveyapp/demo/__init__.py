"""A survey with synthetic people, to look around in: lists, answers, a released pilot."""

__all__ = (
    "directory",
    "prepare",
    "state",
)
