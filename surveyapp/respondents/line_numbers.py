"""One number for every line of a list, whichever of its tables it comes from."""

TABLE_LINES = 100_000
"""More than a sheet may have: line 7 of the third table is 200007. The first table's are the sheet's own."""


def number_of(table: int, line: int) -> int:
    """The number of a row of the table counted from 0."""
    return table * TABLE_LINES + line


def line_of(number: int) -> tuple[int, int]:
    """Table and row of a number."""
    return divmod(number, TABLE_LINES)


def shown(number: int) -> str:
    """The number as people read it: `7`, or `3:7` for the third table."""
    table, line = line_of(number)
    return f"{table + 1}:{line}" if table else str(line)
