"""Guarded patches as pure values: what they send, what takes them back, what a later reading tells of them."""

import copy
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from console.actions.kubernetes.address import Address
from console.actions.kubernetes.guarded_patch import Edit, Guard, GuardedPatch, edit
from console.domain.action import FieldChange, Outcome, Request
from console.domain.moments import rfc3339
from console.simulation.cluster.patching import PatchDoesNotApply, json_patch
from console.sources.cluster.objects import MalformedAnswer
from console.sources.cluster.writers import LiveObject
from console.transport.kubernetes import FIELD_MANAGER

SENT_AT = 1_763_781_600.0
ADDRESS = Address("serving.kserve.io/v1beta1", "inferenceservices", "ml", "fraud")
SCALE = Address("apps/v1", "deployments", "ml", "fraud", "scale")

replica_counts = st.sampled_from((0, 3, 4, 6, 9))
managers = st.sampled_from((None, FIELD_MANAGER, "kubectl", "incident-console-2"))
moments = st.sampled_from((SENT_AT - 60, SENT_AT, SENT_AT + 1))


@given(
    replicas=replica_counts,
    manager=managers,
    written_at=moments,
    uid=st.sampled_from(("uid-1", "another")),
    ended=st.booleans(),
)
def test_a_reading_says_no_more_than_it_proves(
    replicas: int, manager: str | None, written_at: float, uid: str, ended: bool
) -> None:
    """Applied and not applied are told exactly where nothing else can have been; everything else is unknown."""
    entry = {"manager": manager, "time": rfc3339(written_at), "subresource": "scale"}
    metadata = {"name": "fraud", "uid": uid, "managedFields": [entry] if manager else []}
    live = LiveObject.of({"metadata": metadata, "spec": {"replicas": replicas}})
    patch = GuardedPatch(SCALE, "uid-1", (Edit("/spec/replicas", 3, 6),))
    outcome, detail = patch.read(live, SENT_AT, ended=ended)
    set_since = manager is not None and written_at >= SENT_AT
    applied = uid == "uid-1" and replicas == 6 and manager == FIELD_MANAGER
    not_applied = uid == "uid-1" and replicas == 3 and ended and not set_since
    expected = Outcome.APPLIED if applied else Outcome.NOT_APPLIED if not_applied else Outcome.UNKNOWN
    assert (outcome, bool(detail)) == (expected, True)


def test_a_change_of_the_second_in_which_it_was_sent_may_have_come_after_it() -> None:
    entry = {"manager": "kubectl", "time": rfc3339(SENT_AT), "subresource": "scale"}
    live = LiveObject.of(
        {"metadata": {"name": "fraud", "uid": "uid-1", "managedFields": [entry]}, "spec": {"replicas": 3}}
    )
    patch = GuardedPatch(SCALE, "uid-1", (Edit("/spec/replicas", 3, 6),))
    assert patch.read(live, SENT_AT + 0.7, ended=True)[0] is Outcome.UNKNOWN


values = st.recursive(
    st.sampled_from((0, 1, 7, True, False, "", "v41", "v42")),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(("a", "b/c", "d~e")), inner, max_size=2)
    ),
    max_leaves=4,
)
POINTERS = ("/spec/a", "/spec/b~1c", "/spec/inner/d~0e", "/status/abort")
documents = st.fixed_dictionaries(
    {"metadata": st.just({"name": "fraud", "uid": "uid-1"})},
    optional={"spec": st.dictionaries(st.sampled_from(("a", "b/c", "other", "inner")), values, max_size=4)},
)


@st.composite
def patches(draw: st.DrawFn) -> tuple[dict[str, Any], GuardedPatch]:
    """An object, and a patch of one to three of its fields that was made from what is seen of it."""
    document = draw(documents)
    live = LiveObject.of(document)
    pointers = draw(st.lists(st.sampled_from(POINTERS), min_size=1, max_size=3, unique=True))
    assume(all(isinstance(live.at("/spec/inner"), dict | None) for _ in pointers))
    edits = [edit(live, pointer, draw(values)) for pointer in pointers]
    assume(len({each.pointer for each in edits}) == len(edits))
    return document, GuardedPatch(ADDRESS, "uid-1", tuple(edits))


@given(patches())
def test_a_patch_is_found_again_in_its_request(made: tuple[dict[str, Any], GuardedPatch]) -> None:
    _, patch = made
    assert GuardedPatch.of(patch.request) == patch


@given(patches())
def test_a_patch_applies_to_what_was_seen_and_its_inverse_to_what_it_left(
    made: tuple[dict[str, Any], GuardedPatch],
) -> None:
    document, patch = made
    changed = json_patch(document, patch.request.body)
    live = LiveObject.of(changed)
    assert patch.is_made(live)
    assert patch.inverse.moved(live) is None
    assert _without_empty(json_patch(changed, patch.inverse.request.body)) == _without_empty(document)


@given(patches(), patches())
def test_what_moved_is_told_exactly_where_the_server_would_refuse(
    made: tuple[dict[str, Any], GuardedPatch], other: tuple[dict[str, Any], GuardedPatch]
) -> None:
    _, patch = made
    document, _ = other
    try:
        json_patch(document, patch.request.body)
        applies = True
    except PatchDoesNotApply:
        applies = False
    try:
        assert (patch.moved(LiveObject.of(document)) is None) == applies
    except MalformedAnswer:
        assert not applies


def _without_empty(document: Any) -> Any:
    """Leave out members that hold nothing, as the server does with most of them."""
    if not isinstance(document, dict):
        return document
    kept = {key: _without_empty(value) for key, value in document.items()}
    return {key: value for key, value in kept.items() if value != {}}


def an_object(spec: dict[str, Any], **metadata: Any) -> LiveObject:
    return LiveObject.of({"metadata": {"name": "fraud", "uid": "uid-1", **metadata}, "spec": spec})


def test_a_field_that_is_not_there_is_tested_by_null_and_added() -> None:
    live = an_object({"predictor": {}})
    patch = GuardedPatch(ADDRESS, "uid-1", (edit(live, "/spec/predictor/canaryTrafficPercent", 0),))
    assert patch.request.body == [
        {"op": "test", "path": "/metadata/uid", "value": "uid-1"},
        {"op": "test", "path": "/spec/predictor/canaryTrafficPercent", "value": None},
        {"op": "add", "path": "/spec/predictor/canaryTrafficPercent", "value": 0},
    ]
    assert patch.inverse.request.body[2:] == [{"op": "remove", "path": "/spec/predictor/canaryTrafficPercent"}]
    assert patch.changes == (FieldChange("predictor.canaryTrafficPercent", "not set", "0"),)


def test_a_field_that_is_not_there_is_not_yet_the_nothing_that_is_asked_for() -> None:
    """KServe sends all traffic to the newest revision without `canaryTrafficPercent`, and none with 0."""
    absent, set_to_none = an_object({"predictor": {}}), an_object({"predictor": {"canaryTrafficPercent": 0}})
    change = edit(absent, "/spec/predictor/canaryTrafficPercent", 0)
    patch = GuardedPatch(ADDRESS, "u-1", (change,))
    assert (patch.is_made(absent), patch.is_made(set_to_none)) == (False, True)
    assert patch.why_not_as_asked(absent.document) == "predictor.canaryTrafficPercent not set, not 0"
    assert patch.why_not_as_asked(set_to_none.document) is None


def test_parents_that_lack_are_added_and_stay_when_the_field_is_taken_back() -> None:
    patch = GuardedPatch(ADDRESS, "uid-1", (edit(an_object({}), "/metadata/annotations/a~1b", "true"),))
    assert patch.request.body[-1] == {"op": "add", "path": "/metadata/annotations", "value": {"a/b": "true"}}
    beside = an_object({}, annotations={"a/b": "true", "since": "then"})
    assert patch.inverse.moved(beside) is None
    assert patch.inverse.request.body[-1] == {"op": "remove", "path": "/metadata/annotations/a~1b"}


def test_guards_are_tested_and_explained_and_the_generation_is_none_of_the_inverse() -> None:
    guards = (Guard("/metadata/generation", 4), Guard("/spec/paused", None))
    patch = GuardedPatch(ADDRESS, "uid-1", (Edit("/spec/template", {"image": "v42"}, {"image": "v41"}),), guards)
    assert GuardedPatch.of(patch.request) == patch
    assert patch.inverse.guards == guards[1:]
    paused = an_object({"template": {"image": "v42"}, "paused": True}, generation=4)
    assert patch.moved(paused) == "paused is true now, it was not set"


def test_a_value_that_holds_several_is_told_field_by_field() -> None:
    before = {"spec": {"containers": [{"name": "fraud", "image": "fraud:v42", "args": ["-x"]}]}}
    after = copy.deepcopy(before)
    after["spec"]["containers"][0]["image"] = "fraud:v41"
    patch = GuardedPatch(ADDRESS, "uid-1", (Edit("/spec/template", before, after),))
    name = "template.spec.containers[fraud].image"
    assert patch.changes == (FieldChange(name, "fraud:v42", "fraud:v41"),)
    edited = copy.deepcopy(before)
    edited["spec"]["containers"][0]["image"] = "fraud:v43"
    owned: dict[str, Any] = {
        "f:spec": {"f:template": {"f:spec": {"f:containers": {'k:{"name":"fraud"}': {"f:image": {}}}}}}
    }
    entry = {"manager": "kubectl", "time": "2026-11-22T03:21:05Z", "fieldsV1": owned}
    moved = patch.moved(an_object({"template": edited}, managedFields=[entry]))
    assert moved == f"{name} is fraud:v43 now, not fraud:v42 (by kubectl at 03:21:05 UTC)"


def test_defaults_that_the_server_fills_in_are_part_of_what_is_taken_back() -> None:
    patch = GuardedPatch(ADDRESS, "uid-1", (Edit("/spec/canary", None, {"weight": 10}),))
    answer = {"spec": {"canary": {"weight": 10, "mode": "auto"}}}
    assert patch.why_not_as_asked(answer) is None
    assert patch.answered(answer).inverse.edits == (Edit("/spec/canary", {"weight": 10, "mode": "auto"}, None),)
    refused = {"spec": {"canary": {"weight": 20}}}
    assert patch.why_not_as_asked(refused) == "canary.weight 20, not 10"


@pytest.mark.parametrize(
    "body",
    [
        None,
        {"spec": {"replicas": 3}},
        [{"op": "replace", "path": "/spec/replicas", "value": 3}],
        [{"op": "test", "path": "/metadata/uid", "value": "uid-1"}],
    ],
)
def test_a_request_without_preconditions_is_no_guarded_patch(body: Any) -> None:
    with pytest.raises(ValueError, match="is no patch with preconditions"):
        GuardedPatch.of(Request("PATCH", SCALE.path, "application/json", body))


@pytest.mark.parametrize(
    "address", [SCALE, ADDRESS, Address("v1", "nodes", "", "node-a"), Address("v1", "pods", "ml", "a.b")]
)
def test_an_address_is_found_again_in_its_path(address: Address) -> None:
    assert Address.of(address.path) == address


@pytest.mark.parametrize(
    "path", ["", "/", "/healthz", "/apis/apps/v1/namespaces/ml/deployments", "/api/v1/namespaces/ml"]
)
def test_the_path_of_no_object_has_no_address(path: str) -> None:
    with pytest.raises(ValueError, match="is not the path of an object"):
        Address.of(path)
