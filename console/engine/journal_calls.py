"""What the executor asks the journal, each question in one turn of a thread; what it cannot answer is refused."""

import asyncio
from collections.abc import Callable

import msgspec

from console.actions.provider import ActionRefused
from console.domain.action import Plan
from console.journal.events import Event, RunReference
from console.journal.holder import Holder, TargetBusy
from console.journal.journal import HeldLock, Journal, JournalUnavailable
from console.journal.who import Who


class News(msgspec.Struct, frozen=True):
    """The events of all consoles; `down` says why others cannot be asked for theirs, None where they were."""

    events: tuple[Event, ...]
    down: str | None


class JournalCalls:
    """Asks a journal on behalf of a person; `clock` returns UTC seconds."""

    def __init__(self, journal: Journal, who: Who, clock: Callable[[], float]) -> None:
        self._journal = journal
        self._who = who
        self._clock = clock

    async def events(self) -> tuple[Event, ...]:
        """Return what is known here; others are not asked.

        Raises:
            ActionRefused: the journal on this machine cannot be read.
        """
        return await asyncio.to_thread(self._read)

    async def news(self) -> News:
        """Return what all consoles wrote.

        Raises:
            ActionRefused: the journal on this machine cannot be read.
        """
        return await asyncio.to_thread(self._read_news)

    async def news_of(self, uid: str) -> tuple[News, Holder | None]:
        """Return what all consoles wrote, and who holds the lock of the target with a uid now.

        Raises:
            ActionRefused: the journal on this machine cannot be read.
        """
        return await asyncio.to_thread(lambda: (self._read_news(), self._journal.holder(uid)))

    async def lock(self, plan: Plan, reference: RunReference) -> tuple[HeldLock, News]:
        """Take the lock of the target of a plan; return it, and what all consoles wrote until then.

        Whoever gives up waiting has none: a lock that is taken all the same is let go at once.

        Raises:
            ActionRefused: it cannot be taken, or the journal on this machine cannot be read.
        """
        taking = asyncio.ensure_future(asyncio.to_thread(self._lock, plan, reference))
        try:
            return await asyncio.shield(taking)
        except asyncio.CancelledError:
            taking.add_done_callback(_let_go)
            raise

    def _lock(self, plan: Plan, reference: RunReference) -> tuple[HeldLock, News]:
        holder = Holder(self._who, self._clock(), reference.run_id, plan.target.path)
        try:
            lock = self._journal.lock(plan.target.uid, holder)
        except TargetBusy as busy:
            raise ActionRefused(str(busy)) from busy
        except OSError as error:
            raise ActionRefused(f"the lock cannot be taken, nothing was sent: {error}") from error
        try:
            return lock, self._read_news()
        except BaseException:
            lock.close()
            raise

    def _read_news(self) -> News:
        down = None
        try:
            self._journal.refresh()
        except JournalUnavailable as error:
            down = f"nothing is sent while the shared journal cannot be asked: {error}"
        except OSError as error:
            raise ActionRefused(f"the journal cannot be read: {error}") from error
        return News(self._journal.changes().events, down)

    def _read(self) -> tuple[Event, ...]:
        try:
            return self._journal.read()
        except OSError as error:
            raise ActionRefused(f"the journal cannot be read: {error}") from error


def _let_go(taking: asyncio.Future[tuple[HeldLock, News]]) -> None:
    if not taking.cancelled() and taking.exception() is None:
        lock, _ = taking.result()
        asyncio.get_running_loop().run_in_executor(None, lock.close)  # a database may take its time
