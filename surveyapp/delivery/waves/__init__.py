"""Waves: whom they are for, over which days, under which limits, and whom they leave out."""

__all__ = (
    "audience",
    "away",
    "left_out",
    "lifecycle",
    "rate_limits",
    "staggering",
    "unit_holds",
)
