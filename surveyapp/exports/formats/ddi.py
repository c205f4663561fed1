"""DDI-Codebook 2.5: the description of `responses.csv` that data archives read."""

from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from surveyapp.exports.formats.codebook import LABELS, in_both
from surveyapp.exports.formats.statistics_files import NUMBERS
from surveyapp.exports.release.results import Frame, ItemColumn
from surveyapp.instruments.model import Text

NAMESPACE = "ddi:codebook:2_5"
_FILE = "F1"


def write_ddi(path: Path, frame: Frame, *, rows: int) -> None:
    """Write the study, the file and every variable with its question and categories, vi and en."""
    root = ET.Element("codeBook", {"xmlns": NAMESPACE, "version": "2.5", "xml:lang": "vi"})
    _study(root, frame)
    described = _under(_under(root, "fileDscr", ID=_FILE), "fileTxt")
    _under(described, "fileName", "scoring/responses.csv")
    size = _under(described, "dimensns")
    _under(size, "caseQnty", str(rows))
    _under(size, "varQnty", str(len(LABELS) + len(frame.variables)))
    _under(described, "fileType", "text/csv; charset=utf-8")
    variables = _under(root, "dataDscr")
    for name, words in LABELS.items():
        _label_variable(variables, name, *in_both(words))
    for instrument in frame.asked:
        for column in (one for one in frame.columns if one.item in instrument.items):
            _item_variable(variables, column, universe=instrument.title)
    ET.indent(root)
    path.parent.mkdir(parents=True, exist_ok=True)
    ET.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _study(root: ET.Element, frame: Frame) -> None:
    campaign = frame.campaign
    study = _under(root, "stdyDscr")
    titles = _under(_under(study, "citation"), "titlStmt")
    _under(titles, "titl", campaign.title_vi, **{"xml:lang": "vi"})
    _under(titles, "parTitl", campaign.title_en, **{"xml:lang": "en"})
    _under(titles, "IDNo", campaign.code)
    summary = _under(_under(study, "stdyInfo"), "sumDscr")
    for event, moment in (("start", campaign.opens_at), ("end", campaign.closes_at)):
        _under(summary, "collDate", date=f"{moment:%Y-%m-%d}", event=event)
    _under(summary, "nation", "Viet Nam", abbr="VN")


def _label_variable(variables: ET.Element, name: str, vi: str, en: str) -> None:
    number = name in NUMBERS
    interval = "contin" if number else "discrete"
    variable = _under(variables, "var", ID=f"V_{name}", name=name, files=_FILE, intrvl=interval)
    _in_both(variable, "labl", Text(vi=vi, en=en))
    _under(variable, "varFormat", type="numeric" if number else "character")


def _item_variable(variables: ET.Element, column: ItemColumn, *, universe: Text) -> None:
    item, name = column.item, column.name
    variable = _under(variables, "var", ID=f"V_{name}", name=name, files=_FILE, intrvl="discrete")
    _in_both(variable, "labl", column.label)
    question = _under(variable, "qstn")
    _in_both(question, "qstnLit", item.text)
    _in_both(variable, "universe", universe)
    for one in column.categories:
        marks = {} if one.role == "option" else {"missing": "Y"}
        _category(variable, one.code, one, **marks)
    _under(variable, "concept", item.criterion)
    _under(variable, "varFormat", type="numeric")


def _category(variable: ET.Element, code: str, label: Any, **attributes: str) -> None:
    category = _under(variable, "catgry", **attributes)
    _under(category, "catValu", code)
    _in_both(category, "labl", label)


def _in_both(parent: ET.Element, tag: str, words: Any) -> None:
    for locale in ("vi", "en"):
        _under(parent, tag, words.get(locale), **{"xml:lang": locale})


def _under(parent: ET.Element, tag: str, text: str | None = None, **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, tag, attributes)
    element.text = text
    return element
