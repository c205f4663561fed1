"""Backups: taken while the server runs, encrypted to a key that is not on it, read back, restored."""

__all__ = ("errors", "restoring", "sealed_file", "service")
