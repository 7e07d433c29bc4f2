"""A run that a command follows, up to what only a person may decide; the engine is that of the screen."""

import asyncio
from collections.abc import Collection, Coroutine, Mapping, Sequence
from contextlib import suppress
from typing import Protocol

from console.domain.command import Command
from console.domain.label import harmless
from console.domain.run import Run
from console.domain.snapshot import Snapshot
from console.engine.parts import Parts
from console.headless.acting_parts import acting_parts
from console.headless.diagnostics import narrate
from console.headless.exit_codes import ExitCode
from console.headless.output import OutputFailed
from console.headless.runs.stop import Stop
from console.headless.runs.telling import RunTeller
from console.settings.nearest import did_you_mean, nearest
from console.settings.settings import Settings

_MOST_NAMED = 20
"""Models that are named to somebody who mistyped one: more of them hide the nearest."""


class Beginning(Protocol):
    """How a command comes to its run."""

    def why_not(self, snapshot: Snapshot) -> Stop | None:
        """Return why there can be no run with what is known now, None where there can."""

    async def begin(self, parts: Parts, runs: Mapping[str, Run]) -> str | Stop:
        """Begin a run, or go on with one, and return its id; `runs` are those that were published, by id."""

    def drop(self, run: Run) -> Command | None:
        """Return what drops a run, or a plan, of which nothing was sent; None where it is left open."""


class Deciding(Protocol):
    """What decides how a run goes on."""

    def on_snapshot(self, run: Run) -> None:
        """Take note of a refresh."""

    def next(self, run: Run) -> Command | Stop | None:
        """Return what to do now; None is to wait on."""


class Following:
    """One run that is followed; it ends where there is nothing more to do without a person.

    `timeout` (seconds) is how long it is followed at most, None without end.
    """

    def __init__(
        self,
        settings: Settings,
        beginning: Beginning,
        decider: Deciding,
        teller: RunTeller,
        *,
        timeout: float | None = None,
    ) -> None:
        self._settings = settings
        self._beginning = beginning
        self._decider = decider
        self._teller = teller
        self._timeout = timeout
        self._runs: dict[str, Run] = {}
        self._run_id: str | None = None
        self._changed = asyncio.Event()
        self._notices: set[str] = set()

    async def follow(self) -> ExitCode:
        """Follow the run to its end or to a stop; return the exit code."""
        parts = acting_parts(self._settings, self._take)
        try:
            async with parts:
                for line in await parts.recover():
                    narrate(line)
                snapshot = await self._refresh(parts)
                stop = self._beginning.why_not(snapshot) or await self._begin(parts)
                if stop is None:
                    stop = await self._go_on(parts)
        except asyncio.CancelledError:
            self._tell()  # what was being sent was finished while the parts were closed
            self._teller.left_open()
            raise
        except OutputFailed:
            run = self._runs.get(self._run_id or "")
            if run is not None:
                self._teller.take_as_told(run)  # nothing more of it can be printed
            self._teller.left_open()
            raise
        self._teller.stopped(stop)
        return stop.code

    async def _begin(self, parts: Parts) -> Stop | None:
        await parts.runs.look_into_the_journal()
        begun = await self._beginning.begin(parts, self._runs)
        if isinstance(begun, Stop):
            return begun
        self._run_id = begun
        return None

    async def _go_on(self, parts: Parts) -> Stop:
        polling = self._watched(self._poll(parts))
        try:
            async with asyncio.timeout(self._timeout):
                return await self._until_stop(parts, polling)
        except TimeoutError:
            return Stop(ExitCode.PERSON_NEEDED, "the time is over")
        finally:
            polling.cancel()
            with suppress(asyncio.CancelledError):
                await polling
            await self._leave(parts)

    async def _leave(self, parts: Parts) -> None:
        """Drop what was only shown; whatever was sent is left open."""
        run = self._runs.get(self._run_id or "")
        drop = self._beginning.drop(run) if run is not None and run.is_mine else None
        if run is not None and drop is not None:
            await parts.runs.handle(drop)
            self._teller.take_as_told(self._runs[run.id])

    def _take(self, run: Run) -> None:
        self._runs[run.id] = run
        self._changed.set()

    async def _refresh(self, parts: Parts) -> Snapshot:
        snapshot = await parts.refresher.take(None)
        for notice in (*snapshot.notices, *parts.journal_notices):
            if notice not in self._notices:
                self._notices.add(notice)
                narrate(notice)
        await parts.runs.on_snapshot(snapshot)
        await parts.incidents.on_snapshot(snapshot)
        run = self._runs.get(self._run_id or "")
        if run is not None:
            self._decider.on_snapshot(run)
            self._changed.set()
        return snapshot

    async def _poll(self, parts: Parts) -> None:
        while True:
            await asyncio.sleep(parts.refresh_seconds)
            await self._refresh(parts)

    def _watched(self, polling: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Begin to poll; where that breaks, whoever waits for a change wakes up and is told."""
        task = asyncio.create_task(polling)
        task.add_done_callback(lambda _: self._changed.set())
        return task

    async def _until_stop(self, parts: Parts, polling: asyncio.Task[None]) -> Stop:
        while True:
            self._changed.clear()
            if polling.done():
                await polling  # raises what broke it
            run = self._tell()
            if run is not None:
                if not run.is_mine:
                    return Stop(ExitCode.REFUSED, run.message or "another console follows the run")
                step = self._decider.next(run)
                if isinstance(step, Stop):
                    return step
                if step is not None:
                    await parts.runs.handle(step)
                    continue
            await self._changed.wait()

    def _tell(self) -> Run | None:
        run = self._runs.get(self._run_id or "")
        if run is not None:
            self._teller.tell(run)
        return run


def begun_since(known: Collection[str], runs: Mapping[str, Run]) -> str:
    """Return the id of the run that this console has begun; those of others may have been published meanwhile."""
    return next(run.id for run in runs.values() if run.is_mine and run.id not in known)


def why_no_model(snapshot: Snapshot, model_id: str) -> Stop | None:
    """Return how a command ends that is for a model which is not there, None where it is."""
    if snapshot.find(model_id) is not None:
        return None
    down = [source for source in snapshot.sources if source.status.value != "ok"]
    if down and not snapshot.models:
        told = "; ".join(f"{source.name}: {source.detail}" for source in down)
        return Stop(ExitCode.SOURCE_UNREACHABLE, f"no model is known: {told}")
    known = [view.model.id for view in snapshot.models]
    told = did_you_mean(model_id, known) if len(known) <= _MOST_NAMED else _nearest_of_many(model_id, known)
    return Stop(ExitCode.WRONG_USAGE, f"no model has the id '{harmless(model_id)}', {told}")


def _nearest_of_many(model_id: str, known: Sequence[str]) -> str:
    found = nearest(model_id, known)
    hint = f"nearest: {found}; " if found is not None else ""
    return f"{hint}incident-console summary --all lists all {len(known)}"
