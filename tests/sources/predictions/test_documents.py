"""Requests and answers in JSON, as serving systems log them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.sources.predictions.documents import answers_of, inputs_of

TENSORS = """{"id": "1", "inputs": [
    {"name": "age", "shape": [1], "data": [30]}, {"name": "x", "shape": [1, 2], "data": [1, 2]}
]}"""
"""A request of version 2 of KServe's protocol."""


def leaves(found: object) -> dict[str, tuple[object, str]]:
    return {name: (leaf.steps, leaf.kind) for name, leaf in found.leaves.items()}  # type: ignore[attr-defined]  # both


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"instances": [{"a": 1, "b": {"c": "x"}}]}', {"a": ("instances", 0, "a"), "b.c": ("instances", 0, "b", "c")}),
        ('{"instances": [[1, "x"]]}', {"0": ("instances", 0, 0), "1": ("instances", 0, 1)}),
        (
            TENSORS,
            {
                "age": ("inputs", 0, "data", 0),
                "x.0": ("inputs", 1, "data", 0),
                "x.1": ("inputs", 1, "data", 1),
            },
        ),
        (
            '{"dataframe_split": {"columns": ["age", "country"], "data": [[1, "x"]]}}',
            {"age": ("dataframe_split", "data", 0, 0), "country": ("dataframe_split", "data", 0, 1)},
        ),
        ('{"dataframe_records": [{"age": 1}]}', {"age": ("dataframe_records", 0, "age")}),
        ('{"inputs": {"age": [30], "x": 1}}', {"age": ("inputs", "age", 0), "x": ("inputs", "x")}),
        ('{"age": 1, "nothing": null}', {"age": ("age",)}),
        ('[{"age": true}]', {"age": (0, "age")}),
        ('{"dataframe_split": {}}', {}),
        ("3", {}),
        ("{broken", {}),
        ('"\\ud800"', {}),
    ],
)
def test_features_of_a_request(text: str, expected: dict[str, object]) -> None:
    assert {name: leaf.steps for name, leaf in inputs_of([text]).leaves.items()} == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"predictions": [0.9]}', {"prediction": (("predictions", 0), "number")}),
        ('{"predictions": ["yes"]}', {"prediction": (("predictions", 0), "text")}),
        (
            '{"predictions": [[0.1, 0.9]]}',
            {"scores.0": (("predictions", 0, 0), "number"), "scores.1": (("predictions", 0, 1), "number")},
        ),
        ("[0.87]", {"prediction": ((0,), "number")}),
        ("[0.1, 0.9]", {"scores.0": ((0,), "number"), "scores.1": ((1,), "number")}),
        (
            '{"outputs": [{"name": "predict", "shape": [1], "data": [1]}]}',
            {"prediction": (("outputs", 0, "data", 0), "number")},
        ),
        (
            '{"label": "yes", "probabilities": {"yes": 0.9}}',
            {"label": (("label",), "text"), "probabilities.yes": (("probabilities", "yes"), "number")},
        ),
        ('{"embedding": {"values": []}}', {"embedding.values": (("embedding", "values"), "list")}),
        ("0.87", {}),
    ],
)
def test_predictions_and_scores_of_an_answer(text: str, expected: dict[str, object]) -> None:
    assert leaves(answers_of([text])) == expected


def test_the_commonest_kind_counts() -> None:
    texts = ['{"age": 1}', '{"age": 2.5}', '{"age": "?"}', '{"age": null}']
    assert inputs_of(texts).leaves["age"].kind == "number"


def test_requests_with_several_rows_are_counted() -> None:
    found = inputs_of(['{"instances": [{"a": 1}, {"a": 2}]}', '{"instances": [{"a": 1}]}', "{broken"])
    assert (found.read, found.several_rows) == (2, 1)


_ANY = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
_KNOWN_KEYS = st.sampled_from(
    ["instances", "inputs", "outputs", "predictions", "data", "shape", "name", "dataframe_split", "columns"]
)


@given(st.dictionaries(st.text() | _KNOWN_KEYS, _ANY, max_size=5) | st.lists(_ANY, max_size=4))
def test_every_leaf_stands_where_it_is_said_to(document: object) -> None:
    import msgspec

    text = msgspec.json.encode(document).decode()
    for read in (inputs_of, answers_of):
        for leaf in read([text]).leaves.values():
            value = document
            for step in leaf.steps:
                value = value[step]  # type: ignore[index]  # that there is one is what is tested
            assert value is not None
