"""A long list on a page: found by a word, narrowed by filters that stay in the address, sorted, and cut into pages."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from flask import request, url_for

from surveyapp.respondents.words.names import fold
from surveyapp.web.http.numbers import whole
from surveyapp.web.parts.table_rows import cell_value

PAGE = 25
NARROWING = frozenset({"search", "sort", "page"})
"""Parts of an address that are the list's own."""
_SORT = re.compile(r"(-?)(\d{1,2})")
Row = TypeVar("Row")


@dataclass(frozen=True)
class NarrowedList(Generic[Row]):
    """The rows of one page of what matches, and what the address keeps."""

    rows: Sequence[Row]
    matching: int
    of: int
    """How many rows there are without search and filters."""
    text: str
    chosen: Mapping[str, str]
    """The filters by name, those that are chosen."""
    page: int
    pages: int
    sort: str = ""
    """The order asked for, `-` before it for the largest first; empty for the list's own."""
    kept: Mapping[str, str] = field(default_factory=dict)
    """What else the address says, which no search takes away."""
    page_of: str = ""
    """The endpoint of the list, where a form's answer shows it too; empty for the page asked for."""

    @property
    def is_narrowed(self) -> bool:
        """Something was searched for or filtered."""
        return bool(self.text or self.chosen)

    @property
    def is_long(self) -> bool:
        """There is reason to search: more rows than a page holds, or a search that stands."""
        return self.of > PAGE or self.is_narrowed

    @property
    def address(self) -> str:
        """This page with PAGE where the number goes; search, filters and order stay in it."""
        return self._address(self.sort, page="PAGE")

    @property
    def whole(self) -> str:
        """The list without search and filters."""
        return self._url(self.kept)

    def headings(self, columns: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """The columns, each with the address that sorts by its position in them: by the server, as more pages follow."""
        return [{**column, **self._heading(str(n))} for n, column in enumerate(columns)]

    def _heading(self, name: str) -> dict[str, Any]:
        turned = f"-{name}" if self.sort == name else name
        standing = {name: "ascending", f"-{name}": "descending"}
        return {"url": self._address(turned), "sorted": standing.get(self.sort)}

    def _address(self, sort: str, **page: str) -> str:
        narrowing = {"search": self.text or None, "sort": sort or None, **page}
        return self._url({**self.kept, **self.chosen, **narrowing})

    def _url(self, arguments: Mapping[str, Any]) -> str:
        of_route = {} if self.page_of else request.view_args or {}
        return url_for(self.page_of or str(request.endpoint), **{**of_route, **arguments})


def narrowed(
    rows: Sequence[Row],
    *,
    words: Callable[[Row], str],
    filters: Mapping[str, Callable[[Row, str], bool]] | None = None,
    cells: Callable[[Row], Sequence[Any]] | None = None,
    kept: Mapping[str, str] | None = None,
    per_page: int | None = None,
    page_of: str = "",
) -> NarrowedList[Row]:
    """The page of `rows` that the address asks for.

    Every word typed is found anywhere in a row's `words`, with or without its accents. A filter is asked
    for by its name with a value, and says of a row whether it is meant. `cells` gives what a row of the
    `table` macro is made of, where the reader may sort by a column; `kept` is what else the address says.
    """
    text = request.args.get("search", "").strip()[:100]
    given = {name: request.args.get(name, "")[:40] for name in filters or {}}
    chosen = {name: value for name, value in given.items() if value}
    matching = [
        row
        for row in rows
        if all((filters or {})[name](row, value) for name, value in chosen.items())
        and is_found(text, words(row))
    ]
    sort = _SORT.fullmatch(request.args.get("sort", "")) if cells else None
    if sort is not None and cells is not None:
        matching = _sorted(matching, cells, position=int(sort[2]), largest_first=bool(sort[1]))
    per_page = per_page or PAGE
    pages = max(1, -(-len(matching) // per_page))
    page = min(max(whole(request.args.get("page", "")) or 1, 1), pages)
    shown = matching[(page - 1) * per_page : page * per_page]
    return NarrowedList(
        shown, len(matching), len(rows), text, chosen, page, pages,
        sort=sort[0] if sort else "", kept=kept or {}, page_of=page_of,
    )  # fmt: skip


def is_found(text: str, *words: str) -> bool:
    """Whether every word of `text` stands anywhere in `words`, with or without accents."""
    sought = fold(text).split()
    plain = " ".join(each.lower() if each.isascii() else fold(each) for each in words)
    return all(part in plain for part in sought)


def _sorted(
    rows: list[Row], cells: Callable[[Row], Sequence[Any]], *, position: int, largest_first: bool
) -> list[Row]:
    """By the value of one cell, rows without one last; a column that is not there changes nothing."""
    known, unknown = [], []
    for row in rows:
        shown = cells(row)
        value = cell_value(shown[position]) if position < len(shown) else None
        if value is None:
            unknown.append(row)
        else:
            known.append((value, row))
    known.sort(key=lambda one: one[0], reverse=largest_first)
    return [row for _value, row in known] + unknown
