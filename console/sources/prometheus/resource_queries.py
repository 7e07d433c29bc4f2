"""What is asked about the machines under pods: CPU and memory as ratios of their limits, and GPUs.

cAdvisor names containers (https://github.com/google/cadvisor/blob/master/docs/storage/prometheus.md), limits are told
by kube-state-metrics or by cAdvisor itself, GPUs by NVIDIA's exporter of DCGM (percent) or by Triton (ratio).
"""

from collections.abc import Iterable

from console.domain.moments import promql_duration
from console.sources.prometheus.kube_state_queries import KubeStateLabels
from console.sources.prometheus.promql import aggregate, first_of, marked, matching, relabelled, selector

POD, RESOURCE = "pod", "resource"
NAMESPACE = "namespace"
CPU, MEMORY, GPU = "CPU", "memory", "GPU"
CLUSTER, CONTAINER = "cluster", "container"
_BY = (CLUSTER, NAMESPACE, POD)
_EACH = (*_BY, CONTAINER)
_WHOLE_POD = (("container", "!=", ""), ("container", "!=", "POD"))
"""What leaves out cAdvisor's rows of whole pods and of the container that only holds the network."""


def resources_of(pods: Iterable[str], state: KubeStateLabels, rate_window: float) -> str:
    """Return a row for each of some pods and resource: the ratio of its limit that is used. The window is in seconds.

    Of CPU and memory it is that of the container which is nearest to its own limit: what has none says nothing. What
    two scrapes tell of one container counts once. `state` says what kube-state-metrics' labels are called here.
    """
    names = list(pods)
    within = [matching(POD, names), *_WHOLE_POD]
    used = selector("container_cpu_usage_seconds_total", within)
    cpu = aggregate("max", _EACH, f"rate({used}[{promql_duration(rate_window)}])")
    quota, period = selector("container_spec_cpu_quota", within), selector("container_spec_cpu_period", within)
    cpu_limit = [_limit("cpu", names, state), f"{aggregate('max', _EACH, quota)} / {aggregate('max', _EACH, period)}"]
    memory = aggregate("max", _EACH, selector("container_memory_working_set_bytes", within))
    bytes_ = aggregate("max", _EACH, f"{selector('container_spec_memory_limit_bytes', within)} > 0")
    memory_limit = [_limit("memory", names, state), bytes_]
    ratios = {
        CPU: aggregate("max", _BY, f"{cpu} / ({first_of(cpu_limit)} > 0)"),
        MEMORY: aggregate("max", _BY, f"{memory} / ({first_of(memory_limit)} > 0)"),
        GPU: first_of(_gpus(names)),
    }
    return " or ".join(marked(ratio, RESOURCE, resource) for resource, ratio in ratios.items())


def _limit(resource: str, pods: Iterable[str], state: KubeStateLabels) -> str:
    matchers = [matching(state.pod, pods), (RESOURCE, "=", resource)]
    labels = (CLUSTER, state.namespace, state.pod, state.container)
    limits = aggregate("max", labels, selector("kube_pod_container_resource_limits", matchers))
    for ours, exported in ((POD, state.pod), (NAMESPACE, state.namespace), (CONTAINER, state.container)):
        limits = relabelled(limits, ours, "$1", exported, "(.+)")
    return aggregate("max", _EACH, limits)


def _gpus(pods: Iterable[str]) -> list[str]:
    """Return the use of GPUs: the exporter's labels of a pod are renamed where the server has such of its own."""
    name = "DCGM_FI_DEV_GPU_UTIL"
    exported = aggregate(
        "avg", (CLUSTER, "exported_namespace", "exported_pod"), selector(name, [matching("exported_pod", pods)])
    )
    renamed = relabelled(exported, POD, "$1", "exported_pod", "(.+)")
    renamed = relabelled(renamed, NAMESPACE, "$1", "exported_namespace", "(.+)")
    return [
        f"{aggregate('max', _BY, renamed)} / 100",
        f"{aggregate('avg', _BY, selector(name, [matching(POD, pods)]))} / 100",
        aggregate("avg", _BY, selector("nv_gpu_utilization", [matching(POD, pods)])),
    ]
