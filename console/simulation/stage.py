"""A story without its audience: the models at work in their cluster, and what happens to both, on one clock."""

from collections.abc import Callable, Sequence

from console.simulation.fleet.fleet import Fleet
from console.simulation.fleet.profile import Profile
from console.simulation.happenings import Happenings
from console.simulation.kserve_models import PodsOfModels
from console.simulation.populating import populated_cluster
from console.simulation.scenario import Scenario


class Stage:
    """Cluster and fleet of one story that begins at `started` and whose models run since `created` (UTC seconds).

    Deterministic for (scenario, profiles, started, created, seed) and the instants at which `clock` is looked at.
    """

    def __init__(
        self,
        scenario: Scenario,
        profiles: Sequence[Profile],
        clock: Callable[[], float],
        *,
        started: float,
        created: float,
        seed: int,
    ) -> None:
        self._clock = clock
        self.cluster = populated_cluster(scenario, profiles, clock, created, seed=seed)
        pods = PodsOfModels(self.cluster, scenario.kserve)
        self.fleet = Fleet(profiles, scenario.faults, seed, started, pods)
        if scenario.autoscaled:
            self.cluster.measure(self.fleet.usage, since=started)
        self._happenings = Happenings(self.cluster, self.fleet)

    def advance(self) -> None:
        """Bring all to the clock's time."""
        now = self._clock()
        self.cluster.advance()
        self.fleet.advance(now)
        self._happenings.advance(now)
