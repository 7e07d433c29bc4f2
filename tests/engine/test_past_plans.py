from pathlib import Path

import pytest

from console.actions.provider import ActionRefused
from console.engine.past_plans import past_plans
from console.journal.file_journal import FileJournal
from console.simulation.cluster import Fault
from tests.actions.kubernetes.world import World
from tests.engine.consoles import REFERENCE, executor_for, view_of


async def test_what_was_sent_to_a_target_is_told_newest_first_and_not_what_was_refused(
    world: World, tmp_path: Path
) -> None:
    executor = executor_for(world, tmp_path)
    for replicas, fault in ((6, None), (7, Fault(path="*/scale", dry_run=False, status=409)), (8, None)):
        plan = await executor.plan("kubernetes.scale", view_of(world), {"replicas": replicas}, REFERENCE)
        if fault is not None:
            world.cluster.faults.add(fault)
        await executor.commit(plan, plan.hash, REFERENCE)
    past = past_plans(FileJournal(tmp_path))
    titles = [plan.title for plan in await past(world.fraud.uid)]
    assert titles == ["Scale fraud from 6 to 8 replicas", "Scale fraud from 3 to 6 replicas"]
    assert await past("another") == []


async def test_a_journal_that_cannot_be_read_is_told(world: World, tmp_path: Path) -> None:
    (tmp_path / "a-file").write_text("x", encoding="utf-8")
    past = past_plans(FileJournal(tmp_path / "a-file"))
    with pytest.raises(ActionRefused, match="the journal cannot be read"):
        await past("u-1")
