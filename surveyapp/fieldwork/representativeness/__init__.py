"""Do those who answered look like those who were asked?"""

__all__ = ("r_indicator", "strata")
