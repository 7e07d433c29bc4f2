import json
import math
from typing import Any

import pytest

from console.sources.prometheus.answers import decode_instant, decode_range
from console.sources.prometheus.frames import to_frame


def body(kind: str, *result: Any) -> bytes:
    return json.dumps({"status": "success", "data": {"resultType": kind, "result": result}}).encode()


def test_a_range_is_one_row_per_sample() -> None:
    answer = decode_range(
        body(
            "matrix",
            {"metric": {"model": "a"}, "values": [[1000, "1"], [1015.5, "NaN"]]},
            {"metric": {"model": "b", "version": "1"}, "values": [[1000, "+Inf"]]},
        )
    )
    frame = to_frame(answer)
    assert list(frame.columns) == ["model", "version", "timestamp", "value"]
    assert list(frame["model"]) == ["a", "a", "b"]
    assert [moment.isoformat() for moment in frame["timestamp"]][:2] == [
        "1970-01-01T00:16:40+00:00",
        "1970-01-01T00:16:55.500000+00:00",
    ]
    assert frame["value"].iloc[0] == 1
    assert math.isnan(frame["value"].iloc[1])
    assert frame["value"].iloc[2] == math.inf


def test_an_instant_is_one_row_per_series() -> None:
    frame = to_frame(decode_instant(body("vector", {"metric": {"model": "a"}, "value": [1000, "2.5"]})))
    assert frame.to_dict("records") == [
        {"model": "a", "timestamp": frame["timestamp"].iloc[0], "value": 2.5},
    ]
    assert str(frame["timestamp"].dt.tz) == "UTC"


@pytest.mark.parametrize(
    "frame",
    [
        to_frame(decode_range(body("matrix"))),
        to_frame(decode_instant(body("vector"))),
        to_frame(decode_range(body("matrix", {"metric": {"model": "a"}, "histograms": [[1, {"count": "1"}]]}))),
        to_frame(decode_instant(body("vector", {"metric": {}, "histogram": [1, {"count": "1", "sum": "1"}]}))),
    ],
)
def test_nothing_is_a_frame_without_rows(frame: Any) -> None:
    assert list(frame.columns) == ["timestamp", "value"]
    assert len(frame) == 0
    assert str(frame["value"].dtype) == "float64"


def test_labels_called_like_columns_survive() -> None:
    labels = {"value": "v", "timestamp": "t"}
    frame = to_frame(decode_range(body("matrix", {"metric": labels, "values": [[1000, "1"]]})))
    assert list(frame.columns) == ["label_timestamp", "label_value", "timestamp", "value"]
    assert frame["label_value"].iloc[0] == "v"
    assert frame["value"].iloc[0] == 1
