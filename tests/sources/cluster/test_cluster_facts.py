"""What is read around one model: each part by itself, and what cannot be read says so beside the others."""

import asyncio
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from console.domain.cluster_facts import ClusterFacts
from console.domain.model import Owner, Workload
from console.sources.cluster import cluster_facts
from console.sources.cluster.autoscaler_facts import Hpa, find_hpa
from console.sources.cluster.cluster_facts import read_cluster_facts, with_what_was_known
from console.sources.cluster.objects import decode_object
from console.sources.cluster.scaled_objects import ScaledObject, find_scaled_object
from console.transport.kubernetes import Forbidden, KubernetesError, NoAnswer
from tests.sources.cluster import recorded
from tests.sources.cluster.canned import NO_QUERY, CannedTransport
from tests.sources.cluster.recorded import NOW

WORKLOAD = Workload(
    "prod-eu", "ml", "Deployment", "fraud", "d-1", 2, 1,
    owner=Owner("serving.kserve.io/v1beta1", "InferenceService", "fraud", "isvc-1"),
)  # fmt: skip
CORE, APPS = "/api/v1/namespaces/ml", "/apis/apps/v1/namespaces/ml"
HPAS = "/apis/autoscaling/v2/namespaces/ml/horizontalpodautoscalers"
SCALED_OBJECTS = "/apis/keda.sh/v1alpha1/namespaces/ml/scaledobjects"
DEPLOYMENT: dict[str, Any] = {
    "metadata": {
        "name": "fraud", "namespace": "ml", "uid": "d-1", "generation": 7,
        "annotations": {"deployment.kubernetes.io/revision": "17", "argocd.argoproj.io/tracking-id": "ml:apps/x"},
        "labels": {"app.kubernetes.io/managed-by": "Helm"},
    },
    "spec": {"replicas": 2, "progressDeadlineSeconds": 600, "selector": {"matchLabels": {"app": "fraud"}}},
    "status": {
        "observedGeneration": 7, "replicas": 3, "updatedReplicas": 1, "readyReplicas": 1, "availableReplicas": 1,
        "conditions": [recorded.condition("Progressing", "False", "ProgressDeadlineExceeded", "timed out progressing")],
    },
}  # fmt: skip
SETS = {
    "items": [
        {
            "metadata": {
                "name": "fraud-7c9d4", "uid": "rs-1", "annotations": {"deployment.kubernetes.io/revision": "17"},
                "ownerReferences": [{"kind": "Deployment", "name": "fraud", "uid": "d-1", "controller": True}],
            }
        }
    ]
}  # fmt: skip


def event(about: str, uid: str, message: str, last: str, *, kind: str = "Pod", **more: Any) -> dict[str, Any]:
    return {
        "metadata": {"name": f"{about}.{last}", "creationTimestamp": last},
        "involvedObject": {"kind": kind, "name": about, "uid": uid},
        "reason": "BackOff", "type": "Warning", "message": message, "firstTimestamp": last, "lastTimestamp": last,
    } | more  # fmt: skip


EVENTS = {
    "items": [
        event("fraud-7c9d4-a", "gone", "Back-off restarting container model in pod fraud-7c9d4-a_ml(gone)",
              "2026-11-22T03:10:14Z", count=3),
        event("fraud-7c9d4-x2x9f", "uid-fraud-7c9d4-x2x9f",
              "Back-off restarting container model in pod fraud-7c9d4-x2x9f_ml(uid-fraud-7c9d4-x2x9f)",
              "2026-11-22T03:19:14Z", count=11),
        event("other-1", "other", "of another model", "2026-11-22T03:19:14Z"),
        event("fraud", "d-1", "newer form", "2026-11-22T03:00:00Z", kind="Deployment", reason="Scaled", type="Normal",
              firstTimestamp=None, lastTimestamp=None, eventTime="2026-11-22T03:15:14.000000Z",
              series={"count": 5, "lastObservedTime": "2026-11-22T03:20:04.000000Z"}),
    ]
}  # fmt: skip
HPA = {
    "metadata": {"name": "fraud", "uid": "h-1"},
    "spec": {
        "scaleTargetRef": {"kind": "Deployment", "name": "fraud", "apiVersion": "apps/v1"},
        "minReplicas": 2, "maxReplicas": 4,
        "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": {"averageUtilization": 70}}}],
    },
    "status": {
        "currentReplicas": 4, "desiredReplicas": 4,
        "currentMetrics": [{"type": "Resource", "resource": {"name": "cpu", "current": {"averageUtilization": 91}}}],
        "conditions": [
            recorded.condition("AbleToScale", "True", "ReadyForNewScale"),
            recorded.condition("ScalingLimited", "True", "TooManyReplicas",
                               "the desired replica count is more than the maximum replica count"),
        ],
    },
}  # fmt: skip
QUOTA = {
    "metadata": {"name": "gpu"},
    "status": {"hard": {"requests.nvidia.com/gpu": "4", "requests.cpu": "10", "configmaps": "5"},
               "used": {"requests.nvidia.com/gpu": "4", "requests.cpu": "9500m", "configmaps": "5"}},
}  # fmt: skip


def answers(**other: Any) -> dict[str, Any]:
    return {
        f"{APPS}/deployments/fraud": DEPLOYMENT,
        f"{CORE}/pods": {"items": [recorded.CRASH_LOOP, recorded.pod("stranger", owner="rs-of-another")]},
        f"{APPS}/replicasets": SETS,
        HPAS: {"items": [HPA]},
        f"{CORE}/resourcequotas": {"items": [QUOTA]},
        f"{CORE}/events": EVENTS,
    } | other


def read(given: dict[str, Any]) -> ClusterFacts:
    return asyncio.run(read_cluster_facts(CannedTransport(given), "fraud", WORKLOAD, lambda: NOW))


def forbidden(path: str) -> KubernetesError:
    return Forbidden(f"GET {path}", "no", status=403, reason="Forbidden")


def test_everything_is_read_and_only_what_belongs_to_the_model() -> None:
    facts = read(answers())
    assert facts.problems() == ()
    assert [pod.name.raw for pod in facts.pods.value] == ["fraud-7c9d4-x2x9f"]
    assert facts.pods.value[0].revision == "17"
    assert facts.workload.value is not None
    assert facts.workload.value.rollout.deadline_exceeded
    assert facts.workload.value.rollout.revision == "17"
    assert facts.workload.value.owners == ("InferenceService fraud",)
    assert [(each.tool, each.name) for each in facts.workload.value.managed_by] == [("Argo CD", "ml"), ("Helm", "")]
    assert facts.autoscaler.value is not None
    assert facts.autoscaler.value.metrics == ("cpu 91 %, target 70 %",)
    assert facts.autoscaler.value.troubles[0].startswith("ScalingLimited: the desired replica count is more")
    (quota,) = facts.quotas.value
    assert (quota.resource, quota.room, quota.is_reached) == ("requests.nvidia.com/gpu", 0, True)


def test_alike_events_are_added_up_over_pods_also_over_those_that_are_gone() -> None:
    newest, older = read(answers()).events.value
    assert (newest.reason, newest.count, newest.last, newest.is_warning) == ("Scaled", 5, NOW - 10, False)
    assert (older.count, older.last, older.first) == (14, NOW - 60, NOW - 600)
    assert older.objects == ("fraud-7c9d4-x2x9f", "fraud-7c9d4-a")


def test_forbidden_events_are_told_and_hide_nothing_else() -> None:
    facts = read(answers(**{f"{CORE}/events": forbidden("events")}))
    assert facts.problems() == ("events: you may not list events in namespace ml (RBAC)",)
    assert facts.events.at is None
    assert facts.pods.value
    assert facts.autoscaler.value is not None


@pytest.mark.parametrize(
    "garbage", [{"items": [{"metadata": 3}]}, {"items": "none"}, {"items": [{"metadata": {"name": 1}}]}]
)
def test_garbage_is_told_and_hides_nothing_else(garbage: dict[str, Any]) -> None:
    facts = read(answers(**{f"{CORE}/pods": garbage}))
    assert len(facts.problems()) == 1
    assert facts.problems()[0].startswith("pods: the cluster's answer is not a")
    assert facts.workload.value is not None


def test_a_part_that_hangs_does_not_hold_up_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    class Hangs(CannedTransport):
        async def get(self, path: str, *, query: Mapping[str, str] = NO_QUERY) -> dict[str, Any]:
            if path.endswith("/events"):
                await asyncio.Event().wait()
            return await super().get(path, query=query)

    monkeypatch.setattr(cluster_facts, "PATIENCE_SECONDS", 0.01)
    facts = asyncio.run(read_cluster_facts(Hangs(answers()), "fraud", WORKLOAD, lambda: NOW))
    assert facts.problems() == ("events: no answer within 0.01 s",)
    assert facts.pods.value


def test_what_cannot_be_read_again_stays_with_its_time() -> None:
    before = read(answers())
    path = f"{APPS}/deployments/fraud"
    dead = NoAnswer(f"GET {path}", "the deadline passed")
    after = with_what_was_known(read(dict.fromkeys(answers(), dead)), before)
    assert len(after.problems()) == 5
    assert after.pods.value == before.pods.value
    assert after.pods.at == NOW
    made_anew = msgspec.structs.replace(after, target=None)
    assert with_what_was_known(read(dict.fromkeys(answers(), dead)), made_anew).pods.value == ()


def test_a_workload_that_was_made_anew_is_not_told_as_the_one_that_was_found() -> None:
    other = msgspec.convert(msgspec.to_builtins(DEPLOYMENT), dict[str, Any])
    other["metadata"] = DEPLOYMENT["metadata"] | {"uid": "d-2"}
    facts = read(answers(**{f"{APPS}/deployments/fraud": other}))
    assert facts.workload.problem == "Deployment fraud was deleted and made anew since it was found"
    assert facts.pods.problem is not None


def test_a_scaled_object_is_told_instead_of_the_autoscaler_that_it_made() -> None:
    scaled = {
        "metadata": {"name": "fraud", "annotations": {"autoscaling.keda.sh/paused": "true"}},
        "spec": {"scaleTargetRef": {"name": "fraud"}, "minReplicaCount": 2, "triggers": [{"type": "prometheus"}]},
        "status": {"conditions": [recorded.condition("Ready", "False", "Failed", "no metrics")]},
    }
    found = read(answers(**{SCALED_OBJECTS: {"items": [scaled]}})).autoscaler.value
    assert found is not None
    assert (found.kind, found.floor, found.ceiling, found.desired) == ("KEDA ScaledObject", 2, 100, 4)
    assert found.troubles[:2] == ("Ready: no metrics", "paused by annotation: paused true")


def test_a_list_that_is_cut_says_so() -> None:
    cut = {"metadata": {"continue": "token"}, "items": EVENTS["items"]}
    assert read(answers(**{f"{CORE}/events": cut})).problems() == ("events: only the first 4 were read",)


def test_an_event_or_a_condition_tells_no_secret() -> None:
    told = "failed to pull https://svc:hunter2hunter2@registry/model: token=hunter2hunter2"
    events = {"items": [event("fraud", "d-1", told, "2026-11-22T03:19:14Z", kind="Deployment")]}
    facts = read(answers(**{f"{CORE}/events": events}))
    assert [each.message for each in facts.events.value] == ["failed to pull https://***@registry/model: token=***"]


def test_an_object_of_another_group_that_is_called_like_a_deployment_is_not_the_workload() -> None:
    target = {"kind": "Deployment", "name": "fraud", "apiVersion": "apps.example.com/v1"}
    hpa = decode_object({"metadata": {"name": "other"}, "spec": {"scaleTargetRef": target, "maxReplicas": 4}}, Hpa)
    document = {"metadata": {"name": "fraud"}, "spec": {"scaleTargetRef": target}}
    scaled = decode_object(document, ScaledObject)
    assert find_hpa([hpa], "Deployment", "fraud") is None
    assert find_scaled_object([scaled], "Deployment", "fraud") is None
    right = decode_object(HPA, Hpa)
    assert find_hpa([hpa, right], "Deployment", "fraud") is right
    assert find_hpa([right], "Rollout", "fraud") is None


@pytest.mark.parametrize("selects", [{"selector": {"matchLabels": {"app": "fraud"}}}, {"workloadRef": {"name": "x"}}])
def test_a_rollout_of_argo_rollouts_is_read_whose_generation_is_text(selects: dict[str, Any]) -> None:
    rollout = {
        "metadata": {
            "name": "fraud", "namespace": "ml", "uid": "d-1", "generation": 7,
            "annotations": {"rollout.argoproj.io/revision": "17"},
        },
        "spec": {"replicas": 2, **selects},
        "status": {"observedGeneration": "7", "replicas": 2, "selector": "app=fraud"},
    }  # fmt: skip
    kept = {
        "items": [{"metadata": {**SETS["items"][0]["metadata"], "annotations": rollout["metadata"]["annotations"]}}]
    }
    path = "/apis/argoproj.io/v1alpha1/namespaces/ml/rollouts/fraud"
    transport = CannedTransport(answers(**{path: rollout, f"{APPS}/replicasets": kept}))
    workload = msgspec.structs.replace(WORKLOAD, kind="Rollout")
    facts = asyncio.run(read_cluster_facts(transport, "fraud", workload, lambda: NOW))
    assert facts.problems() == ()
    assert facts.workload.value is not None
    found = facts.workload.value.rollout
    assert (found.is_seen, found.revision) == (True, "17")
    assert [(pod.name.raw, pod.revision) for pod in facts.pods.value] == [("fraud-7c9d4-x2x9f", "17")]
