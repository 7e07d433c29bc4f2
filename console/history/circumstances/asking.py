"""One round of questions: what was asked is remembered, so that all else can be forgotten after it."""

from console.domain.series import Grid
from console.history.reader import GridReader, Instant, Reading
from console.history.tally import Tally


class Asking:
    """Asks through a reader, on behalf of one refresh."""

    def __init__(self, reader: GridReader, tally: Tally) -> None:
        self._reader = reader
        self._tally = tally
        self._expressions: set[str] = set()

    async def series(self, expression: str, grid: Grid) -> Reading:
        """Return the rows of an expression on a grid; see `GridReader.read`."""
        self._expressions.add(expression)
        return await self._reader.read(expression, grid, self._tally)

    async def instant(self, expression: str, at: float) -> Instant:
        """Return the samples of an expression at an instant (UTC seconds); see `GridReader.read_instant`."""
        self._expressions.add(expression)
        return await self._reader.read_instant(expression, at, self._tally)

    def end(self) -> None:
        """Forget what was not asked for in this round."""
        self._reader.forget_others(frozenset(self._expressions))
