"""Reads what is measured beside the models' own metrics: by the clients inside their replicas, and of their pods."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from console.domain.model import Model
from console.domain.series import Grid, Series
from console.history.circumstances.adding import mean_of
from console.history.circumstances.asking import Asking
from console.history.circumstances.dependencies import Called, Calls, called_by, calls_by_replica
from console.sources.prometheus.answers import decode_labels
from console.sources.prometheus.client_queries import calls_of
from console.sources.prometheus.kube_state_queries import KubeStateLabels
from console.sources.prometheus.resource_queries import NAMESPACE, POD, RESOURCE, resources_of
from console.transport.http import together


class Replicas(msgspec.Struct, frozen=True):
    """The replicas of a model by the label that names them; `label` is None where nothing does."""

    model: Model
    label: str | None
    names: frozenset[str]
    are_pods: bool


class Beside(msgspec.Struct, frozen=True):
    """What was read, by model id: calls by address, resources by name; and what could not be."""

    called: dict[str, dict[str, Called]]
    resources: dict[str, dict[str, Series]]
    failed: tuple[str, ...] = ()


async def read_beside(
    replicas: Sequence[Replicas], state: KubeStateLabels, grid: Grid, rate_window: float, asking: Asking
) -> Beside:
    """Return what is measured beside the metrics of some models over a window of rates (seconds).

    Raises:
        SourceError: the server does not answer at all.
    """
    by_label: defaultdict[str, set[str]] = defaultdict(set)
    for each in replicas:
        if each.label is not None:
            by_label[each.label] |= each.names
    pods = sorted({name for each in replicas if each.are_pods for name in each.names})
    expressions = [calls_of(label, sorted(names), rate_window) for label, names in by_label.items()]
    resources = [resources_of(pods, state, rate_window)] if pods else []
    readings = await together(*(asking.series(expression, grid) for expression in (*expressions, *resources)))
    calls = {label: calls_by_replica(reading.rows, label) for label, reading in zip(by_label, readings, strict=False)}
    failed = [f"dependencies: {reading.error}" for reading in readings[: len(by_label)] if reading.error is not None]
    used: dict[str, dict[str, Series]] = {}
    for reading in readings[len(by_label) :]:
        rows = [
            (decode_labels(raw), series) for raw, series in zip(reading.rows.keys, reading.rows.series, strict=True)
        ]
        used = {each.model.id: _used(each, rows) for each in replicas if each.are_pods}
        failed += [f"CPU, memory and GPU: {reading.error}"] if reading.error is not None else []
    called = {each.model.id: _called(each, calls) for each in replicas}
    return Beside(called, used, tuple(failed))


def _called(replicas: Replicas, calls: Mapping[str, Calls]) -> dict[str, Called]:
    of_label = calls.get(replicas.label, {}) if replicas.label is not None else {}
    return called_by(replicas.names, replicas.model.namespace, of_label)


def _used(replicas: Replicas, rows: Iterable[tuple[dict[str, str], Series]]) -> dict[str, Series]:
    """Return the mean use of each resource over the pods of a model; of a pod that may be two none is told."""
    found: defaultdict[str, dict[str, list[Series]]] = defaultdict(dict)
    for labels, series in rows:
        pod, namespace = labels.get(POD, ""), replicas.model.namespace
        if pod in replicas.names and namespace in (None, labels.get(NAMESPACE, "")):
            found[labels.get(RESOURCE, "")].setdefault(pod, []).append(series)
    return {
        resource: mean_of([of_pod[0] for of_pod in pods.values()])
        for resource, pods in found.items()
        if all(len(of_pod) == 1 for of_pod in pods.values())
    }
