"""Words about pods and what stands around them: in the table, beside it, on the model screen and read aloud."""

from console.domain.cluster_facts import (
    AutoscalerFacts,
    ClusterFacts,
    PodFacts,
    QuotaFacts,
    RolloutFacts,
    Termination,
    Trouble,
)
from console.domain.label import harmless
from console.domain.moments import clock_time, in_words
from console.domain.quantity import how_many
from console.tui.wording import StatusStyle, ago

_CRASHES = "CrashLoopBackOff"
GLYPH_OF_TROUBLE = {Trouble.BROKEN: "✖", Trouble.WATCH: "▲", Trouble.NONE: "✔"}
STYLE_OF_TROUBLE: dict[Trouble, StatusStyle] = {
    Trouble.BROKEN: "critical",
    Trouble.WATCH: "warning",
    Trouble.NONE: "ok",
}


def look_of_pod(pod: PodFacts, now: float) -> tuple[str, StatusStyle]:
    """Return the glyph and the style of a pod: one that restarted a short time ago does not look well."""
    trouble = Trouble.WATCH if pod.trouble is Trouble.NONE and pod.restarted_lately(now) else pod.trouble
    return GLYPH_OF_TROUBLE[trouble], STYLE_OF_TROUBLE[trouble]


def short_name(pod: PodFacts, facts: ClusterFacts) -> str:
    """Return what tells a pod from its siblings: they share the name of the workload."""
    stem = f"{facts.target.name}-" if facts.target is not None else ""
    return harmless(pod.name.raw.removeprefix(stem) or pod.name.raw)


def age_of_pod(pod: PodFacts, now: float) -> str:
    """Return how old a pod is; empty where the cluster does not say."""
    return "" if pod.created is None else in_words(max(0.0, now - pod.created))


def restarts_in_words(pod: PodFacts, now: float) -> str:
    """Return how often it restarted and how it ended before: `restarted 3 times, last OOMKilled 2 min ago`."""
    if not pod.restarts:
        return ""
    times = "once" if pod.restarts == 1 else f"{pod.restarts} times"
    return f"restarted {times}" + (f", last {end_in_words(pod.last_end, now)}" if pod.last_end is not None else "")


def why_beside_status(pod: PodFacts, now: float) -> str:
    """Return why a pod is as it is in few words, where its status and its restarts stand beside it already.

    Of one that crashes again and again that is how it ended; its cluster says only that it is started later.
    """
    ended = ""
    if pod.last_end is not None and pod.restarts and (pod.status == _CRASHES or not pod.why):
        ended = end_in_words(pod.last_end, now)
    return "; ".join(part for part in (ended, pod.why.removeprefix(f"{pod.status}: ")) if part)


def end_in_words(end: Termination, now: float) -> str:
    """Return how a container ended and when: `OOMKilled 2 min ago`, `Error, exit code 1, 40 s ago`."""
    told = end.reason
    if end.reason != "OOMKilled" and end.exit_code:
        told += f", exit code {end.exit_code},"
    return told if end.at is None else f"{told} {ago(max(0.0, now - end.at))}"


def pod_in_words(pod: PodFacts, now: float) -> str:
    """Return what is the matter with a pod, or `ready`."""
    told = [restarts_in_words(pod, now), pod.why] if pod.why else [restarts_in_words(pod, now)]
    status = "ready" if pod.is_ready and pod.trouble is Trouble.NONE else pod.status
    if pod.why.startswith(status):
        status = ""
    return "; ".join(part for part in (status, *told) if part)


def counted(facts: ClusterFacts, now: float) -> str:
    """Return how many pods are how: `5 of 6 ready, 1 CrashLoopBackOff`; the worst words first behind the ready ones."""
    pods = [pod for pod in facts.pods.value if pod.status != "Completed"]
    wanted = facts.workload.value.rollout.wanted if facts.workload.value is not None else len(pods)
    ready = sum(pod.is_ready and pod.trouble is Trouble.NONE for pod in pods)
    by_word: dict[str, int] = {}
    for pod in sorted(pods, key=lambda pod: -pod.trouble):
        if not (pod.is_ready and pod.trouble is Trouble.NONE):
            word = "not ready" if pod.status == "Running" else pod.status
            by_word[word] = by_word.get(word, 0) + 1
    restarted = sum(pod.is_ready and pod.restarted_lately(now) for pod in pods)
    told = [f"{ready:,} of {wanted:,} ready", *(f"{count} {word}" for word, count in by_word.items())]
    return ", ".join((*told, f"{restarted} restarted lately") if restarted else told)


def rollout_in_words(rollout: RolloutFacts) -> str:
    """Return how far a rollout is."""
    revision = f"revision {rollout.revision}: " if rollout.revision else ""
    if rollout.deadline_exceeded:
        seconds = f" of {in_words(rollout.deadline_seconds)}" if rollout.deadline_seconds is not None else ""
        told = f"stuck, its progress deadline{seconds} has passed; {_progress(rollout)}"
    elif not rollout.is_seen:
        told = "the cluster has not looked at the newest change yet"
    elif rollout.in_progress:
        told = f"in progress, {_progress(rollout)}"
    elif rollout.available < rollout.wanted:
        told = f"all pods are of it, {rollout.available:,} of {rollout.wanted:,} available"
    else:
        told = f"done, {rollout.available:,} of {rollout.wanted:,} available"
    return f"{revision}{told}{'; paused' if rollout.paused else ''}"


def _progress(rollout: RolloutFacts) -> str:
    old = rollout.total - rollout.updated
    left = f", {old:,} old left" if old > 0 else ""
    return f"{rollout.updated:,} of {rollout.wanted:,} updated, {rollout.available:,} available{left}"


def autoscaler_in_words(found: AutoscalerFacts) -> str:
    """Return what sets the replicas, between which bounds, and what it wants now."""
    told = f"{found.kind} {found.name}: {found.floor:,} to {found.ceiling:,}"
    if found.desired is not None:
        told += f", wants {found.desired:,}"
        if found.current is not None:
            told += f", has {found.current:,}"
    return "; ".join((told, *found.metrics))


def quota_in_words(quota: QuotaFacts) -> str:
    """Return what a quota leaves."""
    used = f"{quota.resource} {quota.used} of {quota.hard}"
    if quota.room is None:
        return f"{quota.name}: {used}"
    return f"{quota.name}: room for {how_many(quota.room, 'more pod')} ({used})"


def as_of(at: float | None) -> str:
    """Return when the part was read that stands there although it could not be read again."""
    return "" if at is None else f"; shown as of {clock_time(at)} UTC"
