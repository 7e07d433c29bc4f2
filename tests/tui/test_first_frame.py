"""What is seen first, and how little stands before it."""

import subprocess
import sys
from typing import Any

import pytest

from console.tui.app import ConsoleApp
from tests.tui.scripted_engine import ScriptedEngine

LATER = (
    "httpx",
    "kr8s",
    "yaml",
    "numpy",
    "pandas",
    "scipy",
    "console.sources",
    "console.transport",
    "console.journal",
    "console.playbooks",
    "console.actions",
    "console.engine",
    "console.tui.outside.clipboard",
    "console.tui.outside.osc52",
    "console.tui.outside.programs",
    "console.tui.palette",
    "console.tui.screens.help",
    "console.tui.screens.model",
    "console.tui.screens.playbook",
    "console.tui.spoken",
)
"""What the first frame does not need: it is imported by the engine's own thread or when it is opened."""


def test_the_first_frame_waits_for_no_import_that_it_does_not_need() -> None:
    program = "import sys, console.cli, console.tui.launch, console.tui.app; print(*sys.modules)"
    imported = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    modules = set(imported.stdout.split())
    assert "console.tui.screens.fleet" in modules
    assert modules.isdisjoint(LATER)


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (40, 10)])
async def test_the_engine_starts_behind_a_first_frame_that_is_as_it_will_stay(
    monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    frames: list[list[str]] = []
    display = ConsoleApp._display

    def noted(app: ConsoleApp, screen: Any, renderable: Any) -> None:
        if renderable is not None:
            frames.append([strip.text for strip in screen._compositor.render_strips()])
        display(app, screen, renderable)

    monkeypatch.setattr(ConsoleApp, "_display", noted)
    at_start: list[int] = []
    engines: list[ScriptedEngine] = []

    class LateEngine(ScriptedEngine):
        def start(self) -> None:
            at_start.append(len(frames))
            super().start()

    def make_engine(publish, crashed):  # type: ignore[no-untyped-def]  # the types are those of ConsoleApp's argument
        engines.append(LateEngine(publish, crashed, (), {}))
        return engines[0]

    app = ConsoleApp(make_engine)
    async with app.run_test(size=size) as pilot:
        await engines[0].started.wait()
        await pilot.pause()
    assert at_start[0] > 0
    assert "reading the sources…" in frames[0][0]
    assert "? help" in frames[0][-1]
    assert all(frame == frames[0] for frame in frames)
