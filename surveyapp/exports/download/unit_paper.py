"""A unit's results on paper: tables with a drawing in each row."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from surveyapp.documents.pdf import write_pdf
from surveyapp.i18n import locale

TEMPLATE = Path(__file__).with_name("unit_paper.typ")


@dataclass(frozen=True)
class PaperRow:
    """Words, an SVG beside them, and figures."""

    words: str
    drawing: str
    cells: Sequence[str]


@dataclass(frozen=True)
class PaperTable:
    """`heading` is of the figures alone."""

    title: str
    heading: Sequence[str]
    rows: Sequence[PaperRow]


@dataclass(frozen=True)
class UnitPaper:
    """Everything on it, in the language it was made in; `facts` are (what, how many)."""

    title: str
    about: str
    lead: Sequence[str]
    facts_title: str
    facts: Sequence[tuple[str, str]]
    tables: Sequence[PaperTable]
    notes: Sequence[str]


def as_pdf(paper: UnitPaper) -> bytes:
    """On A4, tagged; the same words give the same bytes whatever the clock says."""
    return write_pdf(TEMPLATE, {**asdict(paper), "language": locale()})
