import gc
import json
import math
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.sources.prometheus.answers import Keys, LabelSets, Point, decode_instant, decode_names, decode_range


def body(data: Any, **beside: Any) -> bytes:
    return json.dumps({"status": "success", "data": data, **beside}, ensure_ascii=False).encode()


def matrix(*series: Any) -> Any:
    return {"resultType": "matrix", "result": list(series)}


def test_label_sets_that_are_known_are_the_same_object() -> None:
    rows = [{"metric": {"model": name}, "values": [[1000, "1"]]} for name in "ab"]
    known = Keys.of(decode_range(body(matrix(*rows))).keys)
    assert decode_range(body(matrix(*rows)), known=known).keys is known.of_rows
    assert decode_range(body(matrix(rows[1], rows[0])), known=known).keys == known.of_rows[::-1]
    assert decode_range(body(matrix(rows[0])), known=known).keys == known.of_rows[:1]
    samples = [{"metric": row["metric"], "value": [1000, "1"]} for row in rows]
    assert decode_instant(body({"resultType": "vector", "result": samples}), known=known).keys is known.of_rows


def test_range_values_become_numbers() -> None:
    values = [[1000, "1"], [1015.5, "NaN"], [1030, "+Inf"], [1045, "-Inf"], [1060, "1e-7"]]
    (series,) = decode_range(body(matrix({"metric": {"le": "+Inf"}, "values": values}))).series
    assert [point.instant for point in series.values] == [1000.0, 1015.5, 1030.0, 1045.0, 1060.0]
    numbers = [point.value for point in series.values]
    assert math.isnan(numbers[1])
    assert [numbers[0], *numbers[2:]] == [1.0, math.inf, -math.inf, 1e-7]
    assert LabelSets().of(series.metric) == {"le": "+Inf"}


@given(st.text())
def test_repairing_infinity_leaves_labels_alone(text: str) -> None:
    labels = {"a": text, "b": ',"+Inf"]'}
    (series,) = decode_range(body(matrix({"metric": labels, "values": [[1, "+Inf"]]}))).series
    assert LabelSets().of(series.metric) == labels
    assert series.values == [Point(1.0, math.inf)]


def test_warnings_infos_and_the_partial_mark_are_kept_and_harmless() -> None:
    said = body(matrix(), warnings=["a\x1b[2Jb\nc"], infos=["metric might not be a counter"], isPartial=True)
    answer = decode_range(said, seconds=0.5, generation=2)
    assert (answer.warnings, answer.infos) == (("a␛[2Jb c",), ("metric might not be a counter",))
    assert (answer.partial, answer.seconds, answer.generation) == (True, 0.5, 2)


def test_native_histograms_are_series_without_values() -> None:
    histogram = {"count": "5", "sum": "2.5", "buckets": [[0, "0.25", "0.5", "5"]]}
    (series,) = decode_range(body(matrix({"metric": {"model": "a"}, "histograms": [[1000, histogram]]}))).series
    assert series.values == []
    vector = {"resultType": "vector", "result": [{"metric": {}, "histogram": [1000, histogram]}]}
    assert decode_instant(body(vector)).samples[0].value is None


def test_an_instant_answer_is_a_vector_or_a_scalar() -> None:
    vector = {"resultType": "vector", "result": [{"metric": {"model": "a"}, "value": [1000.25, "3"]}]}
    assert [sample.value for sample in decode_instant(body(vector)).samples] == [Point(1000.25, 3.0)]
    scalar = decode_instant(body({"resultType": "scalar", "result": [1000, "+Inf"]})).samples
    assert [sample.value for sample in scalar] == [Point(1000.0, math.inf)]
    assert LabelSets().of(scalar[0].metric) == {}


def test_a_null_result_is_an_empty_one() -> None:
    assert decode_range(body({"resultType": "matrix", "result": None})).series == []
    assert decode_names(body(None)).names == ()


@pytest.mark.parametrize(
    "lie",
    [
        {"resultType": "matrix", "result": "none"},
        {"resultType": "matrix", "result": [{"metric": {}, "values": [[1000, None]]}]},
        {"resultType": "matrix", "result": [{"metric": {}, "values": [[1000]]}]},
        {"resultType": "matrix", "result": [{"metric": {}, "values": [[1000, "1", "2"]]}]},
        {"resultType": "matrix", "result": [{"values": [[1000, "1"]]}]},
        {"resultType": "matrix", "result": [{"metric": {}, "values": [[1000, "much"]]}]},
        {"resultType": "vector", "result": []},
        {},
        7,
    ],
)
def test_other_shapes_are_refused(lie: Any) -> None:
    with pytest.raises(msgspec.ValidationError):
        decode_range(body(lie))


def test_labels_are_decoded_once_and_equal_labels_are_one_object() -> None:
    label_sets = LabelSets()
    first = label_sets.of(msgspec.Raw(b'{"a":"1","b":"2"}'))
    assert label_sets.of(msgspec.Raw(b'{"a":"1","b":"2"}')) is first
    assert label_sets.of(msgspec.Raw(b'{ "b":"2", "a":"\\u0031" }')) is first
    assert label_sets.of(msgspec.Raw(b'{"a":"1"}')) is not first


def test_remembered_labels_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.sources.prometheus.answers.MOST_REMEMBERED", 3)
    label_sets = LabelSets()
    for number in range(10):
        assert label_sets.of(msgspec.Raw(b'{"n":"%d"}' % number)) == {"n": str(number)}
        assert len(label_sets) <= 3


def test_the_collector_runs_again_after_a_refused_body() -> None:
    with pytest.raises(msgspec.DecodeError):
        decode_range(b"<html>")
    assert gc.isenabled()
