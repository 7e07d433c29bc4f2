"""The engine: its own event loop in its own thread, so that a stalled terminal stalls neither polling nor actions."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, AsyncExitStack, suppress
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from console.domain.cluster_facts import ClusterFacts, PodLog
from console.domain.command import (
    Acknowledge,
    AddNote,
    Command,
    ListActions,
    Refresh,
    SetPaused,
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
from console.domain.model_actions import ModelActions
from console.domain.prediction_detail import PredictionDetail
from console.domain.run import Run
from console.domain.snapshot import ModelDetail, ModelView, Snapshot

Published = Snapshot | ModelDetail | PredictionDetail | ClusterFacts | PodLog | ModelActions | Run
"""The only things that cross from the engine to a face."""

SECONDS_TO_STOP = 2.0

Watched = TypeVar("Watched")


class Refreshes(Protocol):
    """Whatever reads the fleet."""

    async def take(self, at: float | None) -> Snapshot:
        """Return the fleet now, or at an instant (UTC seconds)."""


class Details(Protocol):
    """Whatever reads one model over a range."""

    async def take(self, snapshot: Snapshot, view: ModelView, span: float, shift: float) -> ModelDetail:
        """Return a model over `span` seconds that end `shift` seconds before the snapshot."""


class Predictions(Protocol):
    """Whatever knows the logged predictions of one model."""

    async def take(self, snapshot: Snapshot, view: ModelView) -> PredictionDetail:
        """Return the drift and the quality of a model."""


class Lists(Protocol):
    """Whatever knows the actions that a model can have."""

    def of(self, view: ModelView) -> AsyncIterator[ModelActions]:
        """Yield the list for a model as it is known now, then again with each answer that comes."""


class Cluster(Protocol):
    """Whatever knows what the cluster says of one model."""

    async def take(self, snapshot: Snapshot, view: ModelView) -> ClusterFacts:
        """Return the pods, the events and what stands around a model."""

    async def read_log(self, watched: WatchPodLog) -> PodLog:
        """Return the last lines of a container's log."""


class Runs(Protocol):
    """Whatever keeps the runs of playbooks."""

    @property
    def is_watching(self) -> bool:
        """Return whether a run waits for the next snapshot: to plan, to verify what was done, or to wait."""

    async def handle(self, command: Command) -> None:
        """Obey a command about a run."""

    async def on_snapshot(self, snapshot: Snapshot) -> None:
        """Take note of what a refresh found."""


class Incidents(Protocol):
    """Whatever writes down what happens to incidents, and knows what people said of them."""

    @property
    def notices(self) -> tuple[str, ...]:
        """Return why incidents are not written down, in one line each; none where they are."""

    def listen(self, changed: Callable[[], None]) -> None:
        """Have `changed` called when something new is known of an incident."""

    def onto(self, snapshot: Snapshot) -> Snapshot:
        """Return a snapshot whose models say what people said of their incidents."""

    async def on_snapshot(self, snapshot: Snapshot) -> None:
        """Take note of what a refresh found."""

    async def handle(self, command: Acknowledge | AddNote) -> None:
        """Write down what a person said."""


class Parts(Protocol):
    """What an engine works with."""

    @property
    def at(self) -> float | None:
        """Return the instant that is shown, None for now."""

    @property
    def refresh_seconds(self) -> float:
        """Return how long to wait between two refreshes."""

    async def recover(self) -> tuple[str, ...]:
        """Return what earlier sessions left open, in one line each, after reading what became of it."""

    @property
    def refresher(self) -> Refreshes:
        """Return what reads the fleet."""

    @property
    def details(self) -> Details:
        """Return what reads one model."""

    @property
    def predictions(self) -> Predictions:
        """Return what knows the logged predictions of one model."""

    @property
    def action_lists(self) -> Lists:
        """Return what knows the actions that a model can have."""

    @property
    def cluster(self) -> Cluster:
        """Return what knows what the cluster says of one model."""

    @property
    def runs(self) -> Runs:
        """Return what keeps the runs."""

    @property
    def provider_notices(self) -> tuple[str, ...]:
        """Return which providers of installed packages are left out, in one line each."""

    @property
    def journal_notices(self) -> tuple[str, ...]:
        """Return what a person must know of the journal now, in one line each."""

    @property
    def incidents(self) -> Incidents:
        """Return what writes down what happens to incidents."""


class Engine:
    """Refreshes the fleet, follows runs and obeys commands until it is stopped.

    `publish` and `crashed` are called on the engine's thread and must not block. `crashed` gets the error that ended
    the engine, after which nothing is published any more.
    """

    def __init__(
        self,
        parts: Callable[[Callable[[Run], None]], AbstractAsyncContextManager[Parts]],
        publish: Callable[[Published], None],
        crashed: Callable[[BaseException], None],
    ) -> None:
        self._make_parts = parts
        self._publish = publish
        self._crashed = crashed
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self._started = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._commands: asyncio.Queue[Command | None] = asyncio.Queue()

    def start(self) -> None:
        """Start the thread; the first snapshot is published when it is there."""
        self._thread.start()
        self._started.wait()

    def send(self, command: Command) -> None:
        """Hand over a command from any thread; what it leads to is published. Without effect once stopped."""
        self._put(command)

    def stop(self, seconds: float = SECONDS_TO_STOP) -> bool:
        """Ask the engine to end and return whether it did within some seconds.

        An action in flight is finished first, for which it may take longer: ask again to wait on. The process must not
        end before, or the outcome stays unknown until the next start.
        """
        self._put(None)
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _put(self, command: Command | None) -> None:
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop has closed: there is nobody left to obey
                self._loop.call_soon_threadsafe(self._commands.put_nowait, command)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except Exception as error:  # noqa: BLE001 -- the thread's last word: the face reports it and ends
            self._crashed(error)
        finally:
            self._started.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._started.set()
        async with AsyncExitStack() as stack:
            parts = await stack.enter_async_context(self._make_parts(self._publish))
            async with asyncio.TaskGroup() as tasks:
                session = _Session(parts, self._publish, tasks)
                polling = tasks.create_task(session.poll())
                while (command := await self._commands.get()) is not None:
                    await session.obey(command)
                polling.cancel()
                session.stop()


_ENDS: dict[type[object], type[object]] = {
    WatchModel: StopWatching,
    WatchPredictions: StopWatchingPredictions,
    ListActions: StopListingActions,
    WatchCluster: StopWatchingCluster,
    WatchPodLog: StopWatchingPodLog,
}
"""What ends the looking that a command begins."""


class _Session:
    """What one run of the engine remembers between commands: whether it is paused and which model is looked at."""

    def __init__(self, parts: Parts, publish: Callable[[Published], None], tasks: asyncio.TaskGroup) -> None:
        self._parts = parts
        self._publish = publish
        self._tasks = tasks
        self._paused = False
        self._due = asyncio.Event()
        self._last: Snapshot | None = None
        self._log = _Watch[WatchPodLog](tasks, self._publish_log)
        self._begun_by: dict[type[object], _Watch[Any]] = {
            WatchModel: _Watch[WatchModel](tasks, self._publish_detail),
            WatchPredictions: _Watch[WatchPredictions](tasks, self._publish_predictions),
            ListActions: _Watch[ListActions](tasks, self._publish_actions),
            WatchCluster: _Watch[WatchCluster](tasks, self._publish_cluster),
            WatchPodLog: self._log,
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

    def _start(self, watched: Watched) -> None:
        self._reading = self._tasks.create_task(self._read(watched))
