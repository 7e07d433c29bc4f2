"""A node without a machine: the tests say of its pods what a kubelet would, so that no image has to be pulled."""

import contextlib
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx

from console.domain.moments import rfc3339
from console.sources.cluster.objects import instant
from tests.real_cluster.access import Access

SLOW, SLOW_SECONDS = "v42", 8.0
"""Pods of this version take this time to get ready, so that a test finds their rollout under way."""
_LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases"
_LOOK_SECONDS, _HEARTBEAT_SECONDS, _STOP_SECONDS = 0.1, 5.0, 0.5


class PlayedNode:
    """Reports a node as alive, and its pods as started or ended, until it is stopped."""

    def __init__(self, access: Access, name: str) -> None:
        self._access = access
        self.name = name
        self._stopped = threading.Event()
        self._beaten = 0.0
        self._ending: dict[str, float] = {}
        self.failure: Exception | None = None

    def add(self) -> None:
        """Make the node; nothing but the pods of the tests is to run on it."""
        taint = {"key": "incident-console/contract", "effect": "NoSchedule"}
        self._access.create(
            "/api/v1/nodes",
            {"apiVersion": "v1", "kind": "Node", "metadata": {"name": self.name}, "spec": {"taints": [taint]}},
        )
        at = rfc3339(time.time())
        ready = {"type": "Ready", "status": "True", "reason": "Played", "lastHeartbeatTime": at}
        room = {"cpu": "64", "memory": "64Gi", "pods": "500"}
        status = {"capacity": room, "allocatable": room, "conditions": [{**ready, "lastTransitionTime": at}]}
        self._access.merge(f"/api/v1/nodes/{self.name}/status", {"status": status}, manager="kubelet")

    def remove(self) -> None:
        """Take the node away, with what it said of itself."""
        self._access.delete(f"/api/v1/nodes/{self.name}")
        self._access.delete(f"{_LEASES}/{self.name}")

    def run(self) -> None:
        """Report until it is stopped; what the cluster refuses is kept, to be told when the node goes."""
        while not self._stopped.wait(_LOOK_SECONDS):
            try:
                self._report()
            except (AssertionError, httpx.HTTPError) as error:
                self.failure = error
                return

    def stop(self) -> None:
        """Report nothing any more."""
        self._stopped.set()

    def _report(self) -> None:
        if time.monotonic() - self._beaten > _HEARTBEAT_SECONDS:
            self._beat()
        pods = self._access.get("/api/v1/pods", fieldSelector=f"spec.nodeName={self.name}")["items"]
        for pod in pods:
            metadata = pod["metadata"]
            path = f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}"
            if metadata.get("deletionTimestamp"):
                since = self._ending.setdefault(metadata["uid"], time.monotonic())
                if time.monotonic() - since > _STOP_SECONDS:
                    self._access.delete(path, at_once=True)
            elif not _serves(pod) and self._access.find(path) is not None:
                self._access.merge(f"{path}/status", {"status": _running(pod)}, manager="kubelet")

    def _beat(self) -> None:
        at = rfc3339(time.time()).replace("Z", ".000000Z")
        spec = {"holderIdentity": self.name, "leaseDurationSeconds": 40, "renewTime": at}
        if self._access.find(f"{_LEASES}/{self.name}") is None:
            self._access.create(
                _LEASES,
                {
                    "apiVersion": "coordination.k8s.io/v1",
                    "kind": "Lease",
                    "metadata": {"name": self.name},
                    "spec": spec,
                },
            )
        else:
            self._access.merge(f"{_LEASES}/{self.name}", {"spec": spec}, manager="kubelet")
        self._beaten = time.monotonic()


def _serves(pod: dict[str, Any]) -> bool:
    conditions = pod["status"].get("conditions", [])
    return any((each["type"], each["status"]) == ("Ready", "True") for each in conditions)


def _running(pod: dict[str, Any]) -> dict[str, Any]:
    at = rfc3339(time.time())
    made = instant(pod["metadata"]["creationTimestamp"]) or 0.0
    serves = pod["metadata"].get("labels", {}).get("version") != SLOW or time.time() - made >= SLOW_SECONDS
    states = {"Initialized": True, "Ready": serves, "ContainersReady": serves, "PodScheduled": True}
    return {
        "phase": "Running",
        "startTime": at,
        "conditions": [
            {"type": kind, "status": str(holds), "lastTransitionTime": at} for kind, holds in states.items()
        ],
        "containerStatuses": [
            {
                "name": container["name"],
                "ready": serves,
                "started": True,
                "restartCount": 0,
                "image": container["image"],
                "imageID": "",
                "state": {"running": {"startedAt": at}},
            }
            for container in pod["spec"]["containers"]
        ],
    }


@contextlib.contextmanager
def played_node(access: Access, name: str) -> Iterator[PlayedNode]:
    """Have a node of this name, for as long as the context lasts."""
    node = PlayedNode(access, name)
    node.add()
    thread = threading.Thread(target=node.run, name=name)
    thread.start()
    try:
        yield node
    finally:
        node.stop()
        thread.join()
        node.remove()
    if node.failure is not None:
        raise node.failure
