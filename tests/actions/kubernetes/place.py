"""What the contract's cases of the Kubernetes provider need of a cluster: the simulated one has it, a real one too."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from console.domain.model import Workload
from console.settings.settings import KubernetesSettings
from console.simulation.cluster.faults import Faults
from console.simulation.cluster.messages import RecordedRequest
from console.simulation.cluster.simulated_cluster import SimulatedPod
from console.transport.kubernetes import Kr8sTransport
from tests.actions.kubernetes.world import Clock


class Troubled(Protocol):
    """A cluster that keeps what arrived, and makes trouble where it is told to."""

    @property
    def faults(self) -> Faults:
        """Return what is still to go wrong."""
        ...

    @property
    def requests(self) -> Sequence[RecordedRequest]:
        """Return every request that arrived, oldest first."""
        ...

    def forget_requests(self) -> None:
        """Empty the record of requests."""
        ...

    def deny(self, *, verb: str = "*", resource: str = "*", subresource: str = "*") -> None:
        """Deny an action from now on, to requests and access reviews alike."""
        ...

    def advance(self) -> None:
        """Let the controllers act."""
        ...


class Prepared(Troubled, Protocol):
    """A cluster in which things can be made ready for a test, as the simulated one and a real one are."""

    def pods(self, namespace: str, deployment: str) -> Sequence[SimulatedPod]:
        """Return the pods of a Deployment that are not terminating."""
        ...

    def add_autoscaler(self, *, namespace: str, deployment: str, minimum: int, maximum: int) -> None:
        """Add a HorizontalPodAutoscaler of a Deployment."""
        ...

    def roll_out(self, *, namespace: str, name: str, image: str, labels: Mapping[str, str]) -> None:
        """Change a Deployment's image and pod labels now, as somebody's release would."""
        ...


class Place(Protocol):
    """Where Deployment `fraud` runs three replicas, in a cluster of Kubernetes 1.`minor`, and what reaches it."""

    clock: Clock
    transport: Kr8sTransport
    settings: KubernetesSettings
    fraud: Workload
    minor: int

    @property
    def cluster(self) -> Prepared:
        """Return the cluster."""
        ...
