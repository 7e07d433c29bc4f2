"""The one word that kubectl shows for a pod (pkg/printers/internalversion/printers.go), which people search for."""

from console.sources.cluster.pod_objects import ContainerStatus, LivingPod, Terminated


def pod_status(pod: LivingPod) -> str:
    """Return `Running`, `CrashLoopBackOff`, `Init:0/1`, `Evicted`, `Terminating` or whatever else kubectl would."""
    status = pod.status
    if pod.metadata.deletion_timestamp:
        return "Unknown" if status.reason == "NodeLost" else "Terminating"
    told = status.reason or status.phase or "Unknown"
    scheduled = status.condition("PodScheduled")
    if scheduled is not None and scheduled.reason == "SchedulingGated":
        told = "SchedulingGated"
    before = _of_init_containers(pod)
    initialized = status.condition("Initialized")
    if before is not None and not (initialized is not None and initialized.status == "True"):
        return before
    return _of_containers(pod, before or told)


def _of_init_containers(pod: LivingPod) -> str | None:
    """Return at which init container a pod stands, None where all have done their part."""
    declared = {each.name: each for each in pod.spec.init_containers or ()}
    for index, each in enumerate(pod.status.init_container_statuses or ()):
        ended, waiting = each.state.terminated, each.state.waiting
        container = declared.get(each.name)
        if ended is not None and ended.exit_code == 0:
            continue
        if container is not None and container.is_sidecar and each.started:
            continue
        if ended is not None:
            return f"Init:{_end(ended)}"
        if waiting is not None and waiting.reason and waiting.reason != "PodInitializing":
            return f"Init:{waiting.reason}"
        return f"Init:{index}/{len(declared)}"
    return None


def _of_containers(pod: LivingPod, told: str) -> str:
    statuses = pod.status.container_statuses or ()
    for each in reversed(statuses):
        told = _of_one(each) or told
    if told != "Completed" or not any(each.ready and each.state.running is not None for each in statuses):
        return told
    ready = pod.status.condition("Ready")
    return "Running" if ready is not None and ready.status == "True" else "NotReady"


def _of_one(each: ContainerStatus) -> str:
    if each.state.waiting is not None and each.state.waiting.reason:
        return each.state.waiting.reason
    return _end(each.state.terminated) if each.state.terminated is not None else ""


def _end(ended: Terminated) -> str:
    if ended.reason:
        return ended.reason
    return f"Signal:{ended.signal}" if ended.signal else f"ExitCode:{ended.exit_code}"
