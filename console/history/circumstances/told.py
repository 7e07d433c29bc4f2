"""From rows of kube-state-metrics to what is told of each workload, and of the models behind it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from console.domain.change import Change
from console.domain.series import Grid, Series
from console.history.buffer import Rows
from console.history.circumstances.adding import added
from console.history.circumstances.events import restarts, rollouts
from console.history.circumstances.workloads import REPLICA_SET_KIND, Place, PodRows, PodsFound, WorkloadKey
from console.sources.prometheus.answers import decode_labels
from console.sources.prometheus.kube_state_queries import (
    OWNER_KIND,
    OWNER_NAME,
    REPLICA_SET,
    REVISION,
    Count,
    WorkloadKind,
)


class WorkloadRows(msgspec.Struct, frozen=True):
    """What was answered about some workloads: all of their pods and ReplicaSets, and series about them."""

    pods: PodRows
    counts: dict[tuple[WorkloadKind, Count], Rows] = {}
    restarts: Rows = Rows()
    replicas_of_sets: Rows = Rows()
    revisions: Rows = Rows()


class WorkloadFacts(msgspec.Struct):
    """What is known of one workload: `containers` are restart counters by pod, `sets` replicas by ReplicaSet."""

    counts: dict[Count, Series] = {}
    containers: list[tuple[str, Series]] = []
    sets: dict[str, Series] = {}


class WorkloadTold(msgspec.Struct, frozen=True):
    """What the cluster tells of one model: its counts over time, where its pods run, and what happened to them."""

    counts: dict[Count, Series] = {}
    node_of: dict[str, str] = {}
    restarts: Series | None = None
    changes: tuple[Change, ...] = ()
    missing: tuple[str, ...] = ()


def facts_by_workload(rows: WorkloadRows) -> dict[WorkloadKey, WorkloadFacts]:
    """Return what is known of every workload of which any row tells."""
    facts: defaultdict[WorkloadKey, WorkloadFacts] = defaultdict(WorkloadFacts)
    for (kind, count), counted in rows.counts.items():
        for labels, place, series in _placed(rows.pods, counted):
            facts[WorkloadKey(place, kind, labels.get(kind.label, ""))].counts[count] = series
    owner_of_set = {
        (rows.pods.place(row), row.get(REPLICA_SET, "")): _owner(rows.pods, row) for row in rows.pods.replica_sets
    }
    owner_of_pod: dict[tuple[Place, str], WorkloadKey] = {}
    for row in rows.pods.owners:
        owner = _owner(rows.pods, row)
        above = owner_of_set.get((owner.place, owner.name)) if owner.kind == REPLICA_SET_KIND else owner
        if above is not None:
            owner_of_pod[owner.place, row.get(rows.pods.labels.pod, "")] = above
    for labels, place, series in _placed(rows.pods, rows.restarts):
        pod = labels.get(rows.pods.labels.pod, "")
        if (place, pod) in owner_of_pod:
            facts[owner_of_pod[place, pod]].containers.append((pod, series))
    for labels, place, series in _placed(rows.pods, rows.replicas_of_sets):
        name = labels.get(REPLICA_SET, "")
        if (place, name) in owner_of_set:
            facts[owner_of_set[place, name]].sets[name] = series
    for labels, place, series in _placed(rows.pods, rows.revisions):
        key = WorkloadKey(place, WorkloadKind.STATEFUL_SET, labels.get(WorkloadKind.STATEFUL_SET.label, ""))
        facts[key].sets[labels.get(REVISION, "")] = series
    return dict(facts)


def told_of(
    found: PodsFound, facts: Mapping[WorkloadKey, WorkloadFacts], grid: Grid, failures: Iterable[str]
) -> WorkloadTold:
    """Return what is told of one model by the workloads that manage its pods; counts of several are added up."""
    known = [(key, facts[key]) for key in found.workloads if key in facts]
    counts = {}
    for count in Count:
        series = [of_one.counts[count] for _, of_one in known if count in of_one.counts]
        if series:
            counts[count] = added(series)
    restarted = restarts((container for _, of_one in known for container in of_one.containers), grid)
    changes = [change for key, of_one in known for change in rollouts(of_one.sets, key.name)]
    ordered = tuple(sorted([*restarted.changes, *changes], key=lambda change: change.at))
    return WorkloadTold(counts, found.node_of, restarted.series, ordered, (*found.missing, *failures))


def _owner(pods: PodRows, row: Mapping[str, str]) -> WorkloadKey:
    return WorkloadKey(pods.place(row), row.get(OWNER_KIND, ""), row.get(OWNER_NAME, ""))


def _placed(pods: PodRows, rows: Rows) -> Iterator[tuple[dict[str, str], Place, Series]]:
    for raw, series in zip(rows.keys, rows.series, strict=True):
        labels = decode_labels(raw)
        yield labels, pods.place(labels), series
