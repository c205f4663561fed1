"""One rated unit's published means beside the quartiles of its neighbours and its own of the round before.

Everything is made of `public/` of a release, and of `public/` of the earlier round's: it tells nothing that these
do not tell. Rounds stand side by side only where the fingerprints of what was asked allow it, and only for
a unit whose code and name are the same in both (codes were given to other units when provinces merged).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from statistics import quantiles

from sqlalchemy.orm import Session

from surveyapp.campaigns import queries as campaigns
from surveyapp.campaigns.models import Campaign
from surveyapp.exports.disclosure.public_tables import ALL
from surveyapp.exports.download import published_reader
from surveyapp.exports.download.published_reader import PublishedMean, PublishedTables
from surveyapp.exports.errors import ReleaseError
from surveyapp.exports.formats import name_tables
from surveyapp.exports.quality.papers import round_before
from surveyapp.exports.release.results import read_frame
from surveyapp.i18n import _, locale
from surveyapp.instruments.comparability import Comparison
from surveyapp.store import Store

FEWEST = 4
"""Neighbours that quartiles are made of at the least."""

Quartiles = tuple[float, float, float]


class Change(StrEnum):
    """What became of a mean since the round before, as far as both intervals tell it."""

    HIGHER = "higher"
    LOWER = "lower"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class PlacedMean:
    """A unit's mean, the quartiles of the same mean of `neighbours` other units, and its own a round earlier."""

    own: PublishedMean
    quartiles: Quartiles | None
    neighbours: int
    before: PublishedMean | None = None

    @property
    def change(self) -> Change | None:
        """Told only where the two intervals have nothing in common; None without an earlier round."""
        if self.before is None:
            return None
        (low, high), (low_then, high_then) = self.own.reach, self.before.reach
        if low > high_then:
            return Change.HIGHER
        return Change.LOWER if high < low_then else Change.UNDECIDED


@dataclass(frozen=True)
class EarlierRound:
    """The round before with its public tables: what may be held against it, and for which units."""

    code: str
    means: Mapping[tuple[str, ...], PublishedMean]
    items: frozenset[str]
    criteria: frozenset[str]
    units: frozenset[str]


@dataclass(frozen=True)
class UnitResults:
    """One unit: responses by group (None where hidden), means by criterion and by (group, item)."""

    unit: str
    responses: Mapping[str, int | None]
    criteria: Mapping[str, PlacedMean]
    items: Mapping[tuple[str, str], PlacedMean]
    earlier: str = ""
    """The code of the round before, if anything here stands beside it."""


@dataclass(frozen=True)
class CriterionTitle:
    """What a criterion is called, with its area and the level that it belongs to."""

    level: str
    vi: tuple[str, str]
    en: tuple[str, str]

    @property
    def area(self) -> str:
        """The area in the present language."""
        return (self.en if locale() == "en" else self.vi)[0]

    @property
    def words(self) -> str:
        """The criterion in the present language."""
        return (self.en if locale() == "en" else self.vi)[1]


@dataclass(frozen=True)
class StandingTables:
    """The means of a release, read once for all units, and what each criterion is called, in the order asked."""

    published: PublishedTables
    titles: Mapping[str, CriterionTitle]
    earlier: EarlierRound | None = None
    items: Mapping[tuple[str, ...], PublishedMean] = field(default_factory=dict)
    criteria: Mapping[tuple[str, ...], PublishedMean] = field(default_factory=dict)

    def of(self, unit: str, *, among: Collection[str]) -> UnitResults:
        """The results of `unit` beside those of the other units in `among`."""
        responses = {
            group: n
            for (of, group), n in self.published.participation.items()
            if of == unit and group != ALL
        }
        criteria = self._placed(self.criteria, unit, among)
        items = self._placed(self.items, unit, among)
        placed = [*criteria.values(), *items.values()]
        told = any(one.before for one in placed) and self.earlier
        return UnitResults(
            unit,
            responses,
            {key[0]: one for key, one in criteria.items()},
            {(key[0], key[1]): one for key, one in items.items()},
            told.code if told else "",
        )

    def spread(
        self, criteria: Iterable[str], *, among: Collection[str]
    ) -> dict[str, dict[str, PublishedMean]]:
        """By criterion the means of the units in `among`."""
        return {
            criterion: {
                unit: self.criteria[unit, criterion]
                for unit in among
                if (unit, criterion) in self.criteria
            }
            for criterion in criteria
        }

    def _placed(
        self, means: Mapping[tuple[str, ...], PublishedMean], unit: str, among: Collection[str]
    ) -> dict[tuple[str, ...], PlacedMean]:
        others: dict[tuple[str, ...], list[float]] = defaultdict(list)
        for (of, *rest), one in means.items():
            if of != unit and of in among:
                others[tuple(rest)].append(one.middle)
        return {
            key: PlacedMean(
                one, quartiles_of(others[key]), len(others[key]), self._before(unit, key, one)
            )
            for (of, *rest), one in means.items()
            for key in [tuple(rest)]
            if of == unit
        }

    def _before(self, unit: str, key: tuple[str, ...], now: PublishedMean) -> PublishedMean | None:
        """The same mean of the round before, where both are made of the same questions and groups."""
        earlier = self.earlier
        asked_alike = earlier and key[-1] in (earlier.items if len(key) == 2 else earlier.criteria)
        if earlier is None or not asked_alike or unit not in earlier.units:
            return None
        then = earlier.means.get((unit, *key))
        return then if then and then.made_of == now.made_of else None


def change_words(change: Change) -> str:
    """What became of a mean, in words."""
    return {
        Change.HIGHER: _("cao hơn"),
        Change.LOWER: _("thấp hơn"),
        Change.UNDECIDED: _("chưa phân biệt được"),
    }[change]


def quartiles_of(middles: Collection[float]) -> Quartiles | None:
    """Lower quartile, median and upper quartile (linear between ranks, ends included); None of too few."""
    if len(middles) < FEWEST:
        return None
    low, median, high = quantiles(middles, n=4, method="inclusive")
    return low, median, high


def read_standings(
    db: Session, campaign: Campaign, published: PublishedTables, *, store: Store
) -> StandingTables:
    """The means of a release, and of the round before where it has a release on this machine."""
    titles = {
        row["criterion"]: CriterionTitle(
            row["level"], (row["area_vi"], row["title_vi"]), (row["area_en"], row["title_en"])
        )
        for told in name_tables.criterion_rows(read_frame(db, campaign))
        for row in [dict(zip(name_tables.CRITERIA, told, strict=True))]
    }
    earlier = _earlier(db, campaign, store=store)
    return StandingTables(
        published, titles, earlier, published.item_means(), published.criterion_means()
    )


def _earlier(db: Session, campaign: Campaign, *, store: Store) -> EarlierRound | None:
    code, series = round_before(db, campaign)
    if not code:
        return None
    before = campaigns.campaign(db, code)
    try:
        tables = published_reader.newest(db, before.id, store=store)
    except ReleaseError:
        return None
    if tables is None:
        return None
    items = frozenset(one.item for one in series if one.verdict != "no")
    then, now = ({(u.code, u.name_vi) for u in campaigns.units(db, one.id)} for one in (before, campaign))  # fmt: skip
    return EarlierRound(
        code,
        tables.item_means() | tables.criterion_means(),
        items,
        _criteria_alike(db, campaign, before, series, items),
        frozenset(unit for unit, _name in then & now),
    )


def _criteria_alike(
    db: Session,
    campaign: Campaign,
    before: Campaign,
    series: Iterable[Comparison],
    items: Collection[str],
) -> frozenset[str]:
    """Criteria that have the same items in both rounds, each of them asked alike."""
    moved = {one.item for one in series if "criterion" in one.reasons}
    now, then = (_items_by_criterion(db, one) for one in (campaign, before))
    return frozenset(
        criterion
        for criterion, asked in now.items()
        if asked == then.get(criterion) and asked <= set(items) - moved
    )


def _items_by_criterion(db: Session, campaign: Campaign) -> dict[str, set[str]]:
    by_criterion: dict[str, set[str]] = defaultdict(set)
    for instrument in campaigns.instruments(db, campaign.id).values():
        for item in instrument.items:
            by_criterion[item.criterion].add(item.id)
    return by_criterion
