"""Broken data: what pipelines do and populations do not. It is looked for before drift."""

import math

import msgspec
import numpy

from console.detect.drift.distances import Counts, expected_by_chance, shares, total_variation, triangular
from console.detect.drift.rule import DriftRule
from console.detect.drift.significance import chance_of_more
from console.detect.drift.words import bin_labels, share_in_words
from console.domain.bins import Bins, ColumnKind, Role
from console.domain.drift import Breakage

_NULL = 0


class Broken(msgspec.Struct, frozen=True):
    """How a column is broken, the share of its rows that are (ratio), that of the reference, and words."""

    breakage: Breakage
    share: float
    expected: float
    detail: str


def find_breakage(bins: Bins, counts: Counts, rule: DriftRule) -> Broken | None:
    """Return how a column is broken, by its counts (by code) of a window; None where it is not, or too few rows tell.

    The first that holds speaks: nulls, one constant value, values out of range, new categories, vanished ones. Which
    values a prediction has is the model's own doing and counts as drift.
    """
    if counts.sum() < rule.minimum_rows or sum(bins.reference) < rule.minimum_rows:
        return None
    checks = [_nulls]
    if bins.role is Role.FEATURE:
        checks += [_constant]
        checks += [_out_of_range] if bins.kind is ColumnKind.NUMBER else [_new_categories, _vanished_categories]
    return next((broken for check in checks if (broken := check(bins, counts, rule)) is not None), None)


def _is_more(reference: int, reference_rows: int, current: int, rows: int, rule: DriftRule) -> bool:
    """Return whether a kind of rows became more, by a share that matters and beyond what is chance."""
    if current / rows - reference / reference_rows < rule.broken_share:
        return False
    chance = chance_of_more(
        numpy.asarray(reference),
        numpy.asarray(float(reference_rows)),
        numpy.asarray(current),
        numpy.asarray(float(rows)),
    )
    return float(chance) <= rule.broken_significance


def _nulls(bins: Bins, counts: Counts, rule: DriftRule) -> Broken | None:
    before, after = sum(bins.reference), int(counts.sum())
    if not _is_more(bins.reference[_NULL], before, int(counts[_NULL]), after, rule):
        return None
    share, expected = int(counts[_NULL]) / after, bins.reference[_NULL] / before
    detail = f"null in {share_in_words(share)} of rows, expected {share_in_words(expected)}"
    return Broken(Breakage.NULLS, share, expected, detail)


def _constant(bins: Bins, counts: Counts, rule: DriftRule) -> Broken | None:
    """Look for one value (of numbers: one range) that nearly all rows hold, where few others are chance no more."""
    before, after = sum(bins.reference), int(counts.sum())
    code = int(numpy.argmax(counts))
    share = int(counts[code]) / after
    if share < rule.constant_share or code in (_NULL, *bins.unseen) or code == _other(bins):
        return None
    expected = bins.reference[code] / before
    others = before - bins.reference[code]
    # Asked from the other side: would the reference hold so many other rows by chance?
    if share - expected < rule.broken_share or not _is_more(
        after - int(counts[code]), after, others, before, msgspec.structs.replace(rule, broken_share=0.0)
    ):
        return None
    label = bin_labels(bins)[code]
    detail = f"{label} in {share_in_words(share)} of rows, expected {share_in_words(expected)}"
    return Broken(Breakage.CONSTANT, share, expected, detail)


def _out_of_range(bins: Bins, counts: Counts, rule: DriftRule) -> Broken | None:
    """Look for values outside the reference that do not come with a shift of those inside.

    A population that moves takes the whole distribution along; a sentinel such as -1, or another unit, does not.
    """
    before, after = sum(bins.reference), int(counts.sum())
    below, above = bins.unseen
    worst = max((below, above), key=lambda code: int(counts[code]))
    if not _is_more(0, before, int(counts[worst]), after, rule):
        return None
    outside = int(counts[below] + counts[above]) / after
    inside = slice(below + 1, above)
    reference = numpy.asarray(bins.reference)[inside]
    if outside < rule.critical_share and _moved_by(reference, counts[inside]) > outside:
        return None
    end = bin_labels(bins)[worst]
    share = int(counts[worst]) / after
    return Broken(
        Breakage.OUT_OF_RANGE, outside, 0.0, f"{end} in {share_in_words(share)} of rows, never in the reference"
    )


def _moved_by(reference: Counts, current: Counts) -> float:
    """Return the total variation less what is expected by chance."""
    moved = float(total_variation(reference, current))
    whole = float(triangular(reference, current))
    if not whole > 0:
        return 0.0
    beyond = max(0.0, whole - float(expected_by_chance(reference, current))) / whole
    return moved * math.sqrt(beyond)


def _other(bins: Bins) -> int | None:
    return bins.count - 2 if bins.kind is ColumnKind.CATEGORY else None


def _new_categories(bins: Bins, counts: Counts, rule: DriftRule) -> Broken | None:
    """Look for categories that the reference does not hold, more of them than its own rare values foretell.

    A reference that holds many values once has not seen all there are: the chance that the next row is new is the
    share of values seen once (Good 1953, Biometrika 40, 237-264). How many these are is not known of rare values; each
    counts as one.
    """
    before, after = sum(bins.reference), int(counts.sum())
    new = int(counts[-1])
    seen_once = min(len(bins.rare), bins.reference[-2]) + sum(count == 1 for count in bins.reference[1:-2])
    if not _is_more(seen_once, before, new, after, rule):
        return None
    share, expected = new / after, seen_once / before
    gone = _vanished(bins, counts, rule)
    detail = f"new to the reference in {share_in_words(share)} of rows"
    if gone and share >= rule.critical_share:
        detail += ", its own values are gone: another encoding"
    return Broken(Breakage.NEW_CATEGORIES, share, expected, detail)


def _vanished_categories(bins: Bins, counts: Counts, rule: DriftRule) -> Broken | None:
    gone = _vanished(bins, counts, rule)
    share = float(sum(shares(numpy.asarray(bins.reference))[code] for code in gone))
    if not gone or share < rule.broken_share:
        return None
    labels = bin_labels(bins)
    named = ", ".join(labels[code] for code in gone[:3]) + (f" and {len(gone) - 3} more" if len(gone) > 3 else "")
    detail = f"without {named}, expected in {share_in_words(share)} of rows"
    return Broken(Breakage.VANISHED_CATEGORIES, share, 0.0, detail)


def _vanished(bins: Bins, counts: Counts, rule: DriftRule) -> list[int]:
    """Return the codes of categories without a row, where that is no chance, the commonest first."""
    before, after = sum(bins.reference), int(counts.sum())
    none = numpy.asarray(0)
    return [
        code
        for code in range(1, bins.count - 2)
        if counts[code] == 0
        and bins.reference[code] / before * after > 5
        and float(
            chance_of_more(
                none, numpy.asarray(float(after)), numpy.asarray(bins.reference[code]), numpy.asarray(float(before))
            )
        )
        <= rule.broken_significance
    ]
