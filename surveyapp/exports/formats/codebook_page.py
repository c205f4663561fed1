"""The codebook as a page that opens without a server, and on paper."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from surveyapp.documents.pdf import write_pdf
from surveyapp.exports.formats.codebook import LABELS, in_both
from surveyapp.exports.formats.csv_files import write_text
from surveyapp.exports.release.results import Frame
from surveyapp.i18n import _, gettext, speaking
from surveyapp.instruments.fingerprints import fingerprints
from surveyapp.instruments.kinds.registry import kind_of
from surveyapp.instruments.model import (
    Instrument,
    InstrumentItem,
    variable_name,
)

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "exports"
TEMPLATE = Path(__file__).with_name("codebook.typ")

STYLE = """\
body { font: 1rem/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; margin: 2rem 1rem; }
main { max-width: 50rem; margin: auto; }
table { border-collapse: collapse; width: 100%; margin: 0 0 2rem; break-inside: avoid; }
caption { text-align: left; font-weight: 600; padding: 0.5rem 0; }
caption small { color: #595959; font-weight: 400; }
th, td { text-align: left; vertical-align: top; padding: 0.25rem 0.5rem; border-bottom: 1px solid #767676; }
th[scope=row] { width: 3rem; font-variant-numeric: tabular-nums; }
[lang=en] { color: #595959; font-weight: 400; }
dt { font-weight: 600; }
"""


def write_codebook_page(folder: Path, frame: Frame) -> None:
    """Write `codebook.html` with its style sheet, and `codebook.pdf`: Vietnamese, with the English of
    every question and option."""
    pages = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined
    )
    pages.globals["_"] = gettext
    with speaking("vi"):
        facts = _facts(frame)
        page = pages.get_template("codebook.html").render(facts)
    write_text(folder / "codebook.html", page + "\n")
    write_text(folder / "codebook.css", STYLE)
    (folder / "codebook.pdf").write_bytes(write_pdf(TEMPLATE, facts))


def _facts(frame: Frame) -> dict[str, Any]:
    """All that is written, in words."""
    campaign = frame.campaign
    unofficial = _("Phiếu mẫu minh họa, không phải phiếu chính thức.")
    return {
        "title": _("Bảng mã"),
        "campaign_vi": campaign.title_vi,
        "campaign_en": campaign.title_en,
        "warning": "" if campaign.official else unofficial,
        "lead": [
            _(
                "Ô để trống là không trả lời hoặc không được hỏi. Mã 98 là “Không biết / Không có ý kiến”."
            ),
            _(
                "Dấu vân tay của câu hỏi gồm ba phần: lời văn, thang trả lời, thứ tự. Phần nào giống đợt trước thì phần đó không thay đổi."
            ),
        ],
        "heads": [_("Mã"), _("Phương án"), "English"],
        "labels_title": _("Các cột chung"),
        "labels": [[name, *in_both(words)] for name, words in LABELS.items()],
        "instruments": [_instrument(instrument) for instrument in frame.asked],
    }


def _instrument(instrument: Instrument) -> dict[str, Any]:
    prints = fingerprints(instrument)
    return {
        "code": instrument.code,
        "title_vi": instrument.title.vi,
        "title_en": instrument.title.en,
        "version": _("phiên bản %(version)s", version=instrument.version),
        "sections": [
            {
                "title": section.title.vi,
                "questions": [_item(item, str(prints[item.id])) for item in section.items],
            }
            for section in instrument.sections
        ],
    }


def _item(item: InstrumentItem, fingerprint: str) -> dict[str, Any]:
    options = [[one.code, one.vi, one.en] for one in kind_of(item).categories(item)]
    return {
        "variable": variable_name(item.id),
        "text_vi": item.text.vi,
        "text_en": item.text.en,
        "told": _(
            "Tiêu chí %(criterion)s; dấu vân tay %(fingerprint)s",
            criterion=item.criterion,
            fingerprint=fingerprint,
        ),
        "options": options,
    }
