"""Reads what one model carried within the last days: its traffic, its replicas and a latency."""

from collections.abc import Iterable

from console.domain.load_curve import LoadPast
from console.domain.series import Grid, Series
from console.domain.signal import TRAFFIC
from console.history.reader import GridReader
from console.history.tally import Tally
from console.sources.prometheus.signal_query import Composition, Structure
from console.transport.http import SourceError, together

MOST_KEPT = 24
"""Expressions whose days are kept, three to a model; those of models that were asked about longest ago go."""


class LoadReader:
    """Reads loads; of a model that was asked about before only the tail is read."""

    def __init__(self, reader: GridReader) -> None:
        self._reader = reader
        self._asked: dict[str, None] = {}

    async def read(self, compositions: Iterable[Composition], signal: str, grid: Grid, tally: Tally) -> LoadPast | None:
        """Return what the first preset tells that knows traffic, replicas and the latency `signal`, None without one.

        Raises:
            SourceError: a query fails.
        """
        for composition in compositions:
            signals = {query.signal: query.expression for query in composition.signals}
            replicas = composition.structures.get(Structure.REPLICAS)
            if replicas is None or TRAFFIC.name not in signals or signal not in signals:
                continue
            expressions = (signals[TRAFFIC.name], replicas.expression, signals[signal])
            found = await together(*(self._series(expression, grid, tally) for expression in expressions))
            tally.check()
            traffic, counts, latency = found
            if traffic is not None and counts is not None and latency is not None:
                return LoadPast(signal, traffic, counts, latency)
        return None

    async def _series(self, expression: str, grid: Grid, tally: Tally) -> Series | None:
        self._asked.pop(expression, None)
        self._asked[expression] = None
        for oldest in [*self._asked][:-MOST_KEPT]:
            del self._asked[oldest]
        self._reader.forget_others(frozenset(self._asked))
        reading = await self._reader.read(expression, grid, tally)
        if reading.error is not None:
            raise SourceError(reading.error)
        return next(iter(reading.rows.series), None)
