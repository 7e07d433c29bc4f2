"""Incidents, acknowledgements and notes between the screen and a real journal."""

import asyncio
from array import array
from collections.abc import Callable
from pathlib import Path

import pytest

from console.domain.anomaly import Progress
from console.domain.command import Acknowledge, AddNote
from console.domain.label import Label
from console.domain.model import Model
from console.domain.series import Grid, Series
from console.domain.snapshot import Snapshot
from console.engine.incident_courses import MOST_POINTS, grid_around
from console.engine.incident_record import IncidentRecorder
from console.history.view import History, ModelHistory
from console.journal.events import Event
from console.journal.file_journal import FileJournal
from console.journal.follow import OF_INCIDENTS, Follower
from console.journal.incident_events import IncidentClosed, IncidentOpened, Noted
from console.journal.who import Who
from console.transport.errors import SourceError
from tests.engine.test_incident_watch import ANN, BOB, ONSET, fleet, latency

ID = "fraud@2026-11-22T03:10:00Z"
FINE = Grid.until(ONSET + 60, 3600.0, 15.0)
COARSE = Grid.until(ONSET + 60, 86_400.0, 300.0)


def past() -> History:
    """A p99 that broke at the onset: 0.1 s before, 2.4 s since, with one point missing."""
    values = array("d", [2.4 if instant >= ONSET else 0.1 for instant in map(FINE.instant, range(FINE.count))])
    values[3] = float("nan")
    counts = Series.empty(FINE)
    model = ModelHistory(
        Model("fraud", Label("fraud")), {"latency_p99": Series(FINE, values)}, {}, counts, counts, counts
    )
    return History(at=FINE.end, fine_grid=FINE, coarse_grid=COARSE, models=(model,))


class MemorySource:
    """The past as it was judged last; `read` is what a longer past says, None where nobody answers."""

    def __init__(self) -> None:
        self.past: History | None = past()
        self.read: dict[str, Series] | None = None
        self.asked: list[Grid] = []

    async def read_model(self, model: Model, grid: Grid) -> tuple[dict[str, Series], str | None]:
        self.asked.append(grid)
        if self.read is None:
            raise SourceError("connection refused")
        return self.read, None


class Console:
    """A recorder before the journal of a directory, and how often it said that something changed."""

    def __init__(self, directory: Path, who: Who = ANN) -> None:
        self.now = ONSET + 60
        self.journal = FileJournal(directory)
        self.told = 0
        self.source = MemorySource()
        follower = Follower(self.journal, OF_INCIDENTS)
        self.recorder = IncidentRecorder(self.journal, follower, who, lambda: self.now, self.source)
        self.recorder.listen(self._changed)

    def _changed(self) -> None:
        self.told += 1

    async def see(self, snapshot: Snapshot) -> Snapshot:
        await self.recorder.on_snapshot(snapshot)
        await self.recorder.close()
        return self.recorder.onto(snapshot)

    async def say(self, command: Acknowledge | AddNote) -> None:
        await self.recorder.handle(command)
        await self.recorder.close()


async def test_what_a_person_says_is_on_the_screen_at_once(tmp_path: Path) -> None:
    console, snapshot = Console(tmp_path), fleet(ONSET + 60, latency())
    await console.see(snapshot)
    told = console.told
    await console.say(Acknowledge(ID))
    await console.say(AddNote("the upstream team is told", incident_id=ID, follow_up=True))
    assert console.told == told + 2
    (view,) = console.recorder.onto(snapshot).models
    assert view.acknowledged is not None
    assert view.acknowledged.by == "ann@bastion"
    assert [(note.by, note.text, note.follow_up) for note in view.notes] == [
        ("ann@bastion", "the upstream team is told", True)
    ]


async def test_another_console_sees_it_with_its_next_snapshot(tmp_path: Path) -> None:
    console, other = Console(tmp_path), Console(tmp_path, BOB)
    await console.see(fleet(ONSET + 60, latency()))
    await other.see(fleet(ONSET + 61, latency()))
    await console.say(Acknowledge(ID))
    (view,) = (await other.see(fleet(ONSET + 76, latency()))).models
    assert view.acknowledged is not None
    assert view.acknowledged.by == "ann@bastion"
    assert len([event for event in console.journal.read() if isinstance(event, IncidentOpened)]) == 1


async def test_what_is_said_of_an_onset_that_moved_is_said_of_the_incident(tmp_path: Path) -> None:
    console = Console(tmp_path)
    await console.see(fleet(ONSET + 60, latency()))
    moved = fleet(ONSET + 7200, latency(onset=ONSET - 300), onset=ONSET - 300)
    await console.see(moved)
    assert moved.models[0].incident is not None
    await console.say(Acknowledge(moved.models[0].incident.id))
    (view,) = console.recorder.onto(moved).models
    assert view.acknowledged is not None
    assert console.journal.read()[-1].incident_id == ID  # type: ignore[union-attr]


async def test_saying_it_twice_tells_it_once_and_another_person_takes_over(tmp_path: Path) -> None:
    console, other, snapshot = Console(tmp_path), Console(tmp_path, BOB), fleet(ONSET + 60, latency())
    await console.see(snapshot)
    await console.say(Acknowledge(ID))
    console.now += 60
    await console.say(Acknowledge(ID))
    (view,) = (await console.see(snapshot)).models
    assert view.acknowledged is not None
    assert view.acknowledged.at == ONSET + 60
    await other.see(snapshot)
    await other.say(Acknowledge(ID))
    (view,) = (await console.see(snapshot)).models
    assert view.acknowledged is not None
    assert view.acknowledged.by == "bob@laptop"


async def test_the_signals_are_kept_with_the_incident(tmp_path: Path) -> None:
    console = Console(tmp_path)
    await console.see(fleet(ONSET + 60, latency(limit=0.5)))
    (opened,) = console.journal.read()
    assert isinstance(opened, IncidentOpened)
    (course,) = opened.courses
    assert (course.signal, course.unit, course.limit) == ("latency_p99", "s", 0.5)
    assert len(course.values) <= MOST_POINTS
    assert (course.values[0], course.values[-1]) == (0.1, 2.4)
    assert course.start + course.step * (len(course.values) - 1) <= FINE.end


@pytest.mark.parametrize("answers", [True, False])
async def test_a_long_incident_is_read_as_a_whole_when_it_is_over(tmp_path: Path, answers: bool) -> None:
    console = Console(tmp_path)
    began = ONSET - 6 * 3600.0
    broken = latency(onset=began, limit=0.5)
    await console.see(fleet(ONSET + 60, broken, onset=began))
    whole = grid_around(began, FINE.end, FINE.step)
    if answers:
        console.source.read = {"latency_p99": Series(whole, array("d", [0.7] * whole.count))}
    over = latency(onset=began, limit=0.5, progress=Progress.RECOVERED, ended=ONSET + 30)
    await console.see(fleet(ONSET + 75, over, onset=began))
    closed = console.journal.read()[-1]
    assert isinstance(closed, IncidentClosed)
    (course,) = closed.courses
    assert console.source.asked == [whole]
    assert whole.start < began - 900.0 + whole.step
    assert (course.values[0], course.start) == ((0.7, whole.start) if answers else (0.1, FINE.start))
    assert len(course.values) <= MOST_POINTS


async def test_the_past_is_not_written_down(tmp_path: Path) -> None:
    console = Console(tmp_path)
    snapshot = fleet(ONSET + 60, latency())
    await console.see(Snapshot(snapshot.at, (), snapshot.models, live=False))
    await console.say(Acknowledge(ID))
    assert not console.journal.path.exists()


class FailingJournal(FileJournal):
    """A journal on a disk that may be full."""

    is_full = False

    def append(self, event: Event, durable: bool = True) -> None:
        if self.is_full:
            raise OSError(28, "No space left on device")
        super().append(event, durable)


async def test_a_journal_that_fails_is_told_and_catches_up_later(tmp_path: Path) -> None:
    console = Console(tmp_path)
    journal = FailingJournal(tmp_path)
    follower = Follower(journal, OF_INCIDENTS)
    console.recorder = IncidentRecorder(journal, follower, ANN, lambda: console.now, console.source)
    journal.is_full = True
    for seconds in (60, 75):
        await console.see(fleet(ONSET + seconds, latency()))
        (notice,) = console.recorder.notices
        assert notice.endswith("No space left on device")
    await console.say(AddNote("meanwhile", incident_id=ID))
    journal.is_full = False
    (view,) = (await console.see(fleet(ONSET + 90, latency()))).models
    assert console.recorder.notices == ()
    assert [type(event) for event in journal.read()] == [IncidentOpened, Noted]
    assert [note.text for note in view.notes] == ["meanwhile"]


async def test_nothing_is_waited_for(tmp_path: Path) -> None:
    """A disk that hangs holds up neither the loop nor what others do on it."""
    console, release = Console(tmp_path), asyncio.Event()
    loop = asyncio.get_running_loop()
    append: Callable[..., None] = console.journal.append

    def hang(event: Event, durable: bool = True) -> None:
        asyncio.run_coroutine_threadsafe(release.wait(), loop).result()
        append(event, durable)

    console.journal.append = hang  # type: ignore[method-assign]  # the slowest disk
    await console.recorder.on_snapshot(fleet(ONSET + 60, latency()))
    await console.recorder.handle(Acknowledge(ID))
    assert not console.journal.path.exists()
    release.set()
    await console.recorder.close()
    assert len(console.journal.read()) == 2


async def test_a_secret_in_a_note_is_not_even_written(tmp_path: Path) -> None:
    console = Console(tmp_path)
    await console.see(fleet(ONSET + 60, latency()))
    await console.say(AddNote("psql postgresql://ann:hunter22@db/ml says no", incident_id=ID))
    assert b"hunter22" not in console.journal.path.read_bytes()
    assert b"postgresql://***@db/ml" in console.journal.path.read_bytes()


@pytest.mark.parametrize("torn", [b'{"kind":"noted","at":1', b"\x00\xff\n"])
async def test_a_torn_line_is_passed_over(tmp_path: Path, torn: bytes) -> None:
    console = Console(tmp_path)
    await console.see(fleet(ONSET + 60, latency()))
    with console.journal.path.open("ab") as file:
        file.write(torn)
    await console.say(Acknowledge(ID))
    (view,) = (await console.see(fleet(ONSET + 75, latency()))).models
    assert view.acknowledged is not None
