"""From pods to the workloads that manage them, by what kube-state-metrics tells."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import msgspec

from console.domain.label import harmless
from console.domain.model import Model
from console.sources.prometheus.kube_state_queries import (
    NODE,
    OWNER_KIND,
    OWNER_NAME,
    REPLICA_SET,
    KubeStateLabels,
    WorkloadKind,
)

Labels = Mapping[str, str]
REPLICA_SET_KIND = "ReplicaSet"
_MOST_TOLD = 3


class Place(msgspec.Struct, frozen=True, order=True):
    """Where an object is: cluster (empty where nobody tells) and namespace, raw."""

    cluster: str
    namespace: str


class WorkloadKey(msgspec.Struct, frozen=True, order=True):
    """A workload by kind and name, raw."""

    place: Place
    kind: str
    name: str


class PodsFound(msgspec.Struct, frozen=True):
    """What manages the pods of one model and where they run; `missing` says why something is not known."""

    workloads: tuple[WorkloadKey, ...] = ()
    node_of: dict[str, str] = {}
    missing: tuple[str, ...] = ()


class PodRows(msgspec.Struct, frozen=True):
    """The labels of rows that kube-state-metrics answered: what owns pods and ReplicaSets, and where pods run."""

    labels: KubeStateLabels
    owners: tuple[Labels, ...] = ()
    replica_sets: tuple[Labels, ...] = ()
    nodes: tuple[Labels, ...] = ()

    def place(self, row: Labels) -> Place:
        """Return where the object of a row is."""
        cluster = row.get(self.labels.cluster, "") if self.labels.cluster is not None else ""
        return Place(cluster, row.get(self.labels.namespace, ""))

    @property
    def names_of_owning_sets(self) -> tuple[str, ...]:
        """Return the ReplicaSets that own pods."""
        names = (row.get(OWNER_NAME, "") for row in self.owners if row.get(OWNER_KIND) == REPLICA_SET_KIND)
        return _named(names)

    @property
    def names_of_sets(self) -> tuple[str, ...]:
        """Return the ReplicaSets."""
        return _named(row.get(REPLICA_SET, "") for row in self.replica_sets)

    @property
    def names_of_pods(self) -> tuple[str, ...]:
        """Return the pods that are owned."""
        return _named(row.get(self.labels.pod, "") for row in self.owners)


def _named(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({name for name in names if name}))


def find_workloads(pods: Iterable[tuple[Model, frozenset[str]]], rows: PodRows) -> dict[str, PodsFound]:
    """Return what manages the pods of each model (by id); pods whose name fits several places are told as missing."""
    owners = _by_pod(rows, rows.owners)
    nodes = _by_pod(rows, rows.nodes)
    above: defaultdict[tuple[Place, str], set[tuple[str, str]]] = defaultdict(set)
    for row in rows.replica_sets:
        above[rows.place(row), row.get(REPLICA_SET, "")].add((row.get(OWNER_KIND, ""), row.get(OWNER_NAME, "")))
    return {model.id: _found(model, names, owners, nodes, above) for model, names in pods}


_ByPod = Mapping[str, list[tuple[Place, Labels]]]


def _by_pod(rows: PodRows, of_pods: Iterable[Labels]) -> _ByPod:
    by_pod: defaultdict[str, list[tuple[Place, Labels]]] = defaultdict(list)
    for row in of_pods:
        by_pod[row.get(rows.labels.pod, "")].append((rows.place(row), row))
    return by_pod


def _found(
    model: Model,
    names: frozenset[str],
    owners: _ByPod,
    nodes: _ByPod,
    above: Mapping[tuple[Place, str], set[tuple[str, str]]],
) -> PodsFound:
    rows = [(name, place, row) for name in names for place, row in owners.get(name, ()) if may_be(model, place)]
    places = {place for _, place, _ in rows}
    if not rows:
        return PodsFound(missing=("its workload: kube-state-metrics knows none of its pods",))
    if len(places) > 1:
        where = _listed("/".join(filter(None, (place.cluster, place.namespace))) for place in places)
        return PodsFound(missing=(f"its workload: pods of these names are in {where}",))
    (place,) = places
    managers = {manager for _, _, row in rows for manager in _managers(place, row, above)}
    counted = tuple(sorted(key for key in managers if key.kind in set(WorkloadKind)))
    others = {key.kind for key in managers if key.kind not in set(WorkloadKind)}
    told = (f"replicas of {_listed(others)}: kube-state-metrics does not count them",) if others else ()
    node_of = {
        name: row[NODE] for name in names for where, row in nodes.get(name, ()) if where == place and row.get(NODE)
    }
    return PodsFound(counted, node_of, told)


def _managers(
    place: Place, row: Labels, above: Mapping[tuple[Place, str], set[tuple[str, str]]]
) -> Iterable[WorkloadKey]:
    kind, name = row.get(OWNER_KIND, ""), row.get(OWNER_NAME, "")
    if kind == REPLICA_SET_KIND:
        return [WorkloadKey(place, *owner) for owner in above.get((place, name), {(kind, name)})]
    return [WorkloadKey(place, kind, name)]


def may_be(model: Model, place: Place) -> bool:
    """Return whether a pod there may be the model's, by what its metrics tell of namespace and cluster."""
    fits_cluster = not model.cluster or not place.cluster or model.cluster == place.cluster
    return fits_cluster and model.namespace in (None, place.namespace)


def _listed(texts: Iterable[str]) -> str:
    """Return a few of the texts, and how many more there are."""
    ordered = sorted(set(texts))
    more = f" and {len(ordered) - _MOST_TOLD} more" if len(ordered) > _MOST_TOLD else ""
    return ", ".join(map(harmless, ordered[:_MOST_TOLD])) + more
