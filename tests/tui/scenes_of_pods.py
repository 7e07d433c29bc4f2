"""What the cluster says of the model of the scenes, as an engine publishes it."""

import msgspec

from console.domain.cluster_facts import (
    AutoscalerFacts,
    ClusterFacts,
    ContainerFacts,
    EventFacts,
    ManagedBy,
    PodFacts,
    PodLog,
    QuotaFacts,
    RolloutFacts,
    Surroundings,
    Termination,
    Told,
    Trouble,
)
from console.domain.label import Label
from console.domain.model import Target
from tests.tui.scenes import AT, CONTEXT

SCHEDULER = "0/6 nodes are available: 4 Insufficient nvidia.com/gpu, 2 node(s) had untolerated taint {spot: true}."


def pod(name: str, **changed: object) -> PodFacts:
    given: dict[str, object] = {
        "status": "Running",
        "trouble": Trouble.NONE,
        "ready": 1,
        "count": 1,
        "created": AT - 86_400,
        "changed": AT - 86_000,
        "node": "gpu-1",
        "version": "v42",
        "revision": "17",
        "containers": (ContainerFacts(Label("model"), "running", ready=True),),
        "default_container": "model",
    } | changed
    return PodFacts(Label(f"fraud-{name}"), f"uid-{name}", **given)  # type: ignore[arg-type]  # fields of a test's own choice


OOM = Termination("model", "OOMKilled", 137, AT - 130)
OOM_POD = pod(
    "7c9d4-x2x9f",
    status="CrashLoopBackOff",
    trouble=Trouble.BROKEN,
    ready=1,
    count=2,
    restarts=3,
    why="model: CrashLoopBackOff: back-off 40s restarting failed container=model pod=fraud-7c9d4-x2x9f_ml(uid-1)",
    last_end=OOM,
    changed=AT - 130,
    containers=(
        ContainerFacts(Label("model"), "waiting", restarts=3, why="CrashLoopBackOff", last_end=OOM),
        ContainerFacts(Label("proxy"), "running", ready=True),
    ),
)
PENDING = pod(
    "7c9d4-q8s7d",
    status="Pending",
    trouble=Trouble.BROKEN,
    ready=0,
    why=f"no node has room: {SCHEDULER}",
    node="",
    created=AT - 300,
    changed=None,
    containers=(ContainerFacts(Label("model"), "waiting"),),
)
STARTING = pod("7c9d4-5kqmb", trouble=Trouble.WATCH, ready=0, changed=AT - 20, created=AT - 25,
               why="model runs, but its readiness probe does not pass")  # fmt: skip
HEALTHY = tuple(pod(f"7c9d4-{suffix}", node=f"gpu-{index}") for index, suffix in enumerate(("aaaaa", "bbbbb", "ccccc")))
EVENTS = (
    EventFacts("Pod", "BackOff", "Back-off restarting failed container model in pod fraud-7c9d4-x2x9f_ml(uid-1)", 14,
               AT - 900, AT - 40, True, ("fraud-7c9d4-x2x9f",)),
    EventFacts("Pod", "FailedScheduling", SCHEDULER, 3, AT - 300, AT - 60, True, ("fraud-7c9d4-q8s7d",)),
    EventFacts("Deployment", "ScalingReplicaSet", "Scaled up replica set fraud-7c9d4 from 5 to 6", 1, AT - 305,
               AT - 305, False, ("fraud",)),
)  # fmt: skip
ROLLOUT = RolloutFacts(6, 6, 3, 3, 6, revision="17", deadline_seconds=600)
AROUND = Surroundings(
    ROLLOUT,
    owners=("InferenceService fraud",),
    managed_by=(ManagedBy("Argo CD", "ml-serving", "where it syncs by itself it undoes what differs from Git"),),
)
AUTOSCALER = AutoscalerFacts(
    "HorizontalPodAutoscaler", "fraud", 4, 6, 6, 6, ("cpu 91 %, target 70 %",),
    ("ScalingLimited: the desired replica count is more than the maximum replica count",),
)  # fmt: skip


def facts(**changed: object) -> ClusterFacts:
    """Six pods, two of them broken."""
    given: dict[str, object] = {
        "target": Target(CONTEXT, "ml", "Deployment", "fraud", "u-1"),
        "workload": Told(AROUND, AT),
        "pods": Told((*HEALTHY, STARTING, PENDING, OOM_POD), AT),
        "events": Told(EVENTS, AT),
        "autoscaler": Told(AUTOSCALER, AT),
        "quotas": Told((QuotaFacts("gpu", "requests.nvidia.com/gpu", "6", "6", 0, True),), AT),
    } | changed
    return ClusterFacts("fraud", AT, **given)  # type: ignore[arg-type]  # fields of a test's own choice


def log(**changed: object) -> PodLog:
    """The log of the model's container in the broken pod."""
    lines = tuple(f"2026-11-22T03:{minute:02}:00Z request {minute} took 2{minute} ms" for minute in range(60))
    known = PodLog("fraud", "uid-7c9d4-x2x9f", "model", False, AT, (*lines, "CUDA out of memory. Tried 2.4 GiB"))
    return msgspec.structs.replace(known, **changed)
