"""Consoles that share a state directory and act on one simulated cluster."""

from collections.abc import Mapping
from itertools import count
from pathlib import Path

import pytest

from console.actions.kubernetes.provider import KubernetesProvider
from console.actions.kubernetes.scale import SCALE, Scale
from console.actions.registry import OpenActions
from console.domain.action import Plan
from console.domain.anomaly import Status
from console.domain.label import Label
from console.domain.model import Model, WorkloadFinding
from console.domain.snapshot import ModelView
from console.engine.executor import ActionRefused, Executor, RunReference
from console.engine.gate import ActionGate
from console.engine.reading_ahead import ReadingAhead
from console.engine.target_lease import TargetLeases
from console.journal.file_journal import FileJournal
from console.journal.who import Who
from console.settings.places import acting_places
from console.settings.settings import KubernetesSettings, Settings
from tests.actions.kubernetes.world import World

REFERENCE = RunReference("7f3", "scale", "scale-out", 3, None)
NONE_CONFIGURED = OpenActions({}, {SCALE.name: KubernetesProvider().why_closed(Settings()) or ""})
ANN = Who("ann", "bastion")


def executor_for(
    world: World,
    state: Path,
    *,
    settings: KubernetesSettings | None = None,
    configured: bool = True,
    live: bool = True,
    environment: Mapping[str, str] | None = None,
    who: Who = ANN,
    action: Scale | None = None,
    ahead: ReadingAhead | None = None,
    leases: TargetLeases | None = None,
) -> Executor:
    numbers = count(1)
    chosen = (settings or world.settings) if configured else None
    return Executor(
        actions=OpenActions({SCALE.name: action or world.action(chosen)}, {}) if configured else NONE_CONFIGURED,
        gate=ActionGate(
            acting_places(Settings(kubernetes=chosen)), live=live, directory=state, environment=environment or {}
        ),
        journal=FileJournal(state),
        who=who,
        clock=world.clock,
        new_id=lambda: f"{who.user}-{next(numbers)}",
        leases=leases,
        ahead=ahead,
    )


def view_of(world: World) -> ModelView:
    return ModelView(Model("fraud", Label("fraud")), Status.CRITICAL, {}, workload=WorkloadFinding(world.fraud))


async def plan_for(executor: Executor, world: World, replicas: int = 6) -> Plan:
    plan = await executor.plan("kubernetes.scale", view_of(world), {"replicas": replicas})
    world.cluster.forget_requests()
    return plan


async def refusal(executor: Executor, plan: Plan, shown_hash: str | None = None) -> str:
    with pytest.raises(ActionRefused) as refused:
        await executor.commit(plan, shown_hash or plan.hash, REFERENCE)
    return str(refused.value)
