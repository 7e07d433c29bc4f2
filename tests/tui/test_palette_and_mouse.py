"""Two further ways to actions: by name, and with the mouse. Neither commits anything."""

from textual.command import CommandPalette

from console.domain.command import CommitPlan, SetPaused, StartRun
from console.tui.palette import RegistryCommands
from tests.tui import scenes
from tests.tui.stage import Stage, on_stage


async def listed(stage: Stage, query: str) -> list[str]:
    provider = RegistryCommands(stage.app.screen)
    return [str(hit.text) async for hit in provider.search(query)]


async def test_an_action_is_found_by_its_name_and_run() -> None:
    async with on_stage() as stage:
        await stage.press("ctrl+p", *"pause")
        assert isinstance(stage.app.screen, CommandPalette)
        await stage.app.workers.wait_for_complete()
        await stage.press("enter")
        await stage.pilot.pause()
        assert stage.engine.sent(SetPaused) == [SetPaused(True)]


async def test_the_line_and_the_search_open_from_the_palette_and_give_the_keys_back() -> None:
    async with on_stage() as stage:
        for name in ("command", "find"):
            await stage.press("ctrl+p", *name)
            await stage.app.workers.wait_for_complete()
            await stage.press("enter")
            await stage.pilot.pause()
            await stage.press("escape", "down")
        assert any(line.startswith("▌? ocr") for line in stage.lines), "the rows have the keys again, twice"


async def test_a_commit_is_never_listed() -> None:
    async with on_stage(answers={StartRun: (scenes.planned(),)}) as stage:
        await stage.press("2")
        assert "cancel (n)" in await listed(stage, "cancel")
        assert not [
            title for query in ("commit", "y", "scale") for title in await listed(stage, query) if "(y)" in title
        ]


async def test_only_what_works_now_is_listed() -> None:
    async with on_stage() as stage:
        assert "open (enter)" in await listed(stage, "open")
        assert "undo (u)" not in await listed(stage, "undo")


async def test_a_click_moves_the_cursor_and_two_open_the_model() -> None:
    async with on_stage() as stage:
        await stage.pilot.click("#fleet", offset=(5, 2))
        await stage.pilot.pause()
        assert "▲ eta  p99 0.41 s" in stage.text
        await stage.pilot.click("#fleet", offset=(5, 2), times=2)
        await stage.pilot.pause()
        assert stage.at == "ModelScreen"
        assert "fleet › eta" in stage.text


async def test_a_click_on_the_keys_of_a_plan_commits_nothing() -> None:
    async with on_stage(answers={StartRun: (scenes.planned(),)}) as stage:
        await stage.press("2")
        (row,) = (y for y, line in enumerate(stage.lines) if "▸n cancel" in line)
        await stage.pilot.click(offset=(22, row), times=2)
        await stage.pilot.click("#footer", offset=(14, 0), times=2)
        await stage.pilot.pause()
        assert stage.engine.sent(CommitPlan) == []
