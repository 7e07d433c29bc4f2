"""From the rows of expressions to the past of models: outlines, filled with the series of a refresh."""

from collections import defaultdict
from collections.abc import Sequence

import msgspec

from console.domain.objective import BurnRate
from console.domain.series import Grid, Series
from console.history.burn import BurnCounts
from console.history.layout import Layout, Planner
from console.history.outline import Outliner, on_the_judgement_grid
from console.history.reader import Instant
from console.history.readings import PresetReadings
from console.history.view import ModelHistory


class _BurnRates(msgspec.Struct, frozen=True):
    """Burn rates by the number of a model in a layout, and the counts that they were made of."""

    layout: Layout | None = None
    instants: tuple[Instant, ...] = ()
    by_model: dict[int, tuple[BurnRate, ...]] = {}


class Assembler:
    """Turns readings into the past of models; it remembers whose a row is, and all that did not change."""

    def __init__(self) -> None:
        self._planner = Planner()
        self._outliner = Outliner(self._planner)
        self.layout = Layout((), {}, {}, {}, ())
        self._burns = _BurnRates()

    def assemble(self, readings: Sequence[PresetReadings], fine_grid: Grid) -> tuple[ModelHistory, ...]:
        """Return the past of every model that any row names, by model id.

        Instants alone make no model: burn windows reach days back, to what has long been taken away.
        """
        layout = self.layout = self._planner.layout((of_preset.composition, of_preset.rows()) for of_preset in readings)
        outlines = self._outliner.outlines(readings, layout)
        burn_rates = self._burn_rates(readings, layout).by_model
        series = on_the_judgement_grid(readings, Series.empty(fine_grid))
        return tuple([outline.filled(series, burn_rates.get(number, ())) for number, outline in enumerate(outlines)])

    def _burn_rates(self, readings: Sequence[PresetReadings], layout: Layout) -> _BurnRates:
        """Return the burn rates of each model, worked out anew only when counts were read anew: they are many."""
        instants = tuple(burn.instant for of_preset in readings for burn in of_preset.burns)
        known = self._burns
        is_known = known.layout is layout and len(known.instants) == len(instants)
        if not is_known or any(new is not old for new, old in zip(instants, known.instants, strict=True)):
            counts: defaultdict[int, BurnCounts] = defaultdict(BurnCounts)
            for of_preset in readings:
                for burn in of_preset.burns:
                    for raw, value in burn.instant.samples:
                        row = self._planner.row(of_preset.composition, raw)
                        number = layout.numbers.get(row.key)
                        if number is not None:
                            counts[number].take(of_preset.composition.preset, row.labels, value)
            rates = {number: tuple(of_model.rates()) for number, of_model in counts.items()}
            self._burns = _BurnRates(layout, instants, rates)
        return self._burns
