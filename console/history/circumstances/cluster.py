"""Reads what kube-state-metrics tells of the workloads behind pods."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import msgspec

from console.domain.model import Model
from console.domain.moments import floor_to_step
from console.domain.series import Grid, Series
from console.history.circumstances.adding import added
from console.history.circumstances.asking import Asking
from console.history.circumstances.workloads import Place, PodRows, PodsFound, WorkloadKey, find_workloads
from console.history.reader import Instant
from console.history.tally import Tally
from console.sources.prometheus.answers import decode_labels
from console.sources.prometheus.client import PrometheusClient
from console.sources.prometheus.kube_state_queries import POD_OWNER, Count, KubeStateLabels, WorkloadKind
from console.transport.http import SourceError, together

SECONDS_BETWEEN_LOOKS = 60.0
"""Who owns a pod is asked at multiples of this: it changes seldom, and a cold start asks for the same instant."""

NOT_EXPORTED = "kube-state-metrics is not exported: wanted replicas, restarts, nodes and the autoscaler are not known"

PodsOfModels = Sequence[tuple[Model, frozenset[str]]]
"""Models with the names of their pods."""


class WorkloadTold(msgspec.Struct, frozen=True):
    """What the cluster tells of one model: its counts over time, and where its pods run."""

    counts: dict[Count, Series] = {}
    node_of: dict[str, str] = {}
    missing: tuple[str, ...] = ()


class ClusterReader:
    """Asks kube-state-metrics, whose labels it looks up once a minute."""

    def __init__(self, client: PrometheusClient) -> None:
        self._client = client
        self._labels: tuple[float, KubeStateLabels | None] | None = None

    async def read(self, pods: PodsOfModels, grid: Grid, asking: Asking, tally: Tally) -> dict[str, WorkloadTold]:
        """Return what is told of each model, by id.

        Raises:
            SourceError: the server does not answer at all.
        """
        at = floor_to_step(grid.end, SECONDS_BETWEEN_LOOKS)
        named = [(model, names) for model, names in pods if names]
        told = {
            model.id: WorkloadTold(missing=("its workload: the metrics name no pods",))
            for model, names in pods
            if not names
        }
        if not named:
            return told
        try:
            labels = await self._known_labels(at, grid, tally)
        except SourceError as error:
            return told | {model.id: WorkloadTold(missing=(tally.fail(error),)) for model, _ in named}
        if labels is None:
            return told | {model.id: WorkloadTold(missing=(NOT_EXPORTED,)) for model, _ in named}
        rows, failed = await _pod_rows(labels, named, at, grid, asking)
        found = find_workloads(named, rows)
        counts, failed_counts = await _read_counts(labels, found.values(), grid, asking)
        failures = (*failed, *failed_counts)
        return told | {model_id: _told(of_model, counts, failures) for model_id, of_model in found.items()}

    async def _known_labels(self, at: float, grid: Grid, tally: Tally) -> KubeStateLabels | None:
        known = self._labels
        if known is None or known[0] != at:
            names = await self._client.label_names([POD_OWNER], grid.start, grid.end, until=tally.until)
            known = self._labels = (at, KubeStateLabels.of(names.names) if names.names else None)
        return known[1]


async def _pod_rows(
    labels: KubeStateLabels, pods: PodsOfModels, at: float, grid: Grid, asking: Asking
) -> tuple[PodRows, tuple[str, ...]]:
    """Return who owns pods and where they run, and why something of it is not known."""
    names = sorted({name for _, of_model in pods for name in of_model})
    namespaces = _namespaces(model.namespace for model, _ in pods)
    span = grid.end - grid.start
    owners, nodes = await together(
        asking.instant(labels.owners(names, namespaces, span), at),
        asking.instant(labels.nodes(names, namespaces, span), at),
    )
    rows = PodRows(labels, _labels_of(owners), nodes=_labels_of(nodes))
    replica_sets = Instant()
    if rows.names_of_replica_sets:
        expression = labels.replica_set_owners(rows.names_of_replica_sets, namespaces, span)
        replica_sets = await asking.instant(expression, at)
    told = {"owners of pods": owners.error, "nodes": nodes.error, "owners of ReplicaSets": replica_sets.error}
    failed = tuple(f"{what}: {error}" for what, error in told.items() if error is not None)
    return msgspec.structs.replace(rows, replica_sets=_labels_of(replica_sets)), failed


def _namespaces(told: Iterable[str | None]) -> tuple[str, ...]:
    """Return the namespaces to look in, none for all: a model whose metrics name none may be anywhere."""
    names = set(told)
    return () if None in names else tuple(sorted(name for name in names if name is not None))


def _labels_of(instant: Instant) -> tuple[dict[str, str], ...]:
    return tuple(decode_labels(key) for key, _ in instant.samples)


_Counts = dict[WorkloadKey, dict[Count, Series]]


async def _read_counts(
    labels: KubeStateLabels, found: Iterable[PodsFound], grid: Grid, asking: Asking
) -> tuple[_Counts, tuple[str, ...]]:
    keys = {key for of_model in found for key in of_model.workloads}
    asked: list[tuple[WorkloadKind, Count, str]] = []
    for kind in WorkloadKind:
        of_kind = [key for key in keys if key.kind == kind]
        if of_kind:
            names = sorted({key.name for key in of_kind})
            namespaces = sorted({key.place.namespace for key in of_kind})
            asked += [(kind, count, labels.count(kind, count, names, namespaces)) for count in Count]
    readings = await together(*(asking.series(expression, grid) for _, _, expression in asked))
    counts: _Counts = defaultdict(dict)
    failed = []
    for (kind, count, _), reading in zip(asked, readings, strict=True):
        if reading.error is not None:
            failed.append(f"{count} replicas of {kind}s: {reading.error}")
        for raw, series in zip(reading.rows.keys, reading.rows.series, strict=True):
            row = decode_labels(raw)
            cluster = row.get(labels.cluster, "") if labels.cluster is not None else ""
            place = Place(cluster, row.get(labels.namespace, ""))
            counts[WorkloadKey(place, kind, row.get(kind.label, ""))][count] = series
    return counts, tuple(failed)


def _told(found: PodsFound, counts: _Counts, failed: tuple[str, ...]) -> WorkloadTold:
    """Return the counts of the workloads of one model together."""
    together_: dict[Count, Series] = {}
    for count in Count:
        series = [counts[key][count] for key in found.workloads if count in counts.get(key, {})]
        if series:
            together_[count] = added(series)
    return WorkloadTold(together_, found.node_of, (*found.missing, *failed))
