"""The cluster in which a story begins: every model runs, as the story wants it."""

from collections.abc import Callable, Sequence

from console.simulation.cluster import SimulatedCluster
from console.simulation.fleet.profile import Profile
from console.simulation.kserve_models import cluster_with_kserve
from console.simulation.scenario import Scenario

_WITHOUT_SURGE = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}}
"""How models are released where there is no accelerator to spare."""


def populated_cluster(
    scenario: Scenario, profiles: Sequence[Profile], clock: Callable[[], float], created: float, *, seed: int
) -> SimulatedCluster:
    """Return a cluster in which every model has been running since an instant (UTC seconds)."""
    room = scenario.pods_per_node
    by_kserve = [profile for profile in profiles if profile.name in scenario.kserve]
    if by_kserve:
        cluster = cluster_with_kserve(clock, by_kserve, created, seed=seed)
    else:
        cluster = SimulatedCluster(clock, seed=seed, pods_per_node=room)
    for profile in profiles:
        if profile not in by_kserve:
            cluster.add_deployment(
                namespace=profile.namespace,
                name=profile.name,
                replicas=profile.replicas,
                image=profile.image(profile.version),
                labels={"app": profile.name, "version": profile.version},
                created=created,
                cpu=f"{profile.cpu * 1000:.0f}m",
                strategy=_WITHOUT_SURGE if profile.name in scenario.without_surge else None,
            )
    for each in scenario.autoscaled:
        profile = next(profile for profile in profiles if profile.name == each.model)
        cluster.add_autoscaler(
            namespace=profile.namespace, deployment=each.model, minimum=profile.replicas, maximum=each.most
        )
    cluster.advance()
    return cluster
