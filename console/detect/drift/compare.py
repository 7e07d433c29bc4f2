"""One window of one model against its reference: every column with its distances and a verdict."""

from collections.abc import Mapping

import msgspec
import numpy

from console.detect.drift.breakage import Broken, find_breakage
from console.detect.drift.column import change_of, known, measured, moved_detail, unmeasured
from console.detect.drift.distances import Counts
from console.detect.drift.rule import DriftRule
from console.detect.drift.significance import adjusted_p_values
from console.detect.drift.stack import stacks_of
from console.detect.drift.units import may_be_a_population, moved_by_something_else, refined
from console.domain.bins import Bins, Role
from console.domain.drift import Breakage, ColumnDrift, DriftView, Verdict
from console.history.predictions.past import Reference


def compare(
    reference: Reference,
    rows: int,
    counts: Mapping[str, Counts],
    *,
    model: str,
    start: float,
    end: float,
    version: str | None = None,
    types: Mapping[str, str] | None = None,
    quantiles: Mapping[str, tuple[float, ...]] | None = None,
    rule: DriftRule | None = None,
) -> DriftView:
    """Return a window (`start` to `end`, UTC seconds) of `rows` rows against the reference, most contributing first.

    `counts` are by column name, in the codes of its bins; a column that is absent is gone from the store. `types` are
    the types of the columns now, `quantiles` the nine deciles of those that `needs_quantiles` named, both as far as
    they are known.
    """
    rule = rule or DriftRule()
    columns = judged_columns(reference, rows, counts, Asides(types or {}, quantiles or {}), rule)
    return DriftView(
        model=model,
        start=start,
        end=end,
        reference=reference.said,
        reference_rows=reference.rows,
        current_rows=rows,
        columns=ranked(columns),
        version=version,
    )


class Asides(msgspec.Struct, frozen=True):
    """What is known of columns beside their counts: their types now, and nine deciles of some."""

    types: Mapping[str, str] = {}
    quantiles: Mapping[str, tuple[float, ...]] = {}


def judged_columns(
    reference: Reference, rows: int, counts: Mapping[str, Counts], asides: Asides, rule: DriftRule
) -> list[ColumnDrift]:
    """Return the columns of one window with their verdicts, in the order of the reference."""
    present = {name: counts[name] for name in reference.bins if name in counts}
    tests = _tests({name: reference.bins[name] for name in present}, present)
    broken = _broken(reference, present, tests, asides.quantiles, rule)
    testable = [name for name in present if has_enough(reference.bins[name], present[name], rule) and not broken[name]]
    adjusted = adjusted_p_values(numpy.array([tests[name].p_value for name in testable]))
    discovered = {name for name, p in zip(testable, adjusted, strict=True) if p <= rule.false_discoveries}
    columns = []
    for name, bins in reference.bins.items():
        if name not in present:
            columns.append(_gone(bins, rows, rule))
            continue
        column = _with_test(measured(bins, present[name]), tests[name])
        found = broken[name]
        if found is not None:
            columns.append(as_broken(column, found))
        elif not has_enough(bins, present[name], rule):
            columns.append(unmeasured(bins, present[name], Verdict.NOT_ENOUGH_DATA, too_few(bins, present[name], rule)))
        elif name in discovered and tests[name].effect >= rule.least_effect:
            columns.append(as_drifted(column))
        else:
            columns.append(column)
    return [_retyped(column, reference.bins[column.name], asides.types) for column in columns]


def _broken(
    reference: Reference,
    counts: Mapping[str, Counts],
    tests: Mapping[str, "_Test"],
    quantiles: Mapping[str, tuple[float, ...]],
    rule: DriftRule,
) -> dict[str, Broken | None]:
    """Return how each column is broken.

    A conversion that a population may be taken for does not count where other inputs moved, too, by something else:
    people who are older and richer and write longer texts change several inputs, each by a factor of its own.
    """
    by_counts = {name: find_breakage(reference.bins[name], counts[name], rule) for name in counts}
    found = {
        name: refined(reference.bins[name], by_counts[name], quantiles, int(counts[name].sum())) for name in counts
    }
    units = {name: each for name, each in found.items() if each is not None and each.breakage is Breakage.UNITS}
    inputs = {name: tests[name].psi for name in counts if reference.bins[name].role is Role.FEATURE}
    doubtful = [
        name
        for name in units
        if may_be_a_population(reference.bins[name], quantiles) and moved_by_something_else(name, units, inputs)
    ]
    return found | {name: by_counts[name] for name in doubtful}


def ranked(columns: list[ColumnDrift]) -> tuple[ColumnDrift, ...]:
    """Return columns with their share of the total change, most contributing first; equals by name.

    A column's change is its PSI beyond chance, which adds up where columns are independent. Without any, no column has
    a share.
    """
    changes = [change_of(column) for column in columns]
    whole = sum(changes)
    shared = [
        msgspec.structs.replace(column, share=change / whole if whole else 0.0)
        for column, change in zip(columns, changes, strict=True)
    ]
    return tuple(sorted(shared, key=lambda column: (-column.share, column.name)))


def has_enough(bins: Bins, counts: Counts, rule: DriftRule) -> bool:
    """Return whether window and reference hold as many rows as a verdict needs."""
    return int(counts.sum()) >= rule.minimum_rows and sum(bins.reference) >= rule.minimum_rows


def too_few(bins: Bins, counts: Counts, rule: DriftRule) -> str:
    """Return which side has too few rows, in words."""
    rows, reference = int(counts.sum()), sum(bins.reference)
    if reference < rule.minimum_rows:
        return f"{reference:,} rows in the reference, {rule.minimum_rows} are needed"
    return f"{rows:,} rows, {rule.minimum_rows} are needed"


def as_broken(column: ColumnDrift, found: Broken) -> ColumnDrift:
    """Return a column as broken: no part of its PSI is chance or doubt then."""
    return msgspec.structs.replace(
        column,
        verdict=Verdict.BROKEN,
        breakage=found.breakage,
        broken_share=found.share,
        psi_beyond_chance=column.psi,
        detail=found.detail,
    )


def as_drifted(column: ColumnDrift) -> ColumnDrift:
    """Return a column as drifted, with the bins that moved in words."""
    return msgspec.structs.replace(column, verdict=Verdict.DRIFT, detail=moved_detail(column.moved))


class _Test(msgspec.Struct, frozen=True):
    statistic: float
    p_value: float
    effect: float
    psi: float


def _tests(columns: Mapping[str, Bins], counts: Mapping[str, Counts]) -> dict[str, _Test]:
    tests = {}
    for stack in stacks_of(columns.values()):
        windows = stack.windows({bins.column: counts[bins.column][None, :] for bins in stack.bins})
        found = stack.compared(windows)
        for index, bins in enumerate(stack.bins):
            tests[bins.column] = _Test(
                float(found.statistic[index, 0]),
                float(found.p_value[index, 0]),
                float(found.effect[index, 0]),
                float(found.psi[index, 0]),
            )
    return tests


def _with_test(column: ColumnDrift, test: _Test) -> ColumnDrift:
    return msgspec.structs.replace(
        column,
        psi_beyond_chance=known(test.psi),
        chi_square=known(test.statistic),
        p_value=known(test.p_value),
    )


def _gone(bins: Bins, rows: int, rule: DriftRule) -> ColumnDrift:
    """Return a column that the store does not hold any more: every row of it is null."""
    counts = numpy.zeros(bins.count, dtype=numpy.int64)
    counts[0] = rows
    if rows < rule.minimum_rows:
        return unmeasured(bins, counts, Verdict.NOT_ENOUGH_DATA, too_few(bins, counts, rule))
    return as_broken(measured(bins, counts), Broken(Breakage.MISSING_COLUMN, 1.0, 0.0, "is gone from the store"))


def _retyped(column: ColumnDrift, bins: Bins, types: Mapping[str, str]) -> ColumnDrift:
    """Return a column as broken when its type changed, unless it is broken already."""
    now = types.get(column.name, "")
    if column.verdict is Verdict.BROKEN or not now or not bins.type_name or now == bins.type_name:
        return column
    return as_broken(column, Broken(Breakage.TYPE, 1.0, 0.0, f"is of type {now}, {bins.type_name} in the reference"))
