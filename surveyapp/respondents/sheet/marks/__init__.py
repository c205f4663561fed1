"""Faults marked in a workbook: what is marked, and how it is written into the file."""

__all__ = ("marking",)
