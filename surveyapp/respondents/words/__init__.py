"""Vietnamese words in lists: names, positions, departments, old fonts, ditto marks."""

__all__ = ("names",)
