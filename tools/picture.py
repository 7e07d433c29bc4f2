"""Write the picture of the fleet screen that the README shows: the real application in front of the demo's surge.

It takes about two minutes, for the simulated world follows the real clock. The file loads nothing from elsewhere.
"""

import asyncio
import os
import sys
from pathlib import Path

from console.engine.parts import make_engine
from console.simulation.scenario import find_scenario
from console.simulation.world import SimulatedWorld
from console.tui.app import ConsoleApp
from console.tui.launch import prepare_textual
from console.tui.outside.picture import without_remote_fonts

PICTURE = Path(__file__).resolve().parent.parent / "docs/pictures/fleet.svg"
MODEL = "eta"
COLUMNS, LINES = 120, 30
SECONDS_OF_INCIDENT = 40.0
"""How old the incident is in the picture: long enough for every number to have followed it."""
SECONDS_TO_WAIT = 240.0


async def take_picture() -> str:
    """Return the fleet screen as SVG once the incident has lasted for a while.

    Raises:
        TimeoutError: it did not.
    """
    async with SimulatedWorld(find_scenario("surge")) as world:
        settings = world.settings()
        app = ConsoleApp(
            lambda publish, crashed: make_engine(
                settings, environment=os.environ, at=None, publish=publish, crashed=crashed
            ),
            window=settings.window,
        )
        async with app.run_test(size=(COLUMNS, LINES)) as pilot:
            async with asyncio.timeout(SECONDS_TO_WAIT):
                while not _incident_is_shown(app):
                    await pilot.pause(1.0)
            await pilot.press("g")
            await pilot.pause()
            picture = app.export_screenshot(title="incident-console demo")
        await asyncio.to_thread(app.stop_engine, SECONDS_TO_WAIT)
    return without_remote_fonts(picture)


def _incident_is_shown(app: ConsoleApp) -> bool:
    if app.failure is not None:
        raise app.failure
    snapshot = app.snapshot
    view = snapshot.find(MODEL) if snapshot is not None else None
    if snapshot is None or view is None or view.incident is None:
        return False
    offers = any(anomaly.playbooks for anomaly in view.anomalies)
    return offers and snapshot.at - view.incident.onset >= SECONDS_OF_INCIDENT


def main() -> None:
    """Take the picture and write it."""
    prepare_textual()
    os.environ.pop("NO_COLOR", None)
    picture = asyncio.run(take_picture())
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_text(picture, encoding="utf-8")
    print(f"picture: {PICTURE.relative_to(PICTURE.parents[2])}, {len(picture) // 1024} KB", file=sys.stderr)


if __name__ == "__main__":
    main()
