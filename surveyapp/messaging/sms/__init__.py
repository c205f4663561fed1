"""Text messages over a gateway."""

__all__ = ("segments",)
