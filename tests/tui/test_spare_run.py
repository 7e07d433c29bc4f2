"""The screen of a run that is made beforehand: it is as one that is made when it is needed, only sooner there."""

import pytest

from console.domain.command import EndRun, ListActions, StartAction, StartRun
from console.tui.screens.playbook import PlaybookScreen
from tests.tui import scenes_of_runs
from tests.tui.scripted_engine import Answers
from tests.tui.stage import Stage, on_stage

ANSWERS: Answers = {ListActions: (scenes_of_runs.actions(),), StartAction: (scenes_of_runs.single(),)}


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[PlaybookScreen]:
    """Return the list that every screen of a run is added to as it is made."""
    screens: list[PlaybookScreen] = []
    make = PlaybookScreen.__init__

    def noted(screen: PlaybookScreen, *given: object, **named: object) -> None:
        screens.append(screen)
        make(screen, *given, **named)  # type: ignore[arg-type]  # whatever it was made with

    monkeypatch.setattr(PlaybookScreen, "__init__", noted)
    return screens


async def choose(stage: Stage) -> None:
    await stage.press("enter", "6", "enter")
    assert stage.at == "PlaybookScreen"


async def test_the_screen_that_was_made_with_the_list_shows_the_plan_and_is_not_laid_out_for_it(
    made: list[PlaybookScreen], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with on_stage(answers=ANSWERS) as stage:
        await stage.press("a")
        (spare,) = made
        passes: list[object] = []
        monkeypatch.setattr(spare, "_refresh_layout", lambda *given, **named: passes.append((given, named)))
        await choose(stage)
        assert (stage.app.screen, passes, made) == (spare, [], [spare])
        assert "scale to 6" in stage.text


async def test_nothing_is_asked_for_by_a_screen_that_nobody_needed() -> None:
    async with on_stage(answers=ANSWERS) as stage:
        await stage.press("a", "escape")
        assert [each for each in stage.engine.commands if isinstance(each, StartAction | StartRun | EndRun)] == []


async def test_each_run_has_a_screen_of_its_own(made: list[PlaybookScreen]) -> None:
    async with on_stage(answers=ANSWERS) as stage:
        await stage.press("a")
        await choose(stage)
        first = stage.app.screen
        await stage.press("escape")
        assert stage.at == "ActionsScreen"
        assert not first.is_attached
        await choose(stage)
        assert stage.app.screen is made[1]
        assert len(stage.engine.sent(StartAction)) == 2


async def test_back_from_the_plan_the_list_is_whole_and_has_the_keys() -> None:
    async with on_stage(answers=ANSWERS) as stage:
        await stage.press("a")
        listed = stage.lines[2:]
        await choose(stage)
        await stage.press("escape")
        assert stage.lines[2:] == listed
        await stage.press("3")
        assert stage.lines[2:] != listed


async def test_another_size_or_theme_has_the_screen_made_anew(made: list[PlaybookScreen]) -> None:
    async with on_stage(answers=ANSWERS) as stage:
        await stage.press("a")
        await stage.resize(80, 24)
        await choose(stage)
        assert stage.app.screen is made[1]
        assert max(map(len, stage.lines)) == 80
        assert "scale to 6" in stage.text
        await stage.press("escape", "t")
        await choose(stage)
        assert stage.app.screen is made[3]
        background = stage.app.screen.background_colors[1].hex.lower()
        assert background == stage.app.theme_variables["background"].lower()


async def test_a_playbook_may_have_the_screen_as_well(made: list[PlaybookScreen]) -> None:
    async with on_stage(answers={**ANSWERS, StartRun: (scenes_of_runs.single(),)}) as stage:
        await stage.press("a", "escape", "2")
        assert stage.app.screen is made[0]
        assert len(stage.engine.sent(StartRun)) == 1
