"""The life of a list: taken in, checked, mended, compared, accepted, approved."""

__all__ = (
    "carry_over",
    "dropping",
    "lines",
    "staging",
    "uploads",
)
