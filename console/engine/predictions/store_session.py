"""One store of predictions: connected once, mapped at every reading, and judged as soon as it was read."""

import math
import time
from collections.abc import Callable, Iterable, Mapping

import msgspec

from console.detect.drift.judgement import DriftJudgement, judge_drift
from console.detect.drift.missing_rows import silence_by_chance
from console.detect.drift.units import needs_quantiles
from console.detect.findings import PredictionFindings
from console.detect.quality.judge import judge_quality
from console.domain.label import harmless
from console.domain.model import Model
from console.domain.series import Grid, Series
from console.engine.predictions.clock_watch import ClockWatch
from console.engine.predictions.logged import read_logged
from console.engine.predictions.reader import StoreAnswer
from console.engine.predictions.series import series_of
from console.engine.predictions.slicing import with_drift_slices, with_quality_slices
from console.history.predictions.answer_cache import AnswerCache
from console.history.predictions.outcome_past import OutcomePast
from console.history.predictions.outcomes import OutcomeReader
from console.history.predictions.past import PredictionPast
from console.history.predictions.reader import PATIENCE, PredictionReader
from console.history.predictions.service import read_service_signals
from console.history.predictions.slices import slice_columns
from console.history.view import ModelHistory
from console.settings.predictions import PredictionStore
from console.sources.predictions.drawing import read_deciles
from console.sources.predictions.log import PredictionLog
from console.sources.predictions.mapping import LogMapper
from console.transport.errors import SourceError
from console.transport.sql import open_store


class StoreSession:
    """Reads one store again and again; use it in one event loop.

    `patience` is for how many seconds a reading goes on with hours of the past that are not known yet.
    """

    def __init__(
        self,
        settings: PredictionStore,
        *,
        environment: Mapping[str, str],
        cache: AnswerCache,
        patience: float = PATIENCE,
        clock: Callable[[], float],
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = settings.name
        self.every = settings.every
        self._settings = settings
        self._patience = patience
        self._timer = timer
        self._environment = environment
        self._cache = cache
        self._store = open_store(
            settings.address, environment=environment, timeout=settings.timeout, most_rows=settings.most_rows
        )
        self._clock_watch = ClockWatch(self._store, clock)
        self._mapper = LogMapper(self._store, settings)
        self._readers: _Readers | None = None
        self._newest = -math.inf
        self._known: dict[str, _Known] = {}

    async def read(self, at: float) -> StoreAnswer:
        """Return what the store says of every model that it logs, at an instant (UTC seconds).

        Raises:
            SourceError: it cannot be read as a log of predictions, or does not answer.
        """
        started = self._timer()
        log = await self._mapper.load()
        readers = self._readers_of(log)
        pasts = await readers.counts.load(at, patience=self._patience)
        outcomes, trouble = await self._outcomes(readers, at)
        self._newest = max((past.newest_row for past in pasts if past.newest_row is not None), default=-math.inf)
        self._known = {
            past.model.name.raw: _Known(
                log,
                past,
                outcomes.get(past.model.name.raw),
                self._findings(past, await self._judged(log, past), outcomes.get(past.model.name.raw)),
            )
            for past in pasts
        }
        findings = tuple(known.findings for known in self._known.values())
        notes = (*log.mistakes, *trouble, *await self._clock_watch.notes(log, at))
        return StoreAnswer(findings, self._timer() - started, notes)

    async def look_into(self, model: Model) -> PredictionFindings | None:
        """Return what was found last of a model, with the slices that carry what changed; None if it is not logged.

        Raises:
            SourceError: the store does not answer.
        """
        known = self._known.get(model.name.raw)
        if known is None or known.findings.drift is None:
            return None
        findings, reference, name = known.findings, known.past.reference, model.name.raw
        columns = slice_columns(known.log, self._settings.rule_for(name).slices, reference)
        before = self._readers.counts.reference_window(name) if self._readers is not None else None
        drift = await with_drift_slices(self._store, known.log, name, reference, known.findings.drift, columns, before)
        quality = findings.quality
        if quality is not None and known.outcomes is not None:
            quality = await with_quality_slices(self._store, known.log, known.outcomes, quality, columns)
        return msgspec.structs.replace(findings, drift=drift, quality=quality)

    async def _judged(self, log: PredictionLog, past: PredictionPast) -> DriftJudgement:
        """Judge; where only deciles tell a change of units from other breakage, read them and judge again."""
        lateness = self._settings.lateness
        drift = judge_drift(past, lateness=lateness)
        doubtful = needs_quantiles(drift.view, past.reference)
        columns = [column for column in log.columns if column.name in doubtful]
        if not columns:
            return drift
        deciles = await read_deciles(
            self._store, log, columns, model=past.model.name.raw, start=drift.view.start, end=drift.view.end
        )
        return judge_drift(past, quantiles=deciles, lateness=lateness)

    async def logged(self, models: Iterable[Model], fine: Grid, coarse: Grid) -> tuple[ModelHistory, ...]:
        """Return what the store says of traffic, errors and latency of some models.

        Raises:
            SourceError: it does not answer.
        """
        return await read_logged(
            self._store,
            await self._mapper.load(),
            models,
            (fine, coarse),
            newest=self._newest,
            lateness=self._settings.lateness,
            silence=silence_by_chance([known.past for known in self._known.values()]),
        )

    async def read_model(self, model: Model, grid: Grid) -> dict[str, Series]:
        """Return what the store says of traffic, errors and latency of one model on any grid, by signal name.

        Raises:
            SourceError: it does not answer.
        """
        served = await read_service_signals(self._store, await self._mapper.load(), grid, models=(model.name.raw,))
        return served[model.name.raw].series if model.name.raw in served else {}

    async def aclose(self) -> None:
        """Close the connection."""
        await self._store.aclose()

    def _readers_of(self, log: PredictionLog) -> "_Readers":
        """Return what reads this log: what was read before stays where the columns are the same."""
        shape = _shape(log)
        if self._readers is None or self._readers.shape != shape:
            counts = PredictionReader(
                self._store, log, self._settings, environment=self._environment, cache=self._cache
            )
            outcomes = OutcomeReader(self._store, log, self._settings, self._cache)
            self._readers = _Readers(shape, counts, outcomes)
        return self._readers

    async def _outcomes(self, readers: "_Readers", at: float) -> tuple[dict[str, OutcomePast], tuple[str, ...]]:
        """Return the outcomes by the raw name of the model, and why there are none; drift is told without them."""
        try:
            outcomes = await readers.outcomes.load(at)
        except SourceError as error:
            return {}, (f"quality is not judged: {error.detail}",)
        unread = readers.outcomes.unread()
        why_not = tuple(f"{harmless(name)}: {note}" for name, notes in unread.items() for note in notes)
        return {past.model.name.raw: past for past in outcomes}, why_not

    def _findings(
        self, past: PredictionPast, drift: DriftJudgement, outcomes: OutcomePast | None
    ) -> PredictionFindings:
        if outcomes is None:
            series = series_of(drift.view, None)
            return PredictionFindings(past.model, drift.readings, drift.anomalies, drift.view, series=series)
        rule = self._settings.rule_for(past.model.name.raw)
        quality = judge_quality(outcomes, rule, past.at, drift=drift.view)
        return PredictionFindings(
            past.model,
            drift.readings | quality.readings,
            (*drift.anomalies, *quality.anomalies),
            drift.view,
            quality.view,
            series_of(drift.view, quality.view),
        )


class _Known(msgspec.Struct, frozen=True):
    """What was read last of one model, and what was found in it."""

    log: PredictionLog
    past: PredictionPast
    outcomes: OutcomePast | None
    findings: PredictionFindings


class _Readers(msgspec.Struct, frozen=True):
    """What reads a log whose columns have a certain `shape`."""

    shape: object
    counts: PredictionReader
    outcomes: OutcomeReader


def _shape(log: PredictionLog) -> object:
    """Return what must be equal of two logs of one store, so that what was read of one holds for the other."""
    return repr(log.table.schema()), log.columns
