"""What the benchmarks say of their figures: ratios to the ceiling, and what moved beyond noise."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from benchmarks.flows.compare import moved, words
from benchmarks.flows.figures import MEASURES, OURS, PLAIN, Seen, figures, quantiles, ratios
from benchmarks.flows.measure import Plan
from benchmarks.flows.report import page


def run(rate: float, processor: float = 4.0) -> list[dict]:
    """The ratios of one run with one measure."""
    ratio = {"engine": "sqlite", "clients": 8, "measure": "saves", "against": "bare insert"}
    return [{**ratio, "rate": rate, "processor": processor}]


def verdicts(base: list[float], head: list[float]) -> list[str]:
    """What is said of the rate, pair by pair measured so."""
    compared = moved([(run(one), run(other)) for one, other in zip(base, head, strict=True)])
    return [line.rsplit(" ", 1)[1] for line in words(compared)[1:2]]


@pytest.mark.parametrize(
    ("base", "head", "verdict"),
    [
        ([0.30, 0.31, 0.29, 0.30, 0.30], [0.27, 0.28, 0.26, 0.27, 0.27], "WORSE"),
        ([0.30, 0.31, 0.29, 0.30, 0.30], [0.40, 0.41, 0.38, 0.40, 0.39], "better"),
        ([0.30, 0.35, 0.25, 0.30, 0.32], [0.33, 0.31, 0.28, 0.29, 0.33], "noise"),
        ([0.30, 0.30, 0.30, 0.30, 0.30], [0.297, 0.296, 0.298, 0.297, 0.297], "noise"),
    ],
    ids=["steadily slower", "steadily faster", "now this way now that", "too little to tell"],
)
def test_only_what_every_pair_says_and_beyond_the_scatter_counts_as_moved(base, head, verdict):
    assert verdicts(base, head) == [verdict]


def test_more_processor_time_is_worse_and_less_is_better():
    more, less = moved([(run(0.3, 4), run(0.3, 6))] * 5)[1], moved([(run(0.3, 6), run(0.3, 4))] * 5)[1]  # fmt: skip
    assert more.is_worse and more.is_beyond_noise
    assert not less.is_worse and less.is_beyond_noise


SEEN = Seen(
    engine="sqlite", clients=8, server=PLAIN, measure="pages", rate=60.0, processor=20.0, database=0.0,
    client_share=0.2, others_share=0.0, megabytes=200.0, timed={"page": [1.0, 2.0], "post": [4.0]},
)  # fmt: skip


def test_ours_is_told_as_a_share_of_the_ceiling_of_the_same_engine_and_clients():
    seen = [SEEN, replace(SEEN, engine="postgresql", rate=30.0), replace(SEEN, clients=32, rate=50.0)]  # fmt: skip
    ours = [replace(each, server=OURS, rate=15.0, processor=60.0) for each in seen]
    told_ratios = [
        (r.engine, r.clients, r.rate, r.processor) for r in ratios(figures([*seen, *ours]))
    ]
    assert told_ratios == [
        ("sqlite", 8, 0.25, 3.0),
        ("postgresql", 8, 0.5, 3.0),
        ("sqlite", 32, 0.3, 3.0),
    ]


def test_a_figure_is_the_median_of_its_rounds_with_their_spread():
    made = figures([replace(SEEN, rate=rate) for rate in (50.0, 70.0, 61.0)])
    assert [(figure.rate, figure.spread) for figure in made] == [(61.0, (50.0, 70.0))]


def test_a_quantile_is_the_smallest_value_that_so_many_do_not_exceed():
    assert quantiles([float(n) for n in range(1, 101)]) == (50, 95, 99)
    assert quantiles([7.0]) == (7, 7, 7)


@pytest.mark.parametrize(("others", "said"), [(0.02, "quiet but for"), (1.3, "**shared**")])
def test_the_page_says_on_what_machine_and_whether_others_worked_on_it(others, said):
    machine = {"cores": "2", "processor": "A processor", "python": "3.11.7", "commit": "abc1234"}
    made = figures([SEEN, replace(SEEN, server=OURS, rate=15.0, others_share=others)])
    text = page(Plan(), made, machine=machine, load=0.5, now=datetime(2026, 1, 2, tzinfo=UTC))
    assert "Commit abc1234, Python 3.11.7, 2 cores of A processor" in text
    assert said in text
    assert "| **0.25** |" in text


def test_everything_measured_has_its_ceiling_in_the_same_round():
    for name in MEASURES:
        jobs = Plan(only=(name,), lean=True).jobs
        assert jobs == [(PLAIN, MEASURES[name][2]), (OURS, name)]
