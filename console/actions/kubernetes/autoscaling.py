"""The bounds of whatever sets the replicas of a workload by itself: a HorizontalPodAutoscaler, or KEDA above it."""

import msgspec

from console.actions.kubernetes.address import Address
from console.actions.kubernetes.guarded_patch import GuardedPatch, edit
from console.domain.label import harmless
from console.sources.cluster.autoscalers import AUTOSCALERS
from console.sources.cluster.objects import Autoscaler
from console.sources.cluster.scaled_objects import DEFAULT_BOUNDS, SCALED_OBJECT, SCALED_OBJECTS
from console.sources.cluster.writers import LiveObject
from console.transport.kubernetes import KubernetesTransport

_KEDA = "keda.sh"
_LONGEST_COMPLAINT = 400
"""Characters: controllers nest the reasons of those below them, and the last is the one that matters."""


class Governor(msgspec.Struct, frozen=True):
    """The object that says between which bounds the replicas of a workload are, with the pointers to these bounds."""

    kind: str
    live: LiveObject
    address: Address
    least: str
    most: str

    @property
    def told(self) -> str:
        """Return it as it is told: `HorizontalPodAutoscaler fraud`."""
        return f"{self.kind} {harmless(self.live.metadata.name)}"

    @property
    def bounds(self) -> tuple[int, int]:
        """Return the bounds of now; where it names none, those that its controller takes."""
        defaults = default_bounds(self.address)
        least, most = self.live.at(self.least), self.live.at(self.most)
        return defaults[0] if least is None else int(least), defaults[1] if most is None else int(most)

    def floor(self, wanted: int) -> GuardedPatch:
        """Return the patch after which at least so many replicas run: the lower bound, and the upper where it must."""
        edits = [edit(self.live, self.least, wanted)]
        if wanted > self.bounds[1]:
            edits.insert(0, edit(self.live, self.most, wanted))
        return GuardedPatch(self.address, self.live.metadata.uid, tuple(edits))


def default_bounds(address: Address) -> tuple[int, int]:
    """Return the bounds that are taken where an object names none: by KEDA 0 and 100, by Kubernetes 1, the least."""
    return DEFAULT_BOUNDS if address.plural == SCALED_OBJECTS else (1, 1)


def governor_address(autoscaler: Autoscaler) -> Address:
    """Return what is changed where an autoscaler sets the replicas: itself, or the ScaledObject above it."""
    metadata = autoscaler.metadata
    above = metadata.controller
    if above is not None and above.kind == SCALED_OBJECT and above.api_version.partition("/")[0] == _KEDA:
        return Address(above.api_version, SCALED_OBJECTS, metadata.namespace, above.name)
    return Address(autoscaler.api_version, AUTOSCALERS, metadata.namespace, metadata.name)


def leaves_alone(autoscaler: Autoscaler, seen: int, wanted: int) -> bool:
    """Tell whether an autoscaler leaves a change of the count as it is: at 0 replicas it rests.

    KEDA does not: it starts what is at 0 by its triggers and its own lower bound, whoever brought it there
    (pkg/scaling/executor/scale_scaledobjects.go).
    """
    by_keda = governor_address(autoscaler).plural == SCALED_OBJECTS
    return not by_keda and 0 in (seen, wanted)


def told_resting(autoscaler: Autoscaler) -> str:
    """Return what becomes of a count that an autoscaler leaves alone."""
    bounds = f"between {autoscaler.minimum} and {autoscaler.spec.max_replicas}"
    return f"at 0 replicas its autoscaler rests, and starts again when there are some: it keeps them {bounds} then"


def told_stuck(autoscaler: Autoscaler) -> str | None:
    """Return that an autoscaler does not scale by itself now, with its own words for why; None where it does."""
    complaint = autoscaler.complaint
    if complaint is None:
        return None
    why = harmless(complaint.message or complaint.reason, _LONGEST_COMPLAINT)
    name = harmless(autoscaler.metadata.name)
    if complaint.type == "AbleToScale":
        return f"HorizontalPodAutoscaler {name} cannot set the replicas now, so its bounds may change nothing: {why}"
    return f"HorizontalPodAutoscaler {name} does not scale by itself now, it only keeps its bounds: {why}"


def is_governor(address: Address) -> bool:
    """Tell whether an address is that of an object that sets replicas by itself."""
    return address.plural in {AUTOSCALERS, SCALED_OBJECTS}


async def read_governor(transport: KubernetesTransport, address: Address) -> Governor:
    """Return what sets the replicas, as it is now.

    Raises:
        Exception: one of `UNREADABLE`: the cluster gave no answer, or another.
    """
    return governor_of(LiveObject.of(await transport.get(address.path)), address)


def governor_of(live: LiveObject, address: Address) -> Governor:
    """Return an object that was read as what sets replicas."""
    if address.plural == SCALED_OBJECTS:
        return Governor(SCALED_OBJECT, live, address, "/spec/minReplicaCount", "/spec/maxReplicaCount")
    return Governor("HorizontalPodAutoscaler", live, address, "/spec/minReplicas", "/spec/maxReplicas")
