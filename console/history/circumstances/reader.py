"""Reads what surrounds broken models: for all of them together, and only for them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import msgspec

from console.domain.circumstances import Capacity, Circumstances
from console.domain.model import Model
from console.domain.series import Grid
from console.domain.signal import SIGNALS
from console.history.buffer import Rows
from console.history.circumstances.adding import counted, least
from console.history.circumstances.asking import Asking
from console.history.circumstances.beside import Beside, Replicas, read_beside
from console.history.circumstances.cluster import SECONDS_BETWEEN_LOOKS, ClusterReader
from console.history.circumstances.dependencies import configured, dependencies_by_model
from console.history.circumstances.gauges import gauges_by_model
from console.history.circumstances.nodes import models_on_nodes, pods_of
from console.history.circumstances.parts import FindsModel, PartsOfModel, as_parts, parts_by_model
from console.history.circumstances.told import WorkloadTold
from console.history.discoveries import Discoveries
from console.history.reader import GridReader, Instant, Reading
from console.history.tally import Tally
from console.settings.settings import Settings
from console.sources.prometheus.client import PrometheusClient
from console.sources.prometheus.kube_state_queries import Count
from console.sources.prometheus.part_queries import Breakdown, PartQuery, Quantity, breakdowns
from console.sources.prometheus.preset import Preset
from console.transport.http import together

SECONDS_BEFORE_ONSET = 3600.0
"""How long before an onset is read at least: what was usual must be seen beside what is not, and what changed then."""

MOST_REPLICAS = 50
"""Replicas of a model of which more is asked: each is named in queries several times, and 50 tell what is usual."""
SECONDS_UNTIL_GONE = 300.0
"""How long (seconds) a replica may miss its scrapes before it counts as gone."""

_GRIDS = ((5400.0, 0.0), (10_800.0, 60.0), (43_200.0, 300.0), (172_800.0, 900.0), (691_200.0, 3600.0))
"""Spans and their steps (seconds), of which the shortest that reaches far enough is read; 0 is the fine step.

A ladder, so that grids change seldom while an incident grows old, and every face reads the same.
"""


class Sought(msgspec.Struct, frozen=True):
    """A broken model, since when it is (UTC seconds), and the latency signal that speaks for it."""

    model: Model
    onset: float
    headline: str | None = None


class _Told(msgspec.Struct, frozen=True):
    """What one preset told of the parts of models."""

    breakdown: Breakdown
    parts: tuple[tuple[PartQuery, Reading], ...]
    gauges: tuple[tuple[str, Reading], ...]


class CircumstancesReader:
    """Reads circumstances by one client; of a grid that was read before only the tail is asked for.

    `reader` is its own, for it forgets what is not asked for any more; `find` tells whose a row is.
    """

    def __init__(
        self,
        client: PrometheusClient,
        reader: GridReader,
        discoveries: Discoveries,
        presets: Sequence[Preset],
        settings: Settings,
        find: FindsModel,
    ) -> None:
        self._find = find
        self._discoveries = discoveries
        self._presets = tuple(presets)
        self._settings = settings
        self._reader = reader
        self._on_machines = GridReader(client)  # apart, for each forgets what it was not asked in its last round
        self._cluster = ClusterReader(client)

    def keep(self) -> None:
        """Write to disk what the next run need not ask for."""
        self._reader.keep()

    async def read(
        self, sought: Sequence[Sought], fleet: Iterable[Model], at: float, tally: Tally
    ) -> dict[str, Circumstances]:
        """Return the circumstances of some models of a fleet, by id; a query that fails alone is told as missing.

        Raises:
            SourceError: the server does not answer at all.
        """
        said = configured(fleet, self._settings.models)
        by_grid: defaultdict[Grid, list[Sought]] = defaultdict(list)
        for each in sought:
            by_grid[grid_for(each.onset, at, self._settings.step)].append(each)
        asking = Asking(self._reader, tally)
        found: dict[str, Circumstances] = {}
        for grid, models in by_grid.items():
            found |= await self._read_on(grid, models, said, asking, tally)
        asking.end()
        return found

    async def models_on(self, nodes: Collection[str], at: float, tally: Tally) -> dict[str, set[str]]:
        """Return the ids of all models that have a pod on each of some machines, by machine; none where nobody tells.

        `at` is in UTC seconds; as seldom as machines change, they are asked once a minute.

        Raises:
            SourceError: the server does not answer.
        """
        grid = Grid.until(at, SECONDS_BEFORE_ONSET, SECONDS_BETWEEN_LOOKS)
        asking = Asking(self._on_machines, tally)
        on_nodes = await self._cluster.pods_on(nodes, grid, asking, tally)
        if on_nodes is None or on_nodes[1].error is not None:
            return {}
        discovery = await self._discoveries.of_range(grid.end, tally)
        told: list[tuple[Breakdown, Instant]] = []
        for each in breakdowns(discovery, self._presets, self._settings.rate_window, (), ()):
            asked = [query for query in each.parts if query.quantity is Quantity.TRAFFIC and each.replica in query.by]
            answers = await together(*(asking.instant(one.expression, grid.end) for one in asked))
            told.extend((each, answer) for answer in answers)
        asking.end()
        if any(answer.error is not None for _, answer in told):
            return {}  # who is not told of would count as being elsewhere
        return models_on_nodes(*on_nodes, pods_of(told, self._find), nodes)

    async def _read_on(
        self,
        grid: Grid,
        sought: Sequence[Sought],
        said: Mapping[str, tuple[str, ...]],
        asking: Asking,
        tally: Tally,
    ) -> dict[str, Circumstances]:
        told = await self._read_parts(grid, sought, asking, tally)
        parts = parts_by_model(((each.breakdown, _rows(each.parts)) for each in told), self._find)
        gauges = gauges_by_model(((each.breakdown.identity, _rows(each.gauges)) for each in told), self._find)
        replicas = [_replicas_of(each.model, told, parts.get(each.model.id)) for each in sought]
        pods = [(each.model, each.names if each.are_pods else frozenset()) for each in replicas]
        labels = await self._cluster.labels(grid, tally)
        window = max(self._settings.rate_window, grid.step)
        cluster = await self._cluster.read(labels, pods, grid, asking)
        beside, unread = await read_beside(replicas, labels.known, grid, window, asking)
        dependencies = dependencies_by_model({id_: of_model.called for id_, of_model in beside.items()}, said)
        failed = (*_failures(told), *unread)
        found = {}
        for each in sought:
            of_model, id_ = parts.get(each.model.id, PartsOfModel()), each.model.id
            of_cluster = cluster[id_]
            found[id_] = Circumstances(
                model_id=id_,
                grid=grid,
                onset=each.onset,
                versions=as_parts(of_model.versions),
                replicas=as_parts(of_model.replicas, of_model.version_of, of_cluster.node_of),
                capacity=_capacity(of_model, of_cluster, beside[id_], grid),
                gauges=gauges.get(id_, {}) | beside[id_].resources,
                dependencies=dependencies[id_],
                changes=(*of_cluster.changes, *beside[id_].changes),
                missing=(*_unnamed(of_model), *failed, *of_cluster.missing),
            )
        return found

    async def _read_parts(self, grid: Grid, sought: Sequence[Sought], asking: Asking, tally: Tally) -> list[_Told]:
        discovery = await self._discoveries.of_range(grid.end, tally)
        models = tuple(each.model for each in sorted(sought, key=lambda each: each.model.id))
        quantiles = {each.headline for each in sought if each.headline is not None}
        window = max(self._settings.rate_window, grid.step)
        asked = breakdowns(discovery, self._presets, window, models, quantiles)
        return await together(*(_read_breakdown(each, grid, asking) for each in asked))


def grid_for(onset: float, at: float, step: float) -> Grid:
    """Return the grid up to `at` on which the circumstances of an onset are read; `step` is the fine one (seconds)."""
    spans = ((span, max(step, coarse)) for span, coarse in _GRIDS)
    longest = (_GRIDS[-1][0], max(step, _GRIDS[-1][1]))
    span, wanted = next((each for each in spans if at - each[0] + SECONDS_BEFORE_ONSET <= onset), longest)
    return Grid.until(at, span, wanted)


async def _read_breakdown(asked: Breakdown, grid: Grid, asking: Asking) -> _Told:
    readings = await together(
        *(asking.series(query.expression, grid) for query in asked.parts),
        *(asking.series(expression, grid) for expression in asked.gauges.values()),
    )
    parts = tuple(zip(asked.parts, readings, strict=False))
    gauges = tuple(zip(asked.gauges, readings[len(asked.parts) :], strict=True))
    return _Told(asked, parts, gauges)


_T = TypeVar("_T")


def _rows(readings: Iterable[tuple[_T, Reading]]) -> list[tuple[_T, Rows]]:
    return [(what, reading.rows) for what, reading in readings]


def _replicas_of(model: Model, told: Iterable[_Told], parts: PartsOfModel | None) -> Replicas:
    if parts is None:
        return Replicas(model, None, frozenset(), are_pods=False)
    name_pods = {each.breakdown.replica for each in told if each.breakdown.names_pods}
    names = frozenset(_worth_asking(parts))
    return Replicas(model, parts.replica_label, names, parts.replica_label in name_pods)


def _worth_asking(parts: PartsOfModel) -> list[str]:
    """Return the replicas that more is asked of: those that serve come before those that are gone, then the oldest."""

    def order(name: str) -> tuple[bool, float, str]:
        series = next(iter(parts.replicas[name].values()))
        seen = series.last_seen()
        is_gone = seen is None or seen < series.grid.end - SECONDS_UNTIL_GONE
        return is_gone, next((instant for instant, _ in series.points()), series.grid.end), name

    return sorted(parts.replicas, key=order)[:MOST_REPLICAS]


def _capacity(parts: PartsOfModel, told: WorkloadTold, beside: Beside, grid: Grid) -> Capacity:
    shown = [measured[Quantity.TRAFFIC] for measured in parts.replicas.values() if Quantity.TRAFFIC in measured]
    measured = counted(shown, grid) if shown else None
    ready = [series for series in (told.counts.get(Count.READY), measured) if series is not None]
    most = told.counts.get(Count.AUTOSCALER_MOST)
    return Capacity(
        ready=least(ready) if ready else None,
        measured=measured,
        wanted=told.counts.get(Count.WANTED),
        autoscaler_most=max(most.points())[1] if most is not None else None,
        autoscaler_wants=told.counts.get(Count.AUTOSCALER_WANTS),
        restarts=told.restarts if told.restarts is not None else beside.restarts,
    )


def _unnamed(parts: PartsOfModel) -> Iterator[str]:
    if not parts.versions:
        yield "versions: the metrics name none"
    if not parts.replicas:
        yield "replicas: the metrics name none"


def _failures(told: Iterable[_Told]) -> Iterator[str]:
    """Yield what could not be read of all models, and why."""
    for each in told:
        for query, reading in each.parts:
            if reading.error is not None:
                names = {each.breakdown.version: "version", each.breakdown.replica: "replica"}
                by = " and ".join(names[label] for label in query.by)
                yield f"{query.quantity.replace('_', ' ')} by {by}: {reading.error}"
        for signal, reading in each.gauges:
            if reading.error is not None:
                yield f"{SIGNALS[signal].title}: {reading.error}"
