"""One column of one window beside its reference: distances, the bins that moved, and words for them."""

import math

import numpy

from console.detect.drift.distances import (
    Counts,
    hellinger,
    jensen_shannon,
    largest_difference,
    population_stability_index,
    psi_terms,
    total_variation,
)
from console.detect.drift.ordered import kolmogorov_smirnov, wasserstein
from console.detect.drift.words import bin_labels, moved_in_words
from console.domain.bins import Bins, ColumnKind
from console.domain.drift import BinShare, ColumnDrift, DriftView, Verdict

MOST_MOVED = 3
"""Bins that are named as those that moved most."""
LEAST_PART_OF_THE_CHANGE = 0.1
"""The part of a column's PSI that a bin must carry to be named."""


def measured(bins: Bins, counts: Counts) -> ColumnDrift:
    """Return a column with all distances of its counts (by code) from the reference; its verdict is still `ok`."""
    reference = numpy.asarray(bins.reference, dtype=numpy.int64)
    by_bin = shares_by_bin(bins, counts)
    is_number = bins.kind is ColumnKind.NUMBER
    return ColumnDrift(
        name=bins.column,
        role=bins.role,
        verdict=Verdict.OK,
        null_share_reference=by_bin[0].reference,
        null_share_current=by_bin[0].current,
        psi=known(population_stability_index(reference, counts)),
        js=known(jensen_shannon(reference, counts)),
        hellinger=known(hellinger(reference, counts)),
        total_variation=known(total_variation(reference, counts)),
        largest_difference=known(largest_difference(reference, counts)),
        kolmogorov_smirnov=known(kolmogorov_smirnov(reference, counts)) if is_number else None,
        wasserstein=known(wasserstein(bins, reference, counts)) if is_number else None,
        moved=most_moved(reference, counts, by_bin),
        bins=by_bin,
    )


def unmeasured(bins: Bins, counts: Counts, verdict: Verdict, detail: str) -> ColumnDrift:
    """Return a column of which no distance is told, with the reason in words."""
    by_bin = shares_by_bin(bins, counts)
    return ColumnDrift(
        name=bins.column,
        role=bins.role,
        verdict=verdict,
        null_share_reference=by_bin[0].reference,
        null_share_current=by_bin[0].current,
        detail=detail,
        bins=by_bin,
    )


def shares_by_bin(bins: Bins, counts: Counts) -> tuple[BinShare, ...]:
    """Return every bin with its shares; a side without rows has shares of 0."""
    before, after = max(sum(bins.reference), 1), max(int(counts.sum()), 1)
    return tuple(
        BinShare(label, reference / before, int(current) / after)
        for label, reference, current in zip(bin_labels(bins), bins.reference, counts, strict=True)
    )


def most_moved(reference: Counts, counts: Counts, by_bin: tuple[BinShare, ...]) -> tuple[BinShare, ...]:
    """Return the bins that carry most of the PSI, the most telling first."""
    terms = psi_terms(reference, counts)
    whole = float(terms.sum())
    if not whole > 0:
        return ()
    order = numpy.argsort(-terms, kind="stable")[:MOST_MOVED]
    return tuple(by_bin[index] for index in order if terms[index] >= LEAST_PART_OF_THE_CHANGE * whole)


def moved_detail(moved: tuple[BinShare, ...]) -> str:
    """Return the bins that moved in words: `18–25: 4 % → 19 %, 60–75: 12 % → 5 %`."""
    return ", ".join(moved_in_words(share) for share in moved)


def known(value: object) -> float | None:
    """Return a distance as a plain number, None where it is not known."""
    number = float(value)  # type: ignore[arg-type]  # numpy's stubs call a sum over the last axis an array
    return None if math.isnan(number) else number


def change_of(column: ColumnDrift) -> float:
    """Return the PSI of a column beyond chance, 0 where none is told."""
    return column.psi_beyond_chance or 0.0


def windows_since_onset(column: ColumnDrift, view: DriftView) -> int | None:
    """Return how many of the newest windows lie after a column's onset; None where it has none, or an older one."""
    if column.onset is None or column.onset_is_earlier:
        return None
    since = 1 + round((view.start - column.onset) / view.bucket_seconds)
    return since if 1 <= since < len(column.psi_over_time) else None


def usual_change(column: ColumnDrift, view: DriftView) -> float | None:
    """Return the median PSI beyond chance of the windows before the onset, else of those before the newest.

    None where there are none, or where the onset lies before all of them.
    """
    drifts = column.verdict in (Verdict.DRIFT, Verdict.BROKEN)
    since = windows_since_onset(column, view) if drifts else 1
    before = sorted(value for value in column.psi_over_time[: -since if since else 0] if value == value)
    return before[len(before) // 2] if before else None
