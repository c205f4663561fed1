"""The codebook as a page that opens without a server."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from surveyapp.exports.codebook import LABELS, in_both
from surveyapp.exports.files import write_text
from surveyapp.exports.results import Frame
from surveyapp.i18n import gettext, speaking
from surveyapp.instruments.model import DONT_KNOW, DONT_KNOW_LABEL, variable_name

TEMPLATES = Path(__file__).resolve().parents[1] / "templates" / "exports"

STYLE = """\
body { font: 1rem/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; margin: 2rem 1rem; }
main { max-width: 50rem; margin: auto; }
table { border-collapse: collapse; width: 100%; margin: 0 0 2rem; break-inside: avoid; }
caption { text-align: left; font-weight: 600; padding: 0.5rem 0; }
th, td { text-align: left; vertical-align: top; padding: 0.25rem 0.5rem; border-bottom: 1px solid #767676; }
th[scope=row] { width: 3rem; font-variant-numeric: tabular-nums; }
[lang=en] { color: #595959; font-weight: 400; }
dt { font-weight: 600; }
"""


def write_codebook_page(folder: Path, frame: Frame) -> None:
    """Write `codebook.html` and its style sheet: Vietnamese, with the English of every question."""
    pages = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined
    )
    pages.globals["_"] = gettext
    with speaking("vi"):
        page = pages.get_template("codebook.html").render(
            campaign=frame.campaign,
            labels=[(name, *in_both(words)) for name, words in LABELS.items()],
            instruments=frame.asked,
            variable=variable_name,
            dont_know=DONT_KNOW,
            dont_know_label=DONT_KNOW_LABEL,
        )
    write_text(folder / "codebook.html", page + "\n")
    write_text(folder / "codebook.css", STYLE)
