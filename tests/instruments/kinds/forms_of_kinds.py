"""The questionnaire with every kind of question, whole or with something changed in it."""

from functools import cache
from pathlib import Path

from surveyapp.instruments.freeze import freeze
from surveyapp.instruments.model import Instrument
from surveyapp.instruments.reading import read_questionnaire
from tests.campaigns.packs import SHIPPED

DDCI = SHIPPED / "ddci-pilot" / "questionnaires" / "DDCI.yaml"


@cache
def ddci() -> Instrument:
    """As frozen."""
    return freeze(read_questionnaire(DDCI))


def spoilt(folder: Path, *changes: tuple[str, str]) -> Path:
    """A copy with every `old` of `changes` replaced by its `new`, once."""
    text = DDCI.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    path = folder / DDCI.name
    path.write_text(text, encoding="utf-8")
    return path
