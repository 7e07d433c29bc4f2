"""Builds references and pasts of logged predictions from plain samples and probabilities."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy
from numpy.typing import NDArray

from console.domain.bins import Bins, ColumnKind, Role
from console.domain.label import Label
from console.domain.model import Model
from console.domain.series import Grid
from console.history.predictions.past import HOUR, PredictionPast, Reference

AT = 1_790_000_100.0 // HOUR * HOUR + 1800.0
"""Half past an hour."""

Array = NDArray[Any]


def number_bins(
    column: str,
    reference: Sequence[int],
    edges: Sequence[float],
    *,
    low: float = 0.0,
    high: float = 100.0,
    role: Role = Role.FEATURE,
    quantiles: Sequence[float] = (),
    type_name: str = "float64",
) -> Bins:
    """Return bins of numbers; `reference` counts null, below, the ranges, above."""
    assert len(reference) == len(edges) + 4
    return Bins(
        column,
        role,
        ColumnKind.NUMBER,
        tuple(reference),
        tuple(edges),
        low,
        high,
        quantiles=tuple(quantiles),
        type_name=type_name,
    )


def deciles(column: str, rows: int = 10_000, *, role: Role = Role.FEATURE) -> Bins:
    """Return ten ranges from 0 to 100 that hold as many rows each, none null."""
    inner = [10.0 * i for i in range(1, 10)]
    return number_bins(column, (0, 0, *[rows // 10] * 10, 0), inner, role=role, quantiles=inner)


def category_bins(
    column: str,
    named: Mapping[str, int],
    *,
    null: int = 0,
    rare: Mapping[str, int] | None = None,
    role: Role = Role.FEATURE,
) -> Bins:
    rare = rare or {}
    return Bins(
        column,
        role,
        ColumnKind.CATEGORY,
        (null, *named.values(), sum(rare.values()), 0),
        categories=tuple(named),
        rare=tuple(rare),
        type_name="string",
    )


def reference_of(*bins: Bins) -> Reference:
    return Reference("a training sample", max(sum(b.reference) for b in bins), {b.column: b for b in bins}, "f" * 16)


def spread(rows: int, probabilities: Sequence[float]) -> Array:
    """Return counts of so many rows as near to the probabilities as whole numbers come, without noise."""
    shares = numpy.asarray(probabilities, dtype=float)
    exact = rows * shares / shares.sum()
    counts: Array = numpy.floor(exact).astype(numpy.int64)
    order = numpy.argsort(counts - exact, kind="stable")
    counts[order[: rows - counts.sum()]] += 1
    return counts


def a_past(
    reference: Reference,
    counts: Mapping[str, Array],
    *,
    versions: Sequence[str] = ("v1",),
    at: float = AT,
    types: Mapping[str, str] | None = None,
    newest_row: float | None = None,
) -> PredictionPast:
    """Return a past of counts (versions, buckets, codes), or (buckets, codes) where there is one version."""
    shaped = {name: array if array.ndim == 3 else array[None] for name, array in counts.items()}
    rows = numpy.max([array.sum(axis=-1) for array in shaped.values()], axis=0)
    buckets = rows.shape[1]
    start = at // HOUR * HOUR - (buckets - 1) * HOUR
    return PredictionPast(
        model=Model("fraud", Label("fraud")),
        at=at,
        grid=Grid(start, HOUR, buckets),
        versions=tuple(versions),
        reference=reference,
        rows=rows,
        counts=dict(shaped),
        known=numpy.ones(buckets, dtype=numpy.bool_),
        newest_row=newest_row if newest_row is not None else at - 5.0,
        types=dict(types or {}),
    )


class Draws(msgspec.Struct, frozen=True):
    """Bins made of a drawn reference, and the true probability of each code."""

    bins: Bins
    probabilities: Array


def a_reference_of_categories(probabilities: Array, rows: int, *, named: int, random: numpy.random.Generator) -> Draws:
    """Draw a reference of a column with these categories and give the `named` commonest a bin of their own."""
    drawn = random.multinomial(rows, probabilities)
    by_count = numpy.argsort(-drawn, kind="stable")
    by_count = by_count[drawn[by_count] > 0]
    top, rare = by_count[:named], by_count[named:]
    unseen = numpy.setdiff1d(numpy.arange(len(probabilities)), by_count)
    bins = Bins(
        "category",
        Role.FEATURE,
        ColumnKind.CATEGORY,
        (0, *drawn[top].tolist(), int(drawn[rare].sum()), 0),
        categories=tuple(f"{code:06}" for code in top),
        rare=tuple(f"{code:06}" for code in rare),
        type_name="string",
    )
    shares = [0.0, *probabilities[top], probabilities[rare].sum(), probabilities[unseen].sum()]
    return Draws(bins, numpy.asarray(shares))
