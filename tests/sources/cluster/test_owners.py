"""The chain of owners above a workload, on canned answers and on a simulated KServe over Knative."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from console.domain.model import Owner, Workload
from console.sources.cluster.resolve import Sought, resolve_workloads
from console.transport.kubernetes import Forbidden, KubernetesError
from tests.actions.kubernetes.world import a_world
from tests.simulation.cluster.inference import add_scoring, model
from tests.sources.cluster.canned import CannedTransport, namespace_answers, owned

KSERVE = "serving.kserve.io/v1beta1"
SERVICE = ("InferenceService", "fraud", "i-1")
POD = owned("Pod", "fraud-1-a", "p-1", ("ReplicaSet", "fraud-1", "rs-1"))
REPLICA_SET = owned("ReplicaSet", "fraud-1", "rs-1", ("Deployment", "fraud", "d-1"))
DISCOVERY = {
    "resources": [
        {"name": "inferenceservices/status", "kind": "InferenceService"},
        {"name": "inferenceservices", "kind": "InferenceService"},
        {"name": "revisions", "kind": "Revision"},
    ]
}
OBJECT = "/apis/x/v1/namespaces/ml/inferenceservices/fraud"


async def workload(answers: dict[str, Any]) -> tuple[Workload, CannedTransport]:
    deployment = owned("Deployment", "fraud", "d-1", SERVICE)
    listed = namespace_answers(pods=[POD], replicasets=[REPLICA_SET], deployments=[deployment])
    transport = CannedTransport({**listed, **answers})
    found = await resolve_workloads(transport, {name: Sought("ml", ("fraud-1-a",)) for name in ("fraud", "ads")})
    assert found["fraud"].workload is not None, found["fraud"].reason
    return found["fraud"].workload, transport


async def test_a_workload_knows_its_owner_and_each_question_is_asked_once() -> None:
    top = owned("InferenceService", "fraud", "i-1", None)
    found, transport = await workload({"/apis/x/v1": DISCOVERY, OBJECT: top})
    assert (found.kind, found.owner) == ("Deployment", Owner("x/v1", "InferenceService", "fraud", "i-1"))
    assert found.owners_unread is None
    assert set(Counter(transport.asked).values()) == {1}


async def test_owners_of_owners_are_climbed_to_the_top() -> None:
    middle = owned("InferenceService", "fraud", "i-1", ("Revision", "fraud-r", "r-1"))
    top = owned("Revision", "fraud-r", "r-1", None)
    answers = {"/apis/x/v1": DISCOVERY, OBJECT: middle, "/apis/x/v1/namespaces/ml/revisions/fraud-r": top}
    found, _ = await workload(answers)
    assert found.owner == Owner("x/v1", "Revision", "fraud-r", "r-1")


FORBIDDEN = Forbidden("GET", "no\x1b[2J", status=403, reason="Forbidden")


@pytest.mark.parametrize(
    ("discovery", "answer", "why"),
    [
        (FORBIDDEN, {}, "403 Forbidden: no"),
        (DISCOVERY, FORBIDDEN, "403 Forbidden: no"),
        ({"resources": []}, {}, "the cluster serves no InferenceService in x/v1"),
        (DISCOVERY, {"metadata": {"name": "fraud", "uid": "another"}}, "it was deleted and made anew"),
        (DISCOVERY, {"metadata": 7}, "the cluster's answer is not a"),
    ],
)
async def test_what_cannot_be_read_above_is_told_and_the_owner_stays_known(
    discovery: dict[str, Any] | KubernetesError, answer: dict[str, Any] | KubernetesError, why: str
) -> None:
    found, _ = await workload({"/apis/x/v1": discovery, OBJECT: answer})
    assert found.owner == Owner("x/v1", "InferenceService", "fraud", "i-1")
    assert found.owners_unread is not None
    assert found.owners_unread.startswith("InferenceService fraud cannot be read, what owns it is unknown: ")
    assert why in found.owners_unread
    assert found.owners_unread.isprintable()


async def test_owners_that_own_each_other_end() -> None:
    looping = owned("InferenceService", "fraud", "i-1", SERVICE)
    found, _ = await workload({"/apis/x/v1": DISCOVERY, OBJECT: looping})
    assert found.owners_unread == "its owners own each other"


async def test_the_owners_of_a_knative_deployment_lead_to_its_inference_service(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        add_scoring(world.cluster, model("v41"), mode="Knative")
        world.clock.now += 60
        listed = await world.transport.get("/api/v1/namespaces/ml/pods")
        pods = tuple(name for each in listed["items"] if "scoring" in (name := each["metadata"]["name"]))
        found = (await resolve_workloads(world.transport, {"scoring": Sought("ml", pods)}))["scoring"]
        assert found.workload is not None, found.reason
        owner = found.workload.owner
        assert (found.workload.kind, found.workload.owners_unread) == ("Deployment", None)
        assert owner is not None
        assert (owner.group, owner.kind, owner.name) == ("serving.kserve.io", "InferenceService", "scoring")
        asked = Counter(request.path for request in world.cluster.requests)
        assert {path for path, count in asked.items() if count > 1} <= {"/api/v1/namespaces/ml/pods"}
