"""What was painted goes with its screen: a console that is open for days must not grow with every model looked at."""

import gc

from textual.strip import Strip

from console.domain.command import WatchModel
from tests.tui import scenes
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
