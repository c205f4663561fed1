"""XML of a foreign file followed element by element: no entity is ever resolved."""

from typing import Any
from xml.parsers import expat

from surveyapp.respondents import errors


def follow(xml: bytes, walk: Any) -> None:
    """Let `walk` hear `start`, `end` and `characters`. Raises BrokenWorkbook, EntitiesRefused."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = walk.start, walk.end
    parser.CharacterDataHandler = walk.characters
    parser.EntityDeclHandler = _refuse_entity
    try:
        parser.Parse(xml, True)
    except expat.ExpatError as exc:
        raise errors.BrokenWorkbook(detected="XML") from exc


def _refuse_entity(*_: object) -> None:
    raise errors.EntitiesRefused
