"""What API servers do otherwise that are older than those of today, as a real one of Kubernetes 1.20 was seen to do."""

from pathlib import Path

import msgspec
import pytest

from console.actions.contract import Case, Lacking, Obligation, obligations
from console.domain.action import Outcome
from tests.actions.kubernetes.cases import PATCHING
from tests.actions.kubernetes.world import a_world, occasion

OLDER = {
    "scale": msgspec.structs.replace(
        PATCHING["scale"], minor=20, lacking=Lacking(proof_of_effect="nobody is recorded who writes through scale")
    ),
    "scale an autoscaled workload": msgspec.structs.replace(PATCHING["scale an autoscaled workload"], minor=20),
}
CASES = [
    Case(name=name, action=each.action.specification.name, make=each.stand, lacking=each.lacking)
    for name, each in OLDER.items()
]


@pytest.mark.parametrize("obligation", obligations(CASES), ids=str)
async def test_it_does_what_every_action_must(obligation: Obligation) -> None:
    await obligation()


@pytest.mark.parametrize("minor", [21, 22])
async def test_nobody_is_named_for_replicas_whose_writers_the_server_does_not_record(
    tmp_path: Path, minor: int
) -> None:
    async with a_world(tmp_path, minor=minor) as world:
        plan = await world.action().plan(occasion(world.fraud), {"replicas": 6}, may_dry_run=True)
        await world.scale_as_a_colleague(4)
        commitment = await world.action().commit(plan)
        named = " (by kubectl)" if minor == 22 else ""
        assert commitment.detail == f"nothing was changed: replicas are 4 now, not 3{named}"


async def test_a_count_that_nobody_is_recorded_for_is_taken_back(tmp_path: Path) -> None:
    async with a_world(tmp_path, minor=21) as world:
        plan = await world.action().plan(occasion(world.fraud), {"replicas": 6}, may_dry_run=True)
        await world.action().commit(plan)
        undo = await world.action().plan_undo(plan, may_dry_run=True)
        assert undo.refusals == ()
        assert (await world.action().commit(undo)).outcome is Outcome.APPLIED
        assert world.settled_replicas() == 3
