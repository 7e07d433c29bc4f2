"""A Rollout of Argo Rollouts is the workload of a model as a Deployment is; its generation is text."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from console.domain.model import Workload, WorkloadFinding
from console.simulation.cluster.resources import AUTOSCALERS, PODS
from console.sources.cluster.resolve import Sought, resolve_workloads
from tests.actions.argo_rollouts.world import RolloutWorld, a_rollout_world


@pytest.fixture
async def rollouts(tmp_path: Path) -> AsyncIterator[RolloutWorld]:
    async with a_rollout_world(tmp_path) as made:
        yield made


async def find(rollouts: RolloutWorld) -> WorkloadFinding:
    pods = tuple(pod["metadata"]["name"] for pod in rollouts.plane.list(PODS, "ml"))
    return (await resolve_workloads(rollouts.transport, {"fraud": Sought("ml", pods)}))["fraud"]


async def test_a_rollout_is_found_behind_its_pods(rollouts: RolloutWorld) -> None:
    uid = rollouts.live["metadata"]["uid"]
    assert await find(rollouts) == WorkloadFinding(Workload("simulated", "ml", "Rollout", "fraud", uid, 4, 4))


async def test_the_pods_of_both_versions_of_a_canary_lead_to_it(rollouts: RolloutWorld) -> None:
    rollouts.release("v42")
    assert len(rollouts.plane.list(PODS, "ml")) == 4
    found = await find(rollouts)
    assert found.workload is not None
    assert found.workload.kind == "Rollout"


async def test_the_autoscaler_of_a_rollout_is_found(rollouts: RolloutWorld) -> None:
    reference = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "name": "fraud"}
    spec = {"scaleTargetRef": reference, "minReplicas": 2, "maxReplicas": 9}
    held = {"metadata": {"name": "fraud-hpa", "namespace": "ml"}, "spec": spec}
    rollouts.cluster.add_object(AUTOSCALERS, held)
    found = await find(rollouts)
    assert found.workload is not None
    assert found.workload.autoscaler == "fraud-hpa"


async def test_rollouts_that_may_not_be_listed_are_told(rollouts: RolloutWorld) -> None:
    rollouts.cluster.deny(verb="list", resource="rollouts")
    found = await find(rollouts)
    assert found.workload is None
    assert found.reason is not None
    assert found.reason.startswith("Rollout fraud owns its pods: Rollouts cannot be read: ")
