"""The models at work: takes traffic to the pods that run, tick by tick, and keeps what each pod has counted."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

import msgspec
import numpy as np

from console.simulation.fleet.dialects import columns_of, families_of
from console.simulation.fleet.fault import BadRelease, BadReplica, DeadExporter, Fault, LostReplica
from console.simulation.fleet.flow import flow
from console.simulation.fleet.ledger import COUNTERS, GAUGES, Counter, Family, Gauge, Matrix
from console.simulation.fleet.noise import Floats, noise, ratio
from console.simulation.fleet.profile import Profile
from console.simulation.fleet.traffic import arrivals

TICK = 1.0
"""Seconds between two looks at the cluster; rates are constant in between."""


_UTILISATION = GAUGES.index(Gauge.UTILISATION)
_ANSWERED = [COUNTERS.index(each) for each in (Counter.SUCCEEDED, Counter.FAILED, Counter.REJECTED, Counter.TIMED_OUT)]

GRACE = 12.0
"""Seconds for which a pod that ends still answers scrapes: longer than Prometheus needs to hear that it is gone."""


class Pod(Protocol):
    """What the fleet needs to know of a pod; instants are UTC seconds."""

    @property
    def name(self) -> str:
        """The pod's name, unique in its namespace."""

    @property
    def version(self) -> str:
        """The version of the model in the pod's image."""

    @property
    def ready_since(self) -> float | None:
        """When the pod became ready; None while it is not."""


class PodSource(Protocol):
    """The cluster, as the fleet sees it."""

    def pods(self, namespace: str, deployment: str) -> Sequence[Pod]:
        """Return the pods of a deployment that exist, ready or not."""


class PodReading(msgspec.Struct, frozen=True):
    """What one pod exports at an instant: totals (columns,) and gauges (gauges,), and the families that show them."""

    families: tuple[Family, ...]
    totals: Floats
    gauges: Floats


class PodRecord(msgspec.Struct, frozen=True):
    """The past of one pod: its series over `times` (T,), counters (T, columns) and gauges (T, gauges)."""

    profile: Profile
    name: str
    families: tuple[Family, ...]
    counters: Matrix
    gauges: Matrix


class _Load(msgspec.Struct, frozen=True):
    """What one pod counts per second, shape (T, columns), and shows, shape (T, gauges)."""

    rates: Matrix
    gauges: Matrix


class _Replica(msgspec.Struct):
    """A pod that runs or just ended: totals at the start of the tick, and how they grow during it."""

    version: str
    totals: Floats
    rates: Floats
    gauges: Floats
    last_seen: float


class Fleet:
    """All models of the simulated world, deterministic for (profiles, faults, seed, started, pods).

    `record` may tell the past once, up to `started`; then `advance` follows the clock and `read` says what a pod
    exports. A pod that is not ready yet exports zeros.
    """

    def __init__(
        self, profiles: Iterable[Profile], faults: Iterable[Fault], seed: int, started: float, pods: PodSource
    ) -> None:
        self.profiles = tuple(profiles)
        self.faults = tuple(faults)
        self.started = started
        self._seed = seed
        self._pods = pods
        self._tick = started
        self._replicas: dict[str, dict[str, _Replica]] = {profile.name: {} for profile in self.profiles}
        self._backlogs: dict[tuple[str, str, bool], float] = {}
        self._struck: dict[Fault, str] = {}

    def record(self, times: Floats) -> list[PodRecord]:
        """Return the past of the pods that run now, as if they had always run.

        `times` ascend and end at `started`. Afterwards the counters go on from there.
        """
        steps = np.diff(times)
        records = []
        for profile in self.profiles:
            for pod, load in self._loads(profile, times[:-1], steps):
                start = np.zeros((1, load.rates.shape[1]))
                counters = np.concatenate([start, np.cumsum(load.rates * steps[:, None], axis=0)])
                gauges = np.concatenate([load.gauges, load.gauges[-1:]])
                records.append(PodRecord(profile, pod.name, families_of(profile, pod.version), counters, gauges))
                replica = _Replica(pod.version, counters[-1], np.zeros(counters.shape[1]), gauges[-1], self._tick)
                self._replicas[profile.name][pod.name] = replica
        self._serve()
        return records

    def advance(self, now: float) -> None:
        """Follow the clock to `now` (UTC seconds)."""
        while self._tick + TICK <= now:
            for replicas in self._replicas.values():
                for replica in replicas.values():
                    replica.totals = replica.totals + replica.rates * TICK
            self._tick += TICK
            self._serve()

    def read(self, profile: Profile, pod: str, now: float) -> PodReading | None:
        """Return what a pod of a model exports at `now`; None when there is no such pod."""
        self.advance(now)
        replica = self._replicas[profile.name].get(pod)
        if replica is None:
            return None
        totals = replica.totals + replica.rates * max(0.0, now - self._tick)
        return PodReading(families_of(profile, replica.version), totals, replica.gauges)

    def usage(self, namespace: str, pod: str) -> dict[str, float] | None:
        """Return what a pod uses now, as an autoscaler hears of it; None when there is no such pod.

        A replica with busy workers only uses all the CPU that it asks for.
        """
        for profile in self.profiles:
            replica = self._replicas[profile.name].get(pod)
            if replica is not None and profile.namespace == namespace:
                cpu = float(replica.gauges[_UTILISATION]) * profile.cpu
                return {"cpu": cpu, "requests_per_second": float(replica.rates[_ANSWERED].sum())}
        return None

    def pods(self, profile: Profile) -> Sequence[Pod]:
        """Return the pods of a model that exist, ready or not."""
        return self._pods.pods(profile.namespace, profile.name)

    def struck(self, fault: Fault) -> str | None:
        """Return the pod that a fault struck by now, None while there is none."""
        return self._struck.get(fault)

    def answers_scrapes(self, profile: Profile, pod: str, now: float) -> bool:
        """Tell whether a pod's exporter is alive at `now`."""
        if pod == self._lost(profile, now):
            return False
        return not any(isinstance(fault, DeadExporter) for fault in self._active(profile, now))

    def _serve(self) -> None:
        """Let the traffic of this tick flow through the pods that are ready at its start."""
        instant, step = np.asarray([self._tick]), np.asarray([TICK])
        for profile in self.profiles:
            silent, idle = np.zeros(columns_of(profile).width), np.zeros(len(GAUGES))
            known = self._replicas[profile.name]
            for pod in self.pods(profile):
                replica = known.setdefault(pod.name, _Replica(pod.version, silent, silent, idle, self._tick))
                replica.last_seen = self._tick
            for name, replica in list(known.items()):
                replica.rates, replica.gauges = silent, idle
                if self._tick - replica.last_seen > GRACE:
                    del known[name]
            for pod, load in self._loads(profile, instant, step):
                known[pod.name].rates, known[pod.name].gauges = load.rates[0], load.gauges[0]

    def _loads(self, profile: Profile, times: Floats, steps: Floats) -> Iterator[tuple[Pod, _Load]]:
        """Yield what each serving pod of a model counts per second and shows, at instants that begin steps."""
        serving = self._serving(profile, float(times[-1]))
        wanted = arrivals(profile, self.faults, self._seed, self.started, times)
        bad = self._bad(profile, float(times[-1]))
        struck = None if bad is None else self._pod_of(profile, bad)
        for version, is_struck in sorted({(pod.version, pod.name == struck) for pod in serving}):
            group = [pod for pod in serving if (pod.version, pod.name == struck) == (version, is_struck)]
            served = self._as_released(profile, version)
            if is_struck and bad is not None:
                served = _harmed(served, bad.failures, bad.slowdown)
            passed = flow(
                served,
                wanted * len(group) / len(serving),
                steps,
                replicas=len(group),
                backlog=self._backlogs.get((profile.name, version, is_struck), 0.0),
                failures=self._failures(served, times),
                bounds=columns_of(profile).bounds,
            )
            self._backlogs[profile.name, version, is_struck] = passed.backlog
            rates, gauges = columns_of(profile).counters(passed), columns_of(profile).gauges(passed, served, len(group))
            weights = [1.0 + 0.04 * (ratio(self._seed, pod.name) - 0.5) for pod in group]
            for pod, weight in zip(group, weights, strict=True):
                yield pod, _Load(rates * (weight / sum(weights)), gauges)

    def _serving(self, profile: Profile, now: float) -> list[Pod]:
        lost = self._lost(profile, now)
        return [
            pod
            for pod in self.pods(profile)
            if pod.name != lost and pod.ready_since is not None and pod.ready_since <= now
        ]

    def _failures(self, profile: Profile, times: Floats) -> Floats:
        """Return the ratio of answers that are errors, with some noise."""
        wobble = 1.0 + 0.5 * noise(self._seed, f"{profile.name}/failures", times)
        return np.minimum(profile.failures * wobble, 1.0)

    def _as_released(self, profile: Profile, version: str) -> Profile:
        for fault in self.faults:
            if isinstance(fault, BadRelease) and fault.model == profile.name and fault.version == version:
                return _harmed(profile, fault.failures, fault.slowdown)
        return profile

    def _lost(self, profile: Profile, now: float) -> str | None:
        """Return the pod that a LostReplica took, if there is one."""
        for fault in self._active(profile, now):
            if isinstance(fault, LostReplica):
                return self._pod_of(profile, fault)
        return None

    def _bad(self, profile: Profile, now: float) -> BadReplica | None:
        """Return what is wrong with a single replica of a model at an instant, if anything is."""
        return next((fault for fault in self._active(profile, now) if isinstance(fault, BadReplica)), None)

    def _pod_of(self, profile: Profile, fault: Fault) -> str | None:
        """Return the pod that a fault struck: the one whose name sorted first among those that were ready before it."""
        if fault not in self._struck:
            began = self.started + fault.begins
            old = [pod.name for pod in self.pods(profile) if pod.ready_since is not None and pod.ready_since < began]
            if not old:
                return None
            self._struck[fault] = min(old)
        return self._struck[fault]

    def _active(self, profile: Profile, now: float) -> list[Fault]:
        return [fault for fault in self.faults if fault.model == profile.name and now >= self.started + fault.begins]


def _harmed(profile: Profile, failures: float, slowdown: float) -> Profile:
    return msgspec.structs.replace(profile, failures=failures, service_time=profile.service_time * slowdown)
