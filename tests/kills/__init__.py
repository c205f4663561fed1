"""Submissions that are acknowledged are there, once, whatever is killed meanwhile (docs/attacks.md)."""
