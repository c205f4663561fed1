"""Whose database this is: the ring it was made with, the key in use, the nodes that are alive."""

__all__ = ("errors", "first_look", "ownership", "paper", "readiness")
