"""What the executor asks the journal, when whoever asked does not wait for the answer."""

import asyncio
import threading
from pathlib import Path

import pytest

from console.engine.journal_calls import JournalCalls
from console.journal.file_journal import FileJournal
from console.journal.holder import Holder
from console.journal.journal import HeldLock
from tests.actions.kubernetes.world import World
from tests.engine.consoles import ANN, REFERENCE, executor_for, plan_for
from tests.services.waiting import wait_until


async def test_a_lock_that_nobody_waits_for_any_more_is_let_go(
    world: World, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = await plan_for(executor_for(world, state), world)
    journal, is_taken, may_return = FileJournal(state), threading.Event(), threading.Event()
    take = journal.lock

    def slowly(uid: str, holder: Holder) -> HeldLock:
        lock = take(uid, holder)
        is_taken.set()
        may_return.wait(5)
        return lock

    monkeypatch.setattr(journal, "lock", slowly)
    asking = asyncio.create_task(JournalCalls(journal, ANN, world.clock).lock(plan, REFERENCE))
    assert await asyncio.to_thread(is_taken.wait, 5)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    may_return.set()
    await asyncio.to_thread(wait_until, lambda: journal.holder(plan.target.uid) is None, "the lock to be free")
