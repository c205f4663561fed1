"""The result table of the citizens' survey (SIPAS): one row per province, checked and carried beside."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping

from surveyapp.exports.errors import SipasFault, SipasRefused

COLUMNS = (
    "gso_code", "n_valid", "sipas_overall_pct", "sipas_policy_pct", "sipas_service_pct", "source_document",
)  # fmt: skip
_PERCENTAGES = {"sipas_overall_pct": True, "sipas_policy_pct": False, "sipas_service_pct": False}
"""Percentage columns and whether each must be filled."""

_NUMBER = re.compile(r"\d{1,3}(\.\d{1,6})?")

SipasRow = tuple[str, ...]


def read_sipas(content: bytes, provinces: Iterable[str]) -> list[SipasRow]:
    """The rows of the table in the order of `provinces`, each as `COLUMNS`; UTF-8, BOM or not.

    Raises `SipasRefused` with every fault at once: codes `not_text`, `columns`, `unknown_province`,
    `repeated`, `absent`, `empty`, `not_a_count`, `not_a_percentage`.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise SipasRefused([SipasFault(1, "", "not_text", "")]) from exc
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        heading = tuple(name.strip() for name in reader.fieldnames or ())
        if heading != COLUMNS:
            raise SipasRefused([SipasFault(1, "", "columns", ",".join(heading))])
        reader.fieldnames = list(COLUMNS)
        lines = [(reader.line_num, _stripped(row)) for row in reader]
    except csv.Error as exc:
        raise SipasRefused([SipasFault(reader.line_num, "", "not_text", "")]) from exc
    expected = list(provinces)
    faults = list(_faults(lines, expected))
    if faults:
        raise SipasRefused(faults)
    by_code = {row["gso_code"]: row for _, row in lines}
    return [tuple(by_code[code][name] for name in COLUMNS) for code in expected]


def _stripped(row: Mapping[str | None, str | list[str] | None]) -> dict[str, str]:
    cells = {name: str(row.get(name) or "").strip() for name in COLUMNS}
    surplus = row.get(None)
    return cells | ({"surplus": str(surplus)} if surplus else {})


def _faults(lines: list[tuple[int, dict[str, str]]], provinces: list[str]) -> Iterator[SipasFault]:
    seen: set[str] = set()
    for line, row in lines:
        code = row["gso_code"]
        if code not in provinces:
            yield SipasFault(line, "gso_code", "unknown_province", code)
        elif code in seen:
            yield SipasFault(line, "gso_code", "repeated", code)
        seen.add(code)
        if "surplus" in row:
            yield SipasFault(line, "", "columns", row["surplus"])
        if not (row["n_valid"].isascii() and row["n_valid"].isdigit() and int(row["n_valid"])):
            yield SipasFault(line, "n_valid", "not_a_count", row["n_valid"])
        for name, needed in _PERCENTAGES.items():
            value = row[name]
            if (needed or value) and not (_NUMBER.fullmatch(value) and float(value) <= 100):
                yield SipasFault(line, name, "not_a_percentage", value)
        if not row["source_document"]:
            yield SipasFault(line, "source_document", "empty", "")
    last = lines[-1][0] if lines else 1
    for code in provinces:
        if code not in seen:
            yield SipasFault(last, "gso_code", "absent", code)
