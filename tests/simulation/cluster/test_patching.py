import copy
from typing import Any

import jsonpath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.simulation.cluster.patching import (
    BadPatch,
    PatchDoesNotApply,
    json_patch,
    merge_patch,
    strategic_merge_patch,
)

Path = tuple[str | int, ...]

scalars = st.none() | st.booleans() | st.integers(-5, 5) | st.text("ab/~é", max_size=3)
documents = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab/~", max_size=2), inner, max_size=3),
    max_leaves=12,
)
objects = st.dictionaries(st.text("ab/~", max_size=2), documents, min_size=1, max_size=4)


def paths(document: Any, prefix: Path = ()) -> list[Path]:
    """Every place in a document below its root."""
    if isinstance(document, dict):
        children: list[tuple[str | int, Any]] = list(document.items())
    elif isinstance(document, list):
        children = list(enumerate(document))
    else:
        return []
    return [place for key, value in children for place in [(*prefix, key), *paths(value, (*prefix, key))]]


def pointer(path: Path) -> str:
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def value_at(document: Any, path: Path) -> Any:
    for part in path:
        document = document[part]
    return document


def with_value(document: Any, path: Path, value: Any) -> Any:
    changed = copy.deepcopy(document)
    value_at(changed, path[:-1])[path[-1]] = value
    return changed


@given(objects, documents, st.data())
def test_replace_guarded_by_a_test_of_the_seen_value_sets_exactly_that_value(
    document: dict[str, Any], value: Any, data: st.DataObject
) -> None:
    path = data.draw(st.sampled_from(paths(document)))
    operations = [
        {"op": "test", "path": pointer(path), "value": value_at(document, path)},
        {"op": "replace", "path": pointer(path), "value": value},
    ]
    before = copy.deepcopy(document)
    assert json_patch(document, operations) == with_value(document, path, value)
    assert document == before


@given(objects, documents, st.data())
def test_a_guard_that_saw_another_value_refuses_everything(
    document: dict[str, Any], value: Any, data: st.DataObject
) -> None:
    path = data.draw(st.sampled_from(paths(document)))
    operations = [
        {"op": "replace", "path": pointer(path), "value": value},
        {"op": "test", "path": pointer(path), "value": [value, "something else"]},
    ]
    before = copy.deepcopy(document)
    with pytest.raises(PatchDoesNotApply):
        json_patch(document, operations)
    assert document == before


@given(objects, documents, st.data())
def test_agrees_with_another_implementation_of_rfc_6902(
    document: dict[str, Any], value: Any, data: st.DataObject
) -> None:
    path = pointer(data.draw(st.sampled_from(paths(document))))
    origin = pointer(data.draw(st.sampled_from(paths(document))))
    operation = data.draw(
        st.sampled_from(
            [
                {"op": "add", "path": path, "value": value},
                {"op": "remove", "path": path},
                {"op": "replace", "path": path, "value": value},
                {"op": "copy", "from": origin, "path": path},
            ]
        )
    )
    expected = jsonpath.JSONPatch([copy.deepcopy(operation)]).apply(copy.deepcopy(document))
    assert json_patch(document, [operation]) == expected


@pytest.mark.parametrize(("held", "tested"), [(1, True), (0, False), (3, 3.0), ("3", 3), ({}, []), ([1], [1, 2])])
def test_values_of_another_type_are_not_equal(held: Any, tested: Any) -> None:
    with pytest.raises(PatchDoesNotApply):
        json_patch({"a": held}, [{"op": "test", "path": "/a", "value": tested}])


def test_the_api_servers_dialect_takes_a_missing_member_for_null_and_lets_replace_add_it() -> None:
    operations = [{"op": "test", "path": "/a", "value": None}, {"op": "replace", "path": "/a", "value": 1}]
    assert json_patch({}, operations) == {"a": 1}
    with pytest.raises(PatchDoesNotApply):
        json_patch({}, [{"op": "test", "path": "/a", "value": 0}])


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "remove", "path": "/missing"},
        {"op": "replace", "path": "/missing/deep", "value": 1},
        {"op": "add", "path": "/list/5", "value": 1},
        {"op": "add", "path": "/list/x", "value": 1},
        {"op": "copy", "from": "/missing", "path": "/a"},
        {"op": "invent", "path": "/a"},
        {"op": "add", "path": "a", "value": 1},
    ],
)
def test_an_operation_that_cannot_be_done_refuses_the_patch(operation: dict[str, Any]) -> None:
    with pytest.raises(PatchDoesNotApply):
        json_patch({"list": []}, [operation])


@pytest.mark.parametrize("operations", [{}, "x", [1], [{"op": "add"}]])
def test_what_is_no_json_patch_is_told_apart_from_one_that_does_not_apply(operations: Any) -> None:
    with pytest.raises(BadPatch):
        json_patch({}, operations)


# RFC 7386, appendix A
@pytest.mark.parametrize(
    ("document", "patch", "expected"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_merge_patch_known_answers(document: Any, patch: Any, expected: Any) -> None:
    assert merge_patch(document, patch) == expected


def test_strategic_merge_patch_merges_containers_by_name() -> None:
    document = {"containers": [{"name": "model", "image": "a:1", "ports": [1]}, {"name": "proxy", "image": "b:1"}]}
    patch = {
        "$setElementOrder/containers": [{"name": "model"}],
        "containers": [{"name": "model", "image": "a:2"}, {"name": "proxy", "$patch": "delete"}],
    }
    assert strategic_merge_patch(document, patch) == {"containers": [{"name": "model", "image": "a:2", "ports": [1]}]}


def test_strategic_merge_patch_refuses_directives_that_it_does_not_know() -> None:
    with pytest.raises(BadPatch, match="retainKeys"):
        strategic_merge_patch({}, {"spec": {"$retainKeys": ["type"]}})
