"""Answers as tidy pandas frames, for exports and reports; never on the way to a screen."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from console.sources.prometheus.answers import InstantAnswer, LabelSets, RangeAnswer

if TYPE_CHECKING:
    from pandas import DataFrame

_TAKEN = ("timestamp", "value")
"""Columns of a tidy frame, which the library would overwrite a label of the same name with."""


def to_frame(answer: RangeAnswer | InstantAnswer) -> "DataFrame":
    """Return one row per sample: a column per label (raw values), `timestamp` (UTC), `value` (float).

    A label called `timestamp` or `value` is the column `label_timestamp` or `label_value`. Native histograms have no
    single value and are left out. An answer without samples is a frame without rows.
    """
    return tidy_frame(_samples(answer))


def tidy_frame(samples: Iterable[tuple[Mapping[str, str], tuple[float, float]]]) -> "DataFrame":
    """Return one row per sample of labels with a point (UTC seconds, value), as `to_frame` does."""
    import pandas as pd
    from prometheus_api_client import MetricSnapshotDataFrame

    rows = [{"metric": _renamed(labels), "value": point} for labels, point in samples]
    if rows:
        # For ranges too: MetricRangeDataFrame makes its index by a way that pandas 4 no longer has.
        tidy = pd.DataFrame(MetricSnapshotDataFrame(rows, ts_as_datetime=False))
    else:
        tidy = pd.DataFrame({"timestamp": pd.Series(dtype="float64"), "value": pd.Series(dtype="float64")})
    tidy["timestamp"] = pd.to_datetime(tidy["timestamp"], unit="s", utc=True)
    others = sorted(name for name in tidy.columns if name not in _TAKEN)
    return tidy[[*others, *_TAKEN]]


def _samples(answer: RangeAnswer | InstantAnswer) -> Iterator[tuple[Mapping[str, str], tuple[float, float]]]:
    labels = LabelSets()
    if isinstance(answer, InstantAnswer):
        for sample in answer.samples:
            if sample.value is not None:
                yield labels.of(sample.metric), (sample.value.instant, sample.value.value)
        return
    for series in answer.series:
        for point in series.values:
            yield labels.of(series.metric), (point.instant, point.value)


def _renamed(labels: Mapping[str, str]) -> dict[str, str]:
    return {f"label_{name}" if name in _TAKEN else name: value for name, value in labels.items()}
