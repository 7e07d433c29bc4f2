"""What is asked of kube-state-metrics about the workloads behind pods.

https://github.com/kubernetes/kube-state-metrics/tree/main/docs/metrics
A server that scrapes it without `honor_labels` calls its labels `exported_namespace` and `exported_pod`.
"""

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from console.domain.moments import promql_duration
from console.sources.prometheus.promql import aggregate, matching, selector

POD_OWNER, POD_INFO, REPLICA_SET_OWNER = "kube_pod_owner", "kube_pod_info", "kube_replicaset_owner"
OWNER_KIND, OWNER_NAME, NODE, REPLICA_SET = "owner_kind", "owner_name", "node", "replicaset"


class WorkloadKind(StrEnum):
    """The kinds of workloads whose replicas kube-state-metrics counts as such; also the label of the name."""

    DEPLOYMENT = "Deployment"
    STATEFUL_SET = "StatefulSet"

    @property
    def label(self) -> str:
        """Return the label that names an object of the kind."""
        return self.value.lower()


class Count(StrEnum):
    """What is counted of a workload over time."""

    READY = "ready"
    WANTED = "wanted"


_SERIES = {
    (WorkloadKind.DEPLOYMENT, Count.READY): "kube_deployment_status_replicas_ready",
    (WorkloadKind.DEPLOYMENT, Count.WANTED): "kube_deployment_spec_replicas",
    (WorkloadKind.STATEFUL_SET, Count.READY): "kube_statefulset_status_replicas_ready",
    (WorkloadKind.STATEFUL_SET, Count.WANTED): "kube_statefulset_replicas",
}


class KubeStateLabels(msgspec.Struct, frozen=True):
    """What a server calls the labels that kube-state-metrics gives; `cluster` is None where none is told."""

    namespace: str = "namespace"
    pod: str = "pod"
    cluster: str | None = None

    @staticmethod
    def of(names: Iterable[str]) -> "KubeStateLabels":
        """Return them by the label names of `kube_pod_owner`."""
        known = frozenset(names)
        return KubeStateLabels(
            namespace="exported_namespace" if "exported_namespace" in known else "namespace",
            pod="exported_pod" if "exported_pod" in known else "pod",
            cluster="cluster" if "cluster" in known else None,
        )

    @property
    def place(self) -> tuple[str, ...]:
        """Return the labels that say where an object is."""
        return (*([self.cluster] if self.cluster is not None else []), self.namespace)

    def owners(self, pods: Iterable[str], namespaces: Iterable[str], span: float) -> str:
        """Return a row for each of some pods within the last `span` seconds and what manages it."""
        return self._lately(POD_OWNER, self._pods(pods, namespaces), (self.pod, OWNER_KIND, OWNER_NAME), span)

    def nodes(self, pods: Iterable[str], namespaces: Iterable[str], span: float) -> str:
        """Return a row for each of some pods within the last `span` seconds and the machine that it runs on."""
        return self._lately(POD_INFO, [*self._pods(pods, namespaces), (NODE, "!=", "")], (self.pod, NODE), span)

    def replica_set_owners(self, replica_sets: Iterable[str], namespaces: Iterable[str], span: float) -> str:
        """Return a row for each of some ReplicaSets within the last `span` seconds and what manages it."""
        matchers = [*self._within(namespaces), matching(REPLICA_SET, replica_sets)]
        return self._lately(REPLICA_SET_OWNER, matchers, (REPLICA_SET, OWNER_KIND, OWNER_NAME), span)

    def count(self, kind: WorkloadKind, count: Count, names: Iterable[str], namespaces: Iterable[str]) -> str:
        """Return a count of some workloads of a kind; two exporters that tell the same count once."""
        matchers = [*self._within(namespaces), matching(kind.label, names)]
        return aggregate("max", (*self.place, kind.label), selector(_SERIES[kind, count], matchers))

    def _pods(self, pods: Iterable[str], namespaces: Iterable[str]) -> list[tuple[str, str, str]]:
        return [*self._within(namespaces), matching(self.pod, pods)]

    def _within(self, namespaces: Iterable[str]) -> list[tuple[str, str, str]]:
        """Return the matcher of some namespaces, none where there are none."""
        wanted = list(namespaces)
        return [matching(self.namespace, wanted)] if wanted else []

    def _lately(
        self, series: str, matchers: Iterable[tuple[str, str, str]], labels: tuple[str, ...], span: float
    ) -> str:
        seen = f"last_over_time({selector(series, matchers)}[{promql_duration(span)}])"
        return aggregate("group", (*self.place, *labels), seen)
