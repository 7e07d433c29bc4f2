"""Asks for long ranges a UTC day at a time, and for less where the server says that a query is too heavy.

A server counts series × steps against its limit of samples (50 million by default in Prometheus): 1,000 models with
three replicas and a dozen buckets reach it within a week of five-minute steps, and are far from it within a day.
"""

import asyncio
import math
from collections.abc import Iterator

from console.domain.series import Grid
from console.history.block import Block, in_a_row
from console.history.matrix import from_answer
from console.history.tally import Tally
from console.sources.prometheus.client import PrometheusClient
from console.sources.prometheus.errors import QueryTimedOut, QueryTooHeavy
from console.transport.http import TooLarge, Unavailable, together

DAY = 86_400.0
POINTS_OF_A_DAY = 288
"""Five-minute steps: what is read at once of every model."""
AT_ONCE = 4
"""Parts of one range that are asked for at a time; what they answer is in memory together."""
FEWEST_POINTS = 8
"""A part of so few points is not split further: what is too heavy then is too heavy for this server."""
LONG_ENOUGH_TO_TIME_OUT = 200
"""A part of so many points that a server gave up is halved, once: a shorter one would only keep a slow server busy."""
_STILL_A_DAY = POINTS_OF_A_DAY + 12
"""A day with the points that overlap its neighbours is asked for as one."""
_ROUNDS = 3
"""How often a range is asked for until one replica has answered all of it."""


class Loader:
    """Reads the rows of expressions onto grids of any length."""

    def __init__(self, client: PrometheusClient) -> None:
        self._client = client

    async def load(self, expression: str, grid: Grid, tally: Tally) -> Block:
        """Return the rows of an expression on a grid, all of them from one replica.

        Raises:
            QueryTooHeavy: the server refuses even a few points.
            QueryTimedOut: it gives up half of a day, too.
            SourceError: it does not answer.
        """
        turns = asyncio.Semaphore(AT_ONCE)
        for _ in range(_ROUNDS):
            blocks = await together(*(self._part(expression, part, tally, turns) for part in by_day(grid)))
            if len({block.generation for block in blocks}) == 1:
                return in_a_row(grid, blocks)
        raise Unavailable("several replicas answered in turn, and parts of two must not be joined")

    async def _part(self, expression: str, grid: Grid, tally: Tally, turns: asyncio.Semaphore) -> Block:
        try:
            async with turns:
                answer = await self._client.query_range(expression, grid.start, grid.end, grid.step, until=tally.until)
        except (QueryTooHeavy, QueryTimedOut, TooLarge) as error:
            if grid.count < (LONG_ENOUGH_TO_TIME_OUT if isinstance(error, QueryTimedOut) else 2 * FEWEST_POINTS):
                raise
            tally.split(error)
            halves = [await self._part(expression, half, tally, turns) for half in _halves(grid)]
            if halves[0].generation != halves[1].generation:
                raise Unavailable("the replicas changed while a range was read") from None
            return in_a_row(grid, halves)
        tally.count(answer)
        return Block(grid, answer.keys, from_answer(answer.series, grid), answer.generation)


def by_day(grid: Grid) -> Iterator[Grid]:
    """Yield the parts of a grid by UTC day; where days hold fewer than 288 points, by as many days as hold so many."""
    longest = max(1, int(POINTS_OF_A_DAY * grid.step // DAY)) * DAY
    if grid.count <= _STILL_A_DAY:
        yield grid
        return
    first = 0
    while first < grid.count:
        begin = grid.instant(first)
        until_next = (begin // longest + 1) * longest - begin
        count = min(grid.count - first, max(1, math.ceil(until_next / grid.step)))
        yield Grid(begin, grid.step, count)
        first += count


def _halves(grid: Grid) -> tuple[Grid, Grid]:
    half = grid.count // 2
    return Grid(grid.start, grid.step, half), Grid(grid.instant(half), grid.step, grid.count - half)
