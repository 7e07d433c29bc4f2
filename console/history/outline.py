"""What the past of each model is made of: which preset owns a signal, where its series is, and why one is missing."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter

import msgspec

from console.domain.label import harmless
from console.domain.model import Model
from console.domain.objective import BurnRate
from console.domain.series import Series
from console.domain.signal import ERROR_RATIO
from console.history.buffer import Rows
from console.history.layout import Layout, Planner
from console.history.medians import medians
from console.history.readings import PresetReadings
from console.history.view import ModelHistory
from console.sources.prometheus.histogram import finite_bound
from console.sources.prometheus.signal_query import BOUND_LABEL, Structure

LONGEST_VITAL_WINDOW = 21600.0
"""The longest window (seconds) of a burn rule that wakes somebody: without it nobody can say that errors are few."""

NOWHERE = 0
"""The position of the series that holds no data."""


class Outline(msgspec.Struct, frozen=True, gc=False):
    """The past of one model but for its series on the judgement grid, which `pick` takes from all that were read.

    The same from one refresh to the next as long as only values change; so are the dictionaries in it.
    """

    model: Model
    signals: tuple[str, ...]
    versions: tuple[str, ...]
    pick: Callable[[Sequence[Series]], tuple[Series, ...]]
    """Returns the series of the signals, of three structures (live targets, dead ones, replicas), of the versions."""
    coarse: dict[str, Series]
    expected: dict[str, float]
    replica_names: tuple[str, ...]
    not_exported: dict[str, str]
    errors: dict[str, str]
    ends: dict[str, float]
    presets: tuple[str, ...]

    def filled(self, series: Sequence[Series], burn_rates: tuple[BurnRate, ...]) -> ModelHistory:
        """Return the past of the model out of all series that were read; see `on_the_judgement_grid`."""
        picked = self.pick(series)
        count = len(self.signals)
        return ModelHistory(
            self.model,
            dict(zip(self.signals, picked, strict=False)),
            self.coarse,
            picked[count],
            picked[count + 1],
            picked[count + 2],
            self.expected,
            traffic_by_version=dict(zip(self.versions, picked[count + 3 :], strict=True)),
            replica_names=self.replica_names,
            burn_rates=burn_rates,
            not_exported=self.not_exported,
            errors=self.errors,
            ends=self.ends,
            presets=self.presets,
        )


def on_the_judgement_grid(readings: Iterable[PresetReadings], nothing: Series) -> list[Series]:
    """Return all series from which outlines pick, one after the other; the first one holds no data."""
    series = [nothing]
    for of_preset in readings:
        for reading in (*of_preset.fine.values(), *of_preset.structures.values()):
            series.extend(reading.rows.series)
    return series


class Outliner:
    """Makes outlines, and gives out the last ones as long as only values change."""

    def __init__(self, planner: Planner) -> None:
        self._planner = planner
        self._medians: dict[tuple[str, str], tuple[Rows, list[float | None]]] = {}
        self._made_of: _MadeOf | None = None
        self._last: tuple[Outline, ...] = ()

    def outlines(self, readings: Sequence[PresetReadings], layout: Layout) -> tuple[Outline, ...]:
        """Return the outline of every model of a layout."""
        made_of = _MadeOf.of(readings, layout)
        if self._made_of is None or not made_of.is_the_same(self._made_of):
            self._made_of, self._last = made_of, self._outlined(readings, layout)
        return self._last

    def _outlined(self, readings: Sequence[PresetReadings], layout: Layout) -> tuple[Outline, ...]:
        drafts = [_Draft() for _ in layout.models] + [_Draft()]  # the last one is nobody's
        position = NOWHERE + 1
        for of_preset in readings:
            position = _take_fine(of_preset, layout, drafts, position)
            self._take_coarse(of_preset, layout, drafts)
            position = _take_structures(of_preset, layout, drafts, position)
            self._take_replica_names(of_preset, layout, drafts)
            self._take_ends(of_preset, layout, drafts)
            absences = _Absences.of(of_preset)
            for number in layout.members[of_preset.composition.preset]:
                absences.tell(drafts[number])
                drafts[number].presets.append(of_preset.composition.preset)
            self._explain_sharing(of_preset, layout, drafts)
        return tuple([draft.outline(model) for model, draft in zip(layout.models, drafts, strict=False)])

    def _take_coarse(self, of_preset: PresetReadings, layout: Layout, drafts: "list[_Draft]") -> None:
        preset = of_preset.composition.preset
        for signal, reading in of_preset.coarse.items():
            known = self._medians.get((preset, signal))
            if known is None or known[0] is not reading.rows:
                known = (reading.rows, medians(reading.rows.series))
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


class _MadeOf(msgspec.Struct, frozen=True):
    """What outlines are made of; values on the judgement grid are not."""

    layout: Layout
    coarse: tuple[Rows, ...]
    told: tuple[object, ...]

    @staticmethod
    def of(readings: Sequence[PresetReadings], layout: Layout) -> "_MadeOf":
        coarse = tuple(reading.rows for of_preset in readings for reading in of_preset.coarse.values())
        told = tuple(
            (each.composition, tuple(each.coarse), tuple(each.errors()), each.replica_names, each.shared, each.ends)
            for each in readings
        )
        return _MadeOf(layout, coarse, told)

    def is_the_same(self, other: "_MadeOf") -> bool:
        """Return whether outlines would be the same; of rows only the same object is, to compare them costs more."""
        return (
            self.layout is other.layout
            and len(self.coarse) == len(other.coarse)
            and all(mine is theirs for mine, theirs in zip(self.coarse, other.coarse, strict=True))
            and self.told == other.told
        )


class _Draft(msgspec.Struct, gc=False):
    """What is known of one model so far; the first preset that says something is believed.

    Series on the judgement grid are told by their position among all that were read.
    """

    fine: dict[str, int] = {}
    owners: dict[str, str] = {}
    coarse: dict[str, Series] = {}
    expected: dict[str, float] = {}
    structures: dict[Structure, int] = {}
    versions: dict[str, int] = {}
    versions_owner: str | None = None
    replica_names: list[str] = []
    not_exported: dict[str, str] = {}
    errors: dict[str, str] = {}
    ends: dict[str, float] = {}
    presets: list[str] = []

    def explain(self, signals: Iterable[str], reason: str) -> None:
        """Add a reason to those that are known for signals which are not there."""
        for signal in signals:
            told = self.not_exported.get(signal)
            self.not_exported[signal] = f"{told}; {reason}" if told is not None else reason

    def outline(self, model: Model) -> Outline:
        """Return what the past of a model is made of."""
        answered = (position for signal, position in self.fine.items() if signal not in self.errors)
        replicas = self.structures.get(Structure.REPLICAS, NOWHERE)
        live = self.structures.get(Structure.LIVE_TARGETS, replicas) or next(answered, NOWHERE)
        dead = self.structures.get(Structure.DEAD_TARGETS, NOWHERE)
        positions = [*self.fine.values(), live, dead, replicas, *self.versions.values()]
        return Outline(
            model=model,
            signals=tuple(self.fine),
            versions=tuple(self.versions),
            pick=itemgetter(*positions),
            coarse=self.coarse,
            expected=self.expected,
            replica_names=tuple(sorted(self.replica_names)),
            not_exported={name: why for name, why in self.not_exported.items() if name not in self.fine},
            errors=self.errors,
            ends=self.ends,
            presets=tuple(self.presets),
        )


def _take_fine(of_preset: PresetReadings, layout: Layout, drafts: list[_Draft], first: int) -> int:
    """Place the series of signals, of which the first has a position; return the position after the last."""
    preset = of_preset.composition.preset
    for signal, reading in of_preset.fine.items():
        for position, number in enumerate(layout.place(preset, reading.rows).models, first):
            draft = drafts[number]
            if signal not in draft.fine:
                draft.fine[signal] = position
                draft.owners[signal] = preset
        first += len(reading.rows.series)
    return first


def _take_structures(of_preset: PresetReadings, layout: Layout, drafts: list[_Draft], first: int) -> int:
    """Place the series of structures likewise."""
    preset = of_preset.composition.preset
    for structure, reading in of_preset.structures.items():
        if reading.error is None:  # rows without a newest point would read as targets that are gone
            split_label = of_preset.composition.structures[structure].split_label
            place = layout.place(preset, reading.rows)
            for position, (number, row) in enumerate(zip(place.models, place.rows, strict=True), first):
                draft = drafts[number]
                if split_label is None:
                    draft.structures.setdefault(structure, position)
                elif draft.versions_owner in (None, preset):
                    draft.versions_owner = preset
                    draft.versions.setdefault(row.labels.get(split_label, ""), position)
        first += len(reading.rows.series)
    return first


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
