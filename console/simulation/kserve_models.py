"""Models of the simulated fleet that KServe serves, in Standard mode: their pods belong to Deployments of its own."""

from collections.abc import Callable, Iterable, Sequence

from console.simulation.cluster import SimulatedCluster, SimulatedPod
from console.simulation.cluster.kserve import INFERENCE_SERVICES, add_kserve, inference_service_object
from console.simulation.fleet.profile import Profile

_SETTLING_SECONDS = 60.0
"""Time for the autoscaler to look (every 15 s) and for the pods that it asks for to become ready."""
_CEILING = 4
"""How many times its replicas the autoscaler of a model may run."""


def cluster_with_kserve(
    clock: Callable[[], float], profiles: Iterable[Profile], created: float, *, seed: int
) -> SimulatedCluster:
    """Return a cluster in which KServe has been serving models since an instant (UTC seconds).

    Its controllers made everything themselves: its clock starts a little before that instant and follows `clock` from
    the end of this call on.
    """
    past: list[float] = [created - _SETTLING_SECONDS]
    cluster = SimulatedCluster(lambda: past[0] if past else clock(), seed=seed)
    add_kserve(cluster)
    for profile in profiles:
        cluster.add_object(INFERENCE_SERVICES, _inference_service(profile))
    past[0] = created
    cluster.advance()
    past.clear()
    return cluster


def _inference_service(profile: Profile) -> dict[str, object]:
    predictor = {
        "labels": {"version": profile.version},
        "minReplicas": profile.replicas,
        "maxReplicas": _CEILING * profile.replicas,
        "model": {
            "modelFormat": {"name": "sklearn"},
            "storageUri": f"s3://models/{profile.name}/{profile.version}",
        },
    }
    return inference_service_object(profile.namespace, profile.name, predictor=predictor)


class PodsOfModels:
    """The pods of models by their names, whoever made the Deployments that run them."""

    def __init__(self, cluster: SimulatedCluster, by_kserve: Iterable[str]) -> None:
        self._cluster = cluster
        self._by_kserve = frozenset(by_kserve)

    def pods(self, namespace: str, deployment: str) -> Sequence[SimulatedPod]:
        """Return the pods of the model that is named like its Deployment where nobody else makes one."""
        made = f"{deployment}-predictor" if deployment in self._by_kserve else deployment
        return self._cluster.pods(namespace, made)
