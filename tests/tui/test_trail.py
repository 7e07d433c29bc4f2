"""The way back: crumbs tell it, a click takes it, esc goes one level."""

import pytest

from console.domain.command import StartRun, StopWatching, WatchModel
from tests.tui import scenes
from tests.tui.scripted_engine import Answers
from tests.tui.stage import Stage, on_stage

ANSWERS: Answers = {WatchModel: (scenes.detail(),), StartRun: (scenes.deciding(),)}


async def click_on(stage: Stage, text: str) -> None:
    await stage.pilot.click("#header", offset=(stage.lines[1].index(text) + 1, 1))
    await stage.pilot.pause()


@pytest.mark.parametrize("size", [(120, 40), (40, 10)])
async def test_a_crumb_leads_to_its_level(size: tuple[int, int]) -> None:
    async with on_stage(answers=ANSWERS, size=size) as stage:
        await stage.press("enter", "2", "question_mark")
        assert stage.lines[1].startswith("fleet › fraud › scale-out › help")
        await click_on(stage, "fraud")
        assert stage.at == "ModelScreen"
        await stage.press("2")
        await click_on(stage, "fleet")
        assert stage.at == "FleetScreen"


async def test_the_model_of_a_playbook_that_was_opened_from_the_fleet_is_opened_in_its_place() -> None:
    async with on_stage(answers=ANSWERS) as stage:
        await stage.press("2")
        await click_on(stage, "fraud")
        assert stage.at == "ModelScreen"
        assert stage.last() == WatchModel("fraud", 3600.0, 0.0)
        await stage.press("escape")
        assert stage.at == "FleetScreen"
        assert isinstance(stage.last(), StopWatching)


async def test_where_we_are_and_what_lies_between_leads_nowhere() -> None:
    async with on_stage(answers=ANSWERS) as stage:
        await stage.press("enter", "2")
        for text in ("scale-out", "› scale"):
            await click_on(stage, text)
            assert stage.at == "PlaybookScreen"


async def test_esc_goes_one_level_up_from_everywhere() -> None:
    async with on_stage(answers=ANSWERS) as stage:
        await stage.press("enter", "2", "question_mark")
        seen = []
        for _ in range(4):
            seen.append(stage.at)
            await stage.press("escape")
        assert seen == ["HelpScreen", "PlaybookScreen", "ModelScreen", "FleetScreen"]
        assert stage.at == "FleetScreen"
