"""The quality report: what a user of the results must know of how good they are, written from the data."""

__all__ = ()
