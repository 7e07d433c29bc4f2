"""The weeks of a fleet: the days before the last one are read once, then they slide with the day of every refresh."""

import asyncio
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

import msgspec

from console.domain.series import Grid
from console.history.block import Block
from console.history.days import DayReader, Days
from console.history.loads import DAY
from console.history.reader import GridReader
from console.history.tally import Tally
from console.history.view import Week
from console.history.week_places import Placed
from console.history.week_span import days_of, in_words, is_cheap, most_days
from console.settings.settings import Settings
from console.transport.http import together

if TYPE_CHECKING:
    from console.history.week_rows import WeekRows

PATIENCE_SECONDS = 1.0
"""How much longer than for the last day a screen waits for the days before it."""
SECONDS_BETWEEN_TRIES = 900.0
"""When days that a server refused or gave up are asked for again: a console that runs for long must not go on to judge
by fewer days than one that starts later."""
STILL_READING = "baselines: earlier days are still being read"


class Weeks(msgspec.Struct, frozen=True):
    """The weeks by signal; how many days they are, in words, where that is not all; and why others are missing."""

    by_signal: dict[str, Week] = {}
    told: str | None = None
    trouble: str | None = None


class _Wanted(msgspec.Struct, frozen=True):
    """The days before the last one of a signal, from `start` (UTC seconds) on, and the blocks that they lead to."""

    signal: str
    placed: Placed
    start: float
    newest: tuple[Block, ...]


class _Found(msgspec.Struct, frozen=True):
    """What was read of that: the days before each block."""

    wanted: _Wanted
    days: tuple[Days, ...]

    def first(self, last_day: Grid) -> float | None:
        """Return from which instant on every preset told its rows, None where they do not reach the last day."""
        firsts = [self.wanted.start]
        for days in self.days:
            if days.blocks and days.blocks[-1].grid.end < last_day.start:
                return None
            firsts.append(days.blocks[0].grid.start if days.blocks else last_day.start)
        return max(firsts)


class WeekReader:
    """Keeps the weeks of all signals; close it after use.

    `patience` is for how many seconds a load waits for days that are not known yet, None until the refresh must be
    over. What was not waited for is read on, and given out by a later load.
    """

    def __init__(self, reader: GridReader, days: DayReader, settings: Settings, patience: float | None) -> None:
        self._reader = reader
        self._days = days
        self._settings = settings
        self._patience = patience
        self._rows: dict[str, WeekRows] = {}
        self._reading: asyncio.Task[list[_Found]] | None = None
        self._tally = Tally()
        self._trouble: str | None = None
        self._next_try = 0.0

    async def aclose(self) -> None:
        """Let go of days that are still asked for."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    async def load(self, placed: Mapping[str, Placed], signals: Collection[str], models: int, tally: Tally) -> Weeks:
        """Return the weeks of signals; a server that fails leaves them shorter.

        They end where the last day does. `placed` are the last days of the signals of which they could be read: of
        another one the week that was known last is returned.
        """
        days = days_of(signals, models, self._settings.baseline_points, self._settings.history)
        spans = {signal: count * DAY for signal, count in days.items() if count}
        self._rows = {signal: rows for signal, rows in self._rows.items() if signal in spans}
        self._slide(placed)
        if self._reading is None:
            starts = {signal: of_day.grid.end - spans[signal] for signal, of_day in placed.items() if signal in spans}
            self._begin(placed, starts, tally)
        if self._reading is not None:
            await asyncio.wait([self._reading], timeout=self._patience)
            if self._reading.done():
                found, self._reading = self._reading.result(), None
                self._take(found, placed)
        return self._weeks(spans)

    def _slide(self, placed: Mapping[str, Placed]) -> None:
        """Slide what goes on, and drop what does not."""
        for signal, last_day in placed.items():
            rows = self._rows.get(signal)
            if rows is not None and rows.is_continued_by(last_day):
                rows.take(last_day)
            elif rows is not None:
                del self._rows[signal]

    def _begin(self, placed: Mapping[str, Placed], starts: Mapping[str, float], tally: Tally) -> None:
        """Ask for the days that are missing, what is cheap first, unless that failed not long ago."""
        wanted = []
        for signal in sorted(starts, key=lambda name: (not is_cheap(name), name)):
            newest = self._blocks(placed[signal]) if self._lacks(signal, starts[signal]) else ()
            if newest:
                wanted.append(_Wanted(signal, placed[signal], starts[signal], newest))
        if wanted:
            self._tally = Tally(tally.until if self._patience is None else None)
            self._reading = asyncio.create_task(self._read(wanted, self._tally))

    def _lacks(self, signal: str, start: float) -> bool:
        rows = self._rows.get(signal)
        is_due = asyncio.get_running_loop().time() >= self._next_try
        return rows is None or (rows.grid.start > start and is_due)

    def _blocks(self, placed: Placed) -> tuple[Block, ...]:
        """Return the last day of every preset as it came; none where another replica answers by now."""
        blocks = [self._reader.block(each.expression, placed.grid) for each in placed.last_days]
        joinable = tuple([block for block in blocks if block is not None and self._days.can_continue(block)])
        return joinable if len(joinable) == len(blocks) else ()

    async def _read(self, wanted: Collection[_Wanted], tally: Tally) -> list[_Found]:
        async def read(each: _Wanted) -> _Found:
            pairs = zip(each.placed.last_days, each.newest, strict=True)
            of_presets = [self._days.before(day.expression, block, each.start, tally) for day, block in pairs]
            return _Found(each, tuple(await together(*of_presets)))

        return await together(*map(read, wanted))

    def _take(self, found: Collection[_Found], placed: Mapping[str, Placed]) -> None:
        from console.history.week_rows import WeekRows  # with numpy, which only fleets with metrics need

        errors = dict.fromkeys(days.error for each in found for days in each.days if days.error is not None)
        self._trouble = "; ".join((*errors, *self._tally.incomplete)) or None
        if errors:
            self._next_try = asyncio.get_running_loop().time() + SECONDS_BETWEEN_TRIES
        for each in found:
            signal = each.wanted.signal
            now, known = placed.get(signal), self._rows.get(signal)
            first = each.first(now.grid) if now is not None and now.sources == each.wanted.placed.sources else None
            if now is not None and first is not None and (known is None or first < known.grid.start):
                presets = (last_day.preset for last_day in now.last_days)
                blocks = {preset: days.blocks for preset, days in zip(presets, each.days, strict=True)}
                self._rows[signal] = WeekRows(now, blocks, first)
        if not errors:
            self._days.forget_all()

    def _weeks(self, spans: Mapping[str, float]) -> Weeks:
        weeks = {signal: rows.week(rows.grid.end - spans[signal]) for signal, rows in self._rows.items()}
        oldest = {signal: rows.oldest for signal, rows in self._rows.items()}
        days = {signal: _days(weeks[signal].grid, first) for signal, first in oldest.items() if first is not None}
        told = in_words(days, most_days(self._settings.history))
        trouble = None
        if self._reading is not None:
            trouble = STILL_READING
        elif self._trouble is not None:
            trouble = f"baselines{f' from {told}' if told else ''}: {self._trouble}"
        return Weeks(weeks, told, trouble)


def _days(grid: Grid, oldest: float) -> int:
    """Return how many whole days of a grid hold numbers, of which the oldest is at `oldest` (UTC seconds)."""
    return int((grid.end - max(grid.start, oldest)) // DAY)
