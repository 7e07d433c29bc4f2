"""The demo: a world in a thread of its own, a face in front of it."""

import asyncio
import os
import shutil
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from console.journal.directory import state_directory
from console.settings.settings import Settings
from console.simulation.history import BackfillFailed
from console.simulation.prometheus_server import PrometheusFailed
from console.simulation.scenario import SCENARIOS, WITHOUT_PROMETHEUS, Scenario, UnknownScenario, find_scenario
from console.simulation.services import ServicesMissing, find_services
from console.simulation.world import SimulatedWorld

WRONG_USAGE = 64
SOURCE_UNREACHABLE = 69

Face = Callable[[Settings], int]
"""Opens the console with some settings and returns its exit code when it was left."""


def scenarios() -> tuple[Scenario, ...]:
    """Return the stories that the demo can tell, the default one first."""
    return SCENARIOS


def run_demo(scenario: str | None, face: Face, *, seed: int = 1, prometheus: bool = True) -> int:
    """Run a scenario, or the default one, behind a face until the face is left, and return the exit code.

    Where there is no Prometheus, or `prometheus` says that none is wanted, the world consists of what models log. The
    code is 64 for an unknown scenario, 69 where one that needs Prometheus was named and Prometheus cannot be had, else
    the face's own. Narrates on stderr.
    """
    try:
        if prometheus:
            prometheus = _can_have_prometheus(scenario)
        chosen = find_scenario(scenario or (SCENARIOS[0].name if prometheus else WITHOUT_PROMETHEUS))
        if chosen.faults and not prometheus:
            _say(f"{chosen.name} happens in Prometheus; without it there is {WITHOUT_PROMETHEUS}")
            return WRONG_USAGE
        what = "models, a day of their past and a cluster" if prometheus else "what models logged for a week"
        _say(f"preparing {chosen.title!r}: {what}, this takes some seconds")
        world = SimulatedWorld(chosen, seed=seed, environment=os.environ, prometheus=prometheus)
        with _WorldThread(world) as world:
            _narrate(chosen, world)
            code = face(world.settings())
            _keep_crash_reports(world.state)
            return code
    except UnknownScenario as error:
        _say(str(error))
        return WRONG_USAGE
    except (ServicesMissing, PrometheusFailed, BackfillFailed) as error:
        _say(str(error))
        return SOURCE_UNREACHABLE


def _can_have_prometheus(scenario: str | None) -> bool:
    """Return whether the programs are there; without them a scenario can be told that only the logs know.

    Raises:
        ServicesMissing: The scenario that was asked for happens in Prometheus.
    """
    try:
        find_services(os.environ)
    except ServicesMissing as error:
        if scenario is not None and find_scenario(scenario).faults:
            raise
        _say(f"{error}; until then you see what logged predictions tell")
        return False
    return True


def _narrate(scenario: Scenario, world: SimulatedWorld) -> None:
    _say(f"{scenario.happens}; {scenario.ends}")
    _say(f"from another terminal: incident-console summary --config {world.config_path}")
    _say(f"the cluster: kubectl --kubeconfig {world.kubeconfig_path} get pods -n ml")


def _keep_crash_reports(state: Path) -> None:
    """Save what a crashed face wrote from the folder that goes with the world."""
    for report in sorted(state.glob("crash-*.log")):
        _say(f"kept as {shutil.copy(report, state_directory(None))}")


def _say(text: str) -> None:
    print(f"demo: {text}", file=sys.stderr)


class _WorldThread:
    """Runs a world on an event loop in a thread, so that a face that blocks does not stop it."""

    def __init__(self, world: SimulatedWorld) -> None:
        self._world = world
        self._thread = threading.Thread(target=self._run, name="simulated world", daemon=True)
        self._ready = threading.Event()
        self._leave: Callable[[], object] = lambda: None
        self._error: BaseException | None = None

    def __enter__(self) -> SimulatedWorld:
        self._thread.start()
        self._ready.wait()
        self._raise_error()
        return self._world

    def __exit__(self, *exception: object) -> None:
        self._leave()
        self._thread.join()
        self._raise_error()

    def _raise_error(self) -> None:
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        try:
            asyncio.run(self._live())
        except Exception as error:  # noqa: BLE001 -- raised again in the thread that waits for this world
            self._error = error
        finally:
            self._ready.set()

    async def _live(self) -> None:
        loop, over = asyncio.get_running_loop(), asyncio.Event()
        async with self._world:
            self._leave = lambda: loop.call_soon_threadsafe(over.set)
            self._ready.set()
            await over.wait()
