"""A labelled fleet as data: what each model is, which pods served it when, what happened, and what is right to say.

All instants are UTC seconds, all durations seconds.
"""

from enum import StrEnum

import msgspec

from console.domain.anomaly import CauseKind
from console.simulation.fleet.profile import Profile
from tests.scenarios.serving import Serving

FOREVER = float("inf")


class Season(msgspec.Struct, frozen=True):
    """How traffic moves without anything having happened.

    `daily` and `second` are the heights of the wave of a day and of half a day, `peak` the local hour of the highest
    point, `weekend` what a Saturday multiplies traffic with, `growth` its relative growth in a week.
    """

    zone: str = "UTC"
    daily: float = 0.4
    second: float = 0.1
    peak: float = 14.0
    weekend: float = 0.8
    growth: float = 0.0


class Wobble(msgspec.Struct, frozen=True):
    """How restless a healthy model is: standard deviations of logarithms, and events in a day.

    `slow` and `fast` are of traffic, `latency` of the time that requests take. `bursts` are minutes in which more
    comes, `stalls` up to 30 s in which all is slower, `hiccups` up to 30 s in which some requests fail.
    """

    slow: float = 0.06
    fast: float = 0.05
    latency: float = 0.05
    bursts: float = 4.0
    stalls: float = 3.0
    hiccups: float = 1.0


class Quantity(StrEnum):
    """What an effect changes."""

    TRAFFIC = "traffic"
    SLOWDOWN = "slowdown"
    TOKENS = "tokens"
    FAILURES = "failures"


class Effect(msgspec.Struct, frozen=True):
    """From `begins` to `ends` a quantity is multiplied by `size` (failures: `size` is added to the ratio).

    It grows over `ramp` seconds and passes as fast. `pods` and `version` say who is concerned, none is all.
    """

    quantity: Quantity
    size: float
    begins: float
    ends: float = FOREVER
    ramp: float = 1.0
    pods: tuple[str, ...] = ()
    version: str | None = None

    def concerns(self, pod: "Life") -> bool:
        """Return whether a pod is concerned."""
        return (not self.pods or pod.name in self.pods) and self.version in (None, pod.version)


class Life(msgspec.Struct, frozen=True):
    """The life of a pod: it serves from `begins` to `ends`, and counts anew after each of its `restarts`."""

    name: str
    version: str
    replica_set: str
    node: str
    address: str
    begins: float = -FOREVER
    ends: float = FOREVER
    restarts: tuple[float, ...] = ()
    weight: float = 1.0
    """Its part of the traffic, beside those of the others."""
    missed_until: float | None = None
    """Until when Prometheus asks for it in vain after it ended: its machine is gone, and nobody has said so."""


class Gap(msgspec.Struct, frozen=True):
    """No samples of a model between two instants; `down`: Prometheus says so of its targets, else it says nothing."""

    begins: float
    ends: float = FOREVER
    down: bool = False


class Wanted(msgspec.Struct, frozen=True):
    """How many replicas are wanted from an instant on, by those who run it or its autoscaler."""

    begins: float
    replicas: int


class Deployment(msgspec.Struct, frozen=True):
    """What kube-state-metrics says of the workload; `most` is the autoscaler's limit, None where there is none."""

    wanted: tuple[Wanted, ...]
    most: int | None = None


class Dependency(msgspec.Struct, frozen=True):
    """A service that models call: its address, median seconds and failing ratio at rest, and what happened to it."""

    address: str
    seconds: float
    failures: float = 0.0001
    effects: tuple[Effect, ...] = ()


class ServedModel(msgspec.Struct, frozen=True):
    """One model of the fleet. `deployment` is None where nobody exports what the cluster knows."""

    profile: Profile
    season: Season
    wobble: Wobble
    pods: tuple[Life, ...]
    serving: Serving = Serving.GENERIC
    effects: tuple[Effect, ...] = ()
    gaps: tuple[Gap, ...] = ()
    deployment: Deployment | None = None
    calls: tuple[str, ...] = ()
    """Addresses of the dependencies whose client metrics it exports."""


class Label(msgspec.Struct, frozen=True):
    """What is right to say of a model.

    `story` names what happened, for the table. An incident has the `kinds` of anomaly of which one must be seen
    between `onset` and `onset + within`, its `cause` (None: not asked for) and the `playbooks` of which one must be the
    first. Of a look-alike (no kinds) nothing must be said.
    """

    model: str
    story: str
    onset: float
    kinds: tuple[str, ...] = ()
    cause: CauseKind | None = None
    playbooks: tuple[str, ...] = ()
    within: float = 300.0
    looked: tuple[float, ...] = ()
    """Seconds after the onset at which the fleet is looked at, where not as usual."""
    ends: float = FOREVER

    @property
    def is_incident(self) -> bool:
        """Return whether something is wrong."""
        return bool(self.kinds)


class Theatre(msgspec.Struct, frozen=True):
    """A time that is sampled closely and looked at: `spacing` seconds between samples."""

    begins: float
    ends: float
    spacing: float = 15.0


class World(msgspec.Struct, frozen=True):
    """A fleet: its history begins at `begins` with samples every `far` seconds, and ends with its last theatre."""

    seed: int
    begins: float
    theatres: tuple[Theatre, ...]
    models: tuple[ServedModel, ...]
    labels: tuple[Label, ...]
    dependencies: tuple[Dependency, ...] = ()
    far: float = 150.0
    looked_at_every: float | None = None
    """Seconds between two looks at the last theatre; None: looks follow the onsets."""

    @property
    def ends(self) -> float:
        """Return when the history ends."""
        return self.theatres[-1].ends
