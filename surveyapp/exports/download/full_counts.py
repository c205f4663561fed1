"""The full counts of a release, small ones too: for the centre's own eyes, each look on record."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass

from surveyapp.exports.cleaning.answer_arrays import item_scores
from surveyapp.exports.models import Release
from surveyapp.exports.release import kept_files
from surveyapp.instruments.model import InstrumentItem
from surveyapp.store import Store

COUNTS = "scoring/counts.csv"


@dataclass(frozen=True)
class FullCounts:
    """How the responses of a rated unit fall on one item: all of them, whatever their number."""

    unit: str
    options: dict[str, int]
    dont_know: int
    missing: int
    responses: int

    def mean(self, item: InstrumentItem) -> float | None:
        """Of the answers on the scale, 0 (worst) to 100."""
        answered = sum(self.options.values())
        scores = item_scores(item)
        return (
            sum(scores[code] * n for code, n in self.options.items()) / answered
            if answered and scores
            else None
        )


def read_full(
    registered: Release, *, store: Store, group: str, item_id: str
) -> Sequence[FullCounts]:
    """Of every rated unit of which counts left the box. Raises `ReleaseAway`, `ReleaseAltered`."""
    folder = kept_files.folder_of(registered, store=store)
    (path,) = kept_files.files_of(registered, folder, [COUNTS])
    options: dict[str, dict[str, int]] = {}
    rest: dict[str, tuple[int, int, int]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if (row["group"], row["item"]) == (group, item_id):
                unit = row["rated_unit"]
                options.setdefault(unit, {})[row["option"]] = int(row["n_option"])
                rest[unit] = (
                    int(row["n_dont_know"]),
                    int(row["n_missing"]),
                    int(row["n_responses"]),
                )
    return [FullCounts(unit, chosen, *rest[unit]) for unit, chosen in options.items()]
