"""Handing releases to the scoring stage, and reading what was published."""
