"""A client for the query side of the Prometheus HTTP API.

https://prometheus.io/docs/prometheus/latest/querying/api/
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Self, TypeVar

import msgspec

from console.domain.moments import promql_duration
from console.sources.prometheus.answers import (
    MOST_REMEMBERED,
    InstantAnswer,
    Keys,
    NamesAnswer,
    RangeAnswer,
    decode_instant,
    decode_labels,
    decode_names,
    decode_range,
)
from console.sources.prometheus.errors import doubt, explain
from console.transport.http import UNREADABLE, Endpoint, HttpDoor, Probe, Replicas, Reply, RetryPolicy, not_an_answer

MOST_EXPRESSIONS = 256
"""Expressions whose last label sets are remembered."""
GRACE_SECONDS = 1.0
"""How much longer than the server's own timeout a client waits: a live server says itself that it gave up."""

WORTH_TELLING_SECONDS = 30.0
"""From which difference on two clocks are told to differ: less is lost in the steps of the grid."""

PROBE = Probe("/api/v1/query", {"query": "1"})

T = TypeVar("T")
Answer = TypeVar("Answer", bound=RangeAnswer | InstantAnswer)


class BuildInformation(msgspec.Struct, frozen=True):
    """What a server says of itself; all None on servers that are only compatible with Prometheus."""

    version: str | None = None
    revision: str | None = None


class _BuildEnvelope(msgspec.Struct):
    data: BuildInformation = BuildInformation()


_BUILD = msgspec.json.Decoder(_BuildEnvelope)


class PrometheusClient:
    """Asks one Prometheus, or replicas of one in the order of preference; every method raises `SourceError`.

    At most `at_once` queries run at a time. `timeout_seconds` is sent with every query; the answer is waited for one
    second longer from the query's turn on, and as long again where other replicas are asked. `until` is when the answer
    must be there, waiting for a turn included, on the clock of the event loop. Close with `aclose` or use as an
    asynchronous context manager. `clock` is in seconds, of any origin.
    """

    def __init__(
        self,
        endpoints: Sequence[Endpoint],
        *,
        at_once: int = 5,
        timeout_seconds: float = 10.0,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        random: Callable[[], float] = random.random,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if not endpoints:
            raise ValueError("a Prometheus needs at least one endpoint")
        retries = RetryPolicy(has_replicas=len(endpoints) > 1)
        doors = [
            HttpDoor(
                endpoint,
                at_once=at_once,
                retries=retries,
                explain=explain,
                doubt=doubt,
                probe=PROBE,
                sleep=sleep,
                random=random,
                clock=clock,
            )
            for endpoint in endpoints
        ]
        self._replicas = Replicas(doors, at_once, clock)
        self._timeout_seconds = timeout_seconds
        self._well_formed: set[bytes] = set()
        self._last_keys: dict[str, Keys] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections."""
        await self._replicas.aclose()

    @property
    def stand_in(self) -> str | None:
        """Return the name of the replica that answers where it is not the preferred one, else None."""
        return self._replicas.stand_in

    @property
    def replica(self) -> str:
        """Return the URL of the replica that answers."""
        return self._replicas.url

    @property
    def clock_skew(self) -> float:
        """Return how far the server's clock is ahead of this machine's (seconds); 0 where that is not worth telling.

        Scrapes are dated by that clock: whoever asks for now must ask for its now.
        """
        skew = self._replicas.clock_skew
        return skew if abs(skew) >= WORTH_TELLING_SECONDS else 0.0

    @property
    def generation(self) -> int:
        """Return how often the client switched to another replica; answers of two generations must not be joined."""
        return self._replicas.generation

    async def query(
        self, expression: str, at: float, *, timeout_seconds: float | None = None, until: float | None = None
    ) -> InstantAnswer:
        """Return the value of an expression at an instant (UTC seconds)."""
        form = {"query": expression, "time": _instant(at)}
        reply, generation = await self._post("/api/v1/query", form, timeout_seconds, until)
        return self._decoded(
            lambda: self._with_labels(
                expression,
                decode_instant(
                    reply.body, known=self._last_keys.get(expression), seconds=reply.seconds, generation=generation
                ),
            ),
            reply,
        )

    async def query_range(
        self,
        expression: str,
        start: float,
        end: float,
        step: float,
        *,
        timeout_seconds: float | None = None,
        until: float | None = None,
    ) -> RangeAnswer:
        """Return the values of an expression at `start`, `start + step`, … not after `end` (UTC seconds)."""
        form = {"query": expression, "start": _instant(start), "end": _instant(end), "step": _instant(step)}
        reply, generation = await self._post("/api/v1/query_range", form, timeout_seconds, until)
        return self._decoded(
            lambda: self._with_labels(
                expression,
                decode_range(
                    reply.body, known=self._last_keys.get(expression), seconds=reply.seconds, generation=generation
                ),
            ),
            reply,
        )

    async def label_names(
        self, matchers: Sequence[str], start: float, end: float, *, until: float | None = None
    ) -> NamesAnswer:
        """Return the label names of the series that any of the matchers selects within a time range (UTC seconds)."""
        form = {"match[]": tuple(matchers), "start": _instant(start), "end": _instant(end)}
        reply, _ = await self._post("/api/v1/labels", form, None, until)
        return self._decoded(lambda: decode_names(reply.body, seconds=reply.seconds), reply)

    async def metric_names(self, matcher: str, start: float, end: float, *, until: float | None = None) -> NamesAnswer:
        """Return the metric names of the series that a matcher selects within a time range (UTC seconds)."""
        parameters = {"match[]": matcher, "start": _instant(start), "end": _instant(end)}
        reply = await self._get("/api/v1/label/__name__/values", parameters, until)
        return self._decoded(lambda: decode_names(reply.body, seconds=reply.seconds), reply)

    async def label_values(
        self, label: str, matchers: Sequence[str], start: float, end: float, *, until: float | None = None
    ) -> NamesAnswer:
        """Return the values of a label of the series that any matcher selects within a time range (UTC seconds)."""
        parameters: dict[str, str | Sequence[str]] = {"match[]": tuple(matchers)}
        parameters |= {"start": _instant(start), "end": _instant(end)}
        reply = await self._get(f"/api/v1/label/{label}/values", parameters, until)
        return self._decoded(lambda: decode_names(reply.body, seconds=reply.seconds), reply)

    async def build_info(self) -> BuildInformation:
        """Return what the server says of itself."""
        reply = await self._get("/api/v1/status/buildinfo", {}, None)
        return self._decoded(lambda: _BUILD.decode(reply.body).data, reply)

    async def _post(
        self,
        path: str,
        form: dict[str, str | Sequence[str]] | dict[str, str],
        timeout_seconds: float | None,
        until: float | None,
    ) -> tuple[Reply, int]:
        timeout = self._timeout_seconds if timeout_seconds is None else timeout_seconds
        fields: dict[str, str | Sequence[str]] = {**form, "timeout": promql_duration(timeout)}
        return await self._replicas.ask(
            lambda door, seconds: door.post(path, fields, deadline_seconds=seconds), timeout + GRACE_SECONDS, until
        )

    async def _get(self, path: str, parameters: Mapping[str, str | Sequence[str]], until: float | None) -> Reply:
        deadline = self._timeout_seconds + GRACE_SECONDS
        reply, _ = await self._replicas.ask(
            lambda door, seconds: door.get(path, parameters, deadline_seconds=seconds), deadline, until
        )
        return reply

    def _with_labels(self, expression: str, answer: Answer) -> Answer:
        """Return an answer whose label sets are such, as nobody behind this door checks.

        Label sets that are those of the last answer are the same object, which spares others to compare them.
        """
        known = self._last_keys.get(expression)
        if known is not None and known.of_rows is answer.keys:
            return answer
        if not self._well_formed.issuperset(answer.keys):
            new = set(answer.keys) - self._well_formed
            for key in new:
                decode_labels(key)
            if len(self._well_formed) + len(new) > MOST_REMEMBERED:
                self._well_formed.clear()
            self._well_formed |= new
        if len(self._last_keys) >= MOST_EXPRESSIONS:
            self._last_keys.clear()
        self._last_keys[expression] = Keys.of(answer.keys)
        return answer

    @staticmethod
    def _decoded(decode: Callable[[], T], reply: Reply) -> T:
        try:
            return decode()
        except UNREADABLE as error:
            raise (explain(reply) or not_an_answer(reply, error, "Prometheus")) from None


def _instant(seconds: float) -> str:
    """Return seconds to the millisecond, in which Prometheus keeps time."""
    return f"{seconds:.3f}".rstrip("0").rstrip(".")
