"""What every request passes: guard, headers, sessions, errors, language."""

__all__ = ("error_pages",)
