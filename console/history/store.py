"""The past of the fleet from one Prometheus: discovered, loaded once, and then only its tail read again."""

import asyncio
from collections.abc import Mapping, Sequence, Set
from typing import TYPE_CHECKING

import msgspec

from console.domain.load_curve import LoadPast
from console.domain.model import Model
from console.domain.moments import floor_to_step
from console.domain.series import Grid, Series
from console.domain.served import MeasuredVersion
from console.domain.signal import (
    ERROR_RATIO,
    KV_CACHE,
    LATENCY_BY_WORST_FIRST,
    LATENCY_MEAN,
    QUEUE,
    SATURATION,
    TIME_TO_FIRST_TOKEN,
    TOKENS,
    TRAFFIC,
)
from console.history.assembly import Assembler
from console.history.cache import Kept
from console.history.days import DayReader
from console.history.discoveries import Discoveries
from console.history.loads import AT_ONCE, DAY
from console.history.owners import ModelKey
from console.history.reader import GridReader, Instant, Reading
from console.history.readings import BurnReading, EndsReading, PresetReadings, what_failed
from console.history.tally import Tally
from console.history.view import History, ModelHistory
from console.history.week_places import Placer
from console.history.weeks import WeekReader
from console.settings.settings import Settings
from console.sources.prometheus.answers import collector_paused
from console.sources.prometheus.client import PrometheusClient
from console.sources.prometheus.outcomes import SHORTEST_LONG_WINDOW
from console.sources.prometheus.preset import Preset
from console.sources.prometheus.signal_query import BurnQuery, Composition, HistogramEnds, Structure
from console.transport.http import together

if TYPE_CHECKING:
    from console.history.circumstances.reader import CircumstancesReader
    from console.history.load_reader import LoadReader

FINE_SPAN = 3600.0
"""Seconds of the judgement grid; independent of what a screen shows, so that every face judges alike."""
COARSE_SPAN = DAY
COARSE_STEP = 300.0
SECONDS_OF_LOADS = 7 * COARSE_SPAN
"""How far back loads are read: every weekday once."""
SECONDS_OF_VERSIONS = 7 * COARSE_SPAN
"""How far back it is read how versions served: 2,016 points of few rows, which a server answers at once."""
BURN_STEP = 60.0
"""Burn windows are read at multiples of this many seconds (or of four fine steps, if less): they move slowly."""
LONG_BURN_STEP = 600.0
"""The same for long windows, which move still more slowly and cost the server seconds each."""
TIMEOUTS_OF_A_REFRESH = 4.0
"""How many timeouts of a query a refresh may last, waiting for turns included."""

_WITH_AN_EXPECTATION = frozenset(
    signal.name
    for signal in (TRAFFIC, ERROR_RATIO, LATENCY_MEAN, SATURATION, KV_CACHE, QUEUE, TIME_TO_FIRST_TOKEN, TOKENS)
)
_ON_THE_GRID = (Structure.LIVE_TARGETS, Structure.DEAD_TARGETS, Structure.REPLICAS, Structure.TRAFFIC_BY_VERSION)


class Loaded(msgspec.Struct, frozen=True):
    """The past, and how the source answered: the slowest answer took `seconds`."""

    history: History
    seconds: float
    queries: int
    compositions: tuple[Composition, ...]


class _LastLoad(msgspec.Struct, frozen=True):
    """What the last load read, and by which expressions (by preset and signal), for those who look further back."""

    readings: tuple[PresetReadings, ...]
    expressions: dict[tuple[str, str], str]
    tally: Tally


class HistoryStore:
    """Loads the past that ends at an instant; each load reuses what the last one read.

    `names_replicas` says that somebody needs the names of replicas (to find workloads), which cost a query. `cache` is
    where points are kept for the next run; close the store at the end of this one. `patience` is for how many seconds
    a load waits for the days before the last one, None until they are read or the refresh must be over.
    """

    def __init__(
        self,
        client: PrometheusClient,
        presets: Sequence[Preset],
        settings: Settings,
        *,
        names_replicas: bool = False,
        cache: Kept | None = None,
        patience: float | None = None,
    ) -> None:
        self._client = client
        self._presets = tuple(presets)
        self._settings = settings
        self._names_replicas = names_replicas
        self._reader = GridReader(client, cache)
        self._cache = cache
        self._days = DayReader(client, cache, _days_at_once(settings))
        self._placer = Placer(self._reader)
        self._weeks = WeekReader(self._reader, self._days, settings, patience)
        self._last: _LastLoad | None = None
        self._circumstances: CircumstancesReader | None = None
        self._loads: LoadReader | None = None
        self._model_reader = GridReader(client)
        self._assembler = Assembler()
        self._discoveries = Discoveries(client, presets)
        self._bounds: tuple[float, ...] = ()
        self._models: tuple[ModelHistory, ...] = ()

    async def load(self, at: float) -> Loaded:
        """Return the past of every model that ends at an instant (UTC seconds).

        A query that fails alone becomes an error of its signal.

        Raises:
            SourceError: the server does not answer at all.
        """
        with collector_paused():
            return await self._load(at)

    async def _load(self, at: float) -> Loaded:
        tally = self._tally()
        discovery = await self._discoveries.of_fleet(at, tally)
        self._bounds = discovery.bounds
        fine_grid = Grid.until(at, FINE_SPAN, self._settings.step)
        coarse_grid = Grid.until(at, COARSE_SPAN, COARSE_STEP)
        fine = self._discoveries.compositions(discovery, self._settings.rate_window)
        coarse = self._discoveries.compositions(discovery, max(self._settings.rate_window, COARSE_STEP))
        readings = await together(
            *(
                self._read_preset(of_fine, of_coarse, fine_grid, coarse_grid, tally)
                for of_fine, of_coarse in zip(fine, coarse, strict=True)
            )
        )
        tally.check()
        expressions = frozenset(expression for each in (*fine, *coarse) for expression in _expressions(each))
        self._reader.forget_others(expressions)
        self._days.forget_others(expressions)
        models = self._assembler.assemble(readings, fine_grid)
        asked = {(query.preset, query.signal): query.expression for each in coarse for query in each.signals}
        placed = self._placer.placed(readings, asked, self._assembler.layout, coarse_grid)
        with_an_expectation = {signal for each in readings for signal in each.coarse}
        weeks = await self._weeks.load(placed, with_an_expectation, len(models), tally)
        history = History(
            at=fine_grid.end,
            fine_grid=fine_grid,
            coarse_grid=coarse_grid,
            models=models,
            partial="; ".join(tally.incomplete) or None,
            rate_window=self._settings.rate_window,
            failed=what_failed(readings),
            weeks=weeks.by_signal,
            baselines=weeks.told,
            too_heavy="; ".join(filter(None, (*tally.too_heavy, weeks.trouble))) or None,
        )
        self._last = _LastLoad(tuple(readings), asked, tally)
        self._models = history.models
        return Loaded(history, tally.seconds, tally.answered, fine)

    async def look_back(self, history: History, wanted: Mapping[str, Set[str]]) -> History | None:
        """Return a history that was loaded last with one day more of some signals of some models (ids by signal).

        None where nothing older can be had: it is too old, the query fails, or another replica answers by now. What the
        weeks hold is taken from there, as far back as they reach.
        """
        from console.history.look_back import LookBack, from_week, origins, with_older  # only an old incident needs

        last = self._last
        if last is None:
            return None
        look_back = LookBack(self._reader, self._days, self._settings.history, last.tally)
        found = None
        with collector_paused():
            for signal, models in wanted.items():
                told = origins(last.readings, last.expressions, self._assembler.layout, signal)
                series = from_week(history, signal, models)
                series = series or await look_back.one_more(history, signal, models, told)
                if series:
                    found = with_older(found or history, signal, series)
        return found

    def circumstances_reader(self, client: PrometheusClient) -> "CircumstancesReader":
        """Return what reads the circumstances of models of the history that was loaded last, by a client of its own."""
        if self._circumstances is None:
            from console.history.circumstances.reader import CircumstancesReader  # only a broken model needs it

            reader = GridReader(client, self._cache)
            self._circumstances = CircumstancesReader(
                client, reader, self._discoveries, self._presets, self._settings, self._model_of
            )
        return self._circumstances

    def _model_of(self, key: ModelKey) -> Model | None:
        layout = self._assembler.layout
        number = layout.numbers.get(key)
        return layout.models[number] if number is not None else None

    async def aclose(self) -> None:
        """Let go of days that are still asked for, and write to disk what the next run need not ask for."""
        await self._weeks.aclose()
        self._reader.keep()
        if self._circumstances is not None:
            self._circumstances.keep()

    async def read_model(self, model: Model, grid: Grid) -> tuple[dict[str, Series], str | None]:
        """Return every signal of one model on any grid, and why some are not there (None when nothing failed).

        Raises:
            SourceError: the server does not answer at all.
        """
        tally = self._tally()
        compositions = await self._compositions_of(model, grid, tally)
        asked = [query for composition in compositions for query in composition.signals]
        readings = await together(*(self._model_reader.read(query.expression, grid, tally) for query in asked))
        tally.check()
        self._model_reader.forget_others(frozenset(query.expression for query in asked))
        found: dict[str, Series] = {}
        for query, reading in zip(asked, readings, strict=True):
            for series in reading.rows.series:
                found.setdefault(query.signal, series)
        return found, "; ".join(dict.fromkeys(reading.error for reading in readings if reading.error)) or None

    async def read_load(self, model: Model, signal: str, at: float) -> LoadPast | None:
        """Return what a model carried within the last days up to `at` (UTC seconds), and its latency `signal`.

        None where no preset tells traffic, replicas and that latency together.

        Raises:
            SourceError: the server does not answer at all, or a query fails.
        """
        from console.history.load_reader import LoadReader  # only somebody who adds replicas needs it

        if self._loads is None:
            self._loads = LoadReader(GridReader(self._client, self._cache))
        tally = self._tally()
        grid = Grid.until(at, min(self._settings.history, SECONDS_OF_LOADS), COARSE_STEP)
        return await self._loads.read(await self._compositions_of(model, grid, tally), signal, grid, tally)

    async def read_versions(
        self, client: PrometheusClient, model: Model, latencies: Sequence[str], at: float
    ) -> tuple[MeasuredVersion, ...]:
        """Return how the versions of a model served within the last days up to `at` (UTC seconds), in one question.

        `client` is another one than that of the history, so that what is slow holds up nothing else; `latencies` are
        the names of the signals that were promised.

        Raises:
            SourceError: the server does not answer, or not this.
        """
        from console.history.version_reader import asked_of, read_versions  # only a way back needs it

        tally = self._tally()
        grid = Grid.until(at, self.reach_of_versions, COARSE_STEP)
        discovery = await self._discoveries.of_range(grid.end, tally)
        told_by = next((past.presets for past in self._models if past.model.id == model.id), ())
        window = max(self._settings.rate_window, COARSE_STEP)
        apart = self._has_namesakes(model)
        query = asked_of(discovery, self._presets, model, told_by, latencies, window, has_namesakes=apart)
        return await read_versions(client, query, grid, tally) if query is not None else ()

    @property
    def reach_of_versions(self) -> float:
        """Return how far back it is read how versions served (seconds)."""
        return min(self._settings.history, SECONDS_OF_VERSIONS)

    async def _compositions_of(self, model: Model, grid: Grid, tally: Tally) -> list[Composition]:
        """Return what is asked about one model on a grid, of the presets that tell it from its namesakes."""
        has_namesakes = self._has_namesakes(model)
        discovery = await self._discoveries.of_range(grid.end, tally)
        window = max(self._settings.rate_window, grid.step)
        return [
            composition
            for composition in discovery.compositions(self._presets, window, only=(model,))
            if not has_namesakes or composition.tells_apart(model)
        ]

    def _has_namesakes(self, model: Model) -> bool:
        return sum(past.model.name == model.name for past in self._models) > 1

    def _tally(self) -> Tally:
        server = self._settings.prometheus
        if server is None:
            return Tally()
        return Tally(asyncio.get_running_loop().time() + TIMEOUTS_OF_A_REFRESH * server.timeout)

    async def _read_preset(
        self, fine: Composition, coarse: Composition, fine_grid: Grid, coarse_grid: Grid, tally: Tally
    ) -> PresetReadings:
        read = self._reader.read
        expected = _expected_signals(coarse)
        coarse_asked = {query.signal: query for query in coarse.signals if query.signal in expected}
        structures = [structure for structure in _ON_THE_GRID if structure in fine.structures]
        results = await together(
            *(read(query.expression, fine_grid, tally) for query in fine.signals),
            *(read(query.expression, coarse_grid, tally, settled=True) for query in coarse_asked.values()),
            *(read(fine.structures[structure].expression, fine_grid, tally) for structure in structures),
        )
        burns = await together(*(self._read_burn(query, fine_grid.end, tally) for query in fine.burns))
        fine_end = len(fine.signals)
        coarse_end = fine_end + len(coarse_asked)
        fine_readings = _named([query.signal for query in fine.signals], results[:fine_end])
        return PresetReadings(
            composition=fine,
            fine=fine_readings,
            coarse=_named(list(coarse_asked), results[fine_end:coarse_end]),
            structures=dict(zip(structures, results[coarse_end:], strict=True)),
            replica_names=await self._read_now(fine, Structure.REPLICA_NAMES, fine_grid.end, tally)
            if self._names_replicas
            else None,
            shared=await self._read_now(fine, Structure.SHARED, fine_grid.end, tally),
            burns=tuple(burns),
            ends=await self._read_ends(fine, fine_readings, fine_grid.end, tally),
        )

    async def _read_now(
        self, composition: Composition, structure: Structure, end: float, tally: Tally
    ) -> Instant | None:
        query = composition.structures.get(structure)
        return await self._reader.read_instant(query.expression, end, tally) if query is not None else None

    async def _read_ends(
        self, composition: Composition, readings: Mapping[str, Reading], end: float, tally: Tally
    ) -> tuple[EndsReading, ...]:
        """Read where histograms end, of quantiles that stand at the bound of any bucket now: nearly never."""
        asked = [
            (query.signal, ends)
            for query in composition.signals
            for ends in query.ends
            if not self._bounds_of(ends).isdisjoint([row.values[-1] for row in readings[query.signal].rows.series])
        ]
        at = floor_to_step(end, BURN_STEP)
        instants = await together(*(self._reader.read_instant(ends.expression, at, tally) for _, ends in asked))
        return tuple(
            EndsReading(signal, ends.divisor, instant) for (signal, ends), instant in zip(asked, instants, strict=True)
        )

    def _bounds_of(self, ends: HistogramEnds) -> frozenset[float]:
        """Return the bounds in seconds, made as the server makes them, so that they are equal to the last bit."""
        return frozenset(bound / ends.divisor for bound in self._bounds)

    async def _read_burn(self, query: BurnQuery, end: float, tally: Tally) -> BurnReading:
        """Read counts at an instant that follows from `end` alone, so that a cold start reads what a warm one knows."""
        short = min(query.windows) < SHORTEST_LONG_WINDOW
        step = min(BURN_STEP, 4 * self._settings.step) if short else LONG_BURN_STEP
        instant = await self._reader.read_instant(query.expression, floor_to_step(end, step), tally)
        return BurnReading(query.windows, instant)


def _days_at_once(settings: Settings) -> int:
    """Return how many days are asked for at a time: a turn is left for refreshes."""
    server = settings.prometheus
    return AT_ONCE if server is None else max(1, min(AT_ONCE, server.concurrency - 1))


def _expected_signals(composition: Composition) -> frozenset[str]:
    """Return the signals whose last day is read: load and errors, and the latency that speaks for the model."""
    asked = {query.signal for query in composition.signals}
    headline = next((signal.name for signal in LATENCY_BY_WORST_FIRST if signal.name in asked), None)
    return _WITH_AN_EXPECTATION | {headline} if headline is not None else _WITH_AN_EXPECTATION


def _expressions(composition: Composition) -> list[str]:
    return [
        *(query.expression for query in composition.signals),
        *(query.expression for query in composition.structures.values()),
        *(query.expression for query in composition.burns),
        *(ends.expression for query in composition.signals for ends in query.ends),
    ]


def _named(names: list[str], readings: Sequence[Reading]) -> dict[str, Reading]:
    return dict(zip(names, readings, strict=True))
