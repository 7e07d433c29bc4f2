"""One run of the engine: it refreshes the fleet, obeys commands, and reads what a face looks at."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

import msgspec

from console.domain.command import (
    Acknowledge,
    AddNote,
    Command,
    ListActions,
    ReadAhead,
    Refresh,
    SetPaused,
    StartAction,
    StopListingActions,
    StopWatching,
    StopWatchingCluster,
    StopWatchingPodLog,
    StopWatchingPredictions,
    WatchCluster,
    WatchModel,
    WatchPodLog,
    WatchPredictions,
)
from console.domain.snapshot import ModelView, Snapshot
from console.engine.working_parts import Parts, Published

Watched = TypeVar("Watched")
_ENDS: dict[type[object], type[object]] = {
    WatchModel: StopWatching,
    WatchPredictions: StopWatchingPredictions,
    ListActions: StopListingActions,
    WatchCluster: StopWatchingCluster,
    WatchPodLog: StopWatchingPodLog,
}
"""What ends the looking that a command begins."""


class Session:
    """What one run of the engine remembers between commands: whether it is paused and which model is looked at."""

    def __init__(self, parts: Parts, publish: Callable[[Published], None], tasks: asyncio.TaskGroup) -> None:
        self._parts = parts
        self._publish = publish
        self._tasks = tasks
        self._paused = False
        self._due = asyncio.Event()
        self._last: Snapshot | None = None
        self._log = _Watch[WatchPodLog](tasks, self._publish_log)
        self._ahead = _Watch[ReadAhead](tasks, self._read_ahead)
        self._begun_by: dict[type[object], _Watch[Any]] = {
            WatchModel: _Watch[WatchModel](tasks, self._publish_detail),
            WatchPredictions: _Watch[WatchPredictions](tasks, self._publish_predictions),
            ListActions: _Watch[ListActions](tasks, self._publish_actions),
            WatchCluster: _Watch[WatchCluster](tasks, self._publish_cluster),
            WatchPodLog: self._log,
            ReadAhead: self._ahead,
        }
        self._ended_by = {end: self._begun_by[begin] for begin, end in _ENDS.items()}
        self._recovering: asyncio.Task[None] | None = None
        self._notices: tuple[str, ...] = ()
        self._about_refresh: tuple[str, ...] = ()
        parts.incidents.listen(self._tell_anew)

    async def poll(self) -> None:
        """Refresh for ever: the next refresh is due some seconds after the last one ended, never while it runs."""
        self._recovering = self._tasks.create_task(self._recover())
        while True:
            self._due.clear()
            taken = await self._parts.refresher.take(self._parts.at)
            self._about_refresh = taken.notices
            snapshot = self._show(taken)
            await self._parts.runs.on_snapshot(snapshot)
            await self._parts.incidents.on_snapshot(snapshot)
            for watch in self._begun_by.values():
                watch.renew()
            await self._until_due()

    async def obey(self, command: Command) -> None:
        """Do what a face asks for."""
        if isinstance(command, StartAction | StopListingActions):
            self._ahead.let_go()
        if isinstance(command, Refresh):
            self._due.set()
            self._log.renew()
        elif isinstance(command, SetPaused):
            self._pause(command.paused)
        elif type(command) in self._begun_by:
            self._begun_by[type(command)].begin(command)
        elif type(command) in self._ended_by:
            self._ended_by[type(command)].end()
        elif isinstance(command, Acknowledge) or (isinstance(command, AddNote) and command.run_id is None):
            await self._parts.incidents.handle(command)
        else:
            await self._parts.runs.handle(command)

    def stop(self) -> None:
        """Read nothing any more; what the runs have sent is theirs to finish."""
        for watch in self._begun_by.values():
            watch.end()
        if self._recovering is not None:
            self._recovering.cancel()

    async def _recover(self) -> None:
        self._notices = await self._parts.recover()
        if self._notices:
            self._tell_anew()

    def _show(self, snapshot: Snapshot) -> Snapshot:
        """Publish a snapshot with all that this console knows beside what the sources said, and keep it."""
        of_others = (*self._parts.provider_notices, *self._parts.journal_notices, *self._parts.incidents.notices)
        notices = (*self._notices, *self._about_refresh, *of_others)
        told = self._parts.incidents.onto(snapshot)
        self._last = msgspec.structs.replace(told, paused=self._paused, notices=notices)
        self._publish(self._last)
        return self._last

    def _tell_anew(self) -> None:
        if self._last is not None:
            self._show(self._last)

    def _pause(self, paused: bool) -> None:
        self._paused = paused
        self._tell_anew()
        if not paused:
            self._due.set()

    async def _until_due(self) -> None:
        """Wait for the next refresh; a pause holds it back unless a run waits to see what an action did."""
        if self._parts.at is not None:
            await self._due.wait()
            return
        while True:
            try:
                async with asyncio.timeout(self._parts.refresh_seconds):
                    await self._due.wait()
            except TimeoutError:
                if self._paused and not self._parts.runs.is_watching:
                    continue
            return

    async def _publish_detail(self, watched: WatchModel) -> None:
        snapshot, view = self._find(watched.model_id)
        if snapshot is not None and view is not None:
            self._publish(await self._parts.details.take(snapshot, view, watched.span, watched.shift))

    async def _publish_predictions(self, watched: WatchPredictions) -> None:
        snapshot, view = self._find(watched.model_id)
        if snapshot is not None and view is not None:
            self._publish(await self._parts.predictions.take(snapshot, view))

    async def _publish_actions(self, listed: ListActions) -> None:
        _, view = self._find(listed.model_id)
        if view is not None:
            async for actions in self._parts.action_lists.of(view):
                self._publish(actions)

    async def _publish_cluster(self, watched: WatchCluster) -> None:
        snapshot, view = self._find(watched.model_id)
        if snapshot is not None and view is not None:
            self._publish(await self._parts.cluster.take(snapshot, view))

    async def _publish_log(self, watched: WatchPodLog) -> None:
        self._publish(await self._parts.cluster.read_log(watched))

    async def _read_ahead(self, asked: ReadAhead) -> None:
        _, view = self._find(asked.model_id)
        if view is not None and self._parts.reading_ahead is not None:
            await self._parts.reading_ahead.read_for(view, asked)

    def _find(self, model_id: str) -> tuple[Snapshot | None, ModelView | None]:
        return self._last, self._last.find(model_id) if self._last is not None else None


class _Watch(Generic[Watched]):
    """Something that a face looks at: it is read when that begins and after every refresh, one reading at a time."""

    def __init__(self, tasks: asyncio.TaskGroup, read: Callable[[Watched], Coroutine[Any, Any, None]]) -> None:
        self._tasks = tasks
        self._read = read
        self._watched: Watched | None = None
        self._reading: asyncio.Task[None] | None = None

    def begin(self, watched: Watched) -> None:
        """Read this from now on, and nothing that was looked at before."""
        self.end()
        self._watched = watched
        self._start(watched)

    def renew(self) -> None:
        """Read again, unless it is still being read or nobody looks."""
        if self._watched is not None and (self._reading is None or self._reading.done()):
            self._start(self._watched)

    def end(self) -> None:
        """Read nothing any more: what is being read is of no use."""
        self._watched = None
        if self._reading is not None:
            self._reading.cancel()

    def let_go(self) -> None:
        """Begin to read nothing any more; what is being read ends by itself, since cutting it costs its connection."""
        self._watched = None

    def _start(self, watched: Watched) -> None:
        self._reading = self._tasks.create_task(self._read(watched))
