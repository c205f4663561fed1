"""Reading the published part of a release: what the results pages may show, and nothing beyond it.

Only `public/` is opened, and only if its files are those of the manifest that the register knows.
"""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from surveyapp.exports.cleaning.answer_arrays import item_scores
from surveyapp.exports.disclosure.public_tables import ALL, MISSING
from surveyapp.exports.errors import ReleaseAltered, ReleaseAway
from surveyapp.exports.formats import csv_files
from surveyapp.exports.models import Release
from surveyapp.exports.release import building
from surveyapp.exports.release.building import RELEASES
from surveyapp.exports.release.manifest import MANIFEST
from surveyapp.instruments.model import DONT_KNOW, InstrumentItem
from surveyapp.store import BucketAway, Store

PARTICIPATION, ANSWERS = "public/participation.csv", "public/answers.csv"
Cell = tuple[str, str]
OptionCounts = dict[str, int | None]


@dataclass(frozen=True)
class PublishedTables:
    """The public tables of one release. `participation` is responses by rated unit × group, `ALL`
    for totals; None where the table hides the cell. A cell that is absent was never planned."""

    release: Release
    folder: Path
    table_minimum: int
    participation: Mapping[Cell, int | None]

    def distributions(
        self, items: Mapping[str, InstrumentItem], *, unit: str = ""
    ) -> dict[tuple[str, str, str], "Distribution"]:
        """By (rated unit, group, item): every row of the table of answers on `items` (by id), of one
        unit where it is named."""
        by_question: dict[tuple[str, str, str], OptionCounts] = {}
        names = ("item", "rated_unit", "group", "option", "n")
        for item, of, group, option, n in _rows(self.folder / ANSWERS, names):
            if item in items and unit in ("", of):
                by_question.setdefault((of, group, item), {})[option] = _count(n)
        return {
            (of, group, item): Distribution(
                items[item], self.participation.get((of, group)), counts
            )
            for (of, group, item), counts in by_question.items()
        }

    def units_of(self, group: str) -> list[str]:
        """Codes of the rated units that the table names for a group, in its order, without the total."""
        return [unit for unit, of in self.participation if of == group and unit != ALL]


@dataclass(frozen=True)
class Distribution:
    """How the responses of a rated unit × group fall on one item, as far as the public table tells.

    `responses` is the denominator of every share: all responses of the cell, None where hidden.
    """

    item: InstrumentItem
    responses: int | None
    counts: Mapping[str, int | None]

    def n(self, code: str) -> int | None:
        """How many chose a code; `DONT_KNOW` and `MISSING` too. None where the table hides it."""
        return None if self.responses is None else self.counts.get(code)

    def share(self, code: str) -> float | None:
        """The same out of all responses, 0..1."""
        n = self.n(code)
        return None if n is None or not self.responses else n / self.responses

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """Options in the order asked, then don't know (where it was offered), then missing."""
        dont_know = (DONT_KNOW,) if self.item.dont_know else ()
        return (*(option.code for option in self.item.options), *dont_know, MISSING)

    @property
    def hidden(self) -> int | None:
        """How many responses lie in hidden cells: the rest that the table leaves; None if all is hidden."""
        if self.responses is None:
            return None
        return self.responses - sum(self.n(code) or 0 for code in self.codes)

    @property
    def answered(self) -> int | None:
        """Answers on the scale; None where one of them is hidden."""
        counts = [self.n(option.code) for option in self.item.options]
        return None if None in counts else sum(n or 0 for n in counts)

    @property
    def mean(self) -> float | None:
        """Mean of the answers on the scale, 0 (worst) to 100 (best), evenly between.

        None where an option is hidden or nobody answered.
        """
        if not self.answered:
            return None
        scores = item_scores(self.item)
        return sum(scores[code] * (self.n(code) or 0) for code in scores) / self.answered


def newest(db: Session, campaign_id: int, *, store: Store) -> PublishedTables | None:
    """The public tables of the newest release; None before there is one.

    A release that is not in the store, built by hand, is looked for where it was built. Raises `ReleaseAway`, `ReleaseAltered`.
    """
    registered = building.releases(db, campaign_id)
    return read(registered[0], store=store) if registered else None


def read(registered: Release, *, store: Store) -> PublishedTables:
    """The public tables of a registered release. Raises `ReleaseAway`, `ReleaseAltered`."""
    folder = folder_of(registered, store=store)
    manifest = read_manifest(registered, folder)
    sums = {one["path"]: one["sha256"] for one in manifest["files"]}
    for path in (PARTICIPATION, ANSWERS):
        if not (folder / path).is_file() or csv_files.sha256(folder / path) != sums.get(path):
            raise ReleaseAltered(registered.number)
    participation = {
        (unit, group): _count(responses)
        for unit, group, responses in _rows(
            folder / PARTICIPATION, ("rated_unit", "group", "responses")
        )
    }
    minimum = int(manifest["disclosure"]["table_minimum"])
    return PublishedTables(registered, folder, minimum, participation)


def folder_of(registered: Release, *, store: Store) -> Path:
    """Where the files of a release are on this machine, brought here if need be. Raises `ReleaseAway`."""
    built = Path(registered.folder)
    try:
        brought = store.bring(f"{RELEASES}/{built.name}")
    except BucketAway as exc:
        raise ReleaseAway(registered.number, built) from exc
    for folder in (brought, built):
        if (folder / MANIFEST).is_file():
            return folder
    raise ReleaseAway(registered.number, built)


def read_manifest(registered: Release, folder: Path) -> dict[str, Any]:
    """The manifest, if it is the one the register knows. Raises `ReleaseAltered`."""
    if csv_files.sha256(folder / MANIFEST) != registered.manifest_sha256:
        raise ReleaseAltered(registered.number)
    content: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    return content


def _rows(path: Path, names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The columns `names` of a table, row by row; the answers of a full round are some 77,000 rows."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        heading = next(reader)
        yield from map(itemgetter(*map(heading.index, names)), reader)


def _count(text: str) -> int | None:
    return int(text) if text else None
