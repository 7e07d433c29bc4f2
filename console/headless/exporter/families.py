"""The metrics of one refresh. What is not known has no sample: absent is not 0, and old is not now."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from console import __version__
from console.domain.anomaly import Anomaly, Status
from console.domain.drift import ColumnDrift, DriftView
from console.domain.quality import MetricReading, QualityView
from console.domain.signal import Reading, State
from console.domain.snapshot import ModelView, Snapshot

MOST_COLUMNS, LEAST_COLUMNS = 100, 5
"""Columns of one model that are published, most contributing first: a table of thousands would drown a Prometheus."""
MOST_COLUMNS_OF_ALL = 10_000
"""Columns of all models that are published, but for the fewest of each."""
_LONGEST_LABEL = 512
_STATES_WITH_A_VALUE = frozenset({State.OK, State.PARTIAL, State.NOT_ENOUGH_DATA})


class Found(msgspec.Struct, frozen=True):
    """What one refresh found, how long it took (seconds) and how many there were; views by the model's id."""

    snapshot: Snapshot
    seconds: float
    refreshes: int
    drift: Mapping[str, DriftView] = {}
    quality: Mapping[str, QualityView] = {}


class _Family:
    """The samples of one metric; a second sample of the same labels is left out, or Prometheus would refuse all."""

    def __init__(self, name: str, told: str, *labels: str) -> None:
        self.metric = GaugeMetricFamily(f"incident_console_{name}", told, labels=labels)
        self._seen: set[tuple[str, ...]] = set()

    def add(self, value: float | None, *labels: str) -> None:
        """Add a sample where there is a number."""
        if value is None or not math.isfinite(value):
            return
        shown = tuple(map(_label, labels))
        if shown not in self._seen:
            self._seen.add(shown)
            self.metric.add_metric(shown, value)


def _label(text: str) -> str:
    """Return a text as UTF-8 can hold it, cut where nobody would read on."""
    return text[:_LONGEST_LABEL].encode("utf-8", "replace").decode("utf-8")


def families(found: Found | None, *, is_fresh: bool) -> Iterator[Metric]:
    """Yield all metrics; of a fleet that was not read for long only those that say so."""
    build = _Family("build_info", "Version of the console.", "version")
    build.add(1.0, __version__)
    yield build.metric
    if found is None:
        return
    yield from _refresh(found)
    yield from _sources(found.snapshot)
    if is_fresh:
        yield from _models(found.snapshot.models)
        yield from _signals(found.snapshot.models)
        yield from _anomalies(found.snapshot.models)
        yield from _drift(found.drift)
        yield from _quality(found.quality)


def _refresh(found: Found) -> Iterator[Metric]:
    at = _Family("refresh_timestamp_seconds", "When the fleet was last read (Unix time).")
    at.add(found.snapshot.taken_at)
    seconds = _Family("refresh_duration_seconds", "How long the last refresh took.")
    seconds.add(found.seconds)
    yield at.metric
    yield seconds.metric
    count = CounterMetricFamily("incident_console_refreshes", "Refreshes since the start.")
    count.add_metric((), found.refreshes)
    yield count


def _sources(snapshot: Snapshot) -> Iterator[Metric]:
    up = _Family("source_up", "1 while a source answers, in part or in full.", "source")
    complete = _Family("source_complete", "1 while a source answers in full.", "source")
    seconds = _Family("source_answer_seconds", "The slowest answer of a source in the last refresh.", "source")
    for source in snapshot.sources:
        up.add(float(source.status is Status.OK), source.name)
        complete.add(float(source.is_complete), source.name)
        seconds.add(source.seconds, source.name)
    yield from (up.metric, complete.metric, seconds.metric)


def _models(views: Sequence[ModelView]) -> Iterator[Metric]:
    status = _Family("model_status", "1 for the status that a model has, 0 for the others.", "model", "status")
    counts = _Family("models", "How many models have a status.", "status")
    version = _Family("model_version_traffic_ratio", "The part of the traffic that a version has.", "model", "version")
    onset = _Family("incident_onset_timestamp_seconds", "When the incident of a model began (Unix time).", "model")
    for view in views:
        for each in Status:
            status.add(float(view.status is each), view.model.id, each.value)
        for name, share in view.versions.items():
            version.add(share, view.model.id, name)
        is_open = view.incident is not None and not all(each.is_over for each in view.incident.anomalies)
        onset.add(view.incident.onset if view.incident is not None and is_open else None, view.model.id)
    for each in Status:
        counts.add(sum(view.status is each for view in views), each.value)
    yield from (status.metric, counts.metric, version.metric, onset.metric)


def _signals(views: Sequence[ModelView]) -> Iterator[Metric]:
    """Yield signals; their columns stand in a metric of their own: another worst column must not end a series."""
    labels = ("model", "signal")
    value = _Family("signal", "A signal of a model now, in its unit.", *labels, "unit")
    feature = _Family("signal_feature", "1 for the column that a signal speaks of.", *labels, "feature")
    expected = _Family("signal_expected", "What the model's own past says of a signal.", *labels)
    limit = _Family("signal_limit", "What a signal is judged by.", *labels)
    seen = _Family("signal_timestamp_seconds", "When a signal was measured last (Unix time).", *labels)
    for view in views:
        for name, reading in view.readings.items():
            key = (view.model.id, name)
            if reading.state in _STATES_WITH_A_VALUE:
                value.add(reading.value, *key, reading.signal.unit)
                feature.add(1.0 if reading.feature else None, *key, reading.feature or "")
            expected.add(reading.expected, *key)
            limit.add(reading.limit, *key)
            seen.add(_seen(reading), *key)
    yield from (value.metric, feature.metric, expected.metric, limit.metric, seen.metric)


def _seen(reading: Reading) -> float | None:
    return reading.seen if reading.value is not None else None


def _anomalies(views: Sequence[ModelView]) -> Iterator[Metric]:
    active = _Family("anomaly", "1 while a model has an anomaly.", "model", "kind", "severity", "signal")
    onset = _Family("anomaly_onset_timestamp_seconds", "When an anomaly began (Unix time).", "model", "kind", "signal")
    for view in views:
        for anomaly in view.anomalies:
            if not anomaly.is_over:
                active.add(1.0, view.model.id, *_kind(anomaly), anomaly.signal or "")
                onset.add(anomaly.onset, view.model.id, anomaly.kind.value, anomaly.signal or "")
    yield from (active.metric, onset.metric)


def _kind(anomaly: Anomaly) -> tuple[str, str]:
    return anomaly.kind.value, anomaly.severity.value


def _drift(views: Mapping[str, DriftView]) -> Iterator[Metric]:
    labels = ("model", "feature", "role")
    distances = {
        "psi": _Family("feature_psi", "Population stability index of a column against its reference.", *labels),
        "js": _Family("feature_js_distance", "Jensen-Shannon distance (log base 2) of a column.", *labels),
        "share": _Family("feature_share_ratio", "The part of the change of all columns in this one.", *labels),
        "null_share_current": _Family("feature_null_ratio", "The part of the rows that is null now.", *labels),
    }
    verdict = _Family("feature_verdict", "1 for the verdict that a column has.", *labels, "verdict")
    rows = _Family("predictions_rows", "Logged rows that were compared.", "model", "of")
    newest = _Family("predictions_newest_timestamp_seconds", "When the newest row was logged (Unix time).", "model")
    hidden = _Family("features_not_published", "Columns beyond those that are published.", "model")
    most = min(MOST_COLUMNS, max(LEAST_COLUMNS, MOST_COLUMNS_OF_ALL // max(1, len(views))))
    for model_id, view in views.items():
        for column in view.columns[:most]:
            key = (model_id, column.name, column.role.value)
            for field, family in distances.items():
                family.add(_distance(column, field), *key)
            verdict.add(1.0, *key, column.verdict.value)
        rows.add(view.current_rows, model_id, "current")
        rows.add(view.reference_rows, model_id, "reference")
        newest.add(view.newest, model_id)
        hidden.add(max(0, len(view.columns) - most), model_id)
    yield from (family.metric for family in (*distances.values(), verdict, rows, newest, hidden))


def _distance(column: ColumnDrift, field: str) -> float | None:
    value: float | None = getattr(column, field)
    return value


def _quality(views: Mapping[str, QualityView]) -> Iterator[Metric]:
    labels = ("model", "metric", "is_estimate")
    value = _Family("quality", "A measure of quality over the rows that have labels; or its estimate.", *labels)
    low = _Family("quality_low", "The lower end of its 95 % confidence interval.", *labels)
    high = _Family("quality_high", "The upper end of its 95 % confidence interval.", *labels)
    training = _Family("quality_training", "The figure of training.", "model", "metric")
    coverage = _Family("label_coverage_ratio", "The part of the rows that has a label by now.", "model")
    delay = _Family("label_delay_seconds", "How long a label takes, by quantile.", "model", "quantile")
    end = _Family("quality_timestamp_seconds", "Up to when rows have been judged (Unix time).", "model")
    for model_id, view in views.items():
        for reading, is_estimate in _readings(view):
            key = (model_id, reading.metric.name, "true" if is_estimate else "false")
            value.add(reading.value, *key)
            low.add(reading.low, *key)
            high.add(reading.high, *key)
            training.add(reading.training, model_id, reading.metric.name)
        coverage.add(view.coverage, model_id)
        delay.add(view.delay_median, model_id, "0.5")
        delay.add(view.delay_p90, model_id, "0.9")
        end.add(view.end, model_id)
    yield from (family.metric for family in (value, low, high, training, coverage, delay, end))


def _readings(view: QualityView) -> Iterable[tuple[MetricReading, bool]]:
    yield from ((reading, False) for reading in view.metrics)
    yield from ((reading, True) for reading in view.estimated)
