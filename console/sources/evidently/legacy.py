"""Reports as Evidently 0.2 to 0.6 wrote them: `Report.json()` (`save_json`), and `Report.save()`, which keeps all."""

from collections.abc import Iterator, Mapping
from typing import Any

from console.sources.evidently.columns import PREDICTIONS, TARGETS, Columns
from console.sources.evidently.loose import flag, instant, mapping, mappings, number, text, texts
from console.sources.evidently.naming import names_told
from console.sources.evidently.report import EvidentlyReport


def is_report(document: Mapping[str, Any]) -> bool:
    """Return whether this is what `Report.json()` wrote."""
    return any("metric" in each and "result" in each for each in mappings(document.get("metrics")))


def is_snapshot(document: Mapping[str, Any]) -> bool:
    """Return whether this is what `Report.save()` wrote."""
    return isinstance(mapping(document, "suite").get("metric_results"), list)


def read_report(document: Mapping[str, Any]) -> EvidentlyReport:
    """Read what `Report.json()` wrote; it tells no model."""
    return _report((mapping(metric, "result") for metric in mappings(document.get("metrics"))), Columns(), document)


def read_snapshot(document: Mapping[str, Any]) -> EvidentlyReport:
    """Read what `Report.save()` wrote."""
    suite = mapping(document, "suite")
    definition = mapping(suite, "run_metadata", "data_definition") or mapping(suite, "data_definition")
    said = mapping(definition, "prediction_columns")
    predicted = [
        *texts(mapping(said, "predicted_values").get("column_name")),
        *(name for each in mappings(said.get("prediction_probas")) for name in texts(each.get("column_name"))),
    ]
    targets = texts(mapping(definition, "target").get("column_name"))
    columns = Columns({*predicted} or PREDICTIONS, {*targets} or TARGETS)
    return _report(mappings(suite.get("metric_results")), columns, document)


def _report(results: Iterator[Mapping[str, Any]], columns: Columns, document: Mapping[str, Any]) -> EvidentlyReport:
    count, share = None, None
    for result in results:
        for column in [result, *map(mapping, mapping(result, "drift_by_columns").values())]:
            if "drift_score" in column:
                columns.say(
                    text(column.get("column_name")),
                    method=text(column.get("stattest_name")),
                    score=number(column.get("drift_score")),
                    threshold=number(column.get("stattest_threshold")),
                    drifted=flag(column.get("drift_detected")),
                )
        if "number_of_drifted_columns" in result:
            count = number(result.get("number_of_drifted_columns"))
            share = number(result.get("share_of_drifted_columns"))
        _say_missing(result, columns)
    return EvidentlyReport(
        columns=columns.all(),
        drifted_columns=None if count is None else int(count),
        drifted_share=share,
        written=instant(document.get("timestamp")),
        names=names_told(document),
    )


def _say_missing(result: Mapping[str, Any], columns: Columns) -> None:
    """Add what a metric of missing values says: excess is what the reference does not have."""
    reference = mapping(result, "reference", "share_of_missing_values_by_column")
    for name, share in mapping(result, "current", "share_of_missing_values_by_column").items():
        missing, expected = number(share), number(reference.get(name))
        excess = None if missing is None or expected is None else max(0.0, missing - expected)
        columns.say(name, missing=missing, missing_excess=excess)
