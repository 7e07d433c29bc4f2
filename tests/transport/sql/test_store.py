"""What a store does about a library that blocks; no real engine hangs on demand, so that a fake one stands in."""

import asyncio
import threading
from collections.abc import Callable

import ibis
import pyarrow
import pytest

from console.transport.errors import NoTurn, SourceError, TimedOut, Unreachable
from console.transport.sql import SqlStore
from console.transport.sql import store as store_module
from console.transport.sql.connection import Connection, Limits
from console.transport.sql.place import Place

QUESTION = ibis.table({"n": "int64"}, name="log")


class FakeConnection(Connection):
    """A connection that answers when it is let go, and takes no notice of interrupts."""

    def __init__(self, free: threading.Event) -> None:
        self.free = free
        self.closed = threading.Event()
        self.interrupts = 0

    def tables(self) -> list[str]:
        """Return one name."""
        return ["log"]

    def table(self, place: Place) -> ibis.Table:
        """Return the table."""
        return QUESTION

    def read(self, expression: ibis.Table, limits: Limits) -> pyarrow.Table:
        """Hang until it is let go."""
        self.free.wait()
        return pyarrow.table({"n": [1]})

    def interrupt(self) -> None:
        """Count."""
        self.interrupts += 1

    def close(self) -> None:
        """Remember it."""
        self.closed.set()

    def explain(self, error: Exception) -> SourceError | None:
        """Know no error."""
        return None


Opened = tuple[SqlStore, list[FakeConnection]]


@pytest.fixture
def open_fake(monkeypatch: pytest.MonkeyPatch) -> Callable[[threading.Event], Opened]:
    """Return what opens a store of fake connections that are free when an event is set."""
    monkeypatch.setattr(store_module, "INTERRUPT_SECONDS", 0.2)

    def open_store_of(free: threading.Event) -> Opened:
        made: list[FakeConnection] = []

        def connect() -> Connection:
            made.append(FakeConnection(free))
            return made[-1]

        place = Place("trino", "trino://host/catalog")
        return SqlStore(place, connect=connect, environment={}, timeout=30, most_rows=10), made

    return open_store_of


async def test_a_library_that_hangs_is_left_behind_with_its_connection(
    open_fake: Callable[[threading.Event], Opened],
) -> None:
    free = threading.Event()
    store, made = open_fake(free)
    for asked in range(store_module.MOST_LEFT_BEHIND):
        with pytest.raises(TimedOut, match=r"trino://host/catalog did not answer within 0\.05 s"):
            await store.read(QUESTION, deadline=0.05)
        assert await store.tables() == ("log",), "the next question has a thread and a connection of its own"
        assert made[asked].interrupts > 0
    with pytest.raises(Unreachable, match="hangs: 3 questions never came back"):
        await store.read(QUESTION)
    free.set()
    for left in made[:-1]:
        await asyncio.to_thread(left.closed.wait)
    assert (await store.read(QUESTION)).num_rows == 1
    await store.aclose()
    assert made[-1].closed.is_set()


async def test_questions_wait_for_their_turn_no_longer_than_their_deadline(
    open_fake: Callable[[threading.Event], Opened],
) -> None:
    free = threading.Event()
    store, made = open_fake(free)
    first = asyncio.create_task(store.read(QUESTION))
    await asyncio.sleep(0)
    with pytest.raises(NoTurn, match="was still busy with other questions after"):
        await store.read(QUESTION, deadline=0.05)
    free.set()
    assert (await first).num_rows == 1
    assert len(made) == 1
    await store.aclose()


async def test_a_bug_is_not_told_as_a_fault_of_the_store(open_fake: Callable[[threading.Event], Opened]) -> None:
    store, made = open_fake(threading.Event())
    await store.tables()

    def broken(place: Place) -> ibis.Table:
        raise ZeroDivisionError

    made[0].table = broken  # type: ignore[method-assign]
    with pytest.raises(ZeroDivisionError):
        await store.table()
    assert await store.tables() == ("log",)
    await store.aclose()
