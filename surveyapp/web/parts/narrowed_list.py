"""A long list on a page: found by a word, narrowed by filters that stay in the address, and cut into pages."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import request, url_for

from surveyapp.respondents.words.names import fold
from surveyapp.web.http.numbers import whole

PAGE = 25
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
        """This page with PAGE where the number goes; search and filters stay in it."""
        kept: dict[str, Any] = {**(request.view_args or {}), **self.chosen}
        return url_for(str(request.endpoint), **kept, search=self.text or None, page="PAGE")


def narrowed(
    rows: Sequence[Row],
    *,
    words: Callable[[Row], str],
    filters: Mapping[str, Callable[[Row, str], bool]] | None = None,
    per_page: int = PAGE,
) -> NarrowedList[Row]:
    """The page of `rows` that the address asks for.

    Every word typed is found anywhere in a row's `words`, with or without its accents. A filter is asked
    for by its name with a value, and says of a row whether it is meant.
    """
    text = request.args.get("search", "").strip()[:100]
    given = {name: request.args.get(name, "")[:40] for name in filters or {}}
    chosen = {name: value for name, value in given.items() if value}
    sought = fold(text).split()
    matching = [
        row
        for row in rows
        if all((filters or {})[name](row, value) for name, value in chosen.items())
        and all(part in fold(words(row)) for part in sought)
    ]
    pages = max(1, -(-len(matching) // per_page))
    page = min(max(whole(request.args.get("page", "")) or 1, 1), pages)
    shown = matching[(page - 1) * per_page : page * per_page]
    return NarrowedList(shown, len(matching), len(rows), text, chosen, page, pages)
