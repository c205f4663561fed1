"""What the custodians hold: the key in three shares, their signatures, and the papers of both."""

__all__ = ("keys", "records", "shares")
