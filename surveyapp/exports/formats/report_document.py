"""A document of headings, sentences and tables, said once and written as a page and on paper."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from surveyapp.documents.pdf import write_pdf
from surveyapp.exports.formats.csv_files import write_text
from surveyapp.i18n import locale

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "exports"
TEMPLATE = Path(__file__).with_name("report_document.typ")

STYLE = """\
body { font: 1rem/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; margin: 2rem 1rem; }
main { max-width: 64rem; margin: auto; }
p, li { max-width: 66ch; overflow-wrap: anywhere; }
h1 { line-height: 1.2; } h2 { margin: 2.5rem 0 0.5rem; }
.table { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding: 0.5rem 0; }
th, td { text-align: left; vertical-align: top; padding: 0.25rem 0.5rem; border-bottom: 1px solid #b0b0b0; }
thead th { border-bottom: 2px solid #1b4a7f; vertical-align: bottom; }
.number { text-align: right; }
td.number { white-space: nowrap; }
.note { color: #595959; font-size: 0.875rem; }
@media print { .table { overflow: visible; } thead { display: table-header-group; } tr { break-inside: avoid; } }
"""


@dataclass(frozen=True)
class ReportTable:
    """A table: the first `texts` columns are words, the others figures, set to the right."""

    caption: str
    heading: Sequence[str]
    rows: Sequence[Sequence[str]]
    texts: int = 1


@dataclass(frozen=True)
class ReportPart:
    """A section: sentences, then tables, then a note in small print."""

    title: str
    sentences: Sequence[str] = ()
    grids: Sequence[ReportTable] = ()
    note: str = ""


@dataclass(frozen=True)
class ReportDocument:
    """The whole document, in the language it was made in."""

    title: str
    about: str
    lead: Sequence[str]
    parts: Sequence[ReportPart]


def as_html(paper: ReportDocument) -> str:
    """One file that opens without a server and asks for nothing else."""
    pages = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined
    )
    sheet = "data:text/css;base64," + b64encode(STYLE.encode()).decode()
    page = pages.get_template("paper.html").render(paper=paper, language=locale(), sheet=sheet)
    return page + "\n"


def as_pdf(paper: ReportDocument) -> bytes:
    """The same on A4, tagged; the same words give the same bytes whatever the clock says."""
    return write_pdf(TEMPLATE, {**asdict(paper), "language": locale()})


def write_document(path: Path, paper: ReportDocument) -> None:
    """Both beside each other: `path` with `.html` and with `.pdf`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path.with_suffix(".html"), as_html(paper))
    path.with_suffix(".pdf").write_bytes(as_pdf(paper))
