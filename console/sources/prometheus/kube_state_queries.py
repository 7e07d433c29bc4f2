"""What is asked of kube-state-metrics about the workloads behind pods.

https://github.com/kubernetes/kube-state-metrics/tree/main/docs/metrics
A server that scrapes it without `honor_labels` calls its labels `exported_namespace` and `exported_pod`.
"""

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from console.domain.moments import promql_duration
from console.sources.prometheus.promql import aggregate, joined, matching, relabelled, selector

POD_OWNER, POD_INFO, REPLICA_SET_OWNER = "kube_pod_owner", "kube_pod_info", "kube_replicaset_owner"
OWNER_KIND, OWNER_NAME, NODE, REPLICA_SET = "owner_kind", "owner_name", "node", "replicaset"
REVISION = "revision"


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

    READY = "ready replicas"
    WANTED = "wanted replicas"
    AUTOSCALER_MOST = "the autoscaler's maximum"
    AUTOSCALER_WANTS = "replicas that the autoscaler wants"


_COUNTS = {
    (WorkloadKind.DEPLOYMENT, Count.READY): "kube_deployment_status_replicas_ready",
    (WorkloadKind.DEPLOYMENT, Count.WANTED): "kube_deployment_spec_replicas",
    (WorkloadKind.STATEFUL_SET, Count.READY): "kube_statefulset_status_replicas_ready",
    (WorkloadKind.STATEFUL_SET, Count.WANTED): "kube_statefulset_replicas",
}
_OF_AUTOSCALERS = {
    Count.AUTOSCALER_MOST: "kube_horizontalpodautoscaler_spec_max_replicas",
    Count.AUTOSCALER_WANTS: "kube_horizontalpodautoscaler_status_desired_replicas",
}
_AUTOSCALER, _AUTOSCALER_INFO = "horizontalpodautoscaler", "kube_horizontalpodautoscaler_info"
_TARGET_KIND, _TARGET_NAME = "scaletargetref_kind", "scaletargetref_name"
Matcher = tuple[str, str, str]


class KubeStateLabels(msgspec.Struct, frozen=True):
    """What a server calls the labels that kube-state-metrics gives; `cluster` is None where none is told."""

    namespace: str = "namespace"
    pod: str = "pod"
    cluster: str | None = None
    container: str = "container"

    @staticmethod
    def of(names: Iterable[str]) -> "KubeStateLabels":
        """Return them by the label names of `kube_pod_owner`."""
        known = frozenset(names)
        return KubeStateLabels(
            namespace="exported_namespace" if "exported_namespace" in known else "namespace",
            pod="exported_pod" if "exported_pod" in known else "pod",
            cluster="cluster" if "cluster" in known else None,
            container="exported_container" if {"exported_pod", "container"} <= known else "container",
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

    def pods_on(self, nodes: Iterable[str], span: float) -> str:
        """Return a row for each pod that was on some machines within the last `span` seconds."""
        return self._lately(POD_INFO, [matching(NODE, nodes)], (self.pod, NODE), span)

    def replica_set_owners(self, replica_sets: Iterable[str], namespaces: Iterable[str], span: float) -> str:
        """Return a row for each of some ReplicaSets within the last `span` seconds and what manages it."""
        matchers = [*self._within(namespaces), matching(REPLICA_SET, replica_sets)]
        return self._lately(REPLICA_SET_OWNER, matchers, (REPLICA_SET, OWNER_KIND, OWNER_NAME), span)

    def replica_sets_of(self, deployments: Iterable[str], namespaces: Iterable[str], span: float) -> str:
        """Return the same for every ReplicaSet of some Deployments."""
        owner = [(OWNER_KIND, "=", WorkloadKind.DEPLOYMENT.value), matching(OWNER_NAME, deployments)]
        labels = (REPLICA_SET, OWNER_KIND, OWNER_NAME)
        return self._lately(REPLICA_SET_OWNER, [*self._within(namespaces), *owner], labels, span)

    def pods_of(self, owners: Iterable[str], namespaces: Iterable[str], span: float) -> str:
        """Return a row for each pod that ReplicaSets or StatefulSets of these names had within the last seconds."""
        matchers = [*self._within(namespaces), matching(OWNER_NAME, owners)]
        return self._lately(POD_OWNER, matchers, (self.pod, OWNER_KIND, OWNER_NAME), span)

    def count(self, kind: WorkloadKind, count: Count, names: Iterable[str], namespaces: Iterable[str]) -> str:
        """Return a count of some workloads of a kind; two exporters that tell the same count once."""
        labels = (*self.place, kind.label)
        if count not in _OF_AUTOSCALERS:
            matchers = [*self._within(namespaces), matching(kind.label, names)]
            return aggregate("max", labels, selector(_COUNTS[kind, count], matchers))
        within = self._within(namespaces)
        target = [(_TARGET_KIND, "=", kind.value), matching(_TARGET_NAME, names)]
        on = (*self.place, _AUTOSCALER)
        lender = aggregate("group", (*on, _TARGET_NAME), selector(_AUTOSCALER_INFO, [*within, *target]))
        counted = joined(selector(_OF_AUTOSCALERS[count], within), on, (_TARGET_NAME,), lender)
        return aggregate("max", labels, relabelled(counted, kind.label, "$1", _TARGET_NAME, "(.+)"))

    def restarts(self, pods: Iterable[str], namespaces: Iterable[str]) -> str:
        """Return how often each container of some pods was restarted since the pod began."""
        restarted = selector("kube_pod_container_status_restarts_total", self._pods(pods, namespaces))
        return aggregate("max", (*self.place, self.pod, self.container), restarted)

    def replicas_of_sets(self, replica_sets: Iterable[str], namespaces: Iterable[str]) -> str:
        """Return how many replicas each of some ReplicaSets is to have: a rollout moves them from one to another."""
        matchers = [*self._within(namespaces), matching(REPLICA_SET, replica_sets)]
        return aggregate("max", (*self.place, REPLICA_SET), selector("kube_replicaset_spec_replicas", matchers))

    def revisions(self, stateful_sets: Iterable[str], namespaces: Iterable[str]) -> str:
        """Return a row for each revision that some StatefulSets are updated to."""
        label = WorkloadKind.STATEFUL_SET.label
        matchers = [*self._within(namespaces), matching(label, stateful_sets), (REVISION, "!=", "")]
        updated = selector("kube_statefulset_status_update_revision", matchers)
        return aggregate("max", (*self.place, label, REVISION), updated)

    def _pods(self, pods: Iterable[str], namespaces: Iterable[str]) -> list[Matcher]:
        return [*self._within(namespaces), matching(self.pod, pods)]

    def _within(self, namespaces: Iterable[str]) -> list[Matcher]:
        """Return the matcher of some namespaces, none where there are none."""
        wanted = list(namespaces)
        return [matching(self.namespace, wanted)] if wanted else []

    def _lately(self, series: str, matchers: Iterable[Matcher], labels: tuple[str, ...], span: float) -> str:
        seen = f"last_over_time({selector(series, matchers)}[{promql_duration(span)}])"
        return aggregate("group", (*self.place, *labels), seen)
