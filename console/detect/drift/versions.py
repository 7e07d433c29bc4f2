"""Versions beside each other: when each appeared, and whether they get the same inputs and give the same outputs."""

import msgspec
import numpy

from console.detect.drift.rule import DriftRule
from console.detect.drift.significance import discoveries
from console.detect.drift.stack import compared, stacks_of
from console.detect.drift.windows import Windows
from console.domain.bins import Role
from console.history.predictions.past import PredictionPast


class Appearance(msgspec.Struct, frozen=True):
    """A version and the start of the first bucket in which it has rows (UTC seconds)."""

    version: str
    at: float


class BesideOthers(msgspec.Struct, frozen=True):
    """The newest version against all others over the same windows, the columns that differ by name."""

    version: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]

    @property
    def differing(self) -> tuple[str, ...]:
        """Return all columns that differ."""
        return (*self.inputs, *self.outputs)


def appearances(past: PredictionPast) -> tuple[Appearance, ...]:
    """Return the versions that appeared while others had served already, oldest first."""
    first = [int(numpy.argmax(rows > 0)) if rows.any() else past.grid.count for rows in past.rows]
    oldest = min(first, default=0)
    found = [
        Appearance(version, past.grid.instant(index))
        for version, index in zip(past.versions, first, strict=True)
        if oldest < index < past.grid.count
    ]
    return tuple(sorted(found, key=lambda appearance: appearance.at))


def serving(past: PredictionPast, windows: Windows, rule: DriftRule) -> tuple[int, ...]:
    """Return the indices of the versions that have enough rows in the windows together, most rows first."""
    rows = numpy.array([windows.summed(by_bucket).sum() for by_bucket in past.rows])
    order = numpy.argsort(-rows, kind="stable")
    return tuple(int(index) for index in order if rows[index] >= rule.minimum_rows)


def beside_others(past: PredictionPast, windows: Windows, rule: DriftRule) -> BesideOthers | None:
    """Return how the version that appeared last differs from those that serve beside it; None where none does.

    Both are measured over the same windows, so that what the world does to one it does to the other.
    """
    indices = serving(past, windows, rule)
    if len(indices) < 2:
        return None
    first = {index: int(numpy.argmax(past.rows[index] > 0)) for index in indices}
    newest = max(indices, key=lambda index: first[index])
    others = [index for index in indices if index != newest]
    columns = {name: bins for name, bins in past.reference.bins.items() if name in past.counts}
    now = {name: windows.summed(past.counts[name][newest]).sum(axis=0)[None] for name in columns}
    beside = {name: windows.summed(past.counts[name][others].sum(axis=0)).sum(axis=0)[None] for name in columns}
    names, p_values, effects = [], [], []
    for stack in stacks_of(columns.values()):
        found = compared(stack.windows(beside), stack.windows(now), stack.kind)
        names += [bins.column for bins in stack.bins]
        p_values.append(found.p_value[:, 0])
        effects.append(found.effect[:, 0])
    if not names:
        return None
    differs = discoveries(numpy.concatenate(p_values), rule.false_alarms)
    differs &= numpy.concatenate(effects) >= rule.least_effect
    differing = [name for name, differ in zip(names, differs, strict=True) if differ]
    return BesideOthers(
        past.versions[newest],
        inputs=tuple(name for name in differing if columns[name].role is Role.FEATURE),
        outputs=tuple(name for name in differing if columns[name].role is not Role.FEATURE),
    )
