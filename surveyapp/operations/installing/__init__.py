"""A new installation: what must be known of it, and the files that are written for it."""

__all__ = ("answers", "database", "files", "front")
