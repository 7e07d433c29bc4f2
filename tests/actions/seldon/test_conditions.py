"""What conditions of all versions of Seldon mean: the state stood in the reason, then in the message."""

from typing import Any

import pytest

from console.actions.kubernetes.guarded_patch import GuardedPatch, edit
from console.actions.provider import RolloutProgress
from console.actions.seldon.objects import REPLICAS, Scaled, seldon_address
from console.actions.seldon.scale import Scale
from console.actions.seldon.storage import STORAGE, SetStorageUri
from console.sources.cluster.writers import LiveObject
from tests.actions.seldon.world import SeldonWorld

BEFORE, WRITTEN, AFTER = "2026-11-26T03:20:00Z", "2026-11-26T03:21:00Z", "2026-11-26T03:21:20Z"


def model(ready: dict[str, Any] | None, field: str = "f:replicas", **status: Any) -> LiveObject:
    conditions = [] if ready is None else [{"type": "ModelReady", **ready}]
    return LiveObject.of(
        {
            "metadata": {
                "name": "iris",
                "namespace": "ml",
                "uid": "u-1",
                "generation": 3,
                "managedFields": [
                    {"manager": "x", "time": WRITTEN, "fieldsV1": {"f:spec": {field: {}}}},
                    {"manager": "seldon", "time": WRITTEN, "subresource": "status", "fieldsV1": {"f:status": {}}},
                ],
            },
            "spec": {"storageUri": "gs://b", "replicas": 2, "alien": {"a": 1}},
            "status": {"conditions": conditions, "alien": 1, **status},
        }
    )


def ready(status: str, at: str, **more: str) -> dict[str, Any]:
    return {"status": status, "lastTransitionTime": at, **more}


def progress_of(seldon: SeldonWorld, live: LiveObject, pointer: str = REPLICAS) -> RolloutProgress:
    kind = Scale if pointer == REPLICAS else SetStorageUri
    patch = GuardedPatch(seldon_address("Model", "ml", "iris"), "u-1", (edit(live, pointer, live.at(pointer)),))
    return seldon.action(kind)._progress(patch, live)  # the reading of a condition, without a cluster around it


@pytest.mark.parametrize(
    ("live", "done", "failed"),
    [
        (model(None), False, None),
        (model(ready("True", BEFORE), replicas=1, availableReplicas=1), False, None),
        (model(ready("True", BEFORE), replicas=2, availableReplicas=1), False, None),
        (model(ready("True", BEFORE), replicas=2, availableReplicas=2), True, None),
        (model(ready("True", BEFORE)), False, None),
        (model(ready("True", AFTER)), True, None),
        (model(ready("False", BEFORE, message="ScheduleFailed")), False, None),
        (model(ready("False", AFTER, message="ScheduleFailed", reason="no room")), False, "ScheduleFailed (no room)"),
        (model(ready("False", AFTER, reason="ModelFailed")), False, "ModelFailed"),
        (model(ready("False", AFTER, message="ModelProgressing"), replicas=2), False, None),
        (model(ready("True", AFTER), replicas=2, availableReplicas=2, observedGeneration=2), True, None),
    ],
)
async def test_counts_tell_how_far_a_scaling_is_and_conditions_only_where_there_are_none(
    seldon: SeldonWorld, live: LiveObject, done: bool, failed: str | None
) -> None:
    progress = progress_of(seldon, live)
    assert progress.done is done
    assert progress.failed == (f"Seldon gave up: ModelReady is False: {failed}" if failed else None)


@pytest.mark.parametrize(
    ("told", "done"),
    [
        (ready("True", BEFORE), False),
        (ready("False", AFTER, message="ModelProgressing"), False),
        (ready("True", AFTER, message="ModelAvailable"), True),
    ],
)
async def test_what_was_ready_before_is_no_word_on_the_artefact_that_is_loaded(
    seldon: SeldonWorld, told: dict[str, Any], done: bool
) -> None:
    live = model(told, "f:storageUri", replicas=2, availableReplicas=2)
    assert progress_of(seldon, live, STORAGE).done is done
    older = model(told, "f:storageUri", observedGeneration=2)
    assert progress_of(seldon, older, STORAGE).done is False


@pytest.mark.parametrize(
    ("spec", "status", "server"),
    [
        ({"server": "triton"}, {}, "triton"),
        ({}, {"selector": "server=mlserver"}, "mlserver"),
        ({}, {"selector": "seldon-server-name=mlserver"}, None),
        ({}, {}, None),
        ({"server": "../pods"}, {}, None),
    ],
)
def test_the_server_of_a_model_is_the_one_that_is_told(
    spec: dict[str, str], status: dict[str, str], server: str | None
) -> None:
    document = {"metadata": {"name": "iris"}, "spec": {"storageUri": "gs://b", **spec}, "status": status}
    assert Scaled.of(LiveObject.of(document)).server == server
