"""DDI-Codebook 2.5: the description of `responses.csv` that data archives read.

The counts of categories are those of the rows, read back from the file just written; with them the description
goes where `scoring/` goes.
"""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from surveyapp.exports.formats.codebook import LABELS, in_both
from surveyapp.exports.formats.exchange.ddi_study import (
    describe_study,
    under,
    under_in_both,
)
from surveyapp.exports.formats.name_tables import group_rows, unit_rows
from surveyapp.exports.formats.statistics_files import NUMBERS
from surveyapp.exports.release.results import Frame, ItemColumn
from surveyapp.i18n import lazy
from surveyapp.instruments.kinds.kind import AnswerCategory
from surveyapp.instruments.model import Text

NAMESPACE = "ddi:codebook:2_5"
_FILE = "F1"
_ANSWERED, _EMPTY = "vald", "invd"
"""Statistics of a variable: rows with an answer, rows without."""

Frequencies = Mapping[str, Counter[str]]
"""How many rows hold each code, by column; an empty cell counts under ""."""

COUNTED = lazy(
    "Tần số đếm mọi dòng của tệp, kể cả dòng có excluded = 1; không gia quyền. “vald” là số dòng có câu trả lời."
)


def write_ddi(folder: Path, frame: Frame, *, rows: int) -> None:
    """Write `documentation/ddi.xml` of the release in `folder`: the study, the file and every variable with its
    question, categories and counts, in both languages."""
    root = ET.Element("codeBook", {"xmlns": NAMESPACE, "version": "2.5", "xml:lang": "vi"})
    describe_study(root, frame, rates=folder / "scoring" / "rates.csv")
    described = under(under(root, "fileDscr", ID=_FILE), "fileTxt")
    under(described, "fileName", "scoring/responses.csv")
    size = under(described, "dimensns")
    under(size, "caseQnty", str(rows))
    under(size, "varQnty", str(len(LABELS) + len(frame.variables)))
    under(described, "fileType", "text/csv; charset=utf-8")
    counts = frequencies(folder / "scoring" / "responses.csv")
    variables = under(root, "dataDscr")
    named = {"rated_unit": unit_rows(frame), "group": group_rows(frame)}
    for name, words in LABELS.items():
        variable = _label_variable(variables, name, *in_both(words))
        for code, *_between, vi, en in named.get(name, ()):
            if n := counts[name][code]:
                _category(variable, code, Text(vi=vi, en=en), n)
        under(variable, "varFormat", type="numeric" if name in NUMBERS else "character")
    for instrument in frame.asked:
        for column in (one for one in frame.columns if one.item in instrument.items):
            _item_variable(variables, column, instrument.title, counts[column.name])
    under_in_both(variables, "notes", COUNTED)
    ET.indent(root)
    path = folder / "documentation" / "ddi.xml"
    path.parent.mkdir(parents=True, exist_ok=True)
    ET.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def frequencies(path: Path) -> Frequencies:
    """Counts of the codes in every column of `responses.csv` but those of numbers."""
    from pyarrow import csv as arrow_csv
    from pyarrow import string

    with path.open(encoding="utf-8") as file:
        names = file.readline().strip().split(",")
    table = arrow_csv.read_csv(
        path,
        read_options=arrow_csv.ReadOptions(use_threads=False),
        convert_options=arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, string())),
    )
    counts: dict[str, Counter[str]] = {}
    for name in names:
        if name not in NUMBERS:
            told = table.column(name).value_counts().to_pylist()
            counts[name] = Counter({str(one["values"]): one["counts"] for one in told})
    return counts


def _label_variable(variables: ET.Element, name: str, vi: str, en: str) -> ET.Element:
    interval = "contin" if name in NUMBERS else "discrete"
    variable = under(variables, "var", ID=f"V_{name}", name=name, files=_FILE, intrvl=interval)
    _texts(variable, "labl", Text(vi=vi, en=en))
    return variable


def _item_variable(
    variables: ET.Element, column: ItemColumn, universe: Text, counts: Counter[str]
) -> None:
    item, name = column.item, column.name
    variable = under(variables, "var", ID=f"V_{name}", name=name, files=_FILE, intrvl="discrete")
    _texts(variable, "labl", column.label)
    question = under(variable, "qstn")
    _texts(question, "qstnLit", item.text)
    _texts(variable, "universe", universe)
    answered = sum(counts[code] for code in column.options)
    under(variable, "sumStat", str(answered), type=_ANSWERED)
    under(variable, "sumStat", str(counts.total() - answered), type=_EMPTY)
    for one in column.categories:
        _category(variable, one.code, one, counts[one.code], **_marks(one))
    under(variable, "concept", item.criterion)
    under(variable, "varFormat", type="numeric")


def _marks(category: AnswerCategory) -> dict[str, str]:
    return {} if category.role == "option" else {"missing": "Y"}


def _category(variable: ET.Element, code: str, label: Any, n: int, **attributes: str) -> None:
    category = under(variable, "catgry", **attributes)
    under(category, "catValu", code)
    _texts(category, "labl", label)
    under(category, "catStat", str(n), type="freq")


def _texts(parent: ET.Element, tag: str, words: Any) -> None:
    for locale in ("vi", "en"):
        under(parent, tag, words.get(locale), **{"xml:lang": locale})
