"""The second wall on PostgreSQL: a database role for each audience, with the least rights, and rows by unit."""

__all__ = ("roles",)
