"""The real screen before a real server: the application with its real engine, driven by keys."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from textual.pilot import Pilot

from console.engine.parts import make_engine
from console.settings.settings import ServerSettings, Settings
from console.tui.app import ConsoleApp
from console.tui.outside.surroundings import Surroundings

SECONDS_UNTIL_HOPELESS = 30.0


class Screen:
    """What is painted, and what is under the fingers."""

    def __init__(self, app: ConsoleApp, pilot: Pilot[None]) -> None:
        self.app = app
        self._pilot = pilot

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self._pilot.press(key)
            await self._pilot.pause()

    async def until(self, wanted: str) -> None:
        """Wait until a text is painted."""
        async with asyncio.timeout(SECONDS_UNTIL_HOPELESS):
            while wanted not in self.text:
                await self._pilot.pause(0.02)

    @property
    def text(self) -> str:
        return "\n".join(strip.text for strip in self.app.screen._compositor.render_strips())

    def line_of(self, wanted: str) -> str:
        """Return the painted line that holds a text."""
        return next(line for line in self.text.split("\n") if wanted in line)

    def colours_of(self, wanted: str) -> set[str]:
        """Return the colours in which a text is painted, wherever it is painted in one piece."""
        strips = self.app.screen._compositor.render_strips()
        segments = [segment for strip in strips for segment in strip if wanted in segment.text]
        return {str(segment.style.color) for segment in segments if segment.style is not None}


@asynccontextmanager
async def a_screen(url: str, folder: Path, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Screen]:
    """Open the screen on a Prometheus; it refreshes every second."""
    settings = Settings(
        prometheus=ServerSettings("prometheus", urls=(url,), timeout=1.0),
        refresh=1.0,
        state_directory=str(folder / "state"),
        export_directory=str(folder),
    )
    app = ConsoleApp(
        lambda publish, crashed: make_engine(settings, environment={}, at=None, publish=publish, crashed=crashed),
        surroundings=Surroundings(export_directory=str(folder)),
    )
    try:
        async with app.run_test(size=size) as pilot:
            yield Screen(app, pilot)
    finally:
        app.stop_engine(5.0)
    assert app.failure is None
