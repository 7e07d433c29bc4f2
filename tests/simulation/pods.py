"""A stand-in for the simulated cluster: pods that a test starts and ends by itself."""

import msgspec

from console.simulation.fleet.profile import Profile


class FixedPod(msgspec.Struct, frozen=True):
    name: str
    version: str
    ready_since: float | None = 0.0


class FixedPods:
    """Pods by deployment, ready since ever unless a test says otherwise."""

    def __init__(self, profiles: tuple[Profile, ...]) -> None:
        self.by_deployment = {
            (profile.namespace, profile.name): [
                FixedPod(f"{profile.name}-{number}", profile.version) for number in range(profile.replicas)
            ]
            for profile in profiles
        }

    def pods(self, namespace: str, deployment: str) -> list[FixedPod]:
        return list(self.by_deployment[namespace, deployment])

    def start(self, profile: Profile, count: int, ready_since: float | None, version: str | None = None) -> None:
        pods = self.by_deployment[profile.namespace, profile.name]
        number = len(pods)
        pods += [
            FixedPod(f"{profile.name}-{number + more}", version or profile.version, ready_since)
            for more in range(count)
        ]
