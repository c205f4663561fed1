"""Signing in, what wrong guesses cost, and the sessions that come of it."""

__all__ = ("sessions", "sign_in")
