"""Cells of the `table` macro: what is shown, and the value that a reader's browser sorts by.

They hold plain words or markup; `table_rows` alone escapes.
"""

from datetime import date
from typing import Any

from surveyapp.i18n import _, day, number, percent

Cell = dict[str, Any]
NONE: Cell = {"shown": "–", "value": ""}
"""A figure that there is not: no plan, nobody eligible."""


def count_cell(n: int | None) -> Cell:
    """A whole number."""
    return NONE if n is None else {"shown": number(n), "value": n}


def share_cell(share: float | None) -> Cell:
    """A share, 0..1, as per cent."""
    return sorted_by(share, percent(share))


def day_cell(each: date) -> Cell:
    """A day, in the order of days."""
    return {"shown": day(each), "value": each.toordinal()}


def sorted_by(value: float | None, shown: Any, digits: int = 5) -> Cell:
    """Words or markup, in the order of a number that they stand for."""
    return {"shown": shown, "value": "" if value is None else f"{value:.{digits}f}"}


def hidden_cell() -> Cell:
    """A figure that tells of too few."""
    return {"shown": _("ẩn"), "value": ""}
