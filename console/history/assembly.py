"""From the rows of expressions to the past of models: which preset owns a signal, and what is missing why."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from console.domain.label import harmless
from console.domain.model import Model
from console.domain.objective import BurnRate
from console.domain.series import Grid, Series
from console.domain.signal import ERROR_RATIO
from console.history.buffer import Rows
from console.history.burn import BurnCounts
from console.history.layout import Layout, Planner
from console.history.reader import Instant, Reading
from console.history.view import ModelHistory
from console.sources.prometheus.histogram import finite_bound
from console.sources.prometheus.signal_query import BOUND_LABEL, Composition, Structure

LONGEST_VITAL_WINDOW = 21600.0
"""The longest window (seconds) of a burn rule that wakes somebody: without it nobody can say that errors are few."""


class BurnReading(msgspec.Struct, frozen=True):
    """The samples of one burn query with the windows (seconds) that it tells of."""

    windows: tuple[float, ...]
    instant: Instant


class EndsReading(msgspec.Struct, frozen=True):
    """The bounds of the buckets that a signal was made of, which are told in `divisor` parts of a second."""

    signal: str
    divisor: int
    instant: Instant


class PresetReadings(msgspec.Struct, frozen=True):
    """All that was read about the models of one preset, by signal name and by structure."""

    composition: Composition
    fine: dict[str, Reading]
    coarse: dict[str, Reading]
    structures: dict[Structure, Reading]
    replica_names: Instant | None = None
    shared: Instant | None = None
    burns: tuple[BurnReading, ...] = ()
    ends: tuple[EndsReading, ...] = ()

    def rows(self) -> Iterator[Rows]:
        """Yield the rows of everything that was read onto a grid."""
        for readings in (self.fine, self.coarse, self.structures):
            yield from (reading.rows for reading in readings.values())

    def errors(self) -> Iterator[tuple[str, str | None]]:
        """Yield what was asked for, in words, and why it failed (None where it did not)."""
        yield from ((signal, reading.error) for signal, reading in self.fine.items())
        yield from ((f"{signal} of the last day", reading.error) for signal, reading in self.coarse.items())
        yield from ((structure.replace("_", " "), reading.error) for structure, reading in self.structures.items())
        if self.replica_names is not None:
            yield "replica names", self.replica_names.error
        if self.shared is not None:
            yield "which models share a workload", self.shared.error
        yield from (("where histograms end", each.instant.error) for each in self.ends)
        yield from (("error budget", burn.instant.error) for burn in self.burns)


class _Draft(msgspec.Struct, gc=False):
    """What is known of one model so far; the first preset that says something is believed."""

    fine: dict[str, Series] = {}
    owners: dict[str, str] = {}
    coarse: dict[str, Series] = {}
    expected: dict[str, float] = {}
    structures: dict[Structure, Series] = {}
    versions: dict[str, Series] = {}
    versions_owner: str | None = None
    replica_names: list[str] = []
    not_exported: dict[str, str] = {}
    errors: dict[str, str] = {}
    ends: dict[str, float] = {}

    def explain(self, signals: Iterable[str], reason: str) -> None:
        """Add a reason to those that are known for signals which are not there."""
        for signal in signals:
            told = self.not_exported.get(signal)
            self.not_exported[signal] = f"{told}; {reason}" if told is not None else reason


class _BurnRates(msgspec.Struct, frozen=True):
    """Burn rates by the number of a model in a layout, and the counts that they were made of."""

    layout: Layout | None = None
    instants: tuple[Instant, ...] = ()
    by_model: dict[int, tuple[BurnRate, ...]] = {}


class Assembler:
    """Turns readings into the past of models; it remembers whose a row is and medians of rows that did not change."""

    def __init__(self) -> None:
        self._planner = Planner()
        self.layout = Layout((), {}, {}, {}, ())
        self._medians: dict[tuple[str, str], tuple[Rows, list[float | None]]] = {}
        self._burns = _BurnRates()

    def assemble(self, readings: Sequence[PresetReadings], fine_grid: Grid) -> tuple[ModelHistory, ...]:
        """Return the past of every model that any row names, by model id.

        Instants alone make no model: burn windows reach days back, to what has long been taken away.
        """
        layout = self.layout = self._planner.layout((of_preset.composition, of_preset.rows()) for of_preset in readings)
        drafts = [_Draft() for _ in layout.models] + [_Draft()]  # the last one is nobody's
        for of_preset in readings:
            _take_fine(of_preset, layout, drafts)
            self._take_coarse(of_preset, layout, drafts)
            _take_structures(of_preset, layout, drafts)
            self._take_replica_names(of_preset, layout, drafts)
            self._take_ends(of_preset, layout, drafts)
            absences = _Absences.of(of_preset)
            for number in layout.members[of_preset.composition.preset]:
                absences.tell(drafts[number])
            self._explain_sharing(of_preset, layout, drafts)
        burns = self._burn_rates(readings, layout).by_model
        nothing = Series.empty(fine_grid)
        return tuple(
            [
                _finish(model, drafts[number], burns.get(number, ()), nothing)
                for number, model in enumerate(layout.models)
            ]
        )

    def _take_coarse(self, of_preset: PresetReadings, layout: Layout, drafts: "list[_Draft]") -> None:
        preset = of_preset.composition.preset
        for signal, reading in of_preset.coarse.items():
            known = self._medians.get((preset, signal))
            if known is None or known[0] is not reading.rows:
                known = (reading.rows, [series.median() for series in reading.rows.series])
                self._medians[preset, signal] = known
            place = layout.place(preset, reading.rows)
            for number, series, median in zip(place.models, reading.rows.series, known[1], strict=True):
                draft = drafts[number]
                if signal not in draft.coarse:
                    draft.coarse[signal] = series
                    if median is not None:
                        draft.expected[signal] = median

    def _take_replica_names(self, of_preset: PresetReadings, layout: Layout, drafts: "list[_Draft]") -> None:
        if of_preset.replica_names is None:
            return
        split_label = of_preset.composition.structures[Structure.REPLICA_NAMES].split_label
        for raw, _ in of_preset.replica_names.samples:
            row = self._planner.row(of_preset.composition, raw)
            number = layout.numbers.get(row.key)
            if number is not None and split_label is not None:
                drafts[number].replica_names.append(row.labels.get(split_label, ""))

    def _take_ends(self, of_preset: PresetReadings, layout: Layout, drafts: "list[_Draft]") -> None:
        for told in of_preset.ends:
            for raw, _ in told.instant.samples:
                row = self._planner.row(of_preset.composition, raw)
                number, bound = layout.numbers.get(row.key), finite_bound(row.labels.get(BOUND_LABEL, ""))
                if number is None or bound is None:
                    continue
                draft = drafts[number]
                if draft.owners.get(told.signal) == of_preset.composition.preset:
                    draft.ends[told.signal] = max(bound / told.divisor, draft.ends.get(told.signal, -math.inf))

    def _explain_sharing(self, of_preset: PresetReadings, layout: Layout, drafts: "list[_Draft]") -> None:
        """Say of which workload or target a preset knows only the whole, where that serves several models."""
        query = of_preset.composition.structures.get(Structure.SHARED)
        if of_preset.shared is None or query is None or query.split_label is None:
            return
        sharers: defaultdict[tuple[object, ...], set[int]] = defaultdict(set)
        for raw, _ in of_preset.shared.samples:
            row = self._planner.row(of_preset.composition, raw)
            number = layout.numbers.get(row.key)
            if number is not None:
                sharers[row.key[1], row.labels.get(query.split_label, "")].add(number)
        for (_, shared), numbers in sharers.items():
            reason = f"{of_preset.composition.preset} tells it only of {harmless(str(shared))}, which serves "
            reason += f"{len(numbers)} models"
            for number in numbers:
                drafts[number].explain(of_preset.composition.joined, reason)

    def _burn_rates(self, readings: Sequence[PresetReadings], layout: Layout) -> "_BurnRates":
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


def _take_fine(of_preset: PresetReadings, layout: Layout, drafts: list[_Draft]) -> None:
    preset = of_preset.composition.preset
    for signal, reading in of_preset.fine.items():
        for number, series in zip(layout.place(preset, reading.rows).models, reading.rows.series, strict=True):
            draft = drafts[number]
            if signal not in draft.fine:
                draft.fine[signal] = series
                draft.owners[signal] = preset


def _take_structures(of_preset: PresetReadings, layout: Layout, drafts: list[_Draft]) -> None:
    preset = of_preset.composition.preset
    for structure, reading in of_preset.structures.items():
        if reading.error is not None:
            continue  # rows without a newest point would read as targets that are gone
        split_label = of_preset.composition.structures[structure].split_label
        place = layout.place(preset, reading.rows)
        for number, row, series in zip(place.models, place.rows, reading.rows.series, strict=True):
            draft = drafts[number]
            if split_label is None:
                draft.structures.setdefault(structure, series)
            elif draft.versions_owner in (None, preset):
                draft.versions_owner = preset
                draft.versions.setdefault(row.labels.get(split_label, ""), series)


class _Absences(msgspec.Struct, frozen=True):
    """What one preset could not tell of any model: why signals are not exported, and which queries failed."""

    preset: str
    not_exported: dict[str, str]
    failed: dict[str, str]
    burns_failed: str | None

    @staticmethod
    def of(of_preset: PresetReadings) -> "_Absences":
        failed: dict[str, str] = {}
        for readings in (of_preset.fine, of_preset.coarse):
            for signal, reading in readings.items():
                if reading.error is not None:
                    failed.setdefault(signal, reading.error)
        vital = (burn for burn in of_preset.burns if min(burn.windows) <= LONGEST_VITAL_WINDOW)
        burns_failed = next((burn.instant.error for burn in vital if burn.instant.error is not None), None)
        composition = of_preset.composition
        return _Absences(composition.preset, composition.not_exported, failed, burns_failed)

    def tell(self, draft: _Draft) -> None:
        """Say of a model why signals are not there or cannot be judged; what another preset told of it stands."""
        draft.not_exported = {**self.not_exported, **draft.not_exported}
        for signal, error in self.failed.items():
            if draft.owners.get(signal, self.preset) == self.preset:
                draft.errors.setdefault(signal, error)
        if self.burns_failed is not None and draft.owners.get(ERROR_RATIO.name) == self.preset:
            draft.errors.setdefault(ERROR_RATIO.name, self.burns_failed)


def _finish(model: Model, draft: _Draft, burn_rates: tuple[BurnRate, ...], nothing: Series) -> ModelHistory:
    replicas = draft.structures.get(Structure.REPLICAS, nothing)
    live = draft.structures.get(Structure.LIVE_TARGETS) or draft.structures.get(Structure.REPLICAS)
    answered = (series for signal, series in draft.fine.items() if signal not in draft.errors)
    return ModelHistory(
        model=model,
        fine=draft.fine,
        coarse=draft.coarse,
        live_targets=live or next(answered, nothing),
        dead_targets=draft.structures.get(Structure.DEAD_TARGETS, nothing),
        replicas=replicas,
        expected=draft.expected,
        traffic_by_version=draft.versions,
        replica_names=tuple(sorted(draft.replica_names)),
        burn_rates=burn_rates,
        not_exported={name: why for name, why in draft.not_exported.items() if name not in draft.fine},
        errors=draft.errors,
        ends=draft.ends,
    )


def what_failed(readings: Sequence[PresetReadings]) -> str | None:
    """Return which queries failed alone and why, in words, None when all were answered."""
    told = []
    for of_preset in readings:
        failed: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for what, error in of_preset.errors():
            if error is not None:
                failed[error][what] = None
        everything = all(error is not None for _, error in of_preset.errors())
        for error, names in failed.items():
            missing = "anything" if everything else ", ".join(names)
            told.append(f"{of_preset.composition.preset} did not tell {missing}: {error}")
    return "; ".join(told) or None
