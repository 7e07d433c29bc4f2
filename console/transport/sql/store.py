"""One store of predictions: asked without blocking, within a deadline, for a bounded answer."""

import asyncio
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import TYPE_CHECKING, TypeVar

import msgspec

from console.domain.label import harmless
from console.settings.predictions import StoreAddress
from console.transport.errors import BadRequest, ConnectionBroke, NoTurn, SourceError, TimedOut, Unreachable
from console.transport.sql.connection import Connection, Limits
from console.transport.sql.ibis_in_threads import guard_equality
from console.transport.sql.place import DUCKDB, SPARK, BadStoreAddress, Place, place_of
from console.transport.worker import Worker

if TYPE_CHECKING:
    import ibis
    import pyarrow

INTERRUPT_EVERY_SECONDS = 0.05
"""An interrupt between two queries is lost, so it is sent until it has worked."""
INTERRUPT_SECONDS = 5.0
"""How long an engine may take to give up; after that its thread and its connection are left behind."""
MOST_LEFT_BEHIND = 3
"""So many threads may hang at once; then the store is not asked until one has come back."""

Result = TypeVar("Result")


class SqlStore:
    """A store that is asked one thing after another, in a thread of its own.

    It connects when it is first asked and again after a connection was lost. `shown` is its address without secrets,
    `engine` the name of what runs the queries. Use it in one event loop; close it with `aclose`.
    """

    def __init__(
        self,
        place: Place,
        *,
        connect: Callable[[], Connection],
        environment: Mapping[str, str],
        timeout: float,
        most_rows: int,
    ) -> None:
        self.engine = place.engine
        self.shown = place.shown
        self._place = place
        self._connect = connect
        self._environment = environment
        self._timeout = timeout
        self._most_rows = most_rows
        self._turn = asyncio.Lock()
        self._worker: Worker | None = None
        self._connection: Connection | None = None
        self._stopping: set[asyncio.Task[None]] = set()
        self._left_behind: list[Future[None]] = []

    async def __aenter__(self) -> "SqlStore":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def reaches(self, address: StoreAddress) -> bool:
        """Return whether tables at another address can be joined with those of this store: one connection has both.

        Raises:
            BadStoreAddress: No engine can use the address.
        """
        return self._reaches(place_of(address, self._environment))

    async def tables(self) -> tuple[str, ...]:
        """Return the names of the tables, sorted.

        Raises:
            SourceError: The store cannot be asked.
        """
        return await self._ask(lambda connection: tuple(connection.tables()), self._timeout)

    async def table(self, name: str | StoreAddress | None = None) -> "ibis.Table":
        """Return a table as an expression, with the columns that it has now.

        A name is one of this store's tables, an address that of any table that this store `reaches`; without either,
        it is the table of the store's own address.

        Raises:
            SourceError: There is no such table, or the store cannot be asked.
            BadStoreAddress: The address is that of another store.
        """
        if isinstance(name, StoreAddress):
            place = place_of(name, self._environment)
            if not self._reaches(place):
                raise BadStoreAddress(f"{place.shown} cannot be joined with {self.shown}: another store holds it")
        else:
            place = self._place if name is None else msgspec.structs.replace(self._place, table=name)
        return await self._ask(lambda connection: connection.table(place), self._timeout)

    async def stamp(self) -> str | None:
        """Return a text that is another one whenever the table of the store's address is.

        None where nothing but its rows can tell.

        Raises:
            SourceError: The store cannot be asked.
        """
        return await self._ask(lambda connection: connection.stamp(self._place), self._timeout)

    async def read(self, expression: "ibis.Expr", *, deadline: float | None = None) -> "pyarrow.Table":
        """Return the rows of an expression over tables of this store, within `deadline` seconds from now.

        Whoever stops waiting interrupts the query.

        Raises:
            SourceError: One of its kinds; `Changed` where `table` must be called again, `TooLarge` where there are
                more rows than the store may give: they are refused, never cut.
        """
        seconds = self._timeout if deadline is None else deadline
        limits = Limits(seconds, self._most_rows)
        return await self._ask(lambda connection: connection.read(expression.as_table(), limits), seconds)

    async def aclose(self) -> None:
        """Close the connection, when what is being asked is answered; who asks again connects again."""
        if self._stopping:
            await asyncio.wait(self._stopping)
        async with self._turn:
            if (worker := self._worker) is not None:
                self._worker = None
                await asyncio.wait([asyncio.wrap_future(worker.end(self._close))], timeout=INTERRUPT_SECONDS)

    def _reaches(self, place: Place) -> bool:
        if place.engine != self.engine:
            return False
        if self.engine == SPARK:
            return place.path.partition("/")[0] == self._place.path.partition("/")[0]
        return self.engine == DUCKDB or place.url == self._place.url

    async def _ask(self, question: Callable[[Connection], Result], seconds: float) -> Result:
        """Ask, and once more where a connection broke: it was idle for long, or the server started anew."""
        until = asyncio.get_running_loop().time() + seconds
        self._refuse_where_too_many_hang()
        again = True
        while True:
            try:
                async with asyncio.timeout_at(until):
                    await self._turn.acquire()
            except TimeoutError:
                raise NoTurn(f"{self.shown} was still busy with other questions after {seconds:g} s") from None
            try:
                async with asyncio.timeout_at(until):
                    return await self._ask_in_turn(question)
            except TimeoutError:
                raise TimedOut(f"{self.shown} did not answer within {seconds:g} s") from None
            except ConnectionBroke:
                if not again:
                    raise
            again = False

    async def _ask_in_turn(self, question: Callable[[Connection], Result]) -> Result:
        """Ask in the thread; the turn is given on when the thread is free again, which may be later than this ends."""
        given_up = threading.Event()
        if self._worker is None:
            self._worker = Worker(f"store {self.engine}")
        answer = asyncio.wrap_future(self._worker.do(lambda: self._answer(question, given_up)))
        try:
            result = await asyncio.shield(answer)
        except asyncio.CancelledError:
            given_up.set()
            stopping = asyncio.create_task(self._stop(answer))
            self._stopping.add(stopping)
            stopping.add_done_callback(self._stopping.discard)
            raise
        except BaseException:
            self._turn.release()
            raise
        self._turn.release()
        return result

    def _refuse_where_too_many_hang(self) -> None:
        self._left_behind = [left for left in self._left_behind if not left.done()]
        if len(self._left_behind) >= MOST_LEFT_BEHIND:
            raise Unreachable(f"{self.shown} hangs: {len(self._left_behind)} questions never came back")

    async def _stop(self, answer: "asyncio.Future[Result]") -> None:
        """Interrupt until the thread is free; leave it behind with its connection where it does not come back."""
        loop = asyncio.get_running_loop()
        until = loop.time() + INTERRUPT_SECONDS
        answer.add_done_callback(lambda done: done.cancelled() or done.exception())  # which nobody else will ask for
        interrupter = Worker("interrupt a store")  # some engines are told over the network
        told: asyncio.Future[None] | None = None
        try:
            while not answer.done() and loop.time() < until:
                if (connection := self._connection) is not None and (told is None or told.done()):
                    told = asyncio.wrap_future(interrupter.do(connection.interrupt))
                await asyncio.wait([answer], timeout=INTERRUPT_EVERY_SECONDS)
            if told is not None:  # one that is still on its way would meet the next query
                await asyncio.wait([told], timeout=max(0.0, until - loop.time()))
            if not answer.done() or not (told is None or told.done()):
                self._leave_behind()
        finally:
            interrupter.end()
            self._turn.release()

    def _leave_behind(self) -> None:
        worker, connection = self._worker, self._connection
        self._worker = self._connection = None
        if worker is not None:
            self._left_behind.append(worker.end(connection.close if connection is not None else None))

    def _answer(self, question: Callable[[Connection], Result], given_up: threading.Event) -> Result:
        """Ask the engine; this runs in the thread of the store."""
        if given_up.is_set():
            raise TimedOut(f"{self.shown}: nobody waits any more")
        if (connection := self._connection) is None:
            guard_equality()
            connection = self._connect()
            if given_up.is_set():
                connection.close()
                raise TimedOut(f"{self.shown}: nobody waits any more")
            self._connection = connection
        try:
            return question(connection)
        except SourceError:
            raise
        except Exception as error:
            meant = connection.explain(error) or self._explained_of_ibis(error)
            if isinstance(meant, Unreachable) and self._connection is connection:
                self._close()
            if meant is None:
                raise
            raise meant from None

    def _explained_of_ibis(self, error: Exception) -> SourceError | None:
        """Return what it means that ibis cannot say something to this engine."""
        if not type(error).__module__.startswith("ibis."):
            return None
        return BadRequest(f"{self.shown}: {type(error).__name__}: {harmless(' '.join(str(error).split()))}")

    def _close(self) -> None:
        if (connection := self._connection) is not None:
            self._connection = None
            connection.close()
