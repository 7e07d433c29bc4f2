"""How a column went over the windows of the past: whether a drift persists, is usual at these hours, and since when."""

from collections.abc import Mapping

import msgspec
import numpy

from console.detect.drift.distances import Counts, Flags, Numbers
from console.detect.drift.rule import DriftRule
from console.detect.drift.seasons import broken_windows, unusual_windows
from console.detect.drift.significance import discoveries
from console.detect.drift.stack import Comparison, Stack, stacks_of
from console.detect.drift.windows import Windows
from console.domain.bins import Bins
from console.domain.series import Grid

WINDOWS_SHOWN = 48
"""Windows whose PSI is kept for the view."""


class Course(msgspec.Struct, frozen=True):
    """What the newest windows say of a column.

    `moved_in` of the `judged` newest windows differ from the reference. `drifts` says that enough of them do and that
    it is not what the same hours of earlier weeks look like; `is_usual` that it is. `psi_together` is the PSI beyond
    chance of these windows together.
    """

    psi_over_time: tuple[float, ...]
    psi_together: float
    moved_in: int
    judged: int
    drifts: bool = False
    is_usual: bool = False


def courses_of(
    columns: Mapping[str, Bins], counts: Mapping[str, Counts], rows: Counts, windows: Windows, rule: DriftRule
) -> dict[str, Course]:
    """Return the course of each column, from its counts (buckets, codes) and the rows of each bucket (buckets,)."""
    recent = windows.newest(WINDOWS_SHOWN)
    summed = {name: recent.summed(counts[name]) for name in columns}
    over_time: dict[str, Numbers] = {}
    tested: list[tuple[Stack, Comparison, Comparison]] = []
    for stack in stacks_of(columns.values()):
        arrays = stack.windows(summed)
        psi = stack.psi(arrays)
        psi[arrays.sum(axis=-1) < rule.minimum_rows] = numpy.nan
        over_time.update(zip((bins.column for bins in stack.bins), psi, strict=True))
        newest = arrays[:, -rule.windows :]
        together = newest.sum(axis=1, keepdims=True)
        tested.append((stack, stack.compared(newest), stack.compared(together)))
    found = _persistence(tested, rule)
    names = [bins.column for stack, _, _ in tested for bins in stack.bins]
    certain = [columns[name] for name, is_certain in zip(names, found.is_certain, strict=True) if is_certain]
    newest_windows = windows.newest(rule.windows)
    unusual = unusual_windows(certain, counts, rows, newest_windows, rule)
    courses = {}
    for index, name in enumerate(names):
        drifts = is_usual = False
        if found.is_certain[index]:
            leans = found.leans[index] & ~broken_windows(columns[name], counts[name], newest_windows, rule)
            drifts = _lasts(leans & unusual[name], bool(found.is_sudden[index]), rule)
            is_usual = not drifts and _lasts(leans, bool(found.is_sudden[index]), rule)
        moved_in, judged = int(found.moved[index].sum()), int(found.judged[index].sum())
        together = float(found.psi[index])
        courses[name] = Course(tuple(over_time[name].tolist()), together, moved_in, judged, drifts, is_usual)
    return courses


def _lasts(leans: Flags, is_sudden: bool, rule: DriftRule) -> bool:
    """Return whether enough of the newest windows (windows,) lean away: the newest two of a sudden change."""
    newest = leans[-rule.sudden_windows :]
    return int(leans.sum()) >= rule.drifted_windows or (is_sudden and bool(newest.all()))


class _Persistence(msgspec.Struct, frozen=True):
    """What the newest windows (columns, windows) say, each and together (columns,)."""

    judged: Flags
    moved: Flags
    leans: Flags
    is_certain: Flags
    is_sudden: Flags
    psi: Numbers


def _persistence(tested: list[tuple[Stack, Comparison, Comparison]], rule: DriftRule) -> _Persistence:
    """Return in which of the newest windows columns moved or lean away, and which are certain to have changed.

    What is certain are the windows together, by the rare chance of `false_alarms`: the noise of the reference is the
    same in every window, so that k of n alone would let a small reference alarm for ever. That k of n lean, too, tells
    a change that persists from one strange hour. Nobody waits that long for a large change of which the newest windows
    are as certain each by itself.
    """
    if not tested:
        nothing = numpy.zeros((0, rule.windows), dtype=numpy.bool_)
        return _Persistence(nothing, nothing, nothing, nothing[:, 0], nothing[:, 0], numpy.zeros(0))
    rows = numpy.concatenate([newest.rows for _, newest, _ in tested])
    base_rows = numpy.concatenate([newest.base_rows for _, newest, _ in tested])
    judged = (rows >= rule.minimum_rows) & (base_rows >= rule.minimum_rows)
    effects = numpy.concatenate([newest.effect for _, newest, _ in tested])
    p_values = numpy.where(judged, numpy.concatenate([newest.p_value for _, newest, _ in tested]), numpy.nan)
    together = numpy.concatenate([whole.p_value for _, _, whole in tested])
    whole_effect = numpy.concatenate([whole.effect for _, _, whole in tested])
    leans = p_values <= rule.leaning
    is_certain = _discovered(together, rule.false_alarms) & (whole_effect >= rule.least_effect)
    sudden = suddenly_changed(p_values, effects, rule)
    return _Persistence(
        judged=judged,
        moved=_discovered(p_values, rule.false_discoveries) & (effects >= rule.least_effect),
        leans=leans,
        is_certain=sudden | (is_certain[:, 0] & (leans.sum(axis=1) >= rule.drifted_windows)),
        is_sudden=sudden,
        psi=numpy.concatenate([whole.psi[:, 0] for _, _, whole in tested]),
    )


def suddenly_changed(p_values: Numbers, effects: Numbers, rule: DriftRule) -> Flags:
    """Return of which columns each of the newest windows is certain of a large change; both are (columns, windows)."""
    if p_values.shape[1] < rule.sudden_windows:
        return numpy.zeros(len(p_values), dtype=numpy.bool_)
    newest = slice(-rule.sudden_windows, None)
    certain = _discovered(p_values[:, newest], rule.false_alarms) & (effects[:, newest] >= rule.large_effect)
    return numpy.asarray(certain.all(axis=1))


def _discovered(p_values: Numbers, rate: float) -> Flags:
    """Return the discoveries among the columns (columns, windows) of each window."""
    return discoveries(p_values.T, rate).T


def onset_of(bins: Bins, counts: Counts, grid: Grid, now: Counts) -> tuple[float, bool]:
    """Return since when a column looks as it does now (UTC seconds), and whether it did in the oldest hour already.

    `now` are its counts (codes,) while it is broken or drifts. The most likely instant of a single change from the
    reference to that (Page 1954, Biometrika 41, 100-115): each hour is weighed by the likelihood of its rows under
    either, so that a quiet night neither ends a run nor begins one. Hours stand still, while the windows of a quiet
    model end with the running one: an onset told by these would move every hour, and the incident with it.
    """
    reference, current = numpy.asarray(bins.reference) + 0.5, now + 0.5
    weights = numpy.log((current / current.sum()) / (reference / reference.sum()))
    from_here = numpy.cumsum((counts @ weights)[::-1])[::-1]
    first = int(numpy.argmax(from_here))
    told = numpy.flatnonzero(counts.sum(axis=-1) > 0)
    return grid.instant(first), bool(first <= told[0]) if len(told) else True
