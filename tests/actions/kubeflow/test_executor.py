"""A retraining as a person does it: through the executor, with the gate, the lock and the journal."""

from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path

import pytest

from console.actions.provider import ActionRefused
from console.actions.registry import OpenActions
from console.domain.action import Outcome
from console.engine.executor import Executor
from console.engine.gate import ActionGate
from console.journal.events import Intent, RunReference
from console.journal.file_journal import FileJournal
from console.journal.who import Who
from console.settings.places import acting_places
from console.settings.settings import Settings
from tests.actions.kubeflow.fake_kubeflow import FakeKubeflow
from tests.actions.kubeflow.world import a_world, settings_of
from tests.actions.occasions import OCCASION

RUN = RunReference("7f3", "retrain", "retrain-model", 1, "i1")


@pytest.mark.parametrize("may_write", [True, False])
async def test_the_gate_lets_it_through_and_the_journal_finds_it_again(
    kubeflow: FakeKubeflow, tmp_path: Path, may_write: bool
) -> None:
    settings, who, numbers = settings_of(kubeflow.url, write=may_write), Who("ann", "bastion"), count(1)
    journal = FileJournal(tmp_path)
    async with AsyncExitStack() as closing:
        world = a_world(closing, settings)
        executor = Executor(
            actions=OpenActions({"kubeflow.retrain": world.retrain}, {}),
            gate=ActionGate(
                acting_places(Settings(kubeflow=(settings,))), live=True, directory=tmp_path, environment={}
            ),
            journal=journal,
            who=who,
            clock=world.clock,
            new_id=lambda: f"ann-{next(numbers)}",
        )
        plan = await executor.plan("kubeflow.retrain", OCCASION.view, {})
        if not may_write:
            with pytest.raises(ActionRefused, match="start with --write, or set write for kubeflow"):
                await executor.commit(plan, plan.hash, RUN)
            assert kubeflow.posted == []
            return
        commitment = await executor.commit(plan, plan.hash, RUN)
        assert commitment.outcome is Outcome.APPLIED, commitment.detail
        (intent,) = (event for event in journal.read() if isinstance(event, Intent))
        undo = await executor.plan_undo(intent.plan)
        assert undo.refusals == ()
        assert (await executor.commit(undo, undo.hash, RUN)).outcome is Outcome.APPLIED
    assert kubeflow.runs[0]["state"] == "CANCELING"
