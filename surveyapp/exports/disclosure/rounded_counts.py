"""Counts for everybody that stand in no public table: multiples of the threshold, or hidden."""


def rounded_down(n: int, total: int, least: int) -> int | None:
    """The multiple of `least` below `n`; None where `n` or the rest of `total` is smaller than that."""
    if n < least or total - n < least:
        return None
    return n - n % least
