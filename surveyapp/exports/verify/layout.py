"""What a release is made of, as a JSON Schema: the manifest, and every table read as rows of text.

`SCHEMA` describes `manifest.json`; its `$defs.tables` describes the CSV files as `{path: rows}`, each row a
mapping of column to text as `csv.DictReader` gives it. The order of the properties is that of the columns.
"""

from typing import Any

FORMAT = "par-survey-release/5"
FORMAT_OF_KINDS = "par-survey-release/6"
"""Of a campaign that asks more than choices of one, or not everybody the same: rows say by a code why an answer
is missing (96 taken out, 97 not asked, 99 left empty), a question with several answers has a column an option."""

UNKNOWN_KEY = 3
"""Exit code of a whole release of which nobody said whose key it must be signed with."""

MANIFEST = "manifest.json"
SIGNATURE = "manifest.sig"
UNLISTED = (MANIFEST, SIGNATURE)
MERGED = "*"
DONT_KNOW = "98"
NOT_ASKED = "97"
REASONS = ("96", "97", "99")
"""Why there is no answer: taken out by a rule, not asked, left empty."""

Schema = dict[str, Any]

_COUNT: Schema = {"type": "string", "pattern": "^[0-9]+$"}
_COUNT_OR_HIDDEN: Schema = {"type": "string", "pattern": "^[0-9]*$"}
_FIGURE: Schema = {"type": "string", "pattern": r"^([0-9]+\.[0-9]{6})?$"}
_GIVEN: Schema = {"type": "string", "pattern": r"^([0-9]+(\.[0-9]+)?)?$"}
_NAME: Schema = {"type": "string", "pattern": "^[^=+@\\t\\r\\n-]"}
_TEXT: Schema = {"type": "string", "pattern": "^(?![=+@\\t\\r\\n-])"}
"""No cell begins with a sign that makes a spreadsheet run it."""


def _one_of(*values: str) -> Schema:
    return {"type": "string", "enum": list(values)}


_LEVEL = _one_of("ministry", "province")
_KIND = _one_of(
    "missing_share", "dont_know_share", "identical_share", "longest_run", "low_variation",
    "under_floor", "contradiction", "test", "held",
)  # fmt: skip
_EFFECT = _one_of("flag", "set_missing", "exclude")
_CODE: Schema = {"type": "string", "pattern": "^([1-9]|1[0-9]|20)$"}


_TOLD = "([1-9]|1[0-9]|20|97|98|missing)"


def _each(names: str, of: Schema) -> Schema:
    return dict.fromkeys(names.split(), of)


_ITEM = _each("instrument item variable", _NAME)
_CELL = _each("rated_unit group", _NAME)

COLUMNS: dict[str, Schema] = {
    "scoring/responses.csv": {
        "row": _COUNT,
        "level": _one_of("ministry", "province", MERGED),
        **_CELL,
        **_each("instrument version", _TEXT),
        "under_floor": _one_of("yes", "no", "unknown", ""),
        "longest_run": _COUNT_OR_HIDDEN,
        "flags": _TEXT,
        "excluded": _one_of("", "0", "1"),
    },
    "scoring/counts.csv": {
        "level": _LEVEL, **_CELL, **_ITEM, "option": _CODE,
        **_each("n_option n_answered n_dont_know n_missing n_responses", _COUNT),
    },
    "scoring/rates.csv": {
        "level": _LEVEL, **_CELL,
        "planned": _COUNT_OR_HIDDEN, "listed": _COUNT_OR_HIDDEN, "approved": _COUNT_OR_HIDDEN,
        **_each("assigned invited submitted", _COUNT),
        **_each("complete partial break_off", _COUNT_OR_HIDDEN),
        **_each(
            "begun refused unavailable not_sent sent bounced moved wrong_group duplicate removed", _COUNT,
        ),
        **_each("rr1 rr2 rr3 rr4 rr5 rr6 e coverage", _FIGURE),
    },
    "scoring/weights.csv": {
        "level": _LEVEL, **_CELL, **_each("forms responses", _COUNT), "weight": _FIGURE, "suppliers": _COUNT,
        **_each("cluster_size icc deff", _FIGURE),
    },
    "scoring/means.csv": {
        "level": _LEVEL, **_CELL, "item": _NAME, "variable": _NAME, "n_answered": _COUNT,
        **_each(
            "mean error_finite finite_low finite_high error_wide wide_low wide_high", _FIGURE,
        ),
    },
    "scoring/codebook.csv": {
        "variable": _NAME,
        **_each("item groups instrument version area section criterion scale", _TEXT),
        "best": {"type": "string", "pattern": "^([1-9]|1[0-9]|20|middle|none)?$"},
        "fingerprint": {"type": "string", "pattern": "^([0-9a-f]{10}(-[0-9a-f]{10}){2})?$"},
        **_each("text_vi text_en", _NAME),
        "code": {"type": "string", "pattern": "^([1-9]|1[0-9]|20|9[6-9])?$"},
        "role": _one_of("label", "mark", "option", "dont_know", "missing"),
        **_each("label_vi label_en", _TEXT),
    },
    "scoring/criteria.csv": {
        **_each("criterion area", _NAME), "level": _TEXT, "groups": _TEXT, **_ITEM,
    },
    "scoring/cleaning.csv": {
        **_each("rule version", _NAME), "kind": _KIND, "effect": _EFFECT, **_CELL,
        **_each("touched responses", _COUNT),
    },
    "scoring/sensitivity.csv": {
        **_each("rule rated_unit", _NAME), **_each("responses touched", _COUNT),
        **_each("mean_all_in mean_as_ruled mean_tail_out mean_person_out", _FIGURE),
        **_each("rank_all_in rank_as_ruled rank_tail_out rank_person_out", _COUNT_OR_HIDDEN),
    },
    "scoring/remarks.csv": {"level": _LEVEL, "text": _TEXT},
    "scoring/texts.csv": {"level": _LEVEL, "item": _NAME, "text": _TEXT},
    "scoring/sipas.csv": {
        "gso_code": _NAME, "n_valid": _COUNT,
        **_each("sipas_overall_pct sipas_policy_pct sipas_service_pct", _GIVEN),
        "source_document": _TEXT,
    },
    "public/participation.csv": {"level": _LEVEL, **_CELL, "responses": _COUNT_OR_HIDDEN},
    "public/answers.csv": {
        "level": _LEVEL, **_CELL, "item": _NAME, "variable": _NAME,
        "options": {"type": "string", "pattern": f"^{_TOLD}( {_TOLD})*$"},
        **_each("n_low n_high", _COUNT),
    },
    "public/means.csv": {
        "level": _LEVEL, **_CELL, "item": _NAME, "variable": _NAME, "responses": _COUNT,
        **_each(
            "mean mean_low mean_high interval_low interval_high top_two_low top_two_high"
            " dont_know_low dont_know_high", _FIGURE,
        ),
    },
    "public/criteria.csv": {
        "level": _LEVEL, **_each("rated_unit criterion groups", _NAME), "items": _COUNT,
        **_each("mean mean_low mean_high interval_low interval_high", _FIGURE),
    },
    "public/sdmx.csv": {
        "STRUCTURE": _one_of("dataflow"), "STRUCTURE_ID": _NAME, "ACTION": _one_of("I"),
        **_each("REF_AREA RESPONDENT_GROUP ITEM INDICATOR", _NAME),
        "TIME_PERIOD": {"type": "string", "pattern": "^[0-9]{4}$"}, "OBS_VALUE": _GIVEN,
        "UNIT_MEASURE": _one_of("PERSONS", "POINTS_0_100", "SHARE"), "CONF_STATUS": _one_of("F"),
    },
    "names/units.csv": {
        "code": _NAME, "kind": _one_of("ministry", "province", ""), "ranked": _one_of("0", "1", ""),
        **_each("name_vi name_en", _NAME),
    },
    "names/groups.csv": {
        "code": _NAME, "level": _one_of("ministry", "province", ""), "instrument": _TEXT,
        **_each("name_vi name_en", _NAME),
    },
    "names/criteria.csv": {
        "criterion": _NAME, "level": _LEVEL, "area": _NAME,
        **_each("area_vi area_en title_vi title_en", _NAME),
    },
}  # fmt: skip
"""The columns of every table in their order; `responses.csv` has one more for each item."""

LABELS = len(COLUMNS["scoring/responses.csv"])
"""Columns of `responses.csv` before the items; the last says 1 where a response is not counted."""

FLAGS, EXCLUDED = LABELS - 2, LABELS - 1

ITEM_COLUMN = "^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$"

OPTIONAL = ("scoring/sipas.csv", "scoring/texts.csv")
NEEDED = tuple(path for path in COLUMNS if path not in OPTIONAL)

DOCUMENTS = (
    "datapackage.json",
    *(f"scoring/{name}" for name in (
        "responses.parquet", "counts.parquet", "responses.sav", "responses.dta", "responses_en.sav",
        "responses_en.dta", "results.xlsx",
    )),
    *(f"public/{name}" for name in ("results.xlsx", "means.json", "means_en.json")),
    *(
        f"{part}/{name}.{kind}" for part in ("scoring", "public")
        for name in ("cleaning", "quality", "quality_en") for kind in ("html", "pdf")
    ),
    *(f"documentation/{name}" for name in ("codebook.html", "codebook.css", "codebook.pdf", "ddi.xml", "release.schema.json")),
    *(f"documentation/syntax/{name}.{kind}" for name in ("read", "read_en") for kind in ("R", "do", "sps")),
)  # fmt: skip
"""Every other file of a release, but the questionnaires that the manifest names."""


def _table(path: str, columns: Schema) -> Schema:
    row: Schema = {"type": "object", "required": list(columns), "properties": columns}
    if path == "scoring/responses.csv":
        row["patternProperties"] = {
            ITEM_COLUMN: {"type": "string", "pattern": "^([1-9]|1[0-9]|20|9[6-9])?$"}
        }
    return {"type": "array", "items": row | {"additionalProperties": False}}


def _object(**properties: Schema) -> Schema:
    return {"type": "object", "required": list(properties), "properties": properties}


_STRING: Schema = {"type": "string"}
_WHOLE: Schema = {"type": "integer", "minimum": 0}
_SHA256: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_MOMENT: Schema = {
    "type": "string",
    "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9:]+)$",
}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


_MANIFEST = _object(
    format={"enum": [FORMAT, FORMAT_OF_KINDS]},
    campaign=_object(
        code=_STRING, title_vi=_STRING, title_en=_STRING, year={"type": "integer"},
        official={"type": "boolean"}, custody=_STRING, closed_at=_MOMENT, opened_at=_MOMENT,
    ),
    release={"type": "integer", "minimum": 1},
    software=_object(name=_STRING, version=_STRING),
    pack_sha256=_SHA256,
    instruments=_list(
        _object(code=_STRING, version=_STRING, status=_STRING, items=_WHOLE, sha256=_SHA256)
    ),
    counts=_object(
        submitted=_WHOLE, responses=_WHOLE, excluded=_WHOLE, remarks=_WHOLE,
        by_group={"type": "object", "additionalProperties": _WHOLE},
    ),
    cleaning=_list(
        _object(id=_STRING, version=_STRING, kind=_KIND, effect=_EFFECT, touched=_WHOLE)
    ),
    cleaning_version=_object(number={"type": "integer", "minimum": -1}, sha256=_SHA256),
    receipts=_object(count=_WHOLE, sha256=_SHA256),
    opening=_object(digest=_SHA256, ballots=_WHOLE, without_rows=_WHOLE),
    disclosure=_object(
        row_minimum=_WHOLE, table_minimum=_WHOLE, rows_withheld=_WHOLE,
        published_before=_list(_WHOLE), left_out_of_public=_list(_object(unit=_STRING, group=_STRING)),
        pools=_list(_object(group=_STRING, rows=_WHOLE, units=_list(_STRING))),
    ),
    signing=_object(algorithm={"const": "Ed25519"}, public_key=_SHA256),
    files=_list(_object(path=_STRING, bytes=_WHOLE, sha256=_SHA256)),
)  # fmt: skip

SCHEMA: Schema = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": f"urn:{FORMAT.replace('/', ':')}",
    "title": "Release of the PAR INDEX survey",
    "description": (
        "The document is manifest.json. #/$defs/tables describes the CSV files, read as "
        "{path: [row, …]} with every cell as text; columns come in the order of the properties, in "
        "scoring/responses.csv followed by one column per item."
    ),
    **_MANIFEST,
    "$defs": {
        "tables": {
            "type": "object",
            "required": list(NEEDED),
            "properties": {path: _table(path, columns) for path, columns in COLUMNS.items()},
            "additionalProperties": False,
        }
    },
}
