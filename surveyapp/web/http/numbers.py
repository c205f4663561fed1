"""Numbers as they arrive in addresses and forms: whole, and no larger than a database holds."""

import re

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

LARGEST = 2**31 - 1


class SmallNumber(IntegerConverter):
    """`<int:…>` in an address; anything larger than a database column is no page."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=LARGEST)


def install(app: Flask) -> None:
    """Let every `<int:…>` of the routes be a small number."""
    app.url_map.converters["int"] = SmallNumber


def whole(text: str) -> int | None:
    """The number that `text` writes in up to nine digits; None for anything else."""
    text = text.strip()
    return int(text) if re.fullmatch("[0-9]{1,9}", text) else None
