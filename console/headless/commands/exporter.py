"""`exporter`: refresh for ever, and publish what was found for Prometheus to scrape."""

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from importlib.resources import files
from typing import TYPE_CHECKING

from console.domain.signal import State
from console.domain.snapshot import ModelView, Snapshot
from console.engine.alert_reader import PATIENCE_SECONDS
from console.engine.evidence import fresh_for
from console.headless.commands.refreshing import open_refresher
from console.headless.diagnostics import narrate
from console.headless.exit_codes import ExitCode
from console.headless.output import write_data
from console.settings.settings import Settings

if TYPE_CHECKING:
    from prometheus_client.core import Metric

    from console.detect.findings import PredictionFindings
    from console.engine.refresh import Refresher
    from console.headless.exporter.families import Found

SECONDS_TO_END = 1.5
"""How long the orderly end may take: a query that does not let go of its thread must not keep the process."""


def print_rules() -> ExitCode:
    """Print example alert rules for what the exporter publishes."""
    rules = files("console.headless.exporter").joinpath("rules.yaml").read_text(encoding="utf-8")
    write_data(rules, encoding="utf-8")
    return ExitCode.OK


def run_exporter(settings: Settings, *, host: str, port: int) -> ExitCode:
    """Serve until SIGTERM comes, which is no failure, and return 0; an address that cannot be used is 69.

    Raises:
        KeyboardInterrupt: a person ended it.
    """
    from console.headless.exporter.serving import application, serving

    board = _Board(time.time)
    try:
        with serving(host, port, application(board.collect, board.is_ready)) as served:
            shown = f"[{host}]:{served}" if ":" in host else f"{host}:{served}"
            narrate(f"metrics are served at http://{shown}/metrics")
            asyncio.run(_run(settings, board))
    except OSError as error:
        narrate(f"--listen {host}:{port}: nothing can be served there: {error.strerror or 'no reason given'}")
        return ExitCode.SOURCE_UNREACHABLE
    return ExitCode.OK


class _Board:
    """What was found last; it is replaced as a whole, so that every scrape sees one refresh."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._found: Found | None = None
        self._refreshes = 0

    def put(self, snapshot: Snapshot, seconds: float, findings: "dict[str, PredictionFindings]") -> None:
        """Show what a refresh found from now on."""
        from console.headless.exporter.families import Found

        self._refreshes += 1
        self._found = Found(
            snapshot=snapshot,
            seconds=seconds,
            refreshes=self._refreshes,
            drift={model_id: each.drift for model_id, each in findings.items() if each.drift is not None},
            quality={model_id: each.quality for model_id, each in findings.items() if each.quality is not None},
        )

    def collect(self) -> "Iterator[Metric]":
        """Return the metrics of this moment."""
        from console.headless.exporter.families import families

        return families(self._found, is_fresh=self.is_ready())

    def is_ready(self) -> bool:
        """Return whether the fleet was read lately: what is older says nothing of now."""
        found = self._found
        return found is not None and self._clock() - found.snapshot.taken_at <= fresh_for(found.snapshot)


async def _run(settings: Settings, board: _Board) -> None:
    following = asyncio.create_task(_follow(settings, board))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, _end, following)
    try:
        await following
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is not None and task.cancelling():  # it was not SIGTERM, but an interrupt
            raise


def _end(following: "asyncio.Task[None]") -> None:
    threading.Thread(target=_end_at_last, name="end", daemon=True).start()
    following.cancel()


def _end_at_last() -> None:
    time.sleep(SECONDS_TO_END)
    os._exit(ExitCode.OK)


async def _follow(settings: Settings, board: _Board) -> None:
    async with open_refresher(settings, live=True, patience=PATIENCE_SECONDS) as refresher:
        while True:
            began = time.monotonic()
            snapshot = await refresher.take(None)
            board.put(snapshot, time.monotonic() - began, _findings(refresher, snapshot.models))
            await asyncio.sleep(settings.refresh)


def _findings(refresher: "Refresher", views: tuple[ModelView, ...]) -> "dict[str, PredictionFindings]":
    """Return what the logs of predictions say of each model; of one whose store is down, nothing: it is not now."""
    reader = refresher.predictions
    if reader is None:
        return {}
    found = {view.model.id: reader.finding(view.model) for view in views}
    return {model_id: each for model_id, each in found.items() if each is not None and _is_of_now(each)}


def _is_of_now(finding: "PredictionFindings") -> bool:
    return all(reading.state is not State.SOURCE_DOWN for reading in finding.readings.values())
