"""The UTC days before the last one: kept on disk, else asked for, and each shown to be continued by the newer one."""

import asyncio

import msgspec

from console.domain.series import Grid
from console.history.block import Block
from console.history.buffer import OVERLAP_POINTS
from console.history.cache import Kept, Key
from console.history.loads import AT_ONCE, DAY, Loader
from console.history.tally import Tally
from console.sources.prometheus.client import PrometheusClient
from console.transport.http import SourceError, Unavailable, together


class Days(msgspec.Struct, frozen=True):
    """The days before a block, oldest first; with an `error` there are fewer than were wanted."""

    blocks: tuple[Block, ...]
    error: str | None = None


class DayReader:
    """Reads days that have passed from one server, at most `at_once` at a time; those that were read are remembered.

    `cache` is where they are kept for the next run.
    """

    def __init__(self, client: PrometheusClient, cache: Kept | None, at_once: int = AT_ONCE) -> None:
        self._client = client
        self._loader = Loader(client)
        self._cache = cache
        self._turns = asyncio.Semaphore(at_once)
        self._known: dict[tuple[str, float], dict[float, Block]] = {}

    async def before(self, expression: str, newest: Block, until: float, tally: Tally) -> Days:
        """Return the days that lead from a block back to an instant (UTC seconds), all from the replica of the block.

        Newer days are asked for first: behind one that cannot be had no older one is of use. What concerns the whole
        server ends all readings of a tally.
        """
        known = self._of_replica(expression, newest)
        grids = day_grids(newest.grid, until)
        kept = {
            grid.start: block for grid in grids if grid.start not in known and (block := self._kept(expression, grid))
        }
        errors: list[str] = []

        async def ask(grid: Grid) -> None:
            async with self._turns:
                if errors or tally.gone is not None:
                    return
                try:
                    known[grid.start] = await self._asked(expression, grid, newest, tally)
                except SourceError as error:
                    errors.append(error.detail)
                    tally.gone = error if tally.concerns_the_server(error) else None

        await together(*(ask(grid) for grid in grids if grid.start not in known and grid.start not in kept))
        blocks = [newest]
        for grid in grids:
            from_disk = kept.get(grid.start)
            if from_disk is not None and blocks[0].continues(from_disk):
                known[grid.start] = from_disk
            elif from_disk is not None:
                await ask(grid)
            if grid.start not in known:
                break
            blocks.insert(0, known[grid.start])
        gone = tally.gone.detail if tally.gone is not None else None
        return Days(tuple(blocks[:-1]), next(iter(errors), gone) if len(blocks) <= len(grids) else None)

    def can_continue(self, newest: Block) -> bool:
        """Return whether the replica that told a block answers still."""
        return newest.generation == self._client.generation

    def forget_all(self) -> None:
        """Drop what is remembered: somebody has made of it what they need."""
        self._known.clear()

    def forget_others(self, expressions: frozenset[str]) -> None:
        """Drop what is remembered of expressions that are asked no more."""
        self._known = {key: known for key, known in self._known.items() if key[0] in expressions}

    async def _asked(self, expression: str, grid: Grid, newest: Block, tally: Tally) -> Block:
        of_day = Tally(tally.until)
        try:
            block = await self._loader.load(expression, grid, of_day)
        finally:
            tally.add(of_day)
        if block.generation != newest.generation:
            raise Unavailable("another replica answers by now, and days of two must not be joined")
        is_settled = grid.end + OVERLAP_POINTS * grid.step <= newest.grid.end
        if is_settled and not of_day.incomplete and self._cache is not None and self.can_continue(block):
            self._cache.disk.keep(self._key(self._cache, expression, grid), block)
        return block

    def _of_replica(self, expression: str, newest: Block) -> dict[float, Block]:
        """Return what is remembered of an expression; days of another replica than the newest block's are dropped."""
        key = (expression, newest.grid.step)
        known = self._known.get(key, {})
        of_replica = {start: block for start, block in known.items() if block.generation == newest.generation}
        self._known[key] = of_replica
        return of_replica

    def _kept(self, expression: str, grid: Grid) -> Block | None:
        kept = self._cache.disk.load(self._key(self._cache, expression, grid)) if self._cache is not None else None
        if kept is None or kept.grid != grid:
            return None
        return Block(kept.grid, kept.keys, kept.matrix, self._client.generation)

    def _key(self, cache: Kept, expression: str, grid: Grid) -> Key:
        return cache.key(self._client.replica, expression, grid.step, f"day {grid.start:.0f}")


def day_grids(newest: Grid, until: float) -> list[Grid]:
    """Return the UTC days from the one before a grid back to an instant, newest first, with the points that overlap."""
    grids = []
    start = newest.start
    while start > until:
        start = (start - newest.step) // DAY * DAY
        grids.append(Grid(start, newest.step, round(DAY / newest.step) + OVERLAP_POINTS))
    return grids
