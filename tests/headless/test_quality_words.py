"""Quality in words: every metric knows its good direction, and doubt is no verdict."""

import csv
import io

import msgspec
import pytest

from console.domain.quality import MetricReading, QualityView, Task
from console.headless.quality.csv_table import HEADER, quality_csv
from console.headless.quality.words import (
    Standing,
    class_in_words,
    delay_in_words,
    horizon_in_words,
    labels_in_words,
    metric_clauses,
    metric_in_words,
    standing_of,
)
from tests.headless.drifts import ACCURACY, LOG_LOSS, quality


@pytest.mark.parametrize(
    ("reading", "standing"),
    [
        (MetricReading(ACCURACY, 0.81, 10, 0.80, 0.82, 0.95), Standing.WORSE),
        (MetricReading(ACCURACY, 0.97, 10, 0.96, 0.98, 0.95), Standing.BETTER),
        (MetricReading(ACCURACY, 0.94, 10, 0.92, 0.96, 0.95), Standing.AS_TRAINED),
        (MetricReading(LOG_LOSS, 0.40, 10, 0.38, 0.42, 0.21), Standing.WORSE),
        (MetricReading(LOG_LOSS, 0.10, 10, 0.09, 0.11, 0.21), Standing.BETTER),
        (MetricReading(LOG_LOSS, 0.40, 10, training=0.21), Standing.WORSE),
        (MetricReading(ACCURACY, 0.81, 10, 0.80, 0.82), Standing.MEASURED),
        (MetricReading(ACCURACY, None, 0, training=0.9), Standing.UNKNOWN),
    ],
)
def test_a_metric_stands_beside_training_by_its_direction_and_its_interval(
    reading: MetricReading, standing: Standing
) -> None:
    assert standing_of(reading) is standing


def test_a_metric_is_told_with_interval_rows_and_training() -> None:
    first, _, last = quality().metrics
    assert metric_in_words(first) == ("accuracy 0.810 (0.803–0.817) on 12,400 labelled rows, 0.950 in training: worse")
    assert metric_in_words(last) == "log loss is not known: no score is logged"


def test_an_estimate_says_that_it_is_one() -> None:
    told = metric_in_words(quality().estimated[0], is_estimate=True)
    assert told.startswith("estimate of accuracy 0.840 (0.820–0.860) on 5,000 rows without labels")
    assert metric_clauses(quality().estimated[0], is_estimate=True).startswith("estimate of accuracy 0.840, worse; ")


def test_labels_tell_coverage_delay_and_horizon() -> None:
    view = quality()
    assert labels_in_words(view) == "12,400 of 14,000 rows have a label (89 %)"
    assert delay_in_words(view) == "half within 1 h 30 min, 9 of 10 within 2 h 30 min"
    assert horizon_in_words(view) == "22 h up to 2026-11-22T01:20:14Z: rows count once they are 2 h old"
    assert class_in_words(view.classes[1]) == "legit: precision —, recall 0.990, F1 —, 11,160 rows"


def test_csv_holds_a_row_per_metric_estimate_and_version() -> None:
    hostile = msgspec.structs.replace(quality(), model="=1+1")
    rows = list(csv.DictReader(io.StringIO(quality_csv(hostile))))
    assert tuple(rows[0]) == HEADER
    assert [(row["version"], row["metric"], row["is_estimate"]) for row in rows] == [
        ("", "accuracy", "false"),
        ("", "roc_auc", "false"),
        ("", "log_loss", "false"),
        ("", "accuracy", "true"),
        ("v42", "accuracy", "false"),
        ("v41", "accuracy", "false"),
    ]
    assert rows[0]["model"] == "'=1+1"
    assert rows[2]["value"] == ""


def test_a_view_without_anything_is_still_told() -> None:
    empty = QualityView("m", 0.0, 3600.0, Task.REGRESSION, 0, 0, None, ())
    assert labels_in_words(empty) == "0 of 0 rows have a label"
    assert delay_in_words(empty) == ""
