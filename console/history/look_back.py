"""The days before the last one, of the signals and models whose anomalies are older than that.

They stand in the week of the signal. What that does not hold, of a fleet too big for it or while it is being read, is
asked for: a day of one or two signals per day of an incident's age. Judgement is what it would be with all of the
history in memory: an onset within the last day does not depend on the days before.
"""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

import msgspec

from console.domain.series import NOT_A_NUMBER, Grid, Series
from console.history.block import Block
from console.history.days import DayReader
from console.history.layout import Layout
from console.history.reader import GridReader
from console.history.readings import PresetReadings
from console.history.tally import Tally
from console.history.view import History, ModelHistory


class Origin(msgspec.Struct, frozen=True):
    """Where the coarse series of one signal came from: an expression, and the label set of each model by its number."""

    expression: str
    keys: dict[int, bytes]


def origins(
    readings: Iterable[PresetReadings], expressions: Mapping[tuple[str, str], str], layout: Layout, signal: str
) -> Iterator[Origin]:
    """Yield where a signal came from, each model with the first preset that has it, as in `ModelHistory.coarse`.

    `expressions` are by preset and signal.
    """
    taken: set[int] = set()
    for of_preset in readings:
        preset = of_preset.composition.preset
        reading = of_preset.coarse.get(signal)
        if reading is None or reading.error is not None:
            continue
        numbers = layout.place(preset, reading.rows).models
        keys = {number: key for number, key in zip(numbers, reading.rows.keys, strict=True) if number not in taken}
        taken.update(keys)
        yield Origin(expressions[preset, signal], keys)


class LookBack:
    """Adds days to the history of models, at most `span` seconds in all."""

    def __init__(self, reader: GridReader, days: DayReader, span: float, tally: Tally) -> None:
        self._reader = reader
        self._days = days
        self._span = span
        self._tally = tally

    async def one_more(
        self, history: History, signal: str, models: Set[str], origins: Iterable[Origin]
    ) -> dict[int, Series]:
        """Return the series of models (by number) with one day more, without those of which no older one can be had."""
        found: dict[int, Series] = {}
        for origin in origins:
            numbers = [number for number in origin.keys if _is_wanted(history.models, number, models)]
            if not numbers:
                continue
            known = history.models[numbers[0]].as_far_back(signal)
            assert known is not None  # noqa: S101  # it came from here
            if known.grid.start <= history.at - self._span:
                continue
            blocks = await self._blocks(origin.expression, history.coarse_grid, known.grid.start)
            for number in numbers if blocks else ():
                found[number] = _series(blocks, origin.keys[number], history.at - self._span)
        return found

    async def _blocks(self, expression: str, last_day: Grid, before: float) -> list[Block]:
        """Return the blocks that reach to the day before an instant, oldest first; none where replicas differ."""
        newest = self._reader.block(expression, last_day)
        if newest is None:
            return []
        days = await self._days.before(expression, newest, before - last_day.step, self._tally)
        return [] if days.error is not None else [*days.blocks, newest]


def from_week(history: History, signal: str, models: Set[str]) -> dict[int, Series]:
    """Return the series of models (by number) that the week of a signal tells further back; they are views of it."""
    week = history.weeks.get(signal)
    if week is None or week.grid.end != history.coarse_grid.end:
        return {}
    found: dict[int, Series] = {}
    for number, row in enumerate(week.values):
        known = history.models[number].as_far_back(signal) if _is_wanted(history.models, number, models) else None
        if known is not None and known.grid.start > week.grid.start:
            found[number] = Series(week.grid, row.data.cast("B").cast("d"))
    return found


def with_older(history: History, signal: str, series: Mapping[int, Series]) -> History:
    """Return a history in which some models (by number) know more of a signal."""
    models = list(history.models)
    for number, longer in series.items():
        past = models[number]
        models[number] = msgspec.structs.replace(past, older={**past.older, signal: longer})
    return msgspec.structs.replace(history, models=tuple(models))


def _is_wanted(models: Sequence[ModelHistory], number: int, wanted: Set[str]) -> bool:
    return number < len(models) and models[number].model.id in wanted


def _series(blocks: Sequence[Block], key: bytes, oldest: float) -> Series:
    """Return the points of a label set in blocks, oldest first; where two tell the same points the newer counts."""
    step = blocks[-1].grid.step
    values = array("d")
    ends = [block.grid.start for block in blocks[1:]]
    for block, end in zip(blocks[:-1], ends, strict=True):
        count = round((end - block.grid.start) / step)
        values.extend((block.row(key) or array("d", [NOT_A_NUMBER]) * block.grid.count)[:count])
    values.extend(blocks[-1].row(key) or array("d", [NOT_A_NUMBER]) * blocks[-1].grid.count)
    too_old = max(0, round((oldest - blocks[0].grid.start) / step))
    count = len(values) - too_old
    return Series(Grid(blocks[-1].grid.end - step * (count - 1), step, count), values[too_old:])
