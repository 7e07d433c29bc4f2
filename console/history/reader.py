"""Reads the series of expressions onto grids, each from the one server that its buffer was filled from."""

import math

import msgspec

from console.domain.series import Grid
from console.history.block import Block
from console.history.buffer import OVERLAP_POINTS, GridBuffer, Rows
from console.history.cache import Kept
from console.history.loads import Loader
from console.history.tally import Tally
from console.sources.prometheus.client import PrometheusClient
from console.transport.http import SourceError

BufferKey = tuple[str, float, int]
"""An expression with the step and the length of the grid that it is read onto."""

_WORTH_WRITING = 8
"""A kept grid is written anew once it has moved by this part of its length: until then its tail is short enough."""


class Reading(msgspec.Struct, frozen=True):
    """The rows of one expression; with an `error` they are the last known ones, slid to the grid."""

    rows: Rows
    error: str | None = None


class Instant(msgspec.Struct, frozen=True):
    """The samples of one expression at one instant."""

    samples: tuple[tuple[bytes, float], ...] = ()
    error: str | None = None


class GridReader:
    """Keeps a buffer per expression and grid, so that a refresh asks only for the tail.

    With a cache the first tail joins what an earlier run kept, where the points that both hold are the same.
    """

    def __init__(self, client: PrometheusClient, cache: Kept | None = None) -> None:
        self._client = client
        self._loader = Loader(client)
        self._cache = cache
        self._buffers: dict[BufferKey, GridBuffer] = {}
        self._generations: dict[BufferKey, int] = {}
        self._written: dict[BufferKey, float] = {}
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
                buffer = await self._filled(buffer, key, grid, tally)
            except SourceError as failure:
                error = tally.fail(failure)
        return Reading(buffer.rows(grid), error)

    def block(self, expression: str, grid: Grid) -> Block | None:
        """Return the rows that were read onto a grid as they came, None when it was not the last to be read."""
        key = (expression, grid.step, grid.count)
        buffer = self._buffers.get(key)
        return buffer.block(self._generations[key]) if buffer is not None and buffer.grid == grid else None

    def generation(self, expression: str, grid: Grid) -> int:
        """Return which replica told what was read onto a grid, as `PrometheusClient.generation` numbers them."""
        return self._generations[expression, grid.step, grid.count]

    async def _filled(self, buffer: GridBuffer, key: BufferKey, grid: Grid, tally: Tally) -> GridBuffer:
        kept = self._from_disk(key) if buffer.grid is None else None
        if kept is not None:
            joined = GridBuffer.of(kept)
            tail = joined.missing(grid, 2 * OVERLAP_POINTS)  # what was settled and what was not, as much of each
            block = await self._loader.load(key[0], tail, tally)
            if tail == grid:
                self._written[key] = kept.grid.end  # of another time: the newer one is worth keeping
            elif block.generation == kept.generation and block.continues(kept, but_for=OVERLAP_POINTS):
                buffer = self._buffers[key] = joined
                self._written[key] = kept.grid.end
            else:
                block = await self._loader.load(key[0], grid, tally)
        else:
            asked = buffer.missing(grid)
            block = await self._loader.load(key[0], asked, tally)
            if asked != grid and block.generation != self._generations.get(key):
                # Replicas scrape at different instants: a tail of one must not be joined to the past of another.
                block = await self._loader.load(key[0], grid, tally)
        self._generations[key] = block.generation
        buffer.merge(grid, block)
        return buffer

    def _from_disk(self, key: BufferKey) -> Block | None:
        if self._cache is None:
            return None
        generation = self._client.generation
        kept = self._cache.disk.load(self._cache.key(self._client.replica, key[0], key[1], f"last {key[2]}"))
        if kept is None or kept.grid.step != key[1] or kept.grid.count != key[2]:
            return None
        return Block(kept.grid, kept.keys, kept.matrix, generation)

    def keep(self) -> None:
        """Write to disk what has moved on since it was read from there, and make room."""
        if self._cache is None:
            return
        generation = self._client.generation
        for key, buffer in self._buffers.items():
            if buffer.grid is None or self._generations.get(key) != generation:
                continue
            moved = buffer.grid.end - self._written.get(key, -math.inf)
            block = buffer.block(generation) if moved * _WORTH_WRITING >= key[1] * key[2] else None
            if block is not None:
                self._cache.disk.keep(self._cache.key(self._client.replica, key[0], key[1], f"last {key[2]}"), block)
        self._cache.disk.tidy()

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
        samples = tuple([(key, sample.value.value) for key, sample in pairs if sample.value is not None])
        instant = Instant(samples)
        self._instants[expression] = (at, instant)
        return instant

    def forget_others(self, expressions: frozenset[str]) -> None:
        """Drop what is kept for expressions that are asked no more."""
        for key in [key for key in self._buffers if key[0] not in expressions]:
            del self._buffers[key]
            self._generations.pop(key, None)
            self._written.pop(key, None)
        for expression in [expression for expression in self._instants if expression not in expressions]:
            del self._instants[expression]
