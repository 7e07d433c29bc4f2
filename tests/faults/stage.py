"""What the tests of faults share: a fleet with a past in a real Prometheus, and a console that watches it."""

import asyncio
import math
import os
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

import msgspec

from console.domain.series import Grid
from console.domain.snapshot import ModelView, Snapshot
from console.domain.source import SourceReport
from console.engine.refresh import Refresher
from console.settings.settings import AlertmanagerSettings, ServerSettings, Settings
from tests.services import OpenMetricsHistory

HOUR = 3600.0
REFRESH = 15.0
AT_ONCE = 5
"""How many requests a console sends to one server at a time."""
MODELS = ("ads", "fraud")
"""`ads` is well; a third of the requests to `fraud` fail."""


def a_fleet(now: float) -> OpenMetricsHistory:
    """Two models at 10 requests per second from three hours ago until half an hour from now."""
    history = OpenMetricsHistory()
    span = {"start": now - 3 * HOUR, "end": now + HOUR / 2}
    for model in MODELS:
        labels = {"model": model, "job": "models", "pod": f"{model}-0", "instance": f"{model}:80"}
        failures = 0.3 if model == "fraud" else 0.0
        history.add_counter("http_requests_total", labels | {"code": "200"}, 10.0 * (1 - failures), **span)
        history.add_counter("http_requests_total", labels | {"code": "500"}, 10.0 * failures, **span)
        for bound in (0.1, 0.25, math.inf):
            count = partial(_requests_within, bound=bound, start=span["start"])
            text = "+Inf" if bound == math.inf else f"{bound:g}"
            history.add_function("http_request_duration_seconds_bucket", labels | {"le": text}, count, **span)
        history.add_counter("http_request_duration_seconds_count", labels, 10.0, **span)
        history.add_counter("http_request_duration_seconds_sum", labels, 2.0, **span)
    return history


def _requests_within(at: float, bound: float, start: float) -> float:
    """Return how many requests took at most `bound` seconds: all took between 0.1 and 0.25."""
    return (at - start) * 10.0 if bound > 0.1 else 0.0


class Console:
    """A console that refreshes when a test says so, on a clock that the test moves."""

    def __init__(self, refresher: Refresher, now: list[float]) -> None:
        self._refresher = refresher
        self._now = now

    async def refresh(self, times: int = 1, *, every: float = REFRESH) -> Snapshot:
        """Refresh some times, each some seconds after the one before, and return the last snapshot."""
        for _ in range(times - 1):
            await self._refresher.take(None)
            self._now[0] += every
        snapshot = await self._refresher.take(None)
        self._now[0] += every
        return snapshot

    async def refresh_now(self) -> Snapshot:
        """Refresh at the time that it is."""
        self._now[0] = time.time()
        return await self.refresh()

    async def numbers_of(self, view: ModelView, signal: str) -> list[float]:
        """Return the values of a signal during the last minute."""
        read, _ = await self._refresher.read_model(view.model, Grid.until(self._now[0], 60.0, 1.0))
        return [value for _, value in read[signal].points()]

    async def refresh_until_answered(self) -> Snapshot:
        """Refresh until no source is in trouble: one that failed is asked again after at most some seconds."""
        async with asyncio.timeout(30):
            while True:
                snapshot = await self.refresh(every=0.1)
                if not any(source.detail for source in snapshot.sources):
                    return snapshot
                await asyncio.sleep(0.05)


@asynccontextmanager
async def a_console(
    *urls: str,
    alertmanager: str | None = None,
    now: float | None = None,
    patience: float = 5.0,
    cache: Path | None = None,
    alert_patience: float | None = None,
    **others: object,
) -> AsyncIterator[Console]:
    """Open a console on a Prometheus (or its replicas) and an Alertmanager; it keeps points in `cache`, if anywhere.

    `patience` is the timeout of the servers, `alert_patience` for how long a live screen waits for alerts (seconds).
    """
    settings = msgspec.structs.replace(
        Settings(
            prometheus=ServerSettings("prometheus", urls=urls, timeout=patience),
            alertmanager=(AlertmanagerSettings("alertmanager", urls=(alertmanager,), timeout=patience),)
            if alertmanager
            else (),
        ),
        **others,
    )
    clock = [time.time() if now is None else now]
    environment = {"XDG_CACHE_HOME": str(cache)} if cache is not None else {}
    async with Refresher(
        settings, environment=environment, clock=lambda: clock[0], patience=alert_patience
    ) as refresher:
        yield Console(refresher, clock)


def model(snapshot: Snapshot, model_id: str) -> ModelView:
    """Return the view of a model that the fleet must hold."""
    view = snapshot.find(model_id)
    assert view is not None, model_id
    return view


def only_source(snapshot: Snapshot) -> SourceReport:
    """Return the report of the only source, whose detail must be one line that steers nothing."""
    (source,) = snapshot.sources
    assert source.detail is None or source.detail.isprintable()
    return source


class Ended(NamedTuple):
    """A process that ended: its exit code, what it wrote, and the most memory that it held (bytes)."""

    code: int
    out: str
    err: str
    most_memory: int


async def run_console(*arguments: str, home: Path, environment: Mapping[str, str] | None = None) -> Ended:
    """Run the command as a user would, with a home of its own."""
    program = Path(__file__).with_name("measured.py")
    surroundings = {**os.environ, "HOME": str(home), "XDG_CONFIG_HOME": "", "INCIDENT_CONSOLE_CONFIG": ""}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(program),
        *arguments,
        env={**surroundings, "PYTHONIOENCODING": "utf-8", **(environment or {})},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(60):
        out, err = await process.communicate()
    assert process.returncode is not None
    told, _, memory = err.decode().rpartition("most memory: ")
    return Ended(process.returncode, out.decode(), told, int(memory))
