"""What may leave: labels of rows that point to nobody, tables of which no small cell can be worked out."""

__all__ = ("public_tables", "remark_review", "remark_screening")
