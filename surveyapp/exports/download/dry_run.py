"""A dry run for the scoring stage: what its program expects, held against the contract, before there is a release."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from surveyapp.campaigns.models import Campaign
from surveyapp.exports.release import signature
from surveyapp.exports.release.results import read_frame
from surveyapp.exports.release.scoring import response_heading
from surveyapp.exports.verify import FORMAT, FORMAT_OF_KINDS, SCHEMA
from surveyapp.keys import KeyRing

RESPONSES = "scoring/responses.csv"
MOST_COLUMNS = 2000
"""Asked about in one dry run: more than a release has."""


@dataclass(frozen=True)
class Mismatch:
    """What a program expects and no release of the campaign would give: `format`, `key`, `table` or `column`."""

    of: str
    expected: str


@dataclass(frozen=True)
class ContractTrial:
    """The contract that the campaign's next release keeps, and where a program expects another."""

    format: str
    key: str
    mismatches: tuple[Mismatch, ...]


def dry_run(
    db: Session,
    campaign: Campaign,
    *,
    keys: KeyRing,
    format: str | None,
    key: str | None,
    columns: Sequence[str],
) -> ContractTrial:
    """Hold `format`, `key` (None: not told) and `columns` ("scoring/means.csv:mean") against the next release."""
    frame = read_frame(db, campaign)
    of_release = FORMAT_OF_KINDS if frame.tells_missing else FORMAT
    own = signature.public_key(keys)
    wrong = []
    if format is not None and format != of_release:
        wrong.append(Mismatch("format", format))
    if key is not None and key.lower() != own:
        wrong.append(Mismatch("key", key))
    tables = {
        path: set(table["items"]["properties"])
        for path, table in SCHEMA["$defs"]["tables"]["properties"].items()
    }
    tables[RESPONSES] = set(response_heading(frame))
    wrong += _unknown(tables, columns[:MOST_COLUMNS])
    return ContractTrial(of_release, own, tuple(wrong))


def _unknown(tables: dict[str, set[str]], columns: Sequence[str]) -> Iterator[Mismatch]:
    """Every table and column once that no release has."""
    for told in dict.fromkeys(columns):
        path, _sign, name = told.partition(":")
        if path not in tables:
            yield Mismatch("table", path)
        elif name and name not in tables[path]:
            yield Mismatch("column", told)
