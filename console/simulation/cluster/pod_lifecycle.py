"""Scheduler and kubelets: pods find a node, start, become ready, break and end."""

import copy
from collections.abc import Callable

import msgspec

from console.domain.moments import rfc3339
from console.simulation.cluster.events import EventRecorder
from console.simulation.cluster.image_failures import ImageFailures, OutOfMemory, back_off
from console.simulation.cluster.managed_fields import WrittenBy
from console.simulation.cluster.names import Names
from console.simulation.cluster.objects import condition, put_condition
from console.simulation.cluster.resources import NODES, PODS, Object
from console.simulation.cluster.store import Store

_KUBELET = WrittenBy(manager="kubelet")


class PodTimes(msgspec.Struct):
    """What the API's whole seconds are too coarse for, in UTC seconds."""

    started: float
    ready_at: float | None = None
    ready_since: float | None = None
    dies_at: float | None = None
    deaths: int = 0
    gone_at: float | None = None
    broken: bool = False

    @property
    def due(self) -> float | None:
        """Return when the pod goes on by itself."""
        if self.gone_at is not None or self.broken:
            return self.gone_at
        return self.ready_at if self.ready_since is None else self.dies_at


class PodLifecycle:
    """Moves every pod on to the state that an instant demands.

    A pod is ready `start_seconds` after it found a node, and gone `stop_seconds` after its deletion was asked for.
    `ended` is called with a pod whose containers ended, and the lines that they wrote before.
    """

    def __init__(
        self,
        store: Store,
        names: Names,
        events: EventRecorder,
        *,
        start_seconds: float,
        stop_seconds: float,
        ended: Callable[[Object, tuple[str, ...]], None],
    ) -> None:
        self._store = store
        self._names = names
        self._events = events
        self._start_seconds = start_seconds
        self._stop_seconds = stop_seconds
        self._ended = ended
        self.failures = ImageFailures()
        self.times: dict[str, PodTimes] = {}

    def next_due(self) -> float | None:
        """Return the next instant at which a pod becomes ready, breaks or is gone."""
        return min((due for times in self.times.values() if (due := times.due) is not None), default=None)

    def reconcile(self, now: float) -> None:
        """Move every pod on to the state of an instant (UTC seconds)."""
        pods = self._store.list(PODS)
        self._forget(pods)
        free, closed = self._free_places(pods)
        for pod in sorted(pods, key=lambda pod: self._times(pod, now).started):
            times = self._times(pod, now)
            if pod["metadata"].get("deletionTimestamp"):
                self._end(pod, times, now)
            elif not pod["spec"].get("nodeName"):
                self._schedule(pod, times, free, closed, now)
            elif times.ready_since is None and not times.broken:
                self._start(pod, times, now)
            elif times.dies_at is not None and times.dies_at <= now:
                self._run_out_of_memory(pod, times, now)

    def adopt(self, pod: Object, started: float, now: float) -> None:
        """Let a pod that was just stored have found its node at an earlier instant, if there is room for it now."""
        ready_at = started + self._start_seconds
        self.times[pod["metadata"]["uid"]] = PodTimes(started=started, ready_at=ready_at)
        self.reconcile(now)

    def break_pod(self, namespace: str, name: str, now: float, *, reason: str, exit_code: int) -> None:
        """Make a pod's containers crash for a reason; the pod stays unready until it is replaced."""
        pod = self._store.draft(PODS, namespace, name)
        times = self._times(pod, now)
        times.broken, times.ready_at, times.dies_at = True, None, None
        self._crash(pod, times, now, reason=reason, exit_code=exit_code)
        self._ended(pod, ())

    def _run_out_of_memory(self, pod: Object, times: PodTimes, now: float) -> None:
        """Kill a pod's containers for their memory; they are started again after a while that grows."""
        wrong = self.failures.too_big(pod) or OutOfMemory(0.0)
        times.deaths, times.dies_at = times.deaths + 1, None
        pause = back_off(times.deaths)
        times.ready_at = now + pause + self._start_seconds
        self._crash(copy.deepcopy(pod), times, now, reason="OOMKilled", exit_code=137, pause=pause)
        self._ended(pod, wrong.last_words)

    def _crash(
        self, pod: Object, times: PodTimes, now: float, *, reason: str, exit_code: int, pause: float = 0.0
    ) -> None:
        times.ready_since = None
        metadata = pod["metadata"]
        named = f"pod={metadata['name']}_{metadata['namespace']}({metadata['uid']})"
        for kind in ("ContainersReady", "Ready"):
            put_condition(pod["status"], condition(kind, holds=False, reason="ContainersNotReady", at=now))
        for status in pod["status"].get("containerStatuses", []):
            status["ready"] = status["started"] = False
            status["restartCount"] += 1
            started = status["state"].get("running", {}).get("startedAt", rfc3339(now))
            ended = {"reason": reason, "exitCode": exit_code, "startedAt": started, "finishedAt": rfc3339(now)}
            status["lastState"] = {"terminated": ended}
            why = f"back-off {pause:.0f}s restarting failed container={status['name']} {named}"
            status["state"] = {"waiting": {"reason": "CrashLoopBackOff", "message": why}}
        stored = self._store.update(PODS, pod, _KUBELET)
        message = "Back-off restarting failed container"
        self._events.record(stored, reason="BackOff", message=message, source="kubelet", at=now, kind="Warning")

    def _times(self, pod: Object, now: float) -> PodTimes:
        return self.times.setdefault(pod["metadata"]["uid"], PodTimes(started=now))

    def _forget(self, pods: list[Object]) -> None:
        alive = {pod["metadata"]["uid"] for pod in pods}
        for uid in self.times.keys() - alive:
            del self.times[uid]

    def _free_places(self, pods: list[Object]) -> tuple[dict[str, int], int]:
        """Return the room on every node that takes pods, and how many nodes are cordoned."""
        nodes = self._store.list(NODES)
        free = {
            node["metadata"]["name"]: int(node["status"]["allocatable"]["pods"])
            for node in nodes
            if not node["spec"].get("unschedulable")
        }
        closed = len(nodes) - len(free)
        for pod in pods:
            node = pod["spec"].get("nodeName")
            if node in free:
                free[node] -= 1
        return free, closed

    def _schedule(self, pod: Object, times: PodTimes, free: dict[str, int], closed: int, now: float) -> None:
        node = max(sorted(free), key=lambda name: free[name], default=None)
        draft = copy.deepcopy(pod)
        if node is None or free[node] <= 0:
            times.ready_at = None
            self._leave_pending(draft, full=len(free), closed=closed, now=now)
            return
        free[node] -= 1
        if times.ready_at is None:
            times.ready_at = now + self._start_seconds
        scheduled = times.ready_at - self._start_seconds
        draft["spec"]["nodeName"] = node
        draft["status"]["startTime"] = rfc3339(scheduled)
        put_condition(draft["status"], condition("PodScheduled", holds=True, at=scheduled))
        put_condition(draft["status"], condition("Initialized", holds=True, at=scheduled))
        for kind in ("ContainersReady", "Ready"):
            put_condition(draft["status"], condition(kind, holds=False, reason="ContainersNotReady", at=scheduled))
        draft["status"]["containerStatuses"] = [
            {
                "name": container["name"],
                "image": container["image"],
                "imageID": "",
                "ready": False,
                "started": False,
                "restartCount": 0,
                "state": {"waiting": {"reason": "ContainerCreating"}},
            }
            for container in draft["spec"]["containers"]
        ]
        stored = self._store.update(PODS, draft, _KUBELET)
        if times.ready_at > now:
            message = f"Successfully assigned {pod['metadata']['namespace']}/{pod['metadata']['name']} to {node}"
            self._events.record(stored, reason="Scheduled", message=message, source="default-scheduler", at=now)
        self._start(stored, times, now)

    def _leave_pending(self, draft: Object, *, full: int, closed: int, now: float) -> None:
        whys = [f"{closed} node(s) were unschedulable"] if closed else []
        whys += [f"{full} Too many pods"] if full else []
        message = f"0/{full + closed} nodes are available: {', '.join(whys)}."
        put_condition(
            draft["status"],
            condition("PodScheduled", holds=False, reason="Unschedulable", message=message, at=now),
        )
        before = self._store.version
        stored = self._store.update(PODS, draft, _KUBELET)
        if self._store.version != before:
            self._events.record(
                stored,
                reason="FailedScheduling",
                message=message,
                source="default-scheduler",
                at=now,
                kind="Warning",
            )

    def _start(self, pod: Object, times: PodTimes, now: float) -> None:
        if times.ready_at is None or times.ready_at > now:
            return
        refused = self.failures.refused(pod)
        if refused is not None:
            self._wait_for_image(pod, times, *refused, now)
            return
        ready = times.ready_since = times.ready_at
        wrong = self.failures.too_big(pod)
        times.dies_at = None if wrong is None else ready + wrong.after_seconds
        draft = copy.deepcopy(pod)
        status = draft["status"]
        status["phase"] = "Running"
        status["podIP"] = self._names.pod_address()
        status["podIPs"] = [{"ip": status["podIP"]}]
        for kind in ("ContainersReady", "Ready"):
            put_condition(status, condition(kind, holds=True, at=ready))
        for container in status["containerStatuses"]:
            container["ready"] = container["started"] = True
            container["state"] = {"running": {"startedAt": rfc3339(ready)}}
        self._store.update(PODS, draft, _KUBELET)

    def _wait_for_image(self, pod: Object, times: PodTimes, image: str, why: str, now: float) -> None:
        """Leave a pod waiting for an image that cannot be pulled."""
        times.broken, times.ready_at = True, None
        failed = f'failed to pull and unpack image "{image}": {why}'
        draft = copy.deepcopy(pod)
        for container in draft["status"]["containerStatuses"]:
            message = f'Back-off pulling image "{image}": ErrImagePull: {failed}'
            container["state"] = {"waiting": {"reason": "ImagePullBackOff", "message": message}}
        stored = self._store.update(PODS, draft, _KUBELET)
        for reason, message in (
            ("Failed", f'Failed to pull image "{image}": {failed}'),
            ("Failed", "Error: ErrImagePull"),
            ("BackOff", f'Back-off pulling image "{image}"'),
            ("Failed", "Error: ImagePullBackOff"),
        ):
            self._events.record(stored, reason=reason, message=message, source="kubelet", at=now, kind="Warning")

    def _end(self, pod: Object, times: PodTimes, now: float) -> None:
        if times.gone_at is None:
            times.gone_at = now + self._stop_seconds
        if times.gone_at <= now:
            self._store.delete(PODS, pod)
