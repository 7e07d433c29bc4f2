"""The simulated world: a fleet behind a real Prometheus, what it logs, a cluster that runs it, and one story."""

import asyncio
import math
import os
import time
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from console.settings.file import read_settings
from console.settings.settings import Settings
from console.simulation.configuration import write_configuration
from console.simulation.exporter import Exporter
from console.simulation.fleet.models import EIGHT_MODELS
from console.simulation.fleet.profile import Profile
from console.simulation.history import Past, backfill
from console.simulation.prediction_logs import PredictionLogs
from console.simulation.prometheus_server import ScrapePlan, running_prometheus
from console.simulation.scenario import Scenario
from console.simulation.services import Services, find_services
from console.simulation.stage import Stage
from console.simulation.watchdog import Watchdog, guarded_folder

JOB = "models"
_LEAD_SECONDS = 2.0
"""How long it takes to write the past, so that it ends when the first scrape is near: rates hardly see the seam."""

_TURN_SECONDS = 0.5
_APPEND_SECONDS = 10.0
"""Predictions are logged in files of so many seconds."""

Clock = Callable[[], float]


class SimulatedWorld:
    """The world of one scenario, running inside its `async with` block.

    It follows the real clock, for Prometheus does; `seed` decides all that is random. Entering raises ServicesMissing,
    BackfillFailed or PrometheusFailed when Prometheus cannot be had. Without `prometheus` there are only the prediction
    logs and the cluster.
    """

    def __init__(
        self,
        scenario: Scenario,
        *,
        seed: int = 1,
        clock: Clock = time.time,
        environment: Mapping[str, str] = os.environ,
        profiles: tuple[Profile, ...] = EIGHT_MODELS,
        past: Past = Past(),  # noqa: B008 -- frozen, one for all is meant
        prometheus: bool = True,
    ) -> None:
        self.scenario = scenario
        self.profiles = profiles
        self._clock = clock
        self._environment = environment
        self._past = past
        self._seed = seed
        self._with_prometheus = prometheus
        self.prometheus_url: str | None = None
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            services = find_services(self._environment) if self._with_prometheus else None
            self.folder, watchdog = stack.enter_context(guarded_folder())
            self.started = float(math.ceil(self._clock() + _LEAD_SECONDS))
            self._stage = Stage(
                self.scenario,
                self.profiles,
                self._clock,
                started=self.started,
                created=self.started - self._past.far_span,
                seed=self._seed,
            )
            self.cluster, self.fleet = self._stage.cluster, self._stage.fleet
            self.logs = PredictionLogs(
                self.folder / "logs", self.scenario.logged, seed=self._seed, started=self.started
            )
            await self._write_pasts(services, watchdog)
            # kubectl sends its token over TLS only, and it is a good witness.
            self.served = await stack.enter_async_context(self.cluster.serve("127.0.0.1", 0, tls=True))
            self.served.write_kubeconfig(self.kubeconfig_path)
            tasks = await stack.enter_async_context(asyncio.TaskGroup())
            for work in (self._turn(), self._append()):
                stack.callback(tasks.create_task(work).cancel)
            await asyncio.sleep(max(0.0, self.started - self._clock()))
            if services is not None:
                self.prometheus_url = await self._start_prometheus(services, stack, watchdog)
            write_configuration(
                self.config_path,
                prometheus_url=self.prometheus_url,
                kubeconfig=self.kubeconfig_path,
                state=self.state,
                scrape_interval=self._past.near_spacing,
                profiles=self.profiles,
                logs=self.logs,
            )
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._stack.__aexit__(kind, error, traceback)

    @property
    def kubeconfig_path(self) -> Path:
        """The kubeconfig whose context `simulated` is this world's cluster."""
        return self.folder / "kubeconfig"

    @property
    def config_path(self) -> Path:
        """The settings as a file, for a console in another terminal."""
        return self.folder / "config.yaml"

    @property
    def state(self) -> Path:
        """Where a console that looks at this world keeps its journal and its crash reports."""
        return self.folder / "state"

    def settings(self) -> Settings:
        """Return the configuration with which the console looks at this world."""
        return read_settings(self.config_path, self._environment)

    async def _start_prometheus(self, services: Services, stack: AsyncExitStack, watchdog: Watchdog) -> str:
        exporter = await stack.enter_async_context(Exporter(self.fleet, self._clock, self.cluster.kube_state).serve())
        plan = ScrapePlan(JOB, exporter.discovery_url, self._past.near_spacing)
        return await stack.enter_async_context(running_prometheus(services.prometheus, self.folder, plan, watchdog))

    async def _write_pasts(self, services: Services | None, watchdog: Watchdog) -> None:
        """Write what Prometheus and the logs know of the past, at the same time: promtool is another process."""
        pasts = [asyncio.to_thread(self.logs.write_past)]
        if services is not None:
            pasts.append(asyncio.to_thread(self._write_past, services.promtool, watchdog))
        for failure in await asyncio.gather(*pasts, return_exceptions=True):
            if failure is not None:
                raise failure

    def _write_past(self, promtool: Path, watchdog: Watchdog) -> None:
        times = self._past.times(self.started)
        records, state = self.fleet.record(times), self.cluster.kube_state()
        split = self._past.far_count(times, self.started)
        backfill(records, times, split, JOB, promtool, self.folder, watchdog.guard, state)

    async def _append(self) -> None:
        """Log what is predicted, as time goes on."""
        while True:
            await asyncio.to_thread(self.logs.advance, self._clock())
            await asyncio.sleep(_APPEND_SECONDS)

    async def _turn(self) -> None:
        """Keep cluster and fleet at the clock's time, whether anybody asks them or not."""
        while True:
            self._stage.advance()
            await asyncio.sleep(_TURN_SECONDS)
