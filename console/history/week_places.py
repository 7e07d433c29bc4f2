"""Whose the rows of the last day are, signal by signal: worked out anew only when other label sets or models come."""

from collections.abc import Mapping, Sequence

import msgspec

from console.domain.series import Grid, Series
from console.history.buffer import Rows
from console.history.layout import Keys, Layout
from console.history.reader import GridReader
from console.history.readings import PresetReadings

RowKey = tuple[str, bytes]
"""A preset and the bytes of a label set."""


class LastDay(msgspec.Struct, frozen=True):
    """What one preset told of a signal for the last day, and which replica it was told by."""

    preset: str
    expression: str
    rows: Rows
    generation: int


class Placed(msgspec.Struct, frozen=True):
    """The last day of a signal, and whose rows these are: a key for each model, None where it has no such signal."""

    grid: Grid
    last_days: tuple[LastDay, ...]
    keys_of_models: tuple[RowKey | None, ...]

    @property
    def sources(self) -> tuple[tuple[str, str, int], ...]:
        """Return what must stay the same for a tail to continue what is known."""
        return tuple((each.preset, each.expression, each.generation) for each in self.last_days)

    @property
    def label_sets(self) -> tuple[Keys, ...]:
        """Return the label sets of each preset: the same objects as long as they stay the same."""
        return tuple(each.rows.keys for each in self.last_days)

    def series(self) -> dict[RowKey, Series]:
        """Return the series of the last day by their keys."""
        return {
            (each.preset, key): series
            for each in self.last_days
            for key, series in zip(each.rows.keys, each.rows.series, strict=True)
        }


class Placer:
    """Finds the keys of models, and gives out the last ones as long as nothing came or went."""

    def __init__(self, reader: GridReader) -> None:
        self._reader = reader
        self._known: dict[str, tuple[Layout, tuple[Keys, ...], tuple[RowKey | None, ...]]] = {}

    def placed(
        self,
        readings: Sequence[PresetReadings],
        expressions: Mapping[tuple[str, str], str],
        layout: Layout,
        grid: Grid,
    ) -> dict[str, Placed]:
        """Return the last days of all signals (expressions are by preset and signal) of which every query succeeded."""
        failed = {name for each in readings for name, reading in each.coarse.items() if reading.error is not None}
        last_days: dict[str, list[LastDay]] = {}
        for of_preset in readings:
            preset = of_preset.composition.preset
            for signal, reading in of_preset.coarse.items():
                if signal not in failed:
                    expression = expressions[preset, signal]
                    generation = self._reader.generation(expression, grid)
                    last_days.setdefault(signal, []).append(LastDay(preset, expression, reading.rows, generation))
        return {
            signal: Placed(grid, tuple(told), self._keys_of_models(signal, told, layout))
            for signal, told in last_days.items()
        }

    def _keys_of_models(self, signal: str, told: Sequence[LastDay], layout: Layout) -> tuple[RowKey | None, ...]:
        label_sets = tuple(each.rows.keys for each in told)
        known = self._known.get(signal)
        if known is None or known[0] is not layout or not _are_the_same(known[1], label_sets):
            known = self._known[signal] = (layout, label_sets, _keys(told, layout))
        return known[2]


def _keys(told: Sequence[LastDay], layout: Layout) -> tuple[RowKey | None, ...]:
    """Return the key of each model: the first preset that has it is believed, as in `ModelHistory.coarse`."""
    keys: list[RowKey | None] = [None] * (len(layout.models) + 1)  # the last one is nobody's
    for each in told:
        for number, key in zip(layout.place(each.preset, each.rows).models, each.rows.keys, strict=True):
            if keys[number] is None:
                keys[number] = (each.preset, key)
    return tuple(keys[:-1])


def _are_the_same(these: Sequence[Keys], those: Sequence[Keys]) -> bool:
    return len(these) == len(those) and all(mine is other for mine, other in zip(these, those, strict=True))
