"""Actions on Rollouts and on Seldon Core 2 through the one way to a changed system, its journal included."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path

import msgspec
import pytest

from console.actions.provider import ActionRefused, Surroundings
from console.actions.registry import open_actions
from console.domain.action import Outcome
from console.engine.executor import Executor
from console.engine.gate import ActionGate
from console.engine.past_plans import past_plans
from console.journal.events import Intent
from console.journal.file_journal import FileJournal
from console.settings.places import acting_places
from console.settings.settings import KubernetesSettings, Settings
from console.simulation.cluster.objects import owner_reference
from console.simulation.cluster.resources import STATEFUL_SETS
from console.simulation.cluster.seldon import MODELS, SERVERS
from console.sources.cluster.resolve import Sought, resolve_workloads
from console.transport.kubernetes import KubernetesTransport
from tests.actions.argo_rollouts.world import a_rollout_world
from tests.actions.seldon.world import a_seldon_world, occasion
from tests.engine.consoles import ANN, REFERENCE


def executor_with(
    transport: KubernetesTransport, kubernetes: KubernetesSettings, clock: Callable[[], float], state: Path
) -> Executor:
    """Return an executor of all actions that these settings open."""
    settings, journal, numbers = Settings(kubernetes=kubernetes), FileJournal(state), count(1)
    surroundings = Surroundings(settings, {}, state, clock, transport, AsyncExitStack(), past_plans(journal))
    gate = ActionGate(acting_places(settings), live=True, directory=state, environment={})
    return Executor(
        actions=open_actions(surroundings),
        gate=gate,
        journal=journal,
        who=ANN,
        clock=clock,
        new_id=lambda: f"intent-{next(numbers)}",
    )


async def test_an_abort_leaves_its_trace_and_is_taken_back_by_what_the_journal_holds(tmp_path: Path) -> None:
    async with a_rollout_world(tmp_path) as world:
        world.release("v42")
        executor = executor_with(world.transport, world.settings, world.clock, tmp_path)
        view = world.occasion.view
        plan = await executor.plan("argo_rollouts.abort", view, {}, REFERENCE)
        commitment = await executor.commit(plan, plan.hash, REFERENCE)
        assert commitment.outcome is Outcome.APPLIED
        assert world.wait()["phase"] == "Degraded"
        assert (await executor.observe(plan)).done
        (intent,) = [event for event in FileJournal(tmp_path).read() if isinstance(event, Intent)]
        undo = await executor.plan_undo(intent.plan, intent.intent_id)
        assert undo.refusals == ()
        assert (await executor.commit(undo, undo.hash, REFERENCE)).outcome is Outcome.APPLIED
        assert world.wait()["phase"] == "Paused"


async def test_a_scaling_that_is_asked_of_a_rollout_goes_to_the_rollout(tmp_path: Path) -> None:
    async with a_rollout_world(tmp_path) as world:
        executor = executor_with(world.transport, world.settings, world.clock, tmp_path)
        plan = await executor.plan("kubernetes.scale", world.occasion.view, {"replicas": 6}, REFERENCE)
        assert (plan.action, plan.refusals) == ("argo_rollouts.scale", ())
        assert (await executor.commit(plan, plan.hash, REFERENCE)).outcome is Outcome.APPLIED
        world.wait()
        assert world.versions() == {"v41": 6}


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("kubernetes.stop_rollout", "argo_rollouts.abort"),
        ("kubernetes.roll_back", "argo_rollouts.undo"),
        ("kubernetes.restart", "argo_rollouts.restart"),
    ],
)
async def test_what_is_asked_of_a_workload_is_done_to_the_rollout(tmp_path: Path, asked: str, meant: str) -> None:
    async with a_rollout_world(tmp_path) as world:
        world.release("v42")
        executor = executor_with(world.transport, world.settings, world.clock, tmp_path)
        plan = await executor.plan(asked, world.occasion.view, {}, REFERENCE)
        assert (plan.action, plan.refusals) == (meant, ())
        assert plan.target.kind == "Rollout"


async def test_what_is_asked_of_the_pods_of_a_server_is_done_to_the_model(tmp_path: Path) -> None:
    async with a_seldon_world(tmp_path) as world:
        server = owner_reference(world.plane.get(SERVERS, "ml", "mlserver"))
        world.cluster.add_stateful_set(
            namespace="ml", name="mlserver", replicas=2, image="mlserver:1", labels={}, created=world.clock.now
        )
        own = {"ownerReferences": [server]}
        world.plane.change(STATEFUL_SETS, "ml", "mlserver", lambda held: held["metadata"].update(own))
        world.wait()
        found = await resolve_workloads(world.transport, {"iris": Sought("ml", ("mlserver-0", "mlserver-1"))})
        view = msgspec.structs.replace(occasion(presets=("mine",)).view, workload=found["iris"])
        executor = executor_with(world.transport, world.settings, world.clock, tmp_path)
        plan = await executor.plan("kubernetes.scale", view, {"replicas": 2}, REFERENCE)
        assert (plan.action, plan.refusals, plan.target.kind) == ("seldon.scale", (), "Model")
        with pytest.raises(ActionRefused, match="the journal knows no storage URI that Model iris had before"):
            await executor.plan("kubernetes.roll_back", view, {}, REFERENCE)


async def test_the_artefact_of_before_comes_from_what_the_journal_was_told(tmp_path: Path) -> None:
    async with a_seldon_world(tmp_path) as world:
        executor = executor_with(world.transport, world.settings, world.clock, tmp_path)
        newer = {"storage_uri": "gs://models/iris/2"}
        plan = await executor.plan("seldon.set_storage_uri", occasion().view, newer, REFERENCE)
        assert (await executor.commit(plan, plan.hash, REFERENCE)).outcome is Outcome.APPLIED
        world.wait()
        colleague = executor_with(world.transport, world.settings, world.clock, tmp_path)
        back = await colleague.plan("seldon.set_storage_uri", occasion().view, {}, REFERENCE)
        assert back.title == "Let Model iris load gs://models/iris/1"
        assert (await colleague.commit(back, back.hash, REFERENCE)).outcome is Outcome.APPLIED
        assert world.spec(MODELS, "iris")["storageUri"] == "gs://models/iris/1"
