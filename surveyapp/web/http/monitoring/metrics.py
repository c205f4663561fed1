"""How many requests, how long they took, how many failed: by room, never by person or address."""

import contextlib
import os
import time
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from flask import Flask, Response, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Metric,
)
from prometheus_client import generate_latest as _generate
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from prometheus_client.samples import Sample

from surveyapp import db
from surveyapp.operations.watch import gauges as gauge_figures
from surveyapp.web.serving import metric_files

CONTENT_TYPE = CONTENT_TYPE_LATEST
_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_registry = CollectorRegistry()
_requests = Counter(
    "survey_requests_total", "Requests answered", ["room", "status"], registry=_registry
)
_seconds = Histogram(
    "survey_request_seconds",
    "Time to answer",
    ["room"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=_registry,
)

_refusals = Counter(
    "survey_refusals_total", "Requests refused by a rule", ["reason"], registry=_registry
)
_pool = Gauge(
    "survey_pool_in_use",
    "Connections of the pool that are out",
    registry=_registry,
    multiprocess_mode="livesum",
)


def install(app: Flask) -> None:
    """Count every request under its room: respond, desk, centre, account, health."""
    app.before_request(_begin)
    app.after_request(_count)


def _begin() -> None:
    g.began = time.perf_counter()


def _count(response: Response) -> Response:
    # Not by page: the times of single submissions would help to find a ballot's writer.
    room = request.blueprint or "none"
    _pool.set(db.connections_in_use())
    _counter(room, response.status_code // 100).inc()
    if "began" in g:
        _histogram(room).observe(time.perf_counter() - g.began)
    return response


@cache
def _counter(room: str, hundreds: int) -> Counter:
    return _requests.labels(room, f"{hundreds}xx")


@cache
def _histogram(room: str) -> Histogram:
    return _seconds.labels(room)


REQUESTS_AT_ONCE, SECONDS_AT_ONCE = 500, 25.0
"""Steps in which figures of respondents' pages go on: in a quiet night, with somebody known to be answering,
one request more is one page saved, and their number tells how much was answered."""


class _InSteps:
    """A registry whose figures of respondents' pages go on in steps; failures are told at once."""

    def __init__(self, registry: Collector) -> None:
        self._registry = registry

    def collect(self) -> Iterator[Metric]:
        for metric in self._registry.collect():
            metric.samples = [_stepped(sample) for sample in metric.samples]
            yield metric


def _stepped(sample: Sample) -> Sample:
    labels = sample.labels
    if (
        labels.get("room") != "respond"
        or labels.get("status") == "5xx"
        or sample.name.endswith("_created")
    ):
        return sample
    step = SECONDS_AT_ONCE if sample.name.endswith("_sum") else REQUESTS_AT_ONCE
    return sample._replace(value=sample.value // step * step)


def refused(reason: str) -> None:
    """Somebody was refused something, by the name of the rule."""
    _refusals.labels(reason).inc()


def exposition(gauges: Iterable[gauge_figures.Gauge] = ()) -> bytes:
    """All counters in Prometheus's text format, summed over the workers where there are several."""
    now = CollectorRegistry()
    now.register(_Now(list(gauges)))
    return _counted() + bytes(_generate(now))


def _counted() -> bytes:
    if _FOLDER not in os.environ:
        return bytes(_generate(_InSteps(_registry)))
    for _attempt in range(3):
        with contextlib.suppress(
            *metric_files.UNREADABLE
        ):  # one went between the look and the count
            return bytes(_generate(_InSteps(_Sound(Path(os.environ[_FOLDER])))))
    return b""


class _Sound(Collector):
    """The figures of all processes, without the files that cannot be read at this moment."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def collect(self) -> Iterator[Metric]:
        files = metric_files.readable(self._folder)
        merged: Iterator[Metric] = iter(MultiProcessCollector.merge(files, accumulate=True))  # type: ignore[no-untyped-call]  # the library has no types here
        return merged


class _Now(Collector):
    """What the database and the disk say at this moment."""

    def __init__(self, gauges: list[gauge_figures.Gauge]) -> None:
        self._gauges = gauges

    def collect(self) -> Iterator[GaugeMetricFamily]:
        families: dict[str, GaugeMetricFamily] = {}
        for one in self._gauges:
            family = families.setdefault(
                one.name, GaugeMetricFamily(one.name, one.about, labels=list(one.labels))
            )
            family.add_metric(list(one.labels.values()), one.value)
        return iter(families.values())
