"""Reports as Evidently 0.7 writes them: `Snapshot.json()` (`save_json`), and `Snapshot.dumps()`, which keeps all."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from console.sources.evidently.columns import Columns
from console.sources.evidently.loose import instant, mapping, mappings, number, text
from console.sources.evidently.naming import names_told
from console.sources.evidently.report import EvidentlyReport

_DRIFT = "ValueDrift"
_MISSING = "MissingValueCount"
_DRIFTED = "DriftedColumnsCount"
_FAILED = frozenset({"FAIL", "ERROR"})
_SAID = re.compile(r"drift detection method is (?P<method>.+?)\. The drift threshold is (?P<threshold>[\d.]*\d)")
_NAMED = re.compile(r"(?P<type>\w+)\((?:.*?\b)?(?:column=(?P<column>[^,)]+))?")


def is_report(document: Mapping[str, Any]) -> bool:
    """Return whether this is what `Snapshot.json()` wrote."""
    return any("metric_name" in each or "metric_id" in each for each in mappings(document.get("metrics")))


def is_snapshot(document: Mapping[str, Any]) -> bool:
    """Return whether this is what `Snapshot.dumps()` wrote."""
    return isinstance(document.get("metric_results"), dict)


def read_report(document: Mapping[str, Any]) -> EvidentlyReport:
    """Read what `Snapshot.json()` wrote; it tells neither a time nor a model."""
    tests: dict[str, list[Mapping[str, Any]]] = {}
    for test in mappings(document.get("tests")):
        tests.setdefault(str(mapping(test, "metric_config").get("metric_id")), []).append(test)
    return _report((_of_report(metric, tests) for metric in mappings(document.get("metrics"))), document)


def read_snapshot(document: Mapping[str, Any]) -> EvidentlyReport:
    """Read what `Snapshot.dumps()` wrote."""
    return _report(map(_of_snapshot, mapping(document, "metric_results").values()), document)


class _Metric(NamedTuple):
    """One metric: its type, its parameters, its value, and whether a test of it failed (None: there was no test)."""

    kind: str
    parameters: Mapping[str, Any]
    value: Any
    failed: bool | None


def _of_report(metric: Mapping[str, Any], tests: Mapping[str, list[Mapping[str, Any]]]) -> _Metric:
    named = _NAMED.match(text(metric.get("metric_name")) or text(metric.get("metric_id")) or "")
    parameters = mapping(metric, "config") or (named.groupdict() if named else {})
    return _metric(parameters, metric.get("value"), tests.get(str(metric.get("id")), []))


def _of_snapshot(result: Any) -> _Metric:
    parameters = mapping(result, "metric_value_location", "metric", "params")
    value = mapping(result).get("value")
    if "share" in mapping(result):
        value = {name: mapping(result, name).get("value") for name in ("count", "share")}
    return _metric(parameters, value, [*mappings(mapping(result).get("tests"))])


def _metric(parameters: Mapping[str, Any], value: Any, tests: Iterable[Mapping[str, Any]]) -> _Metric:
    failed = [text(test.get("status")) in _FAILED for test in tests]
    # The first releases told method and threshold in words only.
    said = (_SAID.search(text(test.get("description")) or "") for test in tests)
    in_words = next((match.groupdict() for match in said if match), {})
    told = {name: value for name, value in parameters.items() if value is not None}
    kind = (text(told.get("type")) or "").rpartition(":")[2]
    return _Metric(kind, {**in_words, **told}, value, any(failed) if failed else None)


def _report(metrics: Iterable[_Metric], document: Mapping[str, Any]) -> EvidentlyReport:
    columns, count, share = Columns(), None, None
    for metric in metrics:
        column = text(metric.parameters.get("column"))
        if metric.kind == _DRIFT:
            columns.say(
                column,
                method=text(metric.parameters.get("method")),
                score=number(metric.value),
                threshold=_threshold(metric),
                drifted=metric.failed,
            )
        elif metric.kind == _MISSING:
            missing = number(mapping(metric.value).get("share"))
            excess = None if metric.failed is None or missing is None else missing * metric.failed
            columns.say(column, missing=missing, missing_excess=excess)
        elif metric.kind == _DRIFTED:
            count, share = number(mapping(metric.value).get("count")), number(mapping(metric.value).get("share"))
    return EvidentlyReport(
        columns=columns.all(),
        drifted_columns=None if count is None else int(count),
        drifted_share=share,
        written=instant(document.get("timestamp")),
        names=names_told(document),
    )


def _threshold(metric: _Metric) -> float | None:
    threshold = metric.parameters.get("threshold")
    try:
        return number(float(threshold) if isinstance(threshold, str) else threshold)
    except ValueError:
        return None
