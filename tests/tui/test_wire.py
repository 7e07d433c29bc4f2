"""What crosses the wire: nothing while nothing changes, little when little changes."""

import re
from typing import Any

import msgspec
import pytest
from rich.cells import cell_len
from textual.widgets import Input

from console.domain.command import StartRun, WatchModel
from console.domain.series import Series
from console.domain.snapshot import ModelDetail
from console.tui.app import ConsoleApp
from tests.tui import scenes
from tests.tui.scripted_engine import Answers
from tests.tui.stage import on_stage

SHARE = 4
"""A changed row or chart may cost at most one part in so many of a full repaint."""
ANSWERS: Answers = {WatchModel: (scenes.detail(),), StartRun: (scenes.planned(),)}


@pytest.fixture
def frames(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The bytes of every frame that was sent to the terminal."""
    sent: list[int] = []
    display = ConsoleApp._display

    def noted(app: ConsoleApp, screen: Any, renderable: Any) -> None:
        if renderable is not None:
            sent.append(len(renderable.render_segments(app.console).encode()))
        display(app, screen, renderable)

    monkeypatch.setattr(ConsoleApp, "_display", noted)
    return sent


@pytest.mark.parametrize("keys", [(), ("enter",), ("2",), ("question_mark",)], ids="-".join)
async def test_the_ticking_clock_sends_nothing(frames: list[int], keys: tuple[str, ...]) -> None:
    async with on_stage(answers=ANSWERS) as stage:
        await stage.press(*keys)
        await stage.pilot.pause()
        frames.clear()
        for _ in range(3):
            stage.app._tell_ages()
            await stage.pilot.pause()
        await stage.publish(scenes.fleet())
        assert frames == []


async def test_ages_are_told_in_steps_of_ten_seconds(frames: list[int]) -> None:
    seconds = [scenes.AT + 100.0]
    async with on_stage(first=(scenes.fleet(paused=True, refresh_seconds=1.0),)) as stage:
        stage.app.now = lambda: seconds[0]
        frames.clear()
        for _ in range(60):
            stage.app._tell_ages()
            await stage.pilot.pause()
            seconds[0] += 1
        assert 0 < len(frames) <= 6


async def test_one_changed_row_is_a_small_part_of_a_repaint(frames: list[int]) -> None:
    async with on_stage() as stage:
        repaint = max(frames)
        frames.clear()
        await stage.publish(scenes.fleet(at=scenes.AT + 15, sequence=1))
        assert "03:20:29" in stage.lines[0]
        assert 0 < sum(frames) * SHARE <= repaint


async def test_one_changed_chart_is_a_small_part_of_a_repaint(frames: list[int]) -> None:
    async with on_stage(answers=ANSWERS) as stage:
        await stage.press("enter")
        repaint = max(frames)
        frames.clear()
        await stage.publish(_moved(scenes.detail()))
        assert 0 < sum(frames) * SHARE <= repaint


def _moved(detail: ModelDetail) -> ModelDetail:
    first, *others = detail.panels
    lines = {name: Series(line.grid, line.values[::-1]) for name, line in first.lines.items()}
    return msgspec.structs.replace(detail, panels=(msgspec.structs.replace(first, lines=lines), *others))


class Glass:
    """The screen as a terminal shows it that got nothing but what was sent."""

    def __init__(self, width: int, height: int) -> None:
        self.cells = [[" "] * width for _ in range(height)]

    def get(self, sent: str) -> None:
        x = y = 0
        for move, column, style, text in re.findall(
            r"\x1b\[(\d+);(\d+)H|(\x1b\[[\d;?<>$]*[A-Za-z]|[\r\n])|([^\x1b\r\n])", sent
        ):
            if move:
                x, y = int(column) - 1, int(move) - 1
            elif text and not style:
                cells = cell_len(text)
                if cells:
                    self.cells[y][x : x + cells] = [text, *[""] * (cells - 1)]
                x += cells

    @property
    def lines(self) -> list[str]:
        return ["".join(line) for line in self.cells]


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (40, 10)], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_what_was_sent_piece_by_piece_is_what_is_painted(
    monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    glass = Glass(*size)
    display = ConsoleApp._display

    def noted(app: ConsoleApp, screen: Any, renderable: Any) -> None:
        if renderable is not None:
            glass.get(renderable.render_segments(app.console))
        display(app, screen, renderable)

    monkeypatch.setattr(ConsoleApp, "_display", noted)
    async with on_stage(answers=ANSWERS, size=size) as stage:
        for turn, key in enumerate(
            ("j", "k", "j", "G", "m", "S", "enter", "escape", "slash", "f", "escape", "2", "escape")
        ):
            others = tuple(scenes.healthy(f"m{number}", 40.0 * turn + number) for number in range(turn * 3 % 7))
            await stage.publish(scenes.fleet(*others, at=scenes.AT + 15 * turn, sequence=turn))
            await stage.press(key)
            if turn % 2:
                await stage.publish(_moved(scenes.detail()))
            assert glass.lines == [line.replace("\u200e", "") for line in stage.lines], key


@pytest.mark.parametrize("keys", [("slash",), ("ctrl+p",)], ids="-".join)
async def test_no_cursor_blinks(keys: tuple[str, ...]) -> None:
    async with on_stage() as stage:
        await stage.press(*keys)
        focused = stage.app.focused
        assert isinstance(focused, Input)
        assert not focused.cursor_blink
