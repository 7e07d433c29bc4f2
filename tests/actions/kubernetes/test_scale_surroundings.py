"""Kinds and marks that the simulated cluster does not have: StatefulSets, parents, tools that own manifests."""

from typing import Any

import msgspec
import pytest

from console.actions.kubernetes.replica_count import scale_command
from console.actions.kubernetes.scale import Scale
from console.domain.action import Plan
from console.domain.model import Workload
from console.settings.settings import KubernetesSettings
from tests.actions.kubernetes.world import Clock, occasion
from tests.sources.cluster.canned import CannedTransport, owned

TARGET = Workload("prod-eu", "ml", "StatefulSet", "fraud", "s-1", 2, 1)
PATH = "/apis/apps/v1/namespaces/ml/statefulsets/fraud"
NO_PODS: dict[str, dict[str, Any]] = {"/api/v1/namespaces/ml/pods": {}}
NO_AUTOSCALERS = {**NO_PODS, "/apis/autoscaling/v2/namespaces/ml/horizontalpodautoscalers": {"items": None}}


async def plan_for(workload: dict[str, Any]) -> Plan:
    transport = CannedTransport({PATH: workload, **NO_AUTOSCALERS})
    settings = KubernetesSettings(context="prod-eu", kubeconfig="/home/ann/my kubeconfig")
    return await Scale(transport, settings, Clock()).plan(occasion(TARGET), {"replicas": 4}, may_dry_run=True)


async def test_a_stateful_set_is_scaled_like_a_deployment() -> None:
    plan = await plan_for(owned("StatefulSet", "fraud", "s-1", None))
    assert plan.refusals == ()
    assert plan.request.path == f"{PATH}/scale"
    assert plan.command is not None
    assert plan.command.startswith(
        "kubectl --kubeconfig '/home/ann/my kubeconfig' --context prod-eu -n ml scale stateful"
    )


def test_the_command_for_kubectl_reaches_a_kubeconfig_at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ann")
    command = scale_command(TARGET, 2, 4, "~/.kube/config")
    assert command.startswith("kubectl --kubeconfig /home/ann/.kube/config --context prod-eu ")


async def test_a_parent_that_would_undo_it_is_refused_by_name() -> None:
    plan = await plan_for(owned("StatefulSet", "fraud", "s-1", ("SeldonDeployment", "fraud-sd", "x")))
    assert plan.refusals == (
        "SeldonDeployment fraud-sd owns fraud and would undo this: act on SeldonDeployment fraud-sd",
    )
    assert plan.dry_run == "not asked: it is refused already"


async def test_a_cluster_without_autoscalers_can_be_planned_on_and_the_gap_is_told() -> None:
    transport = CannedTransport({PATH: owned("StatefulSet", "fraud", "s-1", None), **NO_PODS})
    action = Scale(transport, KubernetesSettings(context="prod-eu"), Clock())
    plan = await action.plan(occasion(TARGET), {"replicas": 4}, may_dry_run=True)
    assert plan.refusals == ()
    (note,) = plan.notes
    assert note.startswith("this cluster does not serve autoscaling/v2 or autoscaling/v2beta2: if an autoscaler owns")


async def test_a_workload_of_several_models_says_so_before_the_key() -> None:
    shared = msgspec.structs.replace(TARGET, shared_by=("a\x1b[2J", "b", "c", "d", "e", "f"))
    transport = CannedTransport({PATH: owned("StatefulSet", "fraud", "s-1", None), **NO_AUTOSCALERS})
    action = Scale(transport, KubernetesSettings(context="prod-eu"), Clock())
    plan = await action.plan(occasion(shared), {"replicas": 4}, may_dry_run=True)
    assert plan.notes == ("fraud serves 6 models, this changes all of them: a␛[2J, b, c, d, e, …",)
    assert plan.refusals == ()


@pytest.mark.parametrize(
    ("marks", "note"),
    [
        ({"annotations": {"argocd.argoproj.io/tracking-id": "fraud:apps/StatefulSet"}}, "Argo CD manages it (fraud)"),
        ({"labels": {"argocd.argoproj.io/instance": "fraud"}}, "Argo CD manages it (fraud)"),
        ({"labels": {"kustomize.toolkit.fluxcd.io/name": "models"}}, "Flux manages it (models)"),
        ({"labels": {"helm.toolkit.fluxcd.io/name": "models"}}, "Flux manages it (models)"),
        ({"labels": {"app.kubernetes.io/managed-by": "Helm"}}, "Helm manages it:"),
    ],
)
async def test_a_tool_that_may_set_the_replicas_again_is_told(marks: dict[str, Any], note: str) -> None:
    workload = owned("StatefulSet", "fraud", "s-1", None)
    workload["metadata"] |= marks
    plan = await plan_for(workload)
    assert [text for text in plan.notes if text.startswith(note)]
    assert plan.refusals == ()


@pytest.mark.parametrize(
    ("spec", "status", "note"),
    [
        ({"paused": True}, {}, "its rollouts are paused: new replicas run the versions that run now"),
        ({}, {"replicas": 4, "updatedReplicas": 1}, "a rollout is in progress: 1 of 4 pods updated"),
        (
            {},
            {"conditions": [{"type": "ReplicaFailure", "status": "True", "message": "exceeded quota: gpu\x1b[2J"}]},
            "more replicas would wait as well: pods cannot be made: exceeded quota: gpu␛[2J",
        ),
        (
            {},
            {
                "conditions": [
                    {
                        "type": "Progressing",
                        "status": "False",
                        "reason": "ReplicaSetCreateError",
                        "message": "Failed to create new replica set",
                    }
                ]
            },
            "more replicas would wait as well: pods cannot be made: Failed to create new replica set",
        ),
    ],
)
async def test_what_goes_on_already_is_told(spec: dict[str, Any], status: dict[str, Any], note: str) -> None:
    workload = owned("StatefulSet", "fraud", "s-1", None)
    workload["spec"] |= spec
    workload["status"] |= status
    assert note in (await plan_for(workload)).notes
