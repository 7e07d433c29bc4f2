"""From the pods that the metrics name, through the owners that the cluster tells, to the action that is meant."""

from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from console.actions.kserve.provider import KServeProvider
from console.actions.kubernetes.provider import KubernetesProvider
from console.actions.provider import Occasion, Surroundings
from console.actions.registry import open_actions
from console.domain.anomaly import Status
from console.domain.label import Label
from console.domain.model import Model
from console.domain.snapshot import ModelView
from console.engine.choosing import action_for
from console.settings.settings import Settings
from console.sources.cluster.resolve import Sought, resolve_workloads
from tests.actions.kserve.world import KServeWorld, a_kserve_world
from tests.simulation.cluster.inference import model


async def view_of(world: KServeWorld, *deployments: str) -> ModelView:
    pods = tuple(pod.name for name in deployments for pod in world.cluster.pods("ml", name))
    finding = (await resolve_workloads(world.transport, {"scoring": Sought("ml", pods)}))["scoring"]
    assert finding.workload is not None, finding.reason
    return ModelView(Model("scoring", Label("scoring")), Status.CRITICAL, {}, workload=finding)


async def planned(world: KServeWorld, tmp_path: Path, view: ModelView, name: str, **arguments: object) -> Any:
    async with AsyncExitStack() as closing:
        settings = Settings(kubernetes=world.settings)
        surroundings = Surroundings(settings, {}, tmp_path, world.clock, world.transport, closing)
        actions = open_actions(surroundings, among=(KubernetesProvider(), KServeProvider()))
        return await action_for(actions, name, view).plan(Occasion(view), arguments, may_dry_run=True)


@pytest.mark.parametrize(
    ("mode", "deployment"),
    [("Standard", "scoring-predictor"), ("Knative", "scoring-predictor-00001-deployment")],
)
async def test_scaling_a_workload_of_kserve_means_its_inference_service(
    tmp_path: Path, mode: str, deployment: str
) -> None:
    async with a_kserve_world(tmp_path, model("v41"), mode=mode) as world:
        view = await view_of(world, deployment)
        plan = await planned(world, tmp_path, view, "kubernetes.scale", replicas=2)
        assert (plan.action, plan.refusals, plan.target.name) == ("kserve.scale", (), deployment)
        assert plan.request.path.endswith("/inferenceservices/scoring")


async def test_rolling_back_while_two_revisions_serve_means_the_inference_service(
    knative: KServeWorld, tmp_path: Path
) -> None:
    await knative.change({"predictor": {**model("v43"), "canaryTrafficPercent": 10}})
    names = [f"scoring-predictor-0000{number}-deployment" for number in (2, 3)]
    plan = await planned(knative, tmp_path, await view_of(knative, *names), "kubernetes.roll_back")
    assert (plan.action, plan.refusals, plan.target.name) == ("kserve.roll_back", (), names[0])


async def test_what_git_keeps_is_said_before_the_key(standard: KServeWorld, tmp_path: Path) -> None:
    marks = {"metadata": {"annotations": {"argocd.argoproj.io/tracking-id": "ml:serving.kserve.io/InferenceService:x"}}}
    await standard.patch(marks)
    view = await view_of(standard, "scoring-predictor")
    plan = await planned(standard, tmp_path, view, "kubernetes.scale", replicas=3)
    assert plan.notes[-1].startswith("Argo CD manages it")
