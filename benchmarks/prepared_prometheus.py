"""A real Prometheus that holds the past of as many models as a benchmark wants, until a while after now."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec

from console.simulation.fleet.fault import Fault
from console.simulation.fleet.fleet import Fleet
from console.simulation.fleet.models import EIGHT_MODELS
from console.simulation.fleet.profile import Dialect, Profile
from console.simulation.history import Past, backfill
from console.simulation.prometheus_server import ScrapePlan, running_prometheus
from console.simulation.services import find_services
from console.simulation.watchdog import guarded_folder

SECONDS_AHEAD = 900.0
"""The past is written this far into the future, so that "now" has data for the whole benchmark without any scrape."""


class _Pod(msgspec.Struct, frozen=True):
    name: str
    version: str
    ready_since: float = 0.0


class _Pods:
    def __init__(self, profiles: tuple[Profile, ...]) -> None:
        self._profiles = {profile.name: profile for profile in profiles}

    def pods(self, namespace: str, deployment: str) -> list[_Pod]:
        profile = self._profiles[deployment]
        return [_Pod(f"{deployment}-{number}", profile.version) for number in range(profile.replicas)]


def copies(count: int, replicas: int) -> tuple[Profile, ...]:
    """Return so many models that export the generic metrics, each with so many replicas."""
    originals = [profile for profile in EIGHT_MODELS if profile.dialect is Dialect.GENERIC]
    return tuple(
        msgspec.structs.replace(
            original, name=f"{original.name}-{number:04}", replicas=replicas,
            traffic=original.traffic * replicas / original.replicas,
        )
        for number, original in ((number, originals[number % len(originals)]) for number in range(count))
    )  # fmt: skip


@asynccontextmanager
async def prepared_prometheus(
    profiles: tuple[Profile, ...], past: Past, faults: tuple[Fault, ...] = ()
) -> AsyncIterator[str]:
    """Give the URL of a Prometheus that holds the past of some models; faults begin in seconds after its end."""
    services = find_services(os.environ)
    end = float(int(time.time() + SECONDS_AHEAD))
    times = past.times(end)
    fleet = Fleet(profiles, faults, 1, end, _Pods(profiles))
    with guarded_folder() as (folder, watchdog):
        records = fleet.record(times)
        backfill(records, times, past.far_count(times, end), "models", services.promtool, folder, watchdog.guard)
        del records
        plan = ScrapePlan("models", "http://127.0.0.1:9/nobody", interval=15.0)
        async with running_prometheus(services.prometheus, folder, plan, watchdog) as url:
            await asyncio.sleep(0)
            yield url
