"""A Rollout (argoproj.io/v1alpha1) as typed values: what it is asked, and where the controller of Argo Rollouts is."""

from typing import Any

import msgspec

from console.actions.kubernetes.address import Address
from console.actions.provider import ActionRefused
from console.domain.label import harmless
from console.domain.model import Target
from console.domain.quantity import how_many
from console.sources.cluster.objects import ObjectCondition, Selector, decode_object, has_observed
from console.sources.cluster.resolve import is_name
from console.sources.cluster.writers import LiveObject

GROUP, KIND = "argoproj.io", "Rollout"
GROUP_VERSION = f"{GROUP}/v1alpha1"
PLURAL = "rollouts"
INCONCLUSIVE = "Inconclusive"
_REFERENCED = {
    ("apps/v1", "Deployment"): ("deployments", "/spec/template"),
    ("apps/v1", "ReplicaSet"): ("replicasets", "/spec/template"),
    ("v1", "PodTemplate"): ("podtemplates", "/template"),
}
"""What a workloadRef may name: API version and kind, with the plural and where the template is."""
_SHORT_HASH = 10


class WorkloadReference(msgspec.Struct, frozen=True, rename="camel"):
    """The object whose pod template a Rollout takes instead of one of its own."""

    kind: str
    name: str
    api_version: str = "apps/v1"


class Canary(msgspec.Struct, frozen=True, rename="camel"):
    """How a canary goes forward."""

    steps: tuple[dict[str, Any], ...] | None = None
    traffic_routing: dict[str, Any] | None = None


class Strategy(msgspec.Struct, frozen=True, rename="camel"):
    """How a Rollout goes forward: one of the two is set."""

    canary: Canary | None = None
    blue_green: dict[str, Any] | None = None


class RollbackWindow(msgspec.Struct, frozen=True):
    """Within how many revisions a step back skips the steps."""

    revisions: int = 0


class RolloutSpec(msgspec.Struct, frozen=True, rename="camel"):
    """What is asked of a Rollout; a count that it leaves out is 1."""

    replicas: int = 1
    paused: bool = False
    selector: Selector = Selector()
    strategy: Strategy = Strategy()
    template: dict[str, Any] | None = None
    workload_ref: WorkloadReference | None = None
    rollback_window: RollbackWindow | None = None
    restart_at: str | None = None


class PauseCondition(msgspec.Struct, frozen=True):
    """Why the controller waits."""

    reason: str = ""


class AnalysisStatus(msgspec.Struct, frozen=True):
    """How an AnalysisRun of a Rollout ended, or that it has not."""

    name: str = ""
    status: str = ""


class Weight(msgspec.Struct, frozen=True):
    """A share of the traffic (percent)."""

    weight: int = 0


class Weights(msgspec.Struct, frozen=True):
    """How a router splits the traffic."""

    canary: Weight = Weight()


class CanaryStatus(msgspec.Struct, frozen=True, rename="camel"):
    """Where a canary is."""

    weights: Weights | None = None
    current_step_analysis_run_status: AnalysisStatus | None = None


class BlueGreenStatus(msgspec.Struct, frozen=True, rename="camel"):
    """Which ReplicaSet a blue-green Rollout serves with."""

    active_selector: str = ""


class RolloutStatus(msgspec.Struct, frozen=True, rename="camel"):
    """What became of a Rollout; the controller leaves out what is empty, and writes its generation as text."""

    observed_generation: str | int = ""
    workload_observed_generation: str | int = ""
    phase: str = ""
    message: str = ""
    abort: bool = False
    promote_full: bool = False
    controller_pause: bool = False
    pause_conditions: tuple[PauseCondition, ...] | None = None
    current_step_index: int | None = None
    current_pod_hash: str = ""
    stable_hash: str = msgspec.field(name="stableRS", default="")
    replicas: int = 0
    updated_replicas: int = 0
    ready_replicas: int = 0
    available_replicas: int = 0
    restarted_at: str | None = None
    canary: CanaryStatus | None = None
    blue_green: BlueGreenStatus | None = None
    conditions: tuple[ObjectCondition, ...] | None = None


class _Rollout(msgspec.Struct, frozen=True):
    spec: RolloutSpec
    status: RolloutStatus = RolloutStatus()


class Rollout(msgspec.Struct, frozen=True):
    """A Rollout as it is now."""

    live: LiveObject
    spec: RolloutSpec
    status: RolloutStatus

    @classmethod
    def of(cls, live: LiveObject) -> "Rollout":
        """Return an object as a Rollout.

        Raises:
            MalformedAnswer: it is none.
        """
        read = decode_object(live.document, _Rollout)
        return cls(live, read.spec, read.status)

    @property
    def address(self) -> Address:
        """Return where it is."""
        metadata = self.live.metadata
        return Address(GROUP_VERSION, PLURAL, metadata.namespace, metadata.name)

    @property
    def steps(self) -> int:
        """Return how many steps its canary has."""
        canary = self.spec.strategy.canary
        return len(canary.steps or ()) if canary is not None else 0

    @property
    def is_observed(self) -> bool:
        """Tell whether the controller has looked at the newest spec."""
        return has_observed(self.status.observed_generation, self.live.metadata.generation)

    def has_observed_reference(self, generation: int) -> bool:
        """Tell whether the controller has looked at a generation of the object from which it takes its template."""
        observed = self.status.workload_observed_generation
        return observed == "" or has_observed(observed, generation)  # older controllers do not tell

    @property
    def is_promoted(self) -> bool:
        """Tell whether the version that is asked for is the stable one: no update is under way."""
        return bool(self.status.stable_hash) and self.status.stable_hash == self.status.current_pod_hash

    @property
    def is_blue_green(self) -> bool:
        """Tell whether it goes from one version to the next at once, by what a Service selects."""
        return self.spec.strategy.blue_green is not None

    @property
    def serves_the_newest(self) -> bool:
        """Tell whether the active Service of a blue-green Rollout selects the version that is asked for."""
        held = self.status.blue_green
        return held is not None and held.active_selector == self.status.current_pod_hash != ""

    @property
    def is_inconclusive(self) -> bool:
        """Tell whether it waits because an analysis came to no conclusion."""
        run = self.status.canary.current_step_analysis_run_status if self.status.canary is not None else None
        return run is not None and run.status == INCONCLUSIVE

    @property
    def state(self) -> str:
        """Return phase and message of the controller in a few words: `Paused (CanaryPauseStep), step 2 of 4`."""
        status = self.status
        told = harmless(status.phase) or "no phase yet"
        if status.message:
            told += f" ({harmless(status.message)})"
        if self.steps and status.current_step_index is not None and not self.is_promoted:
            told += f", {min(status.current_step_index, self.steps)} of {how_many(self.steps, 'step')} done"
        return told


def rollout_address(target: Target, subresource: str = "") -> Address:
    """Return where a Rollout is."""
    return Address(GROUP_VERSION, PLURAL, target.namespace, target.name, subresource)


def template_place(target: Target, rollout: Rollout) -> tuple[Address, str]:
    """Return where the pod template of a Rollout is: the object, and the field (JSON pointer) in it.

    Raises:
        ActionRefused: it references an object of a kind that is not known.
    """
    reference = rollout.spec.workload_ref
    if reference is None:
        return rollout_address(target), "/spec/template"
    place = _REFERENCED.get((reference.api_version, reference.kind))
    if place is None:
        told = harmless(f"{reference.kind} ({reference.api_version})")
        raise ActionRefused(f"its template is that of a {told}: this console does not know how to change it")
    plural, pointer = place
    if not is_name(reference.name):
        raise ActionRefused(f"its template is that of {harmless(repr(reference.name))}, which is no name of an object")
    return Address(reference.api_version, plural, target.namespace, reference.name), pointer


def shown_hash(pod_hash: str) -> str:
    """Return the hash of a pod template as it is told."""
    return harmless(pod_hash[:_SHORT_HASH]) or "none"
