"""What a plan that comes may not cost: work on a screen that was only made by the way it is painted."""

import pytest

from console.domain.command import StartRun
from console.tui.screens.fleet import FleetScreen
from tests.tui import scenes
from tests.tui.scripted_engine import Answers
from tests.tui.stage import Stage, layout_passes, on_stage

DECIDING: Answers = {StartRun: (scenes.deciding(),)}


async def test_a_plan_comes_without_a_layout(monkeypatch: pytest.MonkeyPatch) -> None:
    async with on_stage(answers=DECIDING) as stage:
        await stage.press("2")
        passes = layout_passes(stage, monkeypatch)
        await stage.publish(scenes.planned())
        assert "scale to 6" in stage.text
        assert passes == []


async def test_nothing_is_painted_behind_the_screen_in_front(monkeypatch: pytest.MonkeyPatch) -> None:
    painted: list[object] = []
    async with on_stage(answers=DECIDING) as stage:
        await stage.press("2")
        monkeypatch.setattr(FleetScreen, "paint_frame", painted.append)
        await stage.publish(scenes.planned())
        assert painted == []
        monkeypatch.undo()
        await stage.press("escape")
        assert "1 run" in stage.lines[0], "what came meanwhile is shown once it is in front again"


async def test_what_lies_behind_the_palette_goes_on() -> None:
    async with on_stage(answers=DECIDING) as stage:
        behind = stage.app.screen
        await stage.press("ctrl+p")
        assert stage.app.screen is not behind
        assert behind.is_current


@pytest.mark.parametrize("heights", [(40, 10), (10, 40)])
async def test_the_plan_has_the_room_of_the_steps_where_both_have_too_little(heights: tuple[int, int]) -> None:
    first, then = heights
    async with on_stage(answers={StartRun: (scenes.planned(),)}, size=(120, first)) as stage:
        await stage.press("2")
        assert _shows_steps(stage) == (first > 16)
        await stage.resize(120, then)
        assert _shows_steps(stage) == (then > 16)
        assert "scale to 6" in stage.text


def _shows_steps(stage: Stage) -> bool:
    return "decide " in stage.text
