"""Pods as API servers answer with them: those in trouble as kubelets and schedulers word it."""

from typing import Any

NOW = 1795317614.0
"""2026-11-22T03:20:14Z"""
NO_ROOM = "0/6 nodes are available: 4 Insufficient nvidia.com/gpu, 2 node(s) had untolerated taint {spot: true}."


def condition(type_: str, status: str, reason: str = "", message: str = "") -> dict[str, str]:
    told = {"type": type_, "status": status, "lastTransitionTime": "2026-11-22T03:18:04Z"}
    return told | {key: value for key, value in (("reason", reason), ("message", message)) if value}


def container(
    name: str, state: dict[str, Any], *, ready: bool = False, restarts: int = 0, **more: Any
) -> dict[str, Any]:
    return {"name": name, "image": f"registry/{name}:v42", "imageID": "", "ready": ready, "started": ready,
            "restartCount": restarts, "state": state, "lastState": {}} | more  # fmt: skip


def running(name: str = "model", **more: Any) -> dict[str, Any]:
    return container(name, {"running": {"startedAt": "2026-11-22T03:18:04Z"}}, ready=True, **more)


def waiting(reason: str, message: str = "", name: str = "model", **more: Any) -> dict[str, Any]:
    return container(name, {"waiting": {"reason": reason} | ({"message": message} if message else {})}, **more)


def terminated(reason: str, exit_code: int, name: str = "model", **more: Any) -> dict[str, Any]:
    ended = {"reason": reason, "exitCode": exit_code, "startedAt": "2026-11-22T03:10:00Z",
             "finishedAt": "2026-11-22T03:18:04Z", "containerID": "containerd://1"}  # fmt: skip
    return container(name, {"terminated": ended}, **more)


OOM = {"terminated": {"reason": "OOMKilled", "exitCode": 137, "startedAt": "2026-11-22T03:10:00Z",
                      "finishedAt": "2026-11-22T03:18:04Z", "containerID": "containerd://1"}}  # fmt: skip


def pod(
    name: str = "fraud-7c9d4-x2x9f",
    *,
    phase: str = "Running",
    statuses: list[dict[str, Any]] | None = None,
    init: list[dict[str, Any]] | None = None,
    init_specs: list[dict[str, Any]] | None = None,
    conditions: list[dict[str, str]] | None = None,
    containers: tuple[str, ...] = ("model",),
    metadata: dict[str, Any] | None = None,
    owner: str = "rs-1",
    node: str = "gpu-1",
    **status: Any,
) -> dict[str, Any]:
    """A pod of ReplicaSet fraud-7c9d4; `status` are further fields of its status."""
    return {
        "kind": "Pod",
        "apiVersion": "v1",
        "metadata": {
            "name": name,
            "namespace": "ml",
            "uid": f"uid-{name}",
            "creationTimestamp": "2026-11-21T03:20:14Z",
            "labels": {"app": "fraud"},
            "ownerReferences": [
                {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "fraud-7c9d4", "uid": owner, "controller": True}
            ],
        }
        | (metadata or {}),
        "spec": {
            "containers": [
                {
                    "name": each,
                    "image": f"registry:5000/ml/{each}:v42",
                    "resources": {"requests": {"cpu": "500m", "memory": "2Gi"}, "limits": {"nvidia.com/gpu": "1"}},
                }
                for each in containers
            ],
            "initContainers": init_specs,
            "nodeName": node,
        },
        "status": {
            "phase": phase,
            "conditions": conditions
            if conditions is not None
            else [condition("Initialized", "True"), condition("Ready", "True")],
            "containerStatuses": [running()] if statuses is None else statuses,
            "initContainerStatuses": init,
        }
        | status,
    }


UNREADY = [
    condition("Initialized", "True"),
    condition("Ready", "False", "ContainersNotReady", "containers with unready status: [model]"),
]
HEALTHY = pod()
OOM_KILLED = pod(statuses=[terminated("OOMKilled", 137, restarts=2, lastState=OOM)], conditions=UNREADY)
OOM_BUT_BACK = pod(statuses=[running(restarts=3, lastState=OOM)])
CRASH_LOOP = pod(
    statuses=[waiting("CrashLoopBackOff", "back-off 40s restarting failed container=model pod=fraud-7c9d4-x2x9f_ml(1)",
                      restarts=4, lastState={"terminated": {"reason": "Error", "exitCode": 1,
                                                            "finishedAt": "2026-11-22T03:19:34Z"}})],
    conditions=UNREADY,
)  # fmt: skip
BAD_IMAGE = pod(
    phase="Pending",
    statuses=[waiting("ImagePullBackOff", 'Back-off pulling image "registry/model:v43"')],
    conditions=UNREADY,
)
UNSCHEDULABLE = pod(
    phase="Pending", node="", statuses=[], conditions=[condition("PodScheduled", "False", "Unschedulable", NO_ROOM)]
)
UNINITIALIZED = [
    condition("Initialized", "False", "ContainersNotInitialized"),
    condition("Ready", "False", "ContainersNotReady", "containers with unready status: [model]"),
]
FETCHES_WEIGHTS = pod(
    phase="Pending",
    init_specs=[{"name": "storage-initializer"}, {"name": "warm-up"}],
    init=[container("storage-initializer", {"running": {"startedAt": "2026-11-22T03:19:00Z"}}),
          waiting("PodInitializing", name="warm-up")],
    statuses=[waiting("PodInitializing")],
    conditions=UNINITIALIZED,
)  # fmt: skip
NO_WEIGHTS = pod(
    phase="Pending",
    init_specs=[{"name": "storage-initializer"}],
    init=[waiting("CrashLoopBackOff", "back-off 10s", "storage-initializer", restarts=2,
                  lastState={"terminated": {"reason": "Error", "exitCode": 1, "finishedAt": "2026-11-22T03:19:00Z"}})],
    statuses=[waiting("PodInitializing")],
    conditions=UNINITIALIZED,
)  # fmt: skip
EVICTED = pod(phase="Failed", statuses=[], conditions=[], reason="Evicted",
              message="The node was low on resource: memory. Threshold quantity: 100Mi, available: 84Mi.")  # fmt: skip
STUCK = pod(
    metadata={"deletionTimestamp": "2026-11-22T03:10:14Z", "finalizers": ["example.com/drain"]}, conditions=UNREADY
)
LOST = pod(metadata={"deletionTimestamp": "2026-11-22T03:10:14Z"}, reason="NodeLost", conditions=UNREADY)
ENDING = pod(metadata={"deletionTimestamp": "2026-11-22T03:20:30Z"}, conditions=UNREADY)
COMPLETED = pod(
    phase="Succeeded",
    statuses=[terminated("Completed", 0)],
    conditions=[condition("Initialized", "True", "PodCompleted"), condition("Ready", "False", "PodCompleted")],
)
UNREADY_PROBE = pod(statuses=[running() | {"ready": False}], conditions=UNREADY)
"""It runs, but its readiness probe fails."""
SIDECAR = pod(
    init_specs=[{"name": "proxy", "restartPolicy": "Always"}],
    init=[
        running("proxy", restarts=1, lastState={"terminated": {"exitCode": 2, "finishedAt": "2026-11-22T03:00:00Z"}})
    ],
)
