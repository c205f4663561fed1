"""The Frictionless description of every table of a release: columns, types, codes, keys."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from surveyapp.exports.cleaning import sensitivity
from surveyapp.exports.disclosure import public_tables
from surveyapp.exports.formats import csv_files, name_tables
from surveyapp.exports.formats.codebook import CODEBOOK, CROSSWALK, LABELS, in_both
from surveyapp.exports.formats.exchange import sdmx
from surveyapp.exports.formats.statistics_files import NUMBERS
from surveyapp.exports.release import precision_tables, scoring, sipas
from surveyapp.exports.release.results import Frame, ItemColumn

PROFILE = "tabular-data-package"
_INTEGERS = {
    "planned",
    "listed",
    "approved",
    "assigned",
    "invited",
    "submitted",
    "items",
    "responses",
    "touched",
    "forms",
    "suppliers",
}
_SHARES = {*scoring.RATES, "coverage"}
_EXPLAINED = {
    "rated_unit": ("names-units", "code"),
    "gso_code": ("names-units", "code"),
    "REF_AREA": ("names-units", "code"),
    "group": ("names-groups", "code"),
    "RESPONDENT_GROUP": ("names-groups", "code"),
    "criterion": ("names-criteria", "criterion"),
}
"""Columns of codes, with the table and the column that hold their names."""

_NUMBERS = (
    "mean_", "interval_", "top_two_", "dont_know_", "finite_", "wide_", "error_", "cluster_size", "icc", "deff",
    "weight",
)  # fmt: skip
_PERCENTAGES = {"sipas_overall_pct", "sipas_policy_pct", "sipas_service_pct"}


def write_datapackage(folder: Path, frame: Frame) -> None:
    """Write `datapackage.json` over the CSV files that stand in `folder`."""
    csv_files.write_json(
        folder / "datapackage.json",
        {
            "profile": PROFILE,
            "name": frame.campaign.code,
            "title": frame.campaign.title_vi,
            "resources": [
                _resource(folder, path, fields)
                for path, fields in tables(frame).items()
                if (folder / path).exists()
            ],
        },
    )


def tables(frame: Frame) -> dict[str, list[dict[str, Any]]]:
    """The fields of every table that a release may hold, by path."""
    return {
        "scoring/responses.csv": _response_fields(frame),
        "scoring/counts.csv": _fields(scoring.COUNTS),
        "scoring/rates.csv": _fields(scoring.RATE_COLUMNS),
        "scoring/weights.csv": _fields(precision_tables.WEIGHTS),
        "scoring/means.csv": _fields(precision_tables.CELL_MEANS),
        "scoring/codebook.csv": _fields(CODEBOOK),
        "scoring/criteria.csv": _fields(CROSSWALK),
        "scoring/cleaning.csv": _fields(scoring.CLEANING),
        "scoring/sensitivity.csv": _fields(sensitivity.COLUMNS),
        "scoring/remarks.csv": _fields(("level", "text")),
        "scoring/texts.csv": _fields(scoring.TEXTS),
        "scoring/sipas.csv": _fields(sipas.COLUMNS),
        "public/participation.csv": _fields(public_tables.PARTICIPATION),
        "public/answers.csv": _fields(public_tables.ANSWERS),
        "public/means.csv": _fields(public_tables.MEANS),
        "public/criteria.csv": _fields(public_tables.CRITERIA),
        "public/sdmx.csv": _fields(sdmx.HEADING),
        "names/units.csv": _fields(name_tables.UNITS),
        "names/groups.csv": _fields(name_tables.GROUPS),
        "names/criteria.csv": _fields(name_tables.CRITERIA),
    }


def column_types(frame: Frame) -> dict[str, list[str]]:
    """The types of the columns of each table, but for those that say the same again."""
    return {
        path: [str(field["type"]) for field in fields]
        for path, fields in tables(frame).items()
        if path != "public/sdmx.csv"
    }


def _keys(path: str, fields: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Which columns are codes that a table of names explains."""
    names = {field["name"] for field in fields}
    if path.startswith("names/"):
        return []
    return [
        {"fields": [column], "reference": {"resource": resource, "fields": [field]}}
        for column, (resource, field) in _EXPLAINED.items()
        if column in names
    ]


def _resource(folder: Path, path: str, fields: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": path.removesuffix(".csv").replace("/", "-"),
        "path": path,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "doubleQuote": True},
        "bytes": (folder / path).stat().st_size,
        "hash": f"sha256:{csv_files.sha256(folder / path)}",
        "schema": {
            "fields": fields,
            "missingValues": [""],
            **({"primaryKey": [fields[0]["name"]]} if path.startswith("names/") else {}),
            **({"foreignKeys": keys} if (keys := _keys(path, fields)) else {}),
        },
    }


def _response_fields(frame: Frame) -> list[dict[str, Any]]:
    labels = [
        {
            "name": name,
            "type": "integer" if name in NUMBERS else "string",
            "description": in_both(words)[0],
        }
        for name, words in LABELS.items()
    ]
    return [*labels, *(_item_field(column) for column in frame.columns)]


def _item_field(column: ItemColumn) -> dict[str, Any]:
    return {
        "name": column.name,
        "type": "integer",
        "description": column.label.get("vi"),
        "constraints": {"enum": [int(code) for code in column.codes]},
    }


def _fields(columns: Iterable[str]) -> list[dict[str, Any]]:
    return [{"name": name, "type": _type(name)} for name in columns]


def _type(column: str) -> str:
    if column in {*_SHARES, *_PERCENTAGES, "mean", "OBS_VALUE"} or column.startswith(_NUMBERS):
        return "number"
    counted = column in {
        *_INTEGERS,
        *scoring.DISPOSITIONS,
        *scoring.COMPLETENESS,
    } or column.startswith(("n_", "rank_"))
    return "integer" if counted else "string"
