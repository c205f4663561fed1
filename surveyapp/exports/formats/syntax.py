"""Ready commands for R, Stata and SPSS: they read `scoring/responses.csv` and put the labels on it."""

from collections.abc import Iterator
from pathlib import Path

from surveyapp.exports.formats.codebook import LABELS, in_both
from surveyapp.exports.formats.csv_files import write_text
from surveyapp.exports.formats.statistics_files import NUMBERS, WIDTHS
from surveyapp.exports.release.results import Frame, ItemColumn
from surveyapp.i18n import LOCALES

CSV = "scoring/responses.csv"
_STATA_LABEL = 80
"""Signs that Stata shows of the label of a variable."""


def write_syntax(folder: Path, frame: Frame) -> None:
    """Write `read.R`, `read.do` and `read.sps`, and the same with English labels as `read_en.…`."""
    for number, locale in enumerate(LOCALES):
        marks = {name: in_both(words)[number] for name, words in LABELS.items()}
        suffix = "" if number == 0 else f"_{locale}"
        for ending, lines in (("R", _in_r), ("do", _in_stata), ("sps", _in_spss)):
            text = "\n".join(lines(frame, marks, locale)) + "\n"
            write_text(folder / f"read{suffix}.{ending}", text)


def _items(frame: Frame, locale: str) -> Iterator[tuple[str, str, dict[str, str], ItemColumn]]:
    """Column, words, and labels by code."""
    for column in frame.columns:
        codes = {one.code: one.get(locale) for one in column.categories}
        yield column.name, column.label.get(locale), codes, column


def _in_r(frame: Frame, marks: dict[str, str], locale: str) -> Iterator[str]:
    texts = ", ".join(f'{name} = "character"' for name in marks if name not in NUMBERS)
    yield "# Run in the folder of the release."
    yield f'responses <- read.csv("{CSV}", fileEncoding = "UTF-8", na.strings = "", colClasses = c({texts}))'
    for name, label in marks.items():
        yield f'attr(responses${name}, "label") <- {_r(label)}'
    for name, label, codes, _item in _items(frame, locale):
        levels = ", ".join(codes)
        labels = ", ".join(_r(f"{code}. {words}") for code, words in codes.items())
        yield f"responses${name} <- factor(responses${name}, levels = c({levels}), labels = c({labels}))"
        yield f'attr(responses${name}, "label") <- {_r(label)}'


def _r(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'


def _in_stata(frame: Frame, marks: dict[str, str], locale: str) -> Iterator[str]:
    texts = [number for number, name in enumerate(marks, 1) if name not in NUMBERS]
    columns = " ".join(map(str, texts))
    yield "* Run in the folder of the release (Stata 14 or later)."
    yield f'import delimited "{CSV}", clear encoding("UTF-8") case(preserve) varnames(1) stringcols({columns})'
    for name, label in marks.items():
        yield f"label variable {name} {_stata(label[:_STATA_LABEL])}"
    for name, label, codes, _item in _items(frame, locale):
        labels = " ".join(f"{code} {_stata(words)}" for code, words in codes.items())
        yield f"label define {name} {labels}"
        yield f"label values {name} {name}"
        yield f"label variable {name} {_stata(label[:_STATA_LABEL])}"


def _stata(text: str) -> str:
    """Between compound quotes, in which any sign may stand; what Stata would expand is spelled out."""
    return '`"' + text.replace("\n", " ").replace("`", "'").replace("$", "\\$") + "\"'"


def _in_spss(frame: Frame, marks: dict[str, str], locale: str) -> Iterator[str]:
    yield "* Encoding: UTF-8."
    yield "* Run in the folder of the release (CD 'folder')."
    yield f"GET DATA /TYPE=TXT /FILE='{CSV}' /ENCODING='UTF8' /ARRANGEMENT=DELIMITED /DELIMITERS=\",\""
    yield " /QUALIFIER='\"' /FIRSTCASE=2 /VARIABLES="
    for name in marks:
        yield f"  {name} {'F8.0' if name in NUMBERS else f'A{WIDTHS[name]}'}"
    item_columns = list(_items(frame, locale))
    for name, _label, codes, _item in item_columns:
        yield f"  {name} F{max(map(len, codes))}.0"
    yield "."
    for name, label in marks.items():
        yield f"VARIABLE LABELS {name} {_spss(label)}."
    for name, label, codes, column in item_columns:
        yield f"VARIABLE LABELS {name} {_spss(label)}."
        labels = " ".join(f"{code} {_spss(words)}" for code, words in codes.items())
        yield f"VALUE LABELS {name} {labels}."
        if column.missing:
            codes_away = " THRU ".join(dict.fromkeys((min(column.missing), max(column.missing))))
            yield f"MISSING VALUES {name} ({codes_away})."
    yield "EXECUTE."


def _spss(text: str) -> str:
    return "'" + text.replace("\n", " ").replace("'", "''") + "'"
