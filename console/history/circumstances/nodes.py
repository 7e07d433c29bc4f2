"""Which models run on some machines, the healthy ones too: a machine that takes models with it is told by these."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from console.domain.model import Model
from console.history.circumstances.parts import FindsModel
from console.history.circumstances.workloads import Place, may_be
from console.history.reader import Instant
from console.sources.prometheus.answers import decode_labels
from console.sources.prometheus.kube_state_queries import NODE, KubeStateLabels
from console.sources.prometheus.part_queries import Breakdown

Pods = Iterable[tuple[Model, str]]
"""Models with the name of a pod of theirs."""


def pods_of(told: Iterable[tuple[Breakdown, Instant]], find: FindsModel) -> Iterator[tuple[Model, str]]:
    """Yield each model with each of the pods that samples of its traffic name."""
    for breakdown, instant in told:
        if breakdown.replica is None or not breakdown.names_pods:
            continue
        for raw, _ in instant.samples:
            labels = decode_labels(raw)
            name, others = breakdown.identity.of(labels)
            model = find((name, tuple(sorted(others.items()))))
            if model is not None and labels.get(breakdown.replica):
                yield model, labels[breakdown.replica]


def models_on_nodes(labels: KubeStateLabels, rows: Instant, pods: Pods, nodes: Collection[str]) -> dict[str, set[str]]:
    """Return the ids of the models that have a pod on each of some nodes, by node; rows say which pods are there."""
    there: defaultdict[str, list[tuple[Place, str]]] = defaultdict(list)
    for raw, _ in rows.samples:
        row = decode_labels(raw)
        cluster = row.get(labels.cluster, "") if labels.cluster is not None else ""
        there[row.get(labels.pod, "")].append((Place(cluster, row.get(labels.namespace, "")), row.get(NODE, "")))
    found: dict[str, set[str]] = {node: set() for node in nodes}
    for model, pod in pods:
        for place, node in there.get(pod, ()):
            if node in found and may_be(model, place):
                found[node].add(model.id)
    return found
