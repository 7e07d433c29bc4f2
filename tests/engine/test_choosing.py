"""Which action is meant: that of the owner of the workload, else that of the kind of the workload itself."""

import pytest

from console.actions.kubernetes.scale import SCALE
from console.actions.registry import OpenActions
from console.actions.specification import ActionSpecification, StandsFor
from console.domain.anomaly import Status
from console.domain.label import Label
from console.domain.model import Model, Owner, Workload, WorkloadFinding
from console.domain.snapshot import ModelView
from console.engine.choosing import action_for
from tests.actions.kubernetes.world import World

ROLLOUT = StandsFor("kubernetes.scale", "argoproj.io", "Rollout")
SERVICE = StandsFor("kubernetes.scale", "serving.kserve.io", "InferenceService")


def view_of(kind: str | None, owner: Owner | None = None) -> ModelView:
    finding = None
    if kind is not None:
        finding = WorkloadFinding(Workload("simulated", "ml", kind, "fraud", "u-1", replicas=3, ready=3, owner=owner))
    return ModelView(Model("fraud", Label("fraud")), Status.CRITICAL, {}, workload=finding)


@pytest.mark.parametrize(
    ("kind", "owner", "meant"),
    [
        (None, None, "kubernetes.scale"),
        ("Deployment", None, "kubernetes.scale"),
        ("Rollout", None, "argo.scale"),
        ("Deployment", Owner("serving.kserve.io/v1beta1", "InferenceService", "fraud", "o-1"), "kserve.scale"),
        ("Deployment", Owner("example.org/v1", "InferenceService", "fraud", "o-1"), "kubernetes.scale"),
        ("Rollout", Owner("example.org/v1", "Release", "fraud", "o-1"), "argo.scale"),
        ("Rollout", Owner("serving.kserve.io/v1beta1", "InferenceService", "fraud", "o-1"), "kserve.scale"),
    ],
)
def test_the_owner_counts_before_the_kind_of_the_workload(
    world: World, kind: str | None, owner: Owner | None, meant: str
) -> None:
    found = {"kubernetes.scale": world.action()}
    for name, instead in (("argo.scale", ROLLOUT), ("kserve.scale", SERVICE)):
        found[name] = world.action()
        found[name].specification = ActionSpecification(name=name, title="Scale", stands_for=instead)
    chosen = action_for(OpenActions(found, {}), SCALE.name, view_of(kind, owner))
    assert chosen.specification.name == meant
