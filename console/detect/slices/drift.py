"""What of the drift of some columns lies in which slice.

The PSI of a column is the change of a mean: of ln(share now / share before) of the bin that each row lies in. So it is
taken apart as any mean is, and the sum of several columns as the sum of their means.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from console.detect.drift.distances import LEAST_SHARE, shares
from console.detect.slices.decomposition import SliceSums
from console.detect.slices.ranking import ranked_slices
from console.domain.drift import SliceShare
from console.sources.predictions.group_counts import GroupCounts

if TYPE_CHECKING:
    from console.detect.slices.decomposition import Numbers


def drift_slices(counted: Iterable[tuple[str, GroupCounts, GroupCounts]]) -> tuple[SliceShare, ...]:
    """Return which slices carry the drift of all columns that were counted.

    Each triple is the name of the column that slices the rows, and the counts by slice before and now.
    """
    return ranked_slices([_sums(name, before, now) for name, before, now in counted])


def _sums(name: str, before: GroupCounts, now: GroupCounts) -> SliceSums:
    import numpy as np

    values = tuple(dict.fromkeys(_text(value) for counts in (before, now) for value in counts.slices))
    columns = [column for column in before.counts if column in now.counts]
    rows = np.stack([_added(values, counts, counts.rows[:, None].astype(np.float64))[:, 0] for counts in (before, now)])
    total, squares = np.zeros_like(rows), np.zeros_like(rows)
    for column in columns:
        by_slice = [_added(values, counts, counts.counts[column].astype(np.float64)) for counts in (before, now)]
        p, q = (np.maximum(shares(counts.sum(axis=0)), LEAST_SHARE) for counts in by_slice)
        weight = np.log(q / p)
        total += np.stack([counts @ weight for counts in by_slice])
        # the variance of a sum is at most that of each part, as many times as there are parts
        squares += len(columns) * np.stack([counts @ weight**2 for counts in by_slice])
    return SliceSums(name, values, rows, total, squares)


def _added(values: Sequence[str], counts: GroupCounts, of_group: "Numbers") -> "Numbers":
    """Return counts by slice, those of all versions together: (slices, codes)."""
    import numpy as np

    place = {value: number for number, value in enumerate(values)}
    told = np.zeros((len(values), of_group.shape[1]))
    np.add.at(told, [place[_text(value)] for value in counts.slices], of_group)
    return told


def _text(value: str | None) -> str:
    return "null" if value is None else value
