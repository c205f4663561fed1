"""What the rows of an XLSForm say: lists, questions, sections, and what of it is refused or left aside."""

__all__ = ()
