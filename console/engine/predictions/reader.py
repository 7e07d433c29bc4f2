"""The stores of a refresh: each is read as often as it is worth, and while it is down its last word stays."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import msgspec

from console.detect.findings import PredictionFindings, untold
from console.domain.anomaly import Status
from console.domain.model import Model
from console.domain.quantity import format_seconds
from console.domain.series import Grid, Series
from console.domain.source import SourceReport
from console.engine.predictions.joining import held_between, joined, matched, without_metrics
from console.history.view import History, ModelHistory
from console.transport.http import SourceError

MISSED_READS = 3
"""How many times in a row a store may be late with its answer before it counts as one that does not answer."""


class StoreAnswer(msgspec.Struct, frozen=True):
    """What one store said: the findings, how long it took (seconds), and what a person should know, a line each."""

    findings: tuple[PredictionFindings, ...]
    seconds: float
    notes: tuple[str, ...] = ()


class Session(Protocol):
    """Whatever reads one store."""

    @property
    def name(self) -> str:
        """Return what the screen calls the store."""

    @property
    def every(self) -> float:
        """Return how often it is worth to be read (seconds)."""

    async def read(self, at: float) -> StoreAnswer:
        """Return what the store says at an instant (UTC seconds).

        Raises:
            SourceError: it does not answer.
        """

    async def logged(self, models: Iterable[Model], fine: Grid, coarse: Grid) -> tuple[ModelHistory, ...]:
        """Return what the store says of traffic, errors and latency of some models.

        Raises:
            SourceError: it does not answer.
        """

    async def look_into(self, model: Model) -> PredictionFindings | None:
        """Return what was found last of a model of the store, more closely; None where the store does not hold it.

        Raises:
            SourceError: it does not answer.
        """

    async def read_model(self, model: Model, grid: Grid) -> dict[str, Series]:
        """Return what the store says of traffic, errors and latency of one model on any grid, by signal name.

        Raises:
            SourceError: it does not answer.
        """

    async def aclose(self) -> None:
        """Close the connection."""


class Predicted(msgspec.Struct, frozen=True):
    """What all stores said, and how they answered."""

    findings: tuple[PredictionFindings, ...] = ()
    reports: tuple[SourceReport, ...] = ()


class WithLogs(msgspec.Struct, frozen=True):
    """The fleet with what logs know.

    `findings` stand under the fleet's own models, `lost` are models that only a log knows which does not tell how they
    serve, for the reason `why_lost`; `reports` are how the stores answered, this included.
    """

    history: History
    findings: tuple[PredictionFindings, ...]
    lost: tuple[Model, ...]
    why_lost: str
    reports: tuple[SourceReport, ...] = ()


class LookedInto(msgspec.Struct, frozen=True):
    """What is known of a model, None where no log holds it, and in one line what is not."""

    findings: PredictionFindings | None
    why_not: str | None = None


class _Asked(msgspec.Struct, frozen=True):
    at: float
    since: float
    """By the clock of the event loop (seconds)."""
    task: "asyncio.Task[StoreAnswer | SourceError]"


class PredictionsReader:
    """Reads the stores; `patience` is for how many seconds they are waited for when the metrics are there.

    None waits as long as the stores may take. So does a reading of the past, which no other one follows, and the first
    one where there are no metrics: without it there is nothing to show. What was asked and not waited for is taken at
    the next refresh; until then it is not asked again.
    """

    def __init__(self, sessions: Sequence[Session], patience: float | None) -> None:
        self._sessions = tuple(sessions)
        self._patience = patience
        self._asking: dict[str, _Asked] = {}
        self._last: dict[str, StoreAnswer] = {}
        self._read_at: dict[str, float] = {}
        self._failed: dict[str, str] = {}
        self._logged_as: dict[str, str] = {}
        """Ids of models of logs by that of the model of the fleet that they are."""

    async def aclose(self) -> None:
        """Let go of what is still asked, and close all connections."""
        tasks = [asked.task for asked in self._asking.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for session in self._sessions:
            await session.aclose()

    async def read(self, instant: float, *, live: bool, metrics: "asyncio.Future[Any]") -> Predicted:
        """Return what the stores say at an instant (UTC seconds), read while the metrics are; failures are told.

        `metrics` becomes None where there is nothing that metrics could be read from.
        """
        now = asyncio.get_running_loop().time()
        for session in self._sessions:
            if session.name not in self._asking and not (live and self._is_fresh(session, instant)):
                task = asyncio.create_task(_ask(session, instant))
                self._asking[session.name] = _Asked(instant, now, task)
        if self._asking:
            patience = self._patience if live else None
            if patience is not None:
                await asyncio.wait([metrics])
                is_first = not self._last and not self._failed
                patience = None if is_first and metrics.result() is None else patience
            tasks = [asked.task for asked in self._asking.values()]
            await asyncio.wait(tasks, timeout=patience)
        reports = tuple([self._taken(session, instant) for session in self._sessions])
        findings = [finding for session in self._sessions for finding in self._findings(session.name)]
        return Predicted(_once_each(findings), reports)

    async def onto(self, history: History, predicted: Predicted, known: Sequence[Model]) -> "WithLogs":
        """Return the fleet with the models that only logs know; `known` are those that it has already.

        A store that fails says nothing of its models: they are lost.
        """
        missing = without_metrics((finding.model for finding in predicted.findings), known)
        logged: dict[str, ModelHistory] = {}
        for session in self._sessions:
            of_store = {finding.model.id for finding in self._findings(session.name)}
            asked = [model for model in missing if model.id in of_store and model.id not in logged]
            if asked and session.name not in self._failed:
                try:
                    pasts = await session.logged(asked, history.fine_grid, history.coarse_grid)
                except SourceError as error:
                    self._failed[session.name] = error.detail
                else:
                    logged |= {past.model.id: past for past in pasts}
        findings = matched(predicted.findings, known)
        ids = zip(findings, predicted.findings, strict=True)
        self._logged_as = {of_fleet.model.id: of_log.model.id for of_fleet, of_log in ids}
        return WithLogs(
            history=joined(history, tuple(logged.values())),
            findings=findings,
            lost=tuple(model for model in missing if model.id not in logged),
            why_lost="; ".join(self._failed.values()),
            reports=tuple(
                self._down(report.name, self._failed[report.name])
                if report.status is Status.OK and report.name in self._failed
                else report
                for report in predicted.reports
            ),
        )

    def finding(self, model: Model) -> PredictionFindings | None:
        """Return what was found last of a model of the fleet, None where no log holds it."""
        found = (self._found(session, model) for session in self._sessions)
        finding = next(filter(None, found), None)
        return msgspec.structs.replace(finding, model=model) if finding is not None else None

    async def look_into(self, model: Model) -> "LookedInto":
        """Return what was found last of a model of the fleet, with what is asked only where somebody looks."""
        for session in self._sessions:
            finding = self._found(session, model)
            if finding is None:
                continue
            try:
                closer = await session.look_into(finding.model)
            except SourceError as error:
                return LookedInto(finding, f"slices are not known: {error.detail}")
            return LookedInto(closer or finding)
        return LookedInto(None, "no store of predictions holds this model")

    async def read_model(self, model: Model, grid: Grid, *, alone: bool) -> dict[str, Series]:
        """Return what the first log that holds a model says of its signals on any grid, by signal name.

        Drift and quality are those of the last reading; traffic, errors and latency are read where the log is `alone`.

        Raises:
            SourceError: the store does not answer.
        """
        for session in self._sessions:
            finding = self._found(session, model)
            if finding is not None:
                held = {name: held_between(series, grid) for name, series in finding.series.items()}
                return held | (await session.read_model(finding.model, grid) if alone else {})
        return {}

    def _found(self, session: Session, model: Model) -> PredictionFindings | None:
        """Return what a store said last of a model of the fleet, under the model of its log."""
        wanted = self._logged_as.get(model.id)
        return next((each for each in self._findings(session.name) if each.model.id == wanted), None)

    def _is_fresh(self, session: Session, instant: float) -> bool:
        read_at = self._read_at.get(session.name)
        return read_at is not None and 0 <= instant - read_at < session.every

    def _findings(self, name: str) -> tuple[PredictionFindings, ...]:
        answer = self._last.get(name)
        if answer is None:
            return ()
        if name not in self._failed:
            return answer.findings
        return untold(answer.findings, self._failed[name], self._read_at[name])

    def _taken(self, session: Session, instant: float) -> SourceReport:
        name = session.name
        asked = self._asking.get(name)
        if asked is not None and asked.task.done():
            self._take(name, asked)
        elif asked is not None and not self._is_recent(session, instant):
            return self._down(name, f"no answer for {format_seconds(_seconds_since(asked))}")
        if name in self._failed:
            return self._down(name, self._failed[name])
        last = self._last[name]
        return SourceReport(name, Status.OK, last.seconds, "; ".join(last.notes) or None)

    def _take(self, name: str, asked: _Asked) -> None:
        del self._asking[name]
        answer = asked.task.result()
        if isinstance(answer, SourceError):
            self._failed[name] = answer.detail
        else:
            self._failed.pop(name, None)
            self._last[name], self._read_at[name] = answer, asked.at

    def _is_recent(self, session: Session, instant: float) -> bool:
        """Return whether the last answer still stands while the next is read: a slow store is not a dead one."""
        read_at = self._read_at.get(session.name)
        return read_at is not None and 0 <= instant - read_at < MISSED_READS * session.every

    def _down(self, name: str, detail: str) -> SourceReport:
        return SourceReport(name, Status.UNKNOWN, None, detail, answered=self._read_at.get(name))


def _seconds_since(asked: _Asked) -> float:
    return asyncio.get_running_loop().time() - asked.since


def _once_each(findings: Iterable[PredictionFindings]) -> tuple[PredictionFindings, ...]:
    """Return one finding for each model: two stores that log the same model are one after the other."""
    first: dict[str, PredictionFindings] = {}
    for finding in findings:
        first.setdefault(finding.model.id, finding)
    return tuple(first.values())


async def _ask(session: Session, instant: float) -> StoreAnswer | SourceError:
    try:
        return await session.read(instant)
    except SourceError as error:
        return error
