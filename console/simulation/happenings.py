"""What a story does to the cluster: releases and what is wrong with them, a colleague's hand, the log of a bad pod."""

from collections.abc import Iterable

from console.simulation.cluster import SimulatedCluster
from console.simulation.fleet.fault import BadRelease, BadReplica, Fault, MemoryLeak, MissingImage, Scaled
from console.simulation.fleet.fleet import Fleet
from console.simulation.fleet.profile import Profile

_TO_THE_CLUSTER = (BadRelease, BadReplica, MissingImage, MemoryLeak, Scaled)


class Happenings:
    """Lets the faults of a fleet happen to the cluster that runs it, each once when its time has come."""

    def __init__(self, cluster: SimulatedCluster, fleet: Fleet) -> None:
        self._cluster = cluster
        self._fleet = fleet
        self._waiting: list[Fault] = [fault for fault in fleet.faults if isinstance(fault, _TO_THE_CLUSTER)]

    def advance(self, now: float) -> None:
        """Let happen what is due at an instant (UTC seconds), to which the fleet has come."""
        for fault in tuple(self._due(now)):
            profile = next(profile for profile in self._fleet.profiles if profile.name == fault.model)
            if self._happens(fault, profile):
                self._waiting.remove(fault)

    def _due(self, now: float) -> Iterable[Fault]:
        return (fault for fault in self._waiting if now >= self._fleet.started + fault.begins)

    def _happens(self, fault: Fault, profile: Profile) -> bool:
        """Do what a fault does to the cluster; return whether it is done."""
        match fault:
            case Scaled(replicas=replicas):
                self._cluster.scale(namespace=profile.namespace, name=profile.name, replicas=replicas)
            case BadReplica(log=log):
                pod = self._fleet.struck(fault)
                if pod is None:
                    return False
                self._cluster.write_log(profile.namespace, pod, log)
            case MissingImage(version=version, why=why):
                self._cluster.refuse_image(profile.image(version), why)
                self._roll_out(profile, version)
            case MemoryLeak(version=version, after=after, log=log):
                image = profile.image(version)
                self._cluster.run_out_of_memory(image, after_seconds=after, last_words=log)
                self._roll_out(profile, version)
            case BadRelease(version=version):
                self._roll_out(profile, version)
        return True

    def _roll_out(self, profile: Profile, version: str) -> None:
        image, labels = profile.image(version), {"version": version}
        self._cluster.roll_out(namespace=profile.namespace, name=profile.name, image=image, labels=labels)
