"""The public figures as JSON-stat 2.0, one data set: what web charts and statistical packages load."""

import json
from pathlib import Path
from typing import Any

from surveyapp.exports.disclosure.public_tables import PublicTables
from surveyapp.exports.formats.csv_files import write_text
from surveyapp.exports.formats.exchange import sdmx
from surveyapp.exports.formats.name_tables import group_rows, unit_rows
from surveyapp.i18n import LOCALES

DIMENSIONS = ("REF_AREA", "RESPONDENT_GROUP", "ITEM", "INDICATOR")
"""The columns of the SDMX file under which a figure stands, in the order of the cube."""


def write_json_stat(folder: Path, tables: PublicTables) -> None:
    """Write `means.json` in Vietnamese and `means_en.json`: the figures of `means.csv`; most places of the cube are empty,
    since a group is asked its own items only."""
    observations = [dict(zip(sdmx.HEADING, row, strict=True)) for row in sdmx.rows(tables)]
    codes = {
        name: list(dict.fromkeys(str(one[name]) for one in observations)) for name in DIMENSIONS
    }
    places = {name: {code: n for n, code in enumerate(told)} for name, told in codes.items()}
    value: dict[str, Any] = {}
    for one in observations:
        offset = 0
        for name in DIMENSIONS:
            offset = offset * len(codes[name]) + places[name][str(one[name])]
        figure = one["OBS_VALUE"]
        value[str(offset)] = round(figure, 6) if isinstance(figure, float) else figure
    for number, locale in enumerate(LOCALES):
        suffix = "" if number == 0 else f"_{locale}"
        cube = _cube(tables, codes, number) | {"value": value}
        write_text(folder / f"means{suffix}.json", json.dumps(cube, ensure_ascii=False) + "\n")


def _cube(tables: PublicTables, codes: dict[str, list[str]], language: int) -> dict[str, Any]:
    campaign = tables.frame.campaign
    items = {
        item.id: (item.text.vi, item.text.en) for form in tables.frame.asked for item in form.items
    }
    words: dict[str, dict[str, tuple[str, str]]] = {
        "REF_AREA": {row[0]: (row[-2], row[-1]) for row in unit_rows(tables.frame)},
        "RESPONDENT_GROUP": {row[0]: (row[-2], row[-1]) for row in group_rows(tables.frame)},
        "ITEM": items,
    }
    return {
        "version": "2.0",
        "class": "dataset",
        "label": (campaign.title_vi, campaign.title_en)[language],
        "role": {"geo": ["REF_AREA"], "metric": ["INDICATOR"]},
        "extension": {"TIME_PERIOD": str(campaign.year), "UNIT_MEASURE": sdmx.UNITS},
        "id": list(DIMENSIONS),
        "size": [len(codes[name]) for name in DIMENSIONS],
        "dimension": {
            name: {
                "category": {
                    "index": codes[name],
                    "label": {
                        code: words.get(name, {}).get(code, (code, code))[language]
                        for code in codes[name]
                    },
                }
            }
            for name in DIMENSIONS
        },
    }
