"""A client that answers from memory: every series is 1 at every instant, until it is told otherwise or to fail."""

import asyncio
from collections.abc import Callable

import msgspec

from console.sources.prometheus.answers import (
    InstantAnswer,
    InstantSample,
    NamesAnswer,
    Point,
    RangeAnswer,
    RangeSeries,
    keys_of,
)
from console.transport.http import SourceError

FailFor = Callable[[str, float], SourceError | None]
"""From an expression (or the name of an endpoint) and a step (0 for an instant) to the error that it meets."""

SERIES = (
    "http_requests_total",
    "http_request_duration_seconds_count",
    "http_request_duration_seconds_bucket",
    "http_request_duration_seconds_sum",
)
LABELS = ("__name__", "code", "instance", "job", "le", "model")


class CannedClient:
    """The side of a `PrometheusClient` that a store uses; `asked` are (expression, points) in order."""

    def __init__(self) -> None:
        self.metrics = [b'{"model":"a"}']
        self.asked: list[tuple[str, int]] = []
        self.fails: FailFor = lambda expression, step: None
        self.rows: Callable[[str], list[bytes]] = lambda expression: self.metrics
        self.warnings: tuple[str, ...] = ()
        self.generation = 0
        self.generation_of_answers: int | None = None
        self.replica = "http://canned"
        self.value: Callable[[bytes, float], float | None] = lambda metric, at: 1.0
        self.since, self.points = 0.0, 0
        """Where the range begins whose failure `fails` is asked for, and how many instants it has."""
        self.running = 0
        self.bounds: tuple[str, ...] = ("0.1", "10", "+Inf")
        self.names: dict[str, tuple[str, ...]] = dict.fromkeys(SERIES, LABELS)
        self.instant: Callable[[str, float], list[InstantSample]] = lambda expression, at: []

    @property
    def _answering(self) -> int:
        return self.generation if self.generation_of_answers is None else self.generation_of_answers

    async def query_range(
        self, expression: str, start: float, end: float, step: float, **_: float | None
    ) -> RangeAnswer:
        count = round((end - start) / step) + 1
        await self._meet(expression, step, count, start)
        instants = [start + step * index for index in range(count)]
        metrics = [] if "up == 0" in expression else self.rows(expression)
        told = {metric: [(at, self.value(metric, at)) for at in instants] for metric in metrics}
        points = {
            metric: [Point(at, value) for at, value in of_row if value is not None] for metric, of_row in told.items()
        }
        rows = [RangeSeries(msgspec.Raw(metric), of_row) for metric, of_row in points.items() if of_row]
        return RangeAnswer(rows, keys_of(rows), self.warnings, generation=self._answering)

    async def query(self, expression: str, at: float, **_: float | None) -> InstantAnswer:
        await self._meet(expression, 0.0, 1)
        samples = self.instant(expression, at)
        return InstantAnswer(samples, keys_of(samples), self.warnings)

    async def metric_names(self, matcher: str, start: float, end: float, **_: float | None) -> NamesAnswer:
        await self._meet("metric_names", 0.0, 1)
        return NamesAnswer(tuple(self.names))

    async def label_values(
        self, label: str, matchers: list[str], start: float, end: float, **_: float | None
    ) -> NamesAnswer:
        await self._meet("label_values", 0.0, 1)
        return NamesAnswer(self.bounds)

    async def label_names(self, matchers: list[str], start: float, end: float, **_: float | None) -> NamesAnswer:
        await self._meet("label_names", 0.0, 1)
        return NamesAnswer(next(labels for name, labels in self.names.items() if matchers[0].startswith(name + "{")))

    async def _meet(self, expression: str, step: float, count: int, since: float = 0.0) -> None:
        self.asked.append((expression, count))
        self.running += 1
        try:
            await asyncio.sleep(0)
            self.since, self.points = since, count
            error = self.fails(expression, step)
            if error is not None:
                raise error
        finally:
            self.running -= 1
