"""`benchmarks/RESULTS.md`: what the run saw, as ratios to the ceiling of the same run."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from benchmarks.flows import serving
from benchmarks.flows.figures import MEASURES, OURS, PLAIN, Figure, ratios
from benchmarks.flows.measure import Plan

PATH = serving.ROOT / "benchmarks" / "RESULTS.md"
QUIET = 0.1
"""Processors that others may keep busy before a run is called shared."""
WORDS = {
    "pages": "pages without script, 23 requests",
    "script": "one document with the script, 15 requests",
    "opens": "links opened",
    "saves": "saves of the script",
    "desk": "pages, while a desk hands in lists of 1,000",
    "overview": "pages, while a viewer reloads the overview",
}
CEILING = {
    "bare route": "a bare route",
    "bare page": "a bare rendered page",
    "bare insert": "a bare committed insert",
    "pages": "the pages' steps in plain Flask",
    "script": "the script's steps in plain Flask",
}


def write(plan: Plan, made: Sequence[Figure], *, load: float) -> None:
    """Write the page anew."""
    PATH.write_text(page(plan, made, machine=serving.machine(), load=load, now=datetime.now(UTC)))


def page(
    plan: Plan,
    made: Sequence[Figure],
    *,
    machine: Mapping[str, str],
    load: float,
    now: datetime,
) -> str:
    """The whole page."""
    others = max(figure.others_share for figure in made)
    quiet = "quiet but for the benchmark" if others <= QUIET else (
        f"**shared**: others kept up to {others:.1f} processors busy meanwhile: read × processor, and rates only against each other"
    )  # fmt: skip
    lines = [
        "# Whole flows under load",
        "",
        f"Written by `make bench-flows` on {now:%-d %B %Y}, {now:%H:%M} UTC. Commit {machine['commit']}, "
        f"Python {machine['python']}, {machine['cores']} cores of {machine['processor']}, load {load:.1f} before; {quiet}. "
        f"Medians of {plan.rounds} rounds of {plan.seconds:g} s each, every other round backwards; closed loop, "
        "client and servers on the same cores.",
        "",
        "A questionnaire of 40 items in 8 sections, an invitation of one's own and a new connection per flow, every step "
        "checked: status, the page asked for, what it shows as saved. After each run acknowledged = submitted = ballots "
        "in the database; at the end every ballot and draft is opened and is what was answered. **Of the ceiling** is "
        "the rate divided by that of the same steps in plain Flask with sqlite3 or psycopg behind the same gunicorn, in "
        "the same rounds (opens: a bare rendered page; saves: a bare committed insert); **× processor** is the time of "
        "processor each takes, divided likewise, the database's processes included. The client's share is of one processor.",
    ]
    for engine in dict.fromkeys(figure.engine for figure in made):
        for clients in dict.fromkeys(f.clients for f in made if f.engine == engine):
            here = [f for f in made if (f.engine, f.clients) == (engine, clients)]
            lines += ["", *_section(engine, clients, here)]
    return "\n".join(lines) + "\n"


def _section(engine: str, clients: int, here: Sequence[Figure]) -> list[str]:
    name = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}.get(engine, engine)
    memory = max((f.megabytes for f in here if f.server == OURS), default=0)
    return [
        f"## {name}, {clients} clients",
        "",
        "| ours | a second | of the ceiling | ms of processor each | × processor | page p50 / p95 / p99 ms | post | save | client |",
        "|---|---|---|---|---|---|---|---|---|",
        *_ours(here),
        "",
        *_beside(here),
        f"Memory of the serving processes: {memory:.0f} MB, what they share counted once.",
        "",
        "| ceiling | a second | ms of processor each | page p50 / p95 / p99 ms | post | save | client |",
        "|---|---|---|---|---|---|---|",
        *_ceiling(here),
    ]


def _ours(here: Sequence[Figure]) -> list[str]:
    by = {ratio.measure: ratio for ratio in ratios(here)}
    rows = []
    for figure in here:
        if figure.server == OURS:
            ratio = by[figure.measure]
            cells = [
                WORDS[figure.measure],
                _rate(figure),
                f"**{ratio.rate:.2f}**",
                _processor(figure),
                f"{ratio.processor:.1f}",
                *_times(figure),
            ]
            rows.append("| " + " | ".join(cells) + " |")
    return rows


def _ceiling(here: Sequence[Figure]) -> list[str]:
    rows = []
    for figure in here:
        if figure.server == PLAIN:
            cells = [CEILING[figure.measure], _rate(figure), _processor(figure), *_times(figure)]
            rows.append("| " + " | ".join(cells) + " |")
    return rows


def _beside(here: Sequence[Figure]) -> list[str]:
    """What went on beside answering, and what answering lost by it."""
    alone = next((f.rate for f in here if (f.server, f.measure) == (OURS, "pages")), None)
    lines = []
    for figure in here:
        times, half, most = figure.beside
        if MEASURES.get(figure.measure, ("", "", ""))[1] and figure.server == OURS and times:
            kept = f"; answering kept {figure.rate / alone:.0%} of its rate alone" if alone else ""
            what = "list handed in" if figure.measure == "desk" else "overview"
            lines += [f"Each {what}: {half:,.0f} ms, p95 {most:,.0f} ms ({times}){kept}.", ""]
    return lines


def _rate(figure: Figure) -> str:
    low, high = figure.spread
    digits = 0 if figure.rate >= 100 else 1
    rate = f"{figure.rate:,.{digits}f} ({low:,.{digits}f}–{high:,.{digits}f})"
    return rate + (f", **{figure.errors} errors**" if figure.errors else "")


def _processor(figure: Figure) -> str:
    own = f"{figure.processor:.1f}"
    return f"{own} + {figure.database:.1f}" if figure.database >= 0.05 else own


def _times(figure: Figure) -> list[str]:
    cells = []
    for name in ("page", "post", "save"):
        times = figure.timed.get(name)
        cells.append(" / ".join(f"{each:,.0f}" for each in times) if times else "")
    return [*cells, f"{figure.client_share:.0%}"]
