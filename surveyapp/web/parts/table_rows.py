"""The rows and cells of the `table` macro, made here because a page of the centre has two hundred of them.

The macro says what columns and rows are; the markup is the same as a template would write. A cell is what is
shown, plain words or markup, and the value that a reader's browser sorts by; `table_rows` alone escapes.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from flask import Flask
from markupsafe import Markup, escape

from surveyapp.documents.charts.bars import rate_bar
from surveyapp.i18n import _, day, number, percent
from surveyapp.respondents.words.names import fold

Cell = dict[str, Any]
NONE: Cell = {"shown": "–", "value": ""}
"""A figure that there is not: no plan, nobody eligible."""

_UNSAFE = re.compile("[&<>\"']")


def install(app: Flask) -> None:
    """Give the templates `table_rows`, and `rate_bar` for the cells of rows."""
    app.jinja_env.globals.update(table_rows=table_rows, rate_bar=rate_bar)


# Asking for the exact type first is for speed alone: being a `Mapping` takes ten times as long to find out.


def table_rows(columns: Iterable[Any], rows: Iterable[Any]) -> Markup:
    """All rows, one line a cell; nothing is passed on unescaped that is not markup already."""
    openings = [_opening(index, column) for index, column in enumerate(columns)]
    made: list[str] = []
    for row in rows:
        tone, url = _part(row, "tone"), _part(row, "url")
        made.append(f'<tr class="{_escaped(tone)}">' if tone else "<tr>")
        for index, cell in enumerate(_part(row, "cells")):
            start, end = openings[index]
            shown, value = cell, ""
            if type(cell) is dict or isinstance(cell, Mapping):
                shown, value = cell["shown"], f' data-value="{_escaped(cell["value"])}"'
            words = _escaped(shown)
            if index == 0 and url:
                words = f'<a href="{_escaped(url)}">{words}</a>'
            made.append(f"{start}{value}>{words}{end}")
        made.append("</tr>")
    return Markup("\n".join(made))  # noqa: S704  every part is escaped above


def _escaped(words: Any) -> str | int:
    """As `escape`, which takes longer to find that there is nothing to do."""
    if type(words) is Markup or type(words) is int:
        return words
    text = str(words)
    return text if _UNSAFE.search(text) is None else str(escape(text))


def _part(thing: Any, name: str) -> Any:
    if type(thing) is dict or isinstance(thing, Mapping):
        return thing.get(name)
    return getattr(thing, name, None)


def _opening(position: int, column: Any) -> tuple[str, str]:
    tag, end = ('th scope="row"', "</th>") if position == 0 else ("td", "</td>")
    look = ' class="number"' if _part(column, "number") else ""
    return f'<{tag}{look} data-label="{_escaped(_part(column, "label"))}"', end


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


def cell_value(shown: Any) -> tuple[int, float, str] | None:
    """What a cell is sorted by: its number before its words; None for a figure that there is not."""
    value = shown["value"] if isinstance(shown, Mapping) else shown
    if isinstance(value, Markup) or value in ("", "–"):
        return None
    try:
        return 0, float(value), ""
    except ValueError:
        return 1, 0.0, fold(str(value))
