"""Reads what kube-state-metrics tells of the workloads behind pods."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial

import msgspec

from console.domain.model import Model
from console.domain.moments import floor_to_step
from console.domain.series import Grid
from console.history.buffer import Rows
from console.history.circumstances.asking import Asking
from console.history.circumstances.told import WorkloadRows, WorkloadTold, facts_by_workload, told_of
from console.history.circumstances.workloads import PodRows, WorkloadKey, find_workloads
from console.history.reader import Instant
from console.history.tally import Tally
from console.sources.prometheus.answers import decode_labels
from console.sources.prometheus.client import PrometheusClient
from console.sources.prometheus.kube_state_queries import POD_OWNER, Count, KubeStateLabels, WorkloadKind
from console.transport.http import SourceError, together

SECONDS_BETWEEN_LOOKS = 60.0
"""Who owns a pod is asked at multiples of this: it changes seldom, and a cold start asks for the same instant."""

NO_PODS = "its workload: the metrics name no pods"
NOT_EXPORTED = "kube-state-metrics is not exported: wanted replicas, rollouts, nodes and the autoscaler are not known"

PodsOfModels = Sequence[tuple[Model, frozenset[str]]]
"""Models with the names of their pods."""


class LabelsFound(msgspec.Struct, frozen=True):
    """What the labels of kube-state-metrics are called, or why they are not known."""

    known: KubeStateLabels | None
    why_not: str = ""


class ClusterReader:
    """Asks kube-state-metrics, whose labels it looks up once a minute."""

    def __init__(self, client: PrometheusClient) -> None:
        self._client = client
        self._found: tuple[float, LabelsFound] | None = None

    async def labels(self, grid: Grid, tally: Tally) -> LabelsFound:
        """Return what its labels are called on this server, and why they are not known.

        Raises:
            SourceError: the server does not answer at all.
        """
        at = floor_to_step(grid.end, SECONDS_BETWEEN_LOOKS)
        if self._found is None or self._found[0] != at:
            try:
                names = await self._client.label_names([POD_OWNER], grid.start, grid.end, until=tally.until)
            except SourceError as error:
                return LabelsFound(None, f"what runs its pods: {tally.fail(error)}")
            found = LabelsFound(KubeStateLabels.of(names.names)) if names.names else LabelsFound(None, NOT_EXPORTED)
            self._found = (at, found)
        return self._found[1]

    async def read(
        self, labels: LabelsFound, pods: PodsOfModels, grid: Grid, asking: Asking
    ) -> dict[str, WorkloadTold]:
        """Return what is told of each model, by id.

        Raises:
            SourceError: the server does not answer at all.
        """
        told = {model.id: WorkloadTold(missing=(NO_PODS,)) for model, names in pods if not names}
        named = [(model, names) for model, names in pods if names]
        if not named:
            return told
        if labels.known is None:
            return told | {model.id: WorkloadTold(missing=(labels.why_not,)) for model, _ in named}
        questions = _Questions(labels.known, floor_to_step(grid.end, SECONDS_BETWEEN_LOOKS), grid, asking)
        found = find_workloads(named, await questions.pods(named))
        facts = facts_by_workload(
            await questions.workloads({key for of_model in found.values() for key in of_model.workloads})
        )
        failures = dict.fromkeys(questions.failures)
        return told | {model_id: told_of(of_model, facts, grid, failures) for model_id, of_model in found.items()}

    async def pods_on(
        self, nodes: Collection[str], grid: Grid, asking: Asking, tally: Tally
    ) -> tuple[KubeStateLabels, Instant] | None:
        """Return which pods were on some machines within the time of a grid, None where nobody tells.

        Raises:
            SourceError: the server does not answer.
        """
        labels = (await self.labels(grid, tally)).known
        if labels is None:
            return None
        return labels, await asking.instant(labels.pods_on(sorted(nodes), grid.end - grid.start), grid.end)


class _Questions:
    """The questions of one round; `failures` say in words what was not answered."""

    def __init__(self, labels: KubeStateLabels, at: float, grid: Grid, asking: Asking) -> None:
        self._labels = labels
        self._at = at
        self._grid = grid
        self._span = grid.end - grid.start
        self._asking = asking
        self.failures: list[str] = []

    async def pods(self, models: PodsOfModels) -> PodRows:
        """Return who owns the pods of some models, and where they run."""
        names = sorted({name for _, of_model in models for name in of_model})
        namespaces = _namespaces(model.namespace for model, _ in models)
        owners, nodes = await together(
            self._labelled("owners of pods", self._labels.owners(names, namespaces, self._span)),
            self._labelled("nodes", self._labels.nodes(names, namespaces, self._span)),
        )
        rows = PodRows(self._labels, owners, nodes=nodes)
        if not rows.names_of_owning_sets:
            return rows
        expression = self._labels.replica_set_owners(rows.names_of_owning_sets, namespaces, self._span)
        return msgspec.structs.replace(rows, replica_sets=await self._labelled("owners of ReplicaSets", expression))

    async def workloads(self, keys: set[WorkloadKey]) -> WorkloadRows:
        """Return what is counted of some workloads, and what happened to them."""
        namespaces = sorted({key.place.namespace for key in keys})
        names = {kind: sorted({key.name for key in keys if key.kind == kind}) for kind in WorkloadKind}
        pods = await self._all_pods(names, namespaces)
        asked = [(kind, count) for kind in WorkloadKind if names[kind] for count in Count]
        sets, stateful_sets = pods.names_of_sets, names[WorkloadKind.STATEFUL_SET]
        restarts, replicas_of_sets, revisions, *counts = await together(
            self._series("restarts", pods.names_of_pods, lambda: self._labels.restarts(pods.names_of_pods, namespaces)),
            self._series("rollouts", sets, lambda: self._labels.replicas_of_sets(sets, namespaces)),
            self._series("rollouts", stateful_sets, lambda: self._labels.revisions(stateful_sets, namespaces)),
            *(
                self._series(count, names[kind], partial(self._labels.count, kind, count, names[kind], namespaces))
                for kind, count in asked
            ),
        )
        return WorkloadRows(pods, dict(zip(asked, counts, strict=True)), restarts, replicas_of_sets, revisions)

    async def _all_pods(self, names: Mapping[WorkloadKind, list[str]], namespaces: list[str]) -> PodRows:
        """Return all ReplicaSets and pods that some workloads had, also those that never had metrics."""
        deployments, sets = names[WorkloadKind.DEPLOYMENT], PodRows(self._labels)
        if deployments:
            expression = self._labels.replica_sets_of(deployments, namespaces, self._span)
            sets = PodRows(self._labels, replica_sets=await self._labelled("ReplicaSets", expression))
        owners = sorted({*sets.names_of_sets, *names[WorkloadKind.STATEFUL_SET]})
        if not owners:
            return sets
        expression = self._labels.pods_of(owners, namespaces, self._span)
        return msgspec.structs.replace(sets, owners=await self._labelled("pods", expression))

    async def _labelled(self, what: str, expression: str) -> tuple[dict[str, str], ...]:
        """Return the label sets of the rows of an expression now."""
        instant = await self._asking.instant(expression, self._at)
        self._note(what, instant.error)
        return tuple(decode_labels(key) for key, _ in instant.samples)

    async def _series(self, what: str, names: Collection[str], expression: Callable[[], str]) -> Rows:
        """Return the rows of an expression about things of some names, none where there are none."""
        if not names:
            return Rows()
        reading = await self._asking.series(expression(), self._grid)
        self._note(what, reading.error)
        return reading.rows

    def _note(self, what: str, error: str | None) -> None:
        if error is not None:
            self.failures.append(f"{what}: {error}")


def _namespaces(told: Iterable[str | None]) -> tuple[str, ...]:
    """Return the namespaces to look in, none for all: a model whose metrics name none may be anywhere."""
    names = set(told)
    return () if None in names else tuple(sorted(name for name in names if name is not None))
