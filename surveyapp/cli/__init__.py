"""The command line: parses, calls one service, prints. Only `main` is called from outside."""

__all__ = ("main",)
