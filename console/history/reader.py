"""Reads the series of expressions onto grids, each from the one server that its buffer was filled from."""

import msgspec

from console.domain.series import Grid
from console.history.buffer import GridBuffer, Rows
from console.sources.prometheus.answers import InstantAnswer, RangeAnswer
from console.sources.prometheus.client import PrometheusClient
from console.transport.http import (
    BadRequest,
    NotJson,
    NoTurn,
    Overloaded,
    ServerFault,
    SourceError,
    TimedOut,
    TooLarge,
)

_OF_THE_QUERY = (BadRequest, NotJson, NoTurn, Overloaded, ServerFault, TimedOut, TooLarge)
_OF_SINGLE_SERIES = "PromQL warning:"
"""How Prometheus speaks of odd series (a bucket without a bound): no gap in the answer, as a dead store behind is."""


BufferKey = tuple[str, float, int]
"""An expression with the step and the length of the grid that it is read onto."""


class Reading(msgspec.Struct, frozen=True):
    """The rows of one expression; with an `error` they are the last known ones, slid to the grid."""

    rows: Rows
    error: str | None = None


class Instant(msgspec.Struct, frozen=True):
    """The samples of one expression at one instant."""

    samples: tuple[tuple[bytes, float], ...] = ()
    error: str | None = None


class Tally:
    """What one refresh met: the slowest answer (seconds), how many were answered, what servers said of gaps.

    `until` is when the refresh must be over, on the clock of the event loop; None for whenever it is.
    """

    def __init__(self, until: float | None = None) -> None:
        self.until = until
        self.seconds = 0.0
        self.answered = 0
        self.failures: list[SourceError] = []
        self.incomplete: dict[str, None] = {}

    def count(self, answer: RangeAnswer | InstantAnswer) -> None:
        """Take note of an answer."""
        self.answered += 1
        self.seconds = max(self.seconds, answer.seconds)
        gaps = [warning for warning in answer.warnings if not warning.startswith(_OF_SINGLE_SERIES)]
        self.incomplete.update(dict.fromkeys(gaps))
        if answer.partial and not gaps:
            self.incomplete["the server says that its answer is partial"] = None

    def fail(self, error: SourceError) -> str:
        """Take note of a query that failed for itself and return why; raise what concerns the whole server.

        A server that let a request hang and has answered nothing yet will let the others hang, too.
        """
        if not is_of_the_query(error) or (type(error) is TimedOut and not self.answered):
            raise error
        self.failures.append(error)
        return error.detail

    def check(self) -> None:
        """Raise the first failure when not one query was answered: then it is the server's, not the queries'."""
        if self.failures and not self.answered:
            raise self.failures[0]


def is_of_the_query(error: SourceError) -> bool:
    """Return whether an error may be one query's own, so that the others still tell what they know."""
    return isinstance(error, _OF_THE_QUERY)


class GridReader:
    """Keeps a buffer per expression and grid, so that a refresh asks only for the tail."""

    def __init__(self, client: PrometheusClient) -> None:
        self._client = client
        self._buffers: dict[BufferKey, GridBuffer] = {}
        self._generations: dict[BufferKey, int] = {}
        self._instants: dict[str, tuple[float, Instant]] = {}

    async def read(self, expression: str, grid: Grid, tally: Tally, *, settled: bool = False) -> Reading:
        """Return the rows of an expression on a grid; with `settled` a grid that was read once is not read again.

        Raises:
            SourceError: the server, not the query, is at fault.
        """
        key = (expression, grid.step, grid.count)
        buffer = self._buffers.setdefault(key, GridBuffer())
        error = None
        if not (settled and buffer.grid == grid):
            try:
                await self._fill(buffer, key, grid, tally)
            except SourceError as failure:
                error = tally.fail(failure)
        return Reading(buffer.rows(grid), error)

    async def _fill(self, buffer: GridBuffer, key: BufferKey, grid: Grid, tally: Tally) -> None:
        asked = buffer.missing(grid)
        answer = await self._ask(key[0], asked, tally)
        if asked != grid and answer.generation != self._generations.get(key):
            # Replicas scrape at different instants: a tail of one must not be joined to the past of another.
            asked = grid
            answer = await self._ask(key[0], asked, tally)
        self._generations[key] = answer.generation
        buffer.merge(grid, asked, answer)

    async def _ask(self, expression: str, asked: Grid, tally: Tally) -> RangeAnswer:
        answer = await self._client.query_range(expression, asked.start, asked.end, asked.step, until=tally.until)
        tally.count(answer)
        return answer

    async def read_instant(self, expression: str, at: float, tally: Tally) -> Instant:
        """Return the samples of an expression at an instant, asked for once per instant: the same object until then.

        Raises:
            SourceError: the server, not the query, is at fault.
        """
        known = self._instants.get(expression)
        if known is not None and known[0] == at:
            return known[1]
        try:
            answer = await self._client.query(expression, at, until=tally.until)
        except SourceError as failure:
            return Instant(error=tally.fail(failure))
        tally.count(answer)
        pairs = zip(answer.keys, answer.samples, strict=True)
        samples = tuple([(key, sample.value[1]) for key, sample in pairs if sample.value is not None])
        instant = Instant(samples)
        self._instants[expression] = (at, instant)
        return instant

    def forget_others(self, expressions: frozenset[str]) -> None:
        """Drop what is kept for expressions that are asked no more."""
        for key in [key for key in self._buffers if key[0] not in expressions]:
            del self._buffers[key]
            self._generations.pop(key, None)
        for expression in [expression for expression in self._instants if expression not in expressions]:
            del self._instants[expression]
