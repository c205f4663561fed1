"""Waves: whom they are for, over which days, under which limits, and whom they leave out."""

__all__ = (
    "audience",
    "away",
    "cautions",
    "counting",
    "finding",
    "left_out",
    "lifecycle",
    "planning",
    "rate_limits",
    "staggering",
    "unit_holds",
)
