"""The forms in which a release is written: tables, statistics programs, archives, paper."""

__all__ = ("report_document",)
