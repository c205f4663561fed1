"""What a run comes to: medians over its rounds, and ours as a share of the ceiling."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

MEASURES: dict[str, tuple[str, str, str]] = {
    "pages": ("pages", "", "pages"),
    "script": ("script", "", "script"),
    "opens": ("opens", "", "bare page"),
    "saves": ("saves", "", "bare insert"),
    "desk": ("pages", "desk", "pages"),
    "overview": ("pages", "overview", "pages"),
}
"""By name: the flow, what goes on beside it, and what of the ceiling it is compared with."""
BARE = ("bare route", "bare page", "bare insert")
OURS, PLAIN = "ours", "plain"


@dataclass
class Seen:
    """One measurement: what its client saw and what the servers spent."""

    engine: str
    clients: int
    server: str
    measure: str
    rate: float
    """Flows a second; for opens, saves and the bare ones: requests a second."""
    processor: float
    """Milliseconds of the serving processes a flow, or a request."""
    database: float
    """Milliseconds of the database server's processes beside that."""
    client_share: float
    others_share: float
    """Processors that neither client nor servers kept busy, but somebody did."""
    megabytes: float
    timed: dict[str, list[float]] = field(default_factory=dict)
    beside: list[float] = field(default_factory=list)
    errors: dict[str, int] = field(default_factory=dict)
    done: int = 0


@dataclass(frozen=True)
class Figure:
    """The median over the rounds of one measure."""

    engine: str
    clients: int
    server: str
    measure: str
    rate: float
    spread: tuple[float, float]
    processor: float
    database: float
    client_share: float
    others_share: float
    megabytes: float
    timed: Mapping[str, tuple[float, float, float]]
    beside: tuple[int, float, float]
    """How often, the median and the 95th percentile in milliseconds."""
    errors: int


def figures(seen: Sequence[Seen]) -> list[Figure]:
    """One figure for every engine, number of clients, server and measure."""
    by: dict[tuple[str, int, str, str], list[Seen]] = {}
    for one in seen:
        by.setdefault((one.engine, one.clients, one.server, one.measure), []).append(one)
    return [_figure(*key, rows) for key, rows in by.items()]


def _figure(engine: str, clients: int, server: str, measure: str, rows: list[Seen]) -> Figure:
    def middle(name: str) -> float:
        return statistics.median(getattr(row, name) for row in rows)

    names = dict.fromkeys(name for row in rows for name in row.timed)
    timed = {name: quantiles([ms for row in rows for ms in row.timed.get(name, ())]) for name in names}  # fmt: skip
    beside = [ms for row in rows for ms in row.beside]
    half, most, _ = quantiles(beside) if beside else (0.0, 0.0, 0.0)
    rates = [row.rate for row in rows]
    return Figure(
        engine,
        clients,
        server,
        measure,
        rate=middle("rate"),
        spread=(min(rates), max(rates)),
        processor=middle("processor"),
        database=middle("database"),
        client_share=middle("client_share"),
        others_share=middle("others_share"),
        megabytes=max(row.megabytes for row in rows),
        timed=timed,
        beside=(len(beside), half, most),
        errors=sum(sum(row.errors.values()) for row in rows),
    )


def quantiles(values: Sequence[float]) -> tuple[float, float, float]:
    """Median, 95th and 99th percentile: the smallest value that so many do not exceed."""
    ordered = sorted(values)
    return tuple(ordered[max(-(-len(ordered) * share // 100) - 1, 0)] for share in (50, 95, 99))  # type: ignore[return-value]


@dataclass(frozen=True)
class Ratio:
    """One of ours against what of the ceiling it is compared with, in the same run."""

    engine: str
    clients: int
    measure: str
    against: str
    rate: float
    """Of the ceiling's rate: 1 is as fast as the machine."""
    processor: float
    """Of the ceiling's processor time, the database's included."""


def ratios(made: Sequence[Figure]) -> list[Ratio]:
    """Every measure of ours over its ceiling."""
    by = {(f.engine, f.clients, f.server, f.measure): f for f in made}
    shares_of_ceiling = []
    for (engine, clients, server, measure), ours in by.items():
        if server != OURS:
            continue
        against = MEASURES[measure][2]
        ceiling = by[engine, clients, PLAIN, against]
        spent = (ours.processor + ours.database) / max(ceiling.processor + ceiling.database, 1e-9)
        shares_of_ceiling.append(
            Ratio(engine, clients, measure, against, ours.rate / ceiling.rate, spent)
        )
    return shares_of_ceiling
