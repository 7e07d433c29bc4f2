"""The console on a terminal, on a clock that runs fast; after each refresh it writes down what it holds.

`python -m tests.faults.soaking URL FOLDER START SPEED`: the clock starts at START (UTC seconds).
"""

import asyncio
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from console.domain.run import Run
from console.domain.snapshot import Snapshot
from console.engine.loop import Engine
from console.engine.parts import Parts
from console.engine.working_parts import Published
from console.settings.settings import ServerSettings, Settings
from console.tui.app import ConsoleEngine
from console.tui.launch import prepare_textual, show

REFRESH_SECONDS = 0.05
"""Between two refreshes: as fast as it can."""


class FastParts(Parts):
    """The real parts, whose next refresh is due at once."""

    def __init__(self, settings: Settings, clock: Callable[[], float], publish: Callable[[Run], None]) -> None:
        super().__init__(settings, environment=os.environ, clock=clock, at=None, publish=publish)
        self.refresh_seconds = REFRESH_SECONDS


def main(url: str, folder: Path, start: float, speed: float) -> int:
    prepare_textual()
    server = ServerSettings("prometheus", urls=(url,), timeout=1.0)
    settings = Settings(prometheus=server, state_directory=str(folder / "state"))
    began = time.monotonic()
    log = (folder / "held").open("w", buffering=1)

    def clock() -> float:
        return start + (time.monotonic() - began) * speed

    def make_engine(publish: Callable[[Published], None], crashed: Callable[[BaseException], None]) -> ConsoleEngine:
        app: Any = publish.__self__  # type: ignore[attr-defined]  # the only way to the loop of the screen

        def noted(value: Published) -> None:
            if isinstance(value, Snapshot):
                tasks = len(asyncio.all_tasks()) + len(asyncio.all_tasks(app._loop))
                silent = any(source.detail for source in value.sources)
                pooled = sum(thread.name.startswith("asyncio_") for thread in threading.enumerate())
                log.write(f"{clock() - start:.0f} {value.sequence} {len(value.models)} {silent:d} {tasks} {pooled}\n")
            publish(value)

        return Engine(lambda publish_run: FastParts(settings, clock, publish_run), noted, crashed)

    return show(make_engine, settings, environment=os.environ)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4])))
