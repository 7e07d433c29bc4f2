"""Reads what is measured beside the models' own metrics: by the clients inside their replicas, and of their pods."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from console.domain.change import Change
from console.domain.model import Model
from console.domain.series import Grid, Series
from console.history.buffer import Rows
from console.history.circumstances.adding import mean_of
from console.history.circumstances.asking import Asking
from console.history.circumstances.dependencies import Called, called_by
from console.history.circumstances.processes import configuration_changes, restarts_of_processes
from console.sources.prometheus.answers import decode_labels
from console.sources.prometheus.client_queries import calls_of
from console.sources.prometheus.kube_state_queries import KubeStateLabels
from console.sources.prometheus.replica_queries import configurations_of, starts_of
from console.sources.prometheus.resource_queries import CLUSTER, NAMESPACE, POD, RESOURCE, resources_of
from console.transport.http import together


class Replicas(msgspec.Struct, frozen=True):
    """The replicas of a model that are asked about, by the label that names them; it is None where nothing does."""

    model: Model
    label: str | None
    names: frozenset[str]
    are_pods: bool


class Beside(msgspec.Struct, frozen=True):
    """What was read of one model: calls by address, use of resources by name, restarts of processes, changes."""

    called: dict[str, Called] = {}
    resources: dict[str, Series] = {}
    restarts: Series | None = None
    changes: tuple[Change, ...] = ()


class _Question(msgspec.Struct, frozen=True):
    """Something that is asked about replicas: `label` names them in the answer."""

    what: str
    label: str
    expression: str


CALLS, CONFIGURATIONS, STARTS, RESOURCES = "dependencies", "configurations", "starts", "CPU, memory and GPU"
Row = tuple[Mapping[str, str], Series]


async def read_beside(
    replicas: Sequence[Replicas],
    state: KubeStateLabels | None,
    grid: Grid,
    rate_window: float,
    asking: Asking,
) -> tuple[dict[str, Beside], tuple[str, ...]]:
    """Return what is measured beside the metrics of models, by id, and what could not be read, in words.

    `state` says what kube-state-metrics' labels are called, None where it is not exported: then starts of processes
    tell of restarts. Rates are over a window in seconds.

    Raises:
        SourceError: the server does not answer at all.
    """
    questions = list(_questions(replicas, state, rate_window))
    readings = await together(*(asking.series(question.expression, grid) for question in questions))
    failed = tuple(
        f"{question.what}: {reading.error}"
        for question, reading in zip(questions, readings, strict=True)
        if reading.error is not None
    )
    rows = {
        (question.what, question.label): _by_replica(reading.rows, question.label)
        for question, reading in zip(questions, readings, strict=True)
    }
    return {each.model.id: _beside(each, rows, grid) for each in replicas}, failed


def _questions(replicas: Sequence[Replicas], state: KubeStateLabels | None, rate_window: float) -> Iterator[_Question]:
    by_label: defaultdict[str, set[str]] = defaultdict(set)
    for each in replicas:
        if each.label is not None:
            by_label[each.label] |= each.names
    for label, found in by_label.items():
        names = sorted(found)
        yield _Question(CALLS, label, calls_of(label, names, rate_window))
        yield _Question(CONFIGURATIONS, label, configurations_of(label, names))
        if state is None:
            yield _Question(STARTS, label, starts_of(label, names))
    pods = sorted({name for each in replicas if each.are_pods for name in each.names})
    if pods:
        yield _Question(RESOURCES, POD, resources_of(pods, state or KubeStateLabels(), rate_window))


_ByReplica = Mapping[str, Sequence[Row]]


def _by_replica(rows: Rows, label: str) -> _ByReplica:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for raw, series in zip(rows.keys, rows.series, strict=True):
        labels = decode_labels(raw)
        found[labels.get(label, "")].append((labels, series))
    return found


def _beside(replicas: Replicas, rows: Mapping[tuple[str, str], _ByReplica], grid: Grid) -> Beside:
    if replicas.label is None:
        return Beside()

    def mine(what: str, label: str) -> list[Row]:
        return [row for name in replicas.names for row in rows.get((what, label), {}).get(name, ()) if _is_here(row[0])]

    def _is_here(labels: Mapping[str, str]) -> bool:
        model = replicas.model
        return all(
            here is None or labels.get(name, "") in ("", here)
            for name, here in ((CLUSTER, model.cluster), (NAMESPACE, model.namespace))
        )

    label = replicas.label
    starts = restarts_of_processes(((row[label], series) for row, series in mine(STARTS, label)), grid)
    return Beside(
        called_by(mine(CALLS, label)),
        _used(mine(RESOURCES, POD)) if replicas.are_pods else {},
        starts.series,
        (*starts.changes, *configuration_changes(mine(CONFIGURATIONS, label))),
    )


def _used(rows: Iterable[Row]) -> dict[str, Series]:
    """Return the mean use of each resource over the pods of a model; where a pod may be two, none is told."""
    found: defaultdict[str, defaultdict[str, list[Series]]] = defaultdict(lambda: defaultdict(list))
    for labels, series in rows:
        found[labels.get(RESOURCE, "")][labels.get(POD, "")].append(series)
    return {
        resource: mean_of([of_pod[0] for of_pod in pods.values()])
        for resource, pods in found.items()
        if all(len(of_pod) == 1 for of_pod in pods.values())
    }
