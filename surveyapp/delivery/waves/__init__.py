"""Waves: whom they are for, over which days, under which limits, and whom they leave out."""

__all__ = (
    "absences",
    "audience",
    "cautions",
    "counting",
    "exclusions",
    "lifecycle",
    "planning",
    "rate_limits",
    "staggering",
    "unit_holds",
    "wave_lookup",
)
