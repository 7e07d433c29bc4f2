"""The engine's loop with scripted parts: what is published, when, and that it ends."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from queue import Empty, Queue
from typing import Self, cast

import msgspec
import pytest

from console.domain.anomaly import Status
from console.domain.cluster_facts import PodLog
from console.domain.command import (
    Acknowledge,
    AddNote,
    Command,
    EndRun,
    ListActions,
    ReadAhead,
    Refresh,
    SetPaused,
    StartAction,
    StopListingActions,
    StopWatching,
    StopWatchingPodLog,
    WatchModel,
    WatchPodLog,
)
from console.domain.label import Label
from console.domain.model import Model
from console.domain.model_actions import ModelActions
from console.domain.prediction_detail import PredictionDetail
from console.domain.run import Note, Run
from console.domain.snapshot import ModelDetail, ModelView, Snapshot
from console.engine.loop import Engine
from console.engine.working_parts import Parts, Published

FRAUD = ModelView(Model("fraud", Label("fraud")), Status.OK, {})
SOON = 5.0


class ScriptedIncidents:
    """Writes nothing down, and puts notes onto every model."""

    def __init__(self) -> None:
        self.notices: tuple[str, ...] = ()
        self.notes: tuple[Note, ...] = ()
        self.changed: Callable[[], None] = lambda: None
        self.handled: list[Command] = []

    def listen(self, changed: Callable[[], None]) -> None:
        self.changed = changed

    def onto(self, snapshot: Snapshot) -> Snapshot:
        models = tuple(msgspec.structs.replace(view, notes=self.notes) for view in snapshot.models)
        return msgspec.structs.replace(snapshot, models=models)

    async def on_snapshot(self, snapshot: Snapshot) -> None:
        pass

    async def handle(self, command: Command) -> None:
        self.handled.append(command)
        self.notes = (Note(0.0, "ann@bastion", str(command)),)
        self.changed()


class ScriptedParts:
    """Parts that answer from memory; the real ones need servers."""

    def __init__(self, *, at: float | None = None, refresh_seconds: float = 3600.0) -> None:
        self.at = at
        self.refresh_seconds = refresh_seconds
        self.refresher = self.details = self.predictions = self.runs = self.action_lists = self.cluster = self
        self.reading_ahead = self
        self.read_ahead: list[ReadAhead] = []
        self.incidents = ScriptedIncidents()
        self.journal_notices: tuple[str, ...] = ()
        self.provider_notices: tuple[str, ...] = ()
        self.instants: list[float | None] = []
        self.handled: list[Command] = []
        self.seen_by_runs: list[int] = []
        self.failure: Exception | None = None
        self.hold: asyncio.Event | None = None
        self.overlapping = 0
        self.most_overlapping = 0
        self.closed = False
        self.left_open: tuple[str, ...] = ()
        self.is_watching = False
        self.recovery: asyncio.Event | None = None

    async def recover(self) -> tuple[str, ...]:
        if self.recovery is not None:
            await self.recovery.wait()
        return self.left_open

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.closed = True

    async def read_log(self, watched: WatchPodLog) -> PodLog:
        return PodLog(watched.model_id, watched.pod_uid, watched.container, watched.previous, 0.0)

    async def take(self, *arguments: object) -> Snapshot | ModelDetail | PredictionDetail:
        if len(arguments) == 2:
            snapshot, view = cast("tuple[Snapshot, ModelView]", arguments)
            return PredictionDetail(view.model.id, snapshot.at)
        if len(arguments) > 2:
            _, view, span, shift = cast("tuple[Snapshot, ModelView, float, float]", arguments)
            return ModelDetail(0.0, -span - shift, -shift, view, (), ())
        self.overlapping += 1
        self.most_overlapping = max(self.most_overlapping, self.overlapping)
        await asyncio.sleep(0.01)
        self.overlapping -= 1
        if self.failure is not None:
            raise self.failure
        self.instants.append(cast("float | None", arguments[0]))
        return Snapshot(0.0, (), (FRAUD,), sequence=len(self.instants))

    async def of(self, view: ModelView) -> AsyncIterator[ModelActions]:
        for _ in range(2):
            yield ModelActions(view.model.id, ())

    async def read_for(self, view: ModelView, asked: ReadAhead) -> None:
        self.read_ahead.append(asked)

    async def on_snapshot(self, snapshot: Snapshot) -> None:
        self.seen_by_runs.append(snapshot.sequence)

    async def handle(self, command: Command) -> None:
        self.handled.append(command)


class Console:
    """An engine and what it published."""

    def __init__(self, parts: ScriptedParts) -> None:
        self.parts = parts
        self.published: Queue[Published] = Queue()
        self.crashes: Queue[BaseException] = Queue()
        self.threads: set[str] = set()
        self.engine = Engine(self._make, self._publish, self.crashes.put)

    def _make(self, publish: Callable[[Run], None]) -> AbstractAsyncContextManager[Parts]:
        return cast("AbstractAsyncContextManager[Parts]", self.parts)

    def _publish(self, value: Published) -> None:
        self.threads.add(threading.current_thread().name)
        self.published.put(value)

    def next(self) -> Published:
        return self.published.get(timeout=SOON)

    def nothing_more(self) -> bool:
        try:
            self.published.get(timeout=0.1)
        except Empty:
            return True
        return False


@pytest.fixture
def console(request: pytest.FixtureRequest) -> Iterator[Console]:
    made = Console(getattr(request, "param", None) or ScriptedParts())
    made.engine.start()
    yield made
    assert made.engine.stop(SOON)


def test_the_first_snapshot_comes_by_itself_from_the_engines_own_thread(console: Console) -> None:
    assert cast("Snapshot", console.next()).sequence == 1
    assert console.threads == {"engine"}
    assert console.nothing_more()


def test_a_package_that_is_left_out_is_told_with_every_snapshot() -> None:
    parts = ScriptedParts()
    parts.provider_notices = ("provider acme of package acme-console 1.2 cannot be loaded: ImportError",)
    console = Console(parts)
    console.engine.start()
    assert cast("Snapshot", console.next()).notices == parts.provider_notices
    assert console.engine.stop(SOON)


def test_what_an_earlier_session_left_open_is_told_with_every_snapshot() -> None:
    parts = ScriptedParts()
    parts.left_open = ("unknown: Scale eta from 5 to 10 replicas",)
    console = Console(parts)
    console.engine.start()
    while cast("Snapshot", console.next()).notices != parts.left_open:
        pass
    console.engine.send(Refresh())
    assert cast("Snapshot", console.next()).notices == parts.left_open
    assert console.engine.stop(SOON)


def test_a_recovery_that_hangs_holds_up_neither_the_first_snapshot_nor_the_end() -> None:
    parts = ScriptedParts()
    parts.recovery = asyncio.Event()
    console = Console(parts)
    console.engine.start()
    assert cast("Snapshot", console.next()).sequence == 1
    assert console.engine.stop(SOON)


@pytest.mark.parametrize("console", [ScriptedParts(refresh_seconds=0.02)], indirect=True)
def test_a_pause_does_not_stop_looking_at_what_an_action_did(console: Console) -> None:
    console.parts.is_watching = True
    console.next()
    console.engine.send(SetPaused(True))
    sequences = [cast("Snapshot", console.next()).sequence for _ in range(6)]
    assert sequences[-1] > sequences[0] + 2


def test_what_a_person_says_of_an_incident_is_shown_before_the_next_refresh(console: Console) -> None:
    console.next()
    console.engine.send(Acknowledge("fraud@2026-11-22T03:08:15Z"))
    told = cast("Snapshot", console.next())
    assert (told.sequence, len(told.models[0].notes)) == (1, 1)
    console.engine.send(AddNote("of the incident", incident_id="fraud@2026-11-22T03:08:15Z"))
    console.engine.send(AddNote("of the run", run_id="7f3"))
    console.next()
    console.engine.send(Refresh())
    console.next()
    assert [type(each) for each in console.parts.incidents.handled] == [Acknowledge, AddNote]
    assert [type(each) for each in console.parts.handled] == [AddNote]


def test_a_journal_that_fails_is_told_with_every_snapshot(console: Console) -> None:
    console.parts.incidents.notices = ("the journal fails",)
    console.engine.send(Refresh())
    while cast("Snapshot", console.next()).notices != ("the journal fails",):
        pass


def test_a_refresh_on_demand(console: Console) -> None:
    console.next()
    console.engine.send(Refresh())
    assert cast("Snapshot", console.next()).sequence == 2
    assert console.parts.seen_by_runs == [1, 2]


@pytest.mark.parametrize("console", [ScriptedParts(refresh_seconds=0.02)], indirect=True)
def test_refreshes_follow_each_other_and_never_overlap(console: Console) -> None:
    assert [cast("Snapshot", console.next()).sequence for _ in range(5)] == [1, 2, 3, 4, 5]
    for _ in range(20):
        console.engine.send(Refresh())
    console.next()
    assert console.parts.most_overlapping == 1


@pytest.mark.parametrize("console", [ScriptedParts(refresh_seconds=0.02)], indirect=True)
def test_a_pause_is_told_at_once_and_stops_the_refreshes_but_not_a_refresh_on_demand(console: Console) -> None:
    console.next()
    console.engine.send(SetPaused(True))
    while not (snapshot := cast("Snapshot", console.next())).paused:
        pass
    while not console.nothing_more():
        pass
    console.engine.send(Refresh())
    refreshed = cast("Snapshot", console.next())
    assert refreshed.paused
    assert refreshed.sequence > snapshot.sequence
    console.engine.send(SetPaused(False))
    while cast("Snapshot", console.next()).paused:
        pass


@pytest.mark.parametrize("console", [ScriptedParts(at=1000.0, refresh_seconds=0.02)], indirect=True)
def test_the_past_is_read_once(console: Console) -> None:
    console.next()
    assert console.nothing_more()
    assert console.parts.instants == [1000.0]


def test_a_watched_model_is_read_at_once_and_after_each_refresh(console: Console) -> None:
    console.next()
    console.engine.send(WatchModel("fraud", 3600.0, 60.0))
    detail = cast("ModelDetail", console.next())
    assert (detail.start, detail.end) == (-3660.0, -60.0)
    console.engine.send(Refresh())
    assert isinstance(console.next(), Snapshot)
    assert isinstance(console.next(), ModelDetail)
    console.engine.send(StopWatching())
    console.engine.send(Refresh())
    assert isinstance(console.next(), Snapshot)
    assert console.nothing_more()


def test_a_watched_log_is_read_at_once_and_again_on_demand(console: Console) -> None:
    console.next()
    console.engine.send(WatchPodLog("fraud", "u-1", "model", previous=True))
    assert console.next() == PodLog("fraud", "u-1", "model", True, 0.0)
    console.engine.send(Refresh())
    assert any(isinstance(console.next(), PodLog) for _ in range(2))
    console.engine.send(StopWatchingPodLog())
    console.engine.send(SetPaused(True))
    console.engine.send(SetPaused(False))
    while not console.nothing_more():
        pass


def test_a_model_that_is_not_in_the_fleet_has_no_detail(console: Console) -> None:
    console.next()
    console.engine.send(WatchModel("nobody", 3600.0))
    assert console.nothing_more()


def test_other_commands_go_to_the_runs(console: Console) -> None:
    console.next()
    console.engine.send(EndRun("7f3"))
    console.engine.send(Refresh())
    console.next()
    assert console.parts.handled == [EndRun("7f3")]


def test_an_engine_that_fails_says_so_once_and_ends() -> None:
    parts = ScriptedParts()
    parts.failure = RuntimeError("broken")
    console = Console(parts)
    console.engine.start()
    error = console.crashes.get(timeout=SOON)
    assert "broken" in repr(error) or "broken" in repr(getattr(error, "exceptions", ()))
    assert console.engine.stop(SOON)
    assert parts.closed
    console.engine.send(Refresh())


def test_stopping_closes_what_is_open() -> None:
    console = Console(ScriptedParts())
    console.engine.start()
    console.next()
    assert console.engine.stop(SOON)
    assert console.parts.closed


def test_a_list_of_actions_is_told_with_each_answer_and_after_each_refresh(console: Console) -> None:
    console.next()
    console.engine.send(ListActions("fraud"))
    assert [console.next(), console.next()] == [ModelActions("fraud", ())] * 2
    console.engine.send(Refresh())
    assert isinstance(console.next(), Snapshot)
    assert isinstance(console.next(), ModelActions)
    assert isinstance(console.next(), ModelActions)
    console.engine.send(StopListingActions())
    console.engine.send(Refresh())
    assert isinstance(console.next(), Snapshot)
    assert console.nothing_more()


@pytest.mark.parametrize("end", [StopListingActions(), StartAction("fraud", "kubernetes.scale")])
def test_what_a_plan_will_need_is_read_with_every_refresh_until_it_is_asked_for(console: Console, end: Command) -> None:
    wanted = ReadAhead("fraud", "kubernetes.scale", {"replicas": "3"})
    assert isinstance(console.next(), Snapshot)
    console.engine.send(wanted)
    console.engine.send(Refresh())
    assert isinstance(console.next(), Snapshot)
    console.engine.send(end)
    console.engine.send(Refresh())
    assert isinstance(console.next(), Snapshot)
    assert console.nothing_more()
    assert console.parts.read_ahead == [wanted, wanted]
