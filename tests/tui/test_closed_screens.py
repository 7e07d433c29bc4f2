"""What was painted goes with its screen: a console that is open for days must not grow with every model looked at."""

import gc
from collections.abc import Callable

import pytest
from textual.strip import Strip

from console.domain.command import StopListingActions, StopWatchingPodLog, WatchModel
from console.tui.screens.actions import ActionsScreen
from console.tui.screens.base import ConsoleScreen
from console.tui.screens.pod_log import PodLogScreen
from tests.tui import scenes, scenes_of_pods
from tests.tui.stage import on_stage


def painted_lines() -> int:
    gc.collect()
    return sum(isinstance(each, Strip) for each in gc.get_objects())


async def test_screens_that_were_closed_hold_no_lines() -> None:
    async with on_stage(answers={WatchModel: (scenes.detail(),)}) as stage:
        await stage.press("enter", "escape", "question_mark", "escape")
        before = painted_lines()
        for _ in range(5):
            await stage.press("enter", "escape", "question_mark", "escape")
        assert stage.at == "FleetScreen"
        assert painted_lines() < 1.5 * before


@pytest.mark.parametrize(
    "opened",
    [lambda: ActionsScreen("fraud"), lambda: PodLogScreen("fraud", scenes_of_pods.pod("abcde"))],
    ids=["actions", "log"],
)
async def test_what_was_opened_again_is_not_ended_by_the_screen_that_is_still_closing(
    opened: Callable[[], ConsoleScreen],
) -> None:
    async with on_stage() as stage:
        await stage.app.push_screen(opened())
        stage.app.pop_screen()
        await stage.app.push_screen(opened())
        await stage.pilot.pause()
        ends = [each for each in stage.engine.commands if isinstance(each, StopListingActions | StopWatchingPodLog)]
        assert ends == []
        await stage.press("escape")
        assert isinstance(stage.last(), StopListingActions | StopWatchingPodLog)
