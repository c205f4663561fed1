"""Every refusal as a page: which words, which status, whether anything is lost."""

__all__ = ("refusals",)
