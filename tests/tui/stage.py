"""The application on a scripted engine, driven by keys as a person would."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.pilot import Pilot

from console.domain.command import Command
from console.tui.app import ConsoleApp
from console.tui.look import DEFAULT_LOOK, Look
from console.tui.messages import Value
from console.tui.outside.surroundings import Surroundings
from console.tui.preferences import NO_PREFERENCES, Preferences
from tests.tui.scenes import AT, fleet
from tests.tui.scripted_engine import Answers, ScriptedEngine

ANYWHERE = Surroundings()
LATER = 3.0
"""Seconds between the snapshot and the clock on the wall."""


class Stage:
    """A running application with its engine; `press` waits until everything that a key leads to is painted."""

    def __init__(self, app: ConsoleApp, engine: ScriptedEngine, pilot: Pilot[None]) -> None:
        self.app = app
        self.engine = engine
        self.pilot = pilot

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.pilot.press(key)
            await self.pilot.pause()

    async def publish(self, *values: Value) -> None:
        for value in values:
            self.engine.publish(value)
        await self.pilot.pause()

    async def resize(self, width: int, height: int) -> None:
        await self.pilot.resize_terminal(width, height)
        await self.pilot.pause()

    def last(self) -> Command | None:
        """Return the command that was sent last."""
        return self.engine.commands[-1] if self.engine.commands else None

    @property
    def lines(self) -> list[str]:
        """Return what is painted."""
        return [strip.text for strip in self.app.screen._compositor.render_strips()]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def at(self) -> str:
        """Return the kind of screen in front."""
        return type(self.app.screen).__name__


def layout_passes(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Return the list that every layout of the screen in front is added to from now on."""
    passes: list[object] = []
    screen = stage.app.screen
    lay_out = screen._refresh_layout

    def noted(*given: Any, **named: Any) -> None:
        passes.append((given, named))
        lay_out(*given, **named)

    monkeypatch.setattr(screen, "_refresh_layout", noted)
    return passes


@asynccontextmanager
async def on_stage(
    *,
    first: Sequence[Value] | None = None,
    answers: Answers | None = None,
    size: tuple[int, int] = (120, 40),
    arming_seconds: float = 0.001,
    now: float = AT + LATER,
    surroundings: Surroundings = ANYWHERE,
    look: Look = DEFAULT_LOOK,
    preferences: Preferences = NO_PREFERENCES,
    me: str = "",
) -> AsyncIterator[Stage]:
    """Run the application on a scripted engine."""
    engines: list[ScriptedEngine] = []

    def make_engine(publish, crashed):  # type: ignore[no-untyped-def]  # the types are those of ConsoleApp's argument
        engines.append(ScriptedEngine(publish, crashed, (fleet(),) if first is None else first, answers or {}))
        return engines[0]

    app = ConsoleApp(
        make_engine,
        look=look,
        clock=lambda: now,
        arming_seconds=arming_seconds,
        preferences=preferences,
        surroundings=surroundings,
        me=me,
    )
    async with app.run_test(size=size) as pilot:
        await engines[0].started.wait()
        await pilot.pause()
        yield Stage(app, engines[0], pilot)
