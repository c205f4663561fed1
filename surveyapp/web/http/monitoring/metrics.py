"""How many requests, how long they took, how many failed: by room, never by person or address."""

import os
import time
from collections.abc import Iterator

from flask import Flask, Response, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, Metric
from prometheus_client import generate_latest as _generate
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.samples import Sample

CONTENT_TYPE = CONTENT_TYPE_LATEST
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


def install(app: Flask) -> None:
    """Count every request under its room: respond, desk, centre, account, health."""
    app.before_request(_begin)
    app.after_request(_count)


def _begin() -> None:
    g.began = time.perf_counter()


def _count(response: Response) -> Response:
    # Not by page: the times of single submissions would help to find a ballot's writer.
    room = request.blueprint or "none"
    _requests.labels(room, f"{response.status_code // 100}xx").inc()
    if "began" in g:
        _seconds.labels(room).observe(time.perf_counter() - g.began)
    return response


REQUESTS_AT_ONCE, SECONDS_AT_ONCE = 500, 25.0
"""Steps in which figures of respondents' pages go on: in a quiet night, with somebody known to be answering,
one request more is one page saved, and their number tells how much was answered."""


class _InSteps:
    """A registry whose figures of respondents' pages go on in steps; failures are told at once."""

    def __init__(self, registry: CollectorRegistry) -> None:
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


def exposition() -> bytes:
    """All counters in Prometheus's text format, summed over the workers where there are several."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return bytes(_generate(_InSteps(_registry)))
    summed = CollectorRegistry()
    MultiProcessCollector(summed)  # type: ignore[no-untyped-call]
    return bytes(_generate(_InSteps(summed)))
