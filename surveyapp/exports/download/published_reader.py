"""Reading the published part of a release: what the results pages may show, and nothing beyond it.

Only `public/` is opened, and only if its files are those of the manifest that the register knows.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from pathlib import Path

from sqlalchemy.orm import Session

from surveyapp.exports.disclosure.public_tables import ALL, MISSING
from surveyapp.exports.errors import ReleaseAltered
from surveyapp.exports.formats import csv_files
from surveyapp.exports.models import Release
from surveyapp.exports.release import building, kept_files
from surveyapp.instruments.kinds.kind import NOT_ASKED
from surveyapp.instruments.kinds.registry import kind_of
from surveyapp.instruments.model import DONT_KNOW, InstrumentItem
from surveyapp.store import Store

PARTICIPATION, ANSWERS = "public/participation.csv", "public/answers.csv"
MEANS, CRITERIA = "public/means.csv", "public/criteria.csv"
Cell = tuple[str, str]
Question = tuple[str, str, str]
Run = tuple[str, ...]
Between = tuple[int, int]
Band = tuple[float, float]


@dataclass(frozen=True)
class PublishedMean:
    """A mean as it was told: its band, and where that of all who might have answered lies, at 95 %.

    `responses` of an item, none of a criterion; `made_of` are the groups and how many items a criterion's is of.
    """

    band: Band
    interval: Band | None
    responses: int | None = None
    made_of: tuple[str, str] = ("", "")

    @property
    def middle(self) -> float:
        """The middle of the band."""
        return sum(self.band) / 2

    @property
    def reach(self) -> Band:
        """The interval; the band where none was told."""
        return self.interval or self.band


@dataclass(frozen=True)
class PublishedTables:
    """The public tables of one release. `participation` is responses by rated unit × group, `ALL`
    for totals; None where the table tells nothing. A cell that is absent was never planned."""

    release: Release
    folder: Path
    table_minimum: int
    participation: Mapping[Cell, int | None]

    def distributions(
        self, items: Mapping[str, InstrumentItem], *, unit: str = ""
    ) -> dict[Question, "Distribution"]:
        """By (rated unit, group, item): what the tables tell of `items` (by id), of one unit where it is named."""
        counts: dict[Question, dict[Run, Between]] = {}
        names = ("item", "variable", "rated_unit", "group", "options", "n_low", "n_high")
        for item, variable, of, group, options, low, high in _rows(self.folder / ANSWERS, names):
            if item in items and unit in ("", of):
                told = counts.setdefault((of, group, item), {})
                told |= _told_of(
                    items[item], variable, tuple(options.split()), (int(low), int(high))
                )
        averaged = {
            key: Distribution(items[key[2]], responses, counts[key], mean, interval)
            for key, responses, mean, interval in self._means()
            if key in counts
        }
        return {
            key: averaged.get(key) or Distribution(items[key[2]], responses, told, None, None)
            for key, told in counts.items()
            if (responses := self.participation.get(key[:2]))
        }

    def _means(self) -> Iterator[tuple[Question, int, Band | None, Band | None]]:
        names = ("rated_unit", "group", "item", "responses")
        ends = ("mean_low", "mean_high", "interval_low", "interval_high")
        for of, group, item, responses, *told in _rows(self.folder / MEANS, names + ends):
            yield (of, group, item), int(responses), _band(*told[:2]), _band(*told[2:])

    def item_means(self) -> dict[tuple[str, ...], PublishedMean]:
        """By rated unit (`ALL` too), group and item, wherever a mean is told."""
        return {
            key: PublishedMean(mean, interval, responses)
            for key, responses, mean, interval in self._means()
            if mean is not None
        }

    def criterion_means(self) -> dict[tuple[str, ...], PublishedMean]:
        """By rated unit (`ALL` too) and criterion, in the order of the table."""
        with (self.folder / CRITERIA).open(encoding="utf-8", newline="") as file:
            return {
                (row["rated_unit"], row["criterion"]): PublishedMean(
                    (float(row["mean_low"]), float(row["mean_high"])),
                    _band(row.get("interval_low", ""), row.get("interval_high", "")),
                    made_of=(row["groups"], row["items"]),
                )
                for row in csv.DictReader(file)
            }

    def units_of(self, group: str) -> list[str]:
        """Codes of the rated units that the table names for a group, in its order, without the total."""
        return [unit for unit, of in self.participation if of == group and unit != ALL]


@dataclass(frozen=True)
class Distribution:
    """How the responses of a rated unit × group fall on one item, as far as the public tables tell.

    `responses` is the denominator of every share. `counts` is by run of options (told as one) the least and
    the most; `mean` (0 worst, 100 best) lies in its band, `interval` is where that of all who were asked does.
    """

    item: InstrumentItem
    responses: int
    counts: Mapping[Run, Between]
    mean: Band | None
    interval: Band | None

    def between(self, code: str) -> Between:
        """How many chose a code, the least and the most; `DONT_KNOW` and `MISSING` too."""
        for run, (low, high) in self.counts.items():
            if code in run:
                return (low if len(run) == 1 else 0), high
        return 0, 0

    def run_of(self, code: str) -> Run:
        """The options told as one with a code, itself among them."""
        return next((run for run in self.counts if code in run), (code,))

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """Options in the order asked, then don't know (where it was offered), then missing."""
        dont_know = (DONT_KNOW,) if self.item.dont_know else ()
        away = (NOT_ASKED,) if any(NOT_ASKED in run for run in self.counts) else ()
        return (*kind_of(self.item).option_codes(self.item), *dont_know, MISSING, *away)

    @cached_property
    def median(self) -> Run:
        """The options between which half of the answers lie below: one, or those told as one with it; none
        where nobody answered."""
        codes = kind_of(self.item).option_codes(self.item)
        told = [(run, high) for run, (_low, high) in self.counts.items() if set(run) <= set(codes)]
        half, below = sum(n for _run, n in told) / 2, 0
        for run, n in sorted(told, key=lambda one: codes.index(one[0][0])):
            below += n
            if below >= half > 0:
                return run
        return ()

    @property
    def middle(self) -> float | None:
        """The middle of the band of the mean."""
        return None if self.mean is None else (self.mean[0] + self.mean[1]) / 2


def _told_of(item: InstrumentItem, variable: str, run: Run, n: Between) -> dict[Run, Between]:
    """A row of the table of answers; of a question with several answers how many chose the option it is of."""
    if not kind_of(item).is_several:
        return {run: n}
    if "1" not in run:
        return {}
    option = variable.rpartition("_")[2]
    return {(option,): n if len(run) == 1 else (0, n[1])}


def newest(db: Session, campaign_id: int, *, store: Store) -> PublishedTables | None:
    """The public tables of the newest release; None before there is one.

    A release that is not in the store, built by hand, is looked for where it was built. Raises `ReleaseAway`, `ReleaseAltered`.
    """
    registered = building.releases(db, campaign_id)
    return read(registered[0], store=store) if registered else None


def read(registered: Release, *, store: Store) -> PublishedTables:
    """The public tables of a registered release. Raises `ReleaseAway`, `ReleaseAltered`."""
    folder = kept_files.folder_of(registered, store=store)
    manifest = kept_files.read_manifest(registered, folder)
    sums = {one["path"]: one["sha256"] for one in manifest["files"]}
    for path in (PARTICIPATION, ANSWERS, MEANS, CRITERIA):
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


def _rows(path: Path, names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The columns `names` of a table, row by row; the answers of a full round are some 77,000 rows."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        heading = next(reader)
        yield from map(itemgetter(*map(heading.index, names)), reader)


def _band(low: str, high: str) -> Band | None:
    return (float(low), float(high)) if low else None


def _count(text: str) -> int | None:
    return int(text) if text else None
