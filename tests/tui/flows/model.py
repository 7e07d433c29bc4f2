"""Flows of the keys of a model."""

from pathlib import Path

from console.domain.command import (
    WatchModel,
)
from console.tui.panels.lines import Span
from tests.tui.stage import Stage


async def maximises(stage: Stage, key: str) -> None:
    assert {"latency", "errors", "traffic"} <= set(stage.text.split())
    await stage.press("tab", "tab", key)
    assert "▸ errors" in stage.lines[4]
    assert "latency" not in stage.text
    await stage.press(key)
    assert "latency" in stage.text
    await stage.press(key, "escape")
    assert "latency" in stage.text
    assert stage.at == "ModelScreen"
    await stage.press("escape")
    assert "▸" not in stage.text


async def selects_the_next_panel(stage: Stage, key: str) -> None:
    for title in ("latency", "errors", "traffic", "saturation"):
        await stage.press(key)
        assert f"▸ {title}" in stage.text
    await stage.press(key, "z")
    assert "┤" not in stage.text, "only the words are left"


async def selects_the_panel_before(stage: Stage, key: str) -> None:
    await stage.press("tab", "tab", key)
    assert "▸ latency" in stage.text
    await stage.press(key, key)
    assert "▸ saturation" in stage.text


async def shifts_into_the_past(stage: Stage, key: str) -> None:
    await stage.press("0", key)
    assert stage.last() == WatchModel("fraud", 3600.0, 1800.0)
    assert "to 02:50:14 UTC, 30 min ago" in stage.text


async def shifts_towards_now(stage: Stage, key: str) -> None:
    await stage.press("0", "left_square_bracket", "left_square_bracket", key)
    assert stage.last() == WatchModel("fraud", 3600.0, 1800.0)
    await stage.press("0")
    before = list(stage.engine.commands)
    await stage.press(key)
    assert stage.engine.commands == before, "there is no future"


async def zooms_in(stage: Stage, key: str) -> None:
    await stage.press("0", key)
    assert stage.last() == WatchModel("fraud", 1800.0, 0.0)


async def zooms_out(stage: Stage, key: str) -> None:
    await stage.press("0", key)
    assert stage.last() == WatchModel("fraud", 7200.0, 0.0)
    assert "2 h to now" in stage.text


async def goes_to_now(stage: Stage, key: str) -> None:
    await stage.press("minus", "left_square_bracket", key)
    assert stage.last() == WatchModel("fraud", 3600.0, 0.0)
    assert "1 h to now" in stage.text


async def go_to_the_top(stage: Stage) -> None:
    """Press up until that changes nothing any more."""
    before = ""
    while stage.text != before:
        before = stage.text
        await stage.press("up")


async def scrolls_down(stage: Stage, key: str) -> None:
    await stage.resize(40, 10)
    await go_to_the_top(stage)
    top = stage.text
    await stage.press(key)
    assert stage.text != top


async def scrolls_up(stage: Stage, key: str) -> None:
    await stage.resize(40, 10)
    await go_to_the_top(stage)
    top = stage.text
    await stage.press("down", key)
    assert stage.text == top


def written_file() -> tuple[Path, str]:
    file = Path("fraud-2026-11-22T032014Z.csv")
    return file.resolve(), file.read_text(encoding="utf-8")


async def exports(stage: Stage, key: str) -> None:
    await stage.press(key)
    await stage.app.workers.wait_for_complete()
    await stage.pilot.pause()
    path, text = written_file()
    assert "latency_p99" in text
    assert stage.app.said == Span(f"written here: {path.name}", "ok")
    assert "written here: fraud-2026-11-22T032014Z.csv" in stage.lines[1]
