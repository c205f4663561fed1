"""Printed letters: piles by unit, in the order a post office sorts them."""

__all__ = ("batches",)
