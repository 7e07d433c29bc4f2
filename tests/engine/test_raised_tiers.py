from pathlib import Path
from typing import Any

import msgspec
import pytest

from console.domain.action import RiskTier
from console.engine.executor import Executor
from console.engine.gate import KILL_SWITCH_FILE, ActionGate
from console.engine.raised_tiers import at_least, with_raised_tier
from console.settings.places import ActingPlace, acting_places
from console.settings.settings import KubernetesSettings, Settings
from tests.actions.kubernetes.world import World
from tests.engine.consoles import executor_for, view_of
from tests.tui.scenes import plan


@pytest.mark.parametrize("own", list(RiskTier))
@pytest.mark.parametrize("least", [0, 1, 2, 3])
def test_a_tier_is_raised_and_never_lowered(own: RiskTier, least: int) -> None:
    assert at_least(plan(own), least).tier == max(own, least)
    assert with_raised_tier(plan(own), {"kubernetes.*": least, "kserve.*": 3}).tier == max(own, least)


async def test_what_the_configuration_raises_is_what_is_shown(world: World, state: Path) -> None:
    executor: Executor = executor_for(world, state)
    executor._actions = msgspec.structs.replace(executor._actions, tiers={"kubernetes.scale": 3})
    shown = await executor.plan("kubernetes.scale", view_of(world), {"replicas": 4})
    assert shown.tier is RiskTier.HARD_TO_UNDO
    assert (await executor.plan_undo(shown)).tier is RiskTier.HARD_TO_UNDO
    assert msgspec.structs.replace(shown, tier=RiskTier.BOUNDED).hash == shown.hash


@pytest.mark.parametrize(("cluster", "least"), [({"minimum_tier": 2}, 2), ({"critical": True}, 3), ({}, 1)])
async def test_a_place_raises_every_plan_in_it(
    world: World, state: Path, cluster: dict[str, Any], least: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    executor: Executor = executor_for(world, state)
    places = acting_places(Settings(kubernetes=KubernetesSettings(world.settings.context, write=True, **cluster)))
    monkeypatch.setattr(executor, "_gate", ActionGate(places, live=True, directory=state, environment={}))
    assert (await executor.plan("kubernetes.scale", view_of(world), {"replicas": 4})).tier == least


def test_a_switch_is_seen_while_it_holds(tmp_path: Path) -> None:
    places = (ActingPlace("prod", write=True, how_to_allow="set it"),)
    gate = ActionGate(places, live=True, directory=tmp_path, environment={})
    assert (gate.switched_off, gate.is_read_only) == (None, False)
    (tmp_path / KILL_SWITCH_FILE).write_text("change freeze", encoding="utf-8")
    assert gate.switched_off is not None
    assert gate.switched_off.endswith("change freeze")
    assert gate.is_read_only
    (tmp_path / KILL_SWITCH_FILE).unlink()
    assert not gate.is_read_only
