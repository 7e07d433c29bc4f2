"""Flows of the keys that work everywhere, or in several places."""

from pathlib import Path

from textual.command import CommandPalette

from console.domain.command import (
    Refresh,
    SetPaused,
)
from console.tui.themes import THEME_NAMES
from tests.tui import scenes
from tests.tui.flows.fleet import models_on
from tests.tui.stage import Stage


async def finds_a_model(stage: Stage, key: str) -> None:
    await stage.press(key, *"ea")
    assert stage.at == "JumpScreen"
    assert models_on(stage)[:1] == ["eta"]
    await stage.press("enter")
    assert stage.at == "ModelScreen"
    assert "fleet › eta" in stage.lines[1]
    await stage.press("escape")
    assert stage.at == "FleetScreen"
    assert any(line.startswith("▌▲ eta") for line in stage.lines)


async def takes_a_command(stage: Stage, key: str) -> None:
    await stage.press(key, *"pau", "tab", "enter")
    assert stage.last() == SetPaused(True)
    assert "? help" in stage.lines[-1]


async def copies_the_state(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert stage.app.clipboard.startswith("fraud critical: p99 2.40 s, expected 0.31 s")
    assert stage.app.clipboard.isprintable()


def written_screen(suffix: str) -> str:
    return Path(f"fleet-2026-11-22T032017Z.{suffix}").read_text(encoding="utf-8")


async def exports_the_screen(stage: Stage, key: str) -> None:
    await stage.press(key)
    await stage.app.workers.wait_for_complete()
    await stage.pilot.pause()
    assert "written here: fleet-2026-11-22T032017Z.svg, .txt" in stage.lines[1]
    picture, text = (written_screen(suffix) for suffix in ("svg", "txt"))
    assert "fraud" in picture
    assert "✖ fraud" in text


async def goes_back(stage: Stage, key: str) -> None:
    await stage.press("enter")
    assert stage.at == "ModelScreen"
    await stage.press(key)
    assert stage.at == "FleetScreen"


async def pauses(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert stage.last() == SetPaused(True)
    await stage.publish(scenes.fleet(paused=True))
    assert "PAUSED" in stage.lines[0]
    await stage.press(key)
    assert stage.last() == SetPaused(False)


async def refreshes(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert stage.last() == Refresh()


async def opens_the_palette(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert isinstance(stage.app.screen, CommandPalette)
    await stage.press("escape")


async def changes_the_theme(stage: Stage, key: str) -> None:
    before = stage.app.theme
    seen = []
    for _ in THEME_NAMES:
        await stage.press(key)
        seen.append(stage.app.theme)
    assert sorted(seen) == sorted(THEME_NAMES)
    assert stage.app.theme == before


async def helps(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert stage.at == "HelpScreen"
    assert stage.text.index("fleet (here)") < stage.text.index("everywhere")
    await stage.press("escape")


async def quits(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert stage.app._exit
