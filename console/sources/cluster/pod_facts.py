"""From a pod of the API to what a person wants to know of it: is it ready, and why not."""

from collections.abc import Iterable

from console.domain.cluster_facts import ContainerFacts, PodFacts, Termination, Trouble
from console.domain.label import Label, harmless
from console.domain.redaction import redacted
from console.sources.cluster.objects import instant
from console.sources.cluster.pod_objects import ContainerState, ContainerStatus, LivingPod, Terminated
from console.sources.cluster.pod_status import pod_status

_LONGEST_REASON = 600
_STUCK_SECONDS = 30.0
"""For so long after its grace period a pod may still be there: its node reports in such steps."""
_DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container"
_BEGINS = frozenset({"Pending", "ContainerCreating", "PodInitializing", "Running", "NotReady"})
"""Statuses of a pod that is not ready yet, with nothing wrong so far."""


def pod_facts(pod: LivingPod, now: float, revision: str = "") -> PodFacts:
    """Return what there is to know of a pod at an instant (UTC seconds); `revision` is that of its ReplicaSet."""
    status, metadata = pod_status(pod), pod.metadata
    containers = tuple(_containers(pod))
    serving = [each for each in containers if not each.is_init]
    ready_condition = pod.status.condition("Ready")
    ready = sum(each.ready for each in serving)
    ends = [each.last_end for each in containers if each.last_end is not None and each.restarts]
    return PodFacts(
        name=Label(metadata.name),
        uid=metadata.uid,
        status=harmless(status),
        trouble=_trouble(pod, status, is_ready=status == "Running" and ready == len(serving) > 0, now=now),
        ready=ready,
        count=len(serving),
        restarts=sum(each.restarts for each in containers),
        why=harmless(_why(pod, now), _LONGEST_REASON),
        last_end=max(ends, key=lambda end: end.at or 0.0, default=None),
        changed=instant(ready_condition.last_transition_time) if ready_condition is not None else None,
        created=instant(metadata.creation_timestamp),
        node=harmless(pod.spec.node_name),
        version=harmless(_version(pod)),
        revision=harmless(revision),
        containers=containers,
        default_container=_default_container(pod, containers),
    )


def _containers(pod: LivingPod) -> Iterable[ContainerFacts]:
    """Yield the containers that serve, then those that run before them."""
    known = {each.name: each for each in pod.status.container_statuses or ()}
    known_before = {each.name: each for each in pod.status.init_container_statuses or ()}
    for each in pod.spec.containers:
        yield _container(each.name, known.get(each.name), is_init=False)
    for each in pod.spec.init_containers or ():
        yield _container(each.name, known_before.get(each.name), is_init=not each.is_sidecar)


def _container(name: str, status: ContainerStatus | None, *, is_init: bool) -> ContainerFacts:
    if status is None:
        return ContainerFacts(Label(name), "waiting", is_init=is_init)
    state = status.state
    kind = "terminated" if state.terminated else "running" if state.running is not None else "waiting"
    ended = status.last_state.terminated or state.terminated
    return ContainerFacts(
        name=Label(name),
        state=kind,
        ready=status.ready,
        restarts=max(0, status.restart_count),
        why=harmless(_why_state(state), _LONGEST_REASON),
        last_end=_termination(name, ended) if ended is not None else None,
        is_init=is_init,
    )


def _why_state(state: ContainerState) -> str:
    if state.waiting is not None:
        return _told(state.waiting.reason, state.waiting.message)
    if state.terminated is not None:
        return _told(_end_in_words(state.terminated), state.terminated.message)
    return ""


def _end_in_words(ended: Terminated) -> str:
    if ended.signal:
        return f"{ended.reason or 'ended'} by signal {ended.signal}"
    return f"{ended.reason or 'ended'} with exit code {ended.exit_code}" if ended.exit_code else ended.reason


def _termination(name: str, ended: Terminated) -> Termination:
    return Termination(
        harmless(name), harmless(ended.reason or "ended"), ended.exit_code, instant(ended.finished_at),
        harmless(redacted(ended.message), _LONGEST_REASON),
    )  # fmt: skip


def _told(reason: str, message: str) -> str:
    return ": ".join(part for part in (reason, " ".join(redacted(message).split())) if part)


def _why(pod: LivingPod, now: float) -> str:
    """Return why a pod does not serve, as far as the cluster says; empty for one that does."""
    if pod.metadata.deletion_timestamp:
        return _why_it_stays(pod, now)
    if pod.status.reason:
        return _told(pod.status.reason, pod.status.message)
    scheduled = pod.status.condition("PodScheduled")
    if scheduled is not None and scheduled.status == "False":
        told = "no node has room" if scheduled.reason == "Unschedulable" else scheduled.reason
        return _told(told, scheduled.message)
    disrupted = pod.status.condition("DisruptionTarget")
    if disrupted is not None and disrupted.status == "True":
        return _told(f"it is evicted ({disrupted.reason})", disrupted.message)
    for each in (*(pod.status.init_container_statuses or ()), *(pod.status.container_statuses or ())):
        told = _why_state(each.state)
        if told and not (each.state.terminated is not None and each.state.terminated.exit_code == 0):
            return told if len(pod.spec.containers) == 1 else f"{each.name}: {told}"
    return _why_unready(pod)


def _why_it_stays(pod: LivingPod, now: float) -> str:
    ends = instant(pod.metadata.deletion_timestamp)
    if ends is None or now - ends < _STUCK_SECONDS:
        return "it is asked to end"
    if pod.metadata.finalizers:
        return f"it should be gone; held back by {', '.join(pod.metadata.finalizers)}"
    return f"it should be gone; node {pod.spec.node_name or '(none)'} does not say that it ended"


def _why_unready(pod: LivingPod) -> str:
    ready = pod.status.condition("Ready")
    if pod.status.phase != "Running" or ready is None or ready.status == "True":
        return ""
    lacking = [each for each in pod.status.container_statuses or () if not each.ready]
    starting = [each.name for each in lacking if each.started is False]
    if starting:
        return f"{', '.join(starting)} has not started: its startup probe has not passed yet"
    if lacking:
        return f"{', '.join(each.name for each in lacking)} runs, but its readiness probe does not pass"
    return _told(ready.reason, ready.message)


def _trouble(pod: LivingPod, status: str, *, is_ready: bool, now: float) -> Trouble:
    if pod.metadata.deletion_timestamp:
        ends = instant(pod.metadata.deletion_timestamp)
        return Trouble.WATCH if ends is None or now - ends < _STUCK_SECONDS else Trouble.BROKEN
    if is_ready or pod.status.phase == "Succeeded":
        return Trouble.NONE
    if pod.status.phase == "Failed":
        return Trouble.WATCH  # its place has been taken by another: it is left over
    scheduled = pod.status.condition("PodScheduled")
    if scheduled is not None and scheduled.reason == "Unschedulable":
        return Trouble.BROKEN
    is_init_number = status.startswith("Init:") and status[5:6].isdigit()
    return Trouble.WATCH if status in _BEGINS or is_init_number else Trouble.BROKEN


def _version(pod: LivingPod) -> str:
    """Return the tag of the image of the first container, else the head of its digest."""
    image = pod.spec.containers[0].image if pod.spec.containers else ""
    name, _, digest = image.partition("@")
    tag = name.rpartition("/")[2].partition(":")[2]
    return tag or digest.removeprefix("sha256:")[:12]


def _default_container(pod: LivingPod, containers: tuple[ContainerFacts, ...]) -> str:
    """Return the raw name of the container that is in trouble, else the one that kubectl would take."""
    serving = [each for each in containers if not each.is_init]
    stuck = next((each for each in containers if each.is_init and each.why and not each.ready), None)
    if stuck is not None and not any(each.state == "running" for each in serving):
        return stuck.name.raw
    troubled = max(serving, key=lambda each: (not each.ready, each.restarts), default=None)
    if troubled is not None and (troubled.restarts or (not troubled.ready and len(serving) > 1)):
        return troubled.name.raw
    marked = (pod.metadata.annotations or {}).get(_DEFAULT_CONTAINER)
    if marked is not None and any(each.name.raw == marked for each in containers):
        return marked
    return serving[0].name.raw if serving else ""
