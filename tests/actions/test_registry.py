from collections.abc import Iterable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from console.actions.provider import Action, Surroundings
from console.actions.registry import open_actions, providers, specifications
from console.settings.settings import KubernetesSettings, Settings
from tests.actions.kubernetes.world import World


async def test_every_action_that_is_told_of_can_be_opened(world: World, tmp_path: Path) -> None:
    settings = Settings(kubernetes=KubernetesSettings(context="simulated"))
    async with AsyncExitStack() as closing:
        surroundings = Surroundings(settings, {}, tmp_path, world.clock, world.transport, closing)
        opened = open_actions(surroundings)
    assert {name for name in specifications() if name.startswith("kubernetes.")} <= set(opened.by_name)
    assert set(opened.by_name) | set(opened.closed) >= set(specifications())


def test_names_begin_with_that_of_their_provider() -> None:
    for provider in providers():
        for specification in provider.specifications():
            assert specification.name.startswith(f"{provider.name}.")


async def test_what_is_not_configured_says_what_is_missing(tmp_path: Path, world: World) -> None:
    async with AsyncExitStack() as closing:
        opened = open_actions(Surroundings(Settings(), {}, tmp_path, world.clock, None, closing))
    assert opened.by_name == {}
    assert opened.closed["kubernetes.scale"].startswith("no cluster is configured")


@pytest.mark.parametrize("text", ["title", "name"])
def test_every_action_says_what_it_does(text: str) -> None:
    found: Iterable[object] = (getattr(specification, text) for specification in specifications().values())
    assert all(found)


def test_actions_stand_for_others_that_there_are() -> None:
    meant = {found.stands_for.action for found in specifications().values() if found.stands_for is not None}
    assert meant <= set(specifications())


def test_an_action_is_what_its_specification_says(world: World) -> None:
    action: Action = world.action()
    assert (action.specification.name, action.context) == ("kubernetes.scale", "simulated")
