"""A file on its way to a list: understood, shown, judged in the guarded child, stored."""

__all__ = (
    "file_reading",
    "intake",
    "preview",
    "upload",
)
