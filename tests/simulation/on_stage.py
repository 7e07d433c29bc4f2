"""A story that unfolds on a clock of the test, and what a console has to look at its cluster and act on it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from console.actions.provider import Action
from console.domain.action import Outcome, Plan
from console.domain.cluster_facts import ClusterFacts
from console.domain.model import Workload
from console.settings.settings import KubernetesSettings
from console.simulation.fleet.fleet import PodReading
from console.simulation.fleet.ledger import COUNTERS, GAUGES, Counter, Gauge
from console.simulation.fleet.models import EIGHT_MODELS
from console.simulation.fleet.profile import Profile
from console.simulation.history import Past
from console.simulation.scenario import find_scenario
from console.simulation.stage import Stage
from console.sources.cluster.cluster_facts import read_cluster_facts
from console.sources.cluster.resolve import Sought, resolve_workloads
from console.transport.kubernetes import Kr8sTransport
from tests.actions.kubernetes.world import Clock, occasion

STARTED = 1_790_000_000.0
BEGINS = 10.0
SETTINGS = KubernetesSettings(context="simulated", write=True, max_replicas=20)
_PAST = Past(near_span=60.0, far_span=3600.0)
_ENDS = (Counter.SUCCEEDED, Counter.FAILED, Counter.REJECTED, Counter.TIMED_OUT)


class Audience(msgspec.Struct):
    """One model of a story, looked at and acted on."""

    clock: Clock
    stage: Stage
    profile: Profile
    transport: Kr8sTransport
    workload: Workload

    def watch(self, seconds: float) -> None:
        """Let so many seconds pass."""
        for _ in range(round(seconds)):
            self.clock.now += 1.0
            self.stage.advance()

    async def facts(self) -> ClusterFacts:
        """Return what the cluster says of the model."""
        return await read_cluster_facts(self.transport, self.profile.name, self.workload, self.clock)

    async def act(self, action: Action, arguments: Mapping[str, object] | None = None) -> Plan:
        """Plan an action, send it, and return its plan."""
        plan = await action.plan(occasion(self.workload), arguments or {}, may_dry_run=True)
        assert plan.refusals == ()
        done = await action.commit(plan)
        assert done.outcome is Outcome.APPLIED, done
        return plan

    def failing(self, seconds: float = 10.0) -> float:
        """Let some seconds pass and return the ratio of their requests that were not answered well."""
        before = self._ends()
        self.watch(seconds)
        gone = [after - earlier for after, earlier in zip(self._ends(), before, strict=True)]
        return 1.0 - gone[0] / sum(gone)

    def saturation(self) -> float:
        """Return the ratio of busy workers of the busiest replica."""
        place = GAUGES.index(Gauge.UTILISATION)
        return max(float(reading.gauges[place]) for reading in self._readings())

    def _ends(self) -> list[float]:
        readings = self._readings()
        return [sum(float(reading.totals[COUNTERS.index(end)]) for reading in readings) for end in _ENDS]

    def _readings(self) -> list[PodReading]:
        fleet = self.stage.fleet
        readings = [fleet.read(self.profile, pod.name, self.clock.now) for pod in fleet.pods(self.profile)]
        return [reading for reading in readings if reading is not None]


@asynccontextmanager
async def audience_of(name: str, directory: Path, *, alone: bool = True) -> AsyncIterator[Audience]:
    """Begin a story, BEGINS seconds before its incident; `alone` is its model in the cluster, which is quick."""
    scenario = find_scenario(name).beginning(BEGINS)
    (model,) = {fault.model for fault in scenario.faults}
    (profile,) = (each for each in EIGHT_MODELS if each.name == model)
    profiles = (profile,) if alone else EIGHT_MODELS
    clock = Clock(STARTED)
    stage = Stage(scenario, profiles, clock, started=STARTED, created=STARTED - _PAST.far_span, seed=1)
    stage.fleet.record(_PAST.times(STARTED))
    async with stage.cluster.serve() as served:
        kubeconfig = directory / "kubeconfig"
        served.write_kubeconfig(kubeconfig)
        transport = Kr8sTransport(kubeconfig, "simulated", key_directory=directory, deadline_seconds=2.0)
        try:
            pods = tuple(pod.name for pod in stage.fleet.pods(profile))
            finding = (await resolve_workloads(transport, {model: Sought("ml", pods)}))[model]
            assert finding.workload is not None, finding.reason
            yield Audience(clock, stage, profile, transport, finding.workload)
        finally:
            await transport.close()
