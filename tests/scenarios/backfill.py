"""Writes the past of a labelled fleet into the storage of a Prometheus and runs one on it."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np

from console.simulation.history import creating_blocks, wait_for_blocks
from console.simulation.prometheus_server import ScrapePlan, running_prometheus
from console.simulation.services import find_services
from console.simulation.watchdog import guarded_folder
from tests.scenarios.calls import write_calls
from tests.scenarios.exposition import OpenMetricsFile, write_pod
from tests.scenarios.recording import record, sample_times
from tests.scenarios.surroundings import near, write_deployment
from tests.scenarios.world import World

_OFFSETS = (0.0, 3.1, 6.2, 8.7, 11.9)
"""Seconds: the targets of a Prometheus are not scraped at the same instant."""


def write_world(world: World, document: Path) -> int:
    """Write a fleet's past as OpenMetrics text; return the number of samples."""
    times = sample_times(world)
    close = near(world, times)
    with document.open("w", encoding="utf-8") as text:
        file = OpenMetricsFile(text)
        for number, model in enumerate(world.models):
            for index, past in enumerate(record(world, number, times)):
                write_pod(file, past, times, _OFFSETS[(number + index) % len(_OFFSETS)])
                write_calls(file, world, past, times, close)
            if model.deployment is not None:
                write_deployment(file, model, model.deployment, np.asarray(close))
        file.finish()
        return file.samples


@asynccontextmanager
async def served_world(world: World) -> AsyncIterator[str]:
    """Give the URL of a Prometheus that holds the past of a fleet.

    Raises:
        BackfillFailed: promtool refused the text.
    """
    services = find_services(os.environ)
    with guarded_folder() as (folder, watchdog):
        document, data = folder / "past.om", folder / "data"
        write_world(world, document)
        data.mkdir()
        with creating_blocks(services.promtool, document, data) as process:
            watchdog.guard(process.pid)
            wait_for_blocks(process)
        document.unlink()
        plan = ScrapePlan("models", "http://127.0.0.1:9/nobody", interval=15.0)
        async with running_prometheus(services.prometheus, folder, plan, watchdog) as url:
            yield url
