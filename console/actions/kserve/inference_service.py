"""An InferenceService of KServe (serving.kserve.io/v1beta1) as the actions need it; everything may be absent."""

from enum import StrEnum

import msgspec

from console.actions.provider import ActionRefused
from console.domain.label import harmless
from console.sources.cluster.objects import Metadata, ObjectCondition, OwnerReference, decode_object
from console.sources.cluster.writers import LiveObject

GROUP = "serving.kserve.io"
GROUP_VERSION = f"{GROUP}/v1beta1"
PLURAL = "inferenceservices"
KIND = "InferenceService"
KNATIVE_GROUP = "serving.knative.dev"

PREDICTOR = "/spec/predictor"
MIN_REPLICAS = f"{PREDICTOR}/minReplicas"
MAX_REPLICAS = f"{PREDICTOR}/maxReplicas"
CANARY_PERCENT = f"{PREDICTOR}/canaryTrafficPercent"
CANARIES = "/spec/canary"
"""Where the fields stand that the actions set (JSON pointers)."""

SERVICE_LABEL = f"{GROUP}/inferenceservice"
COMPONENT_LABEL = "component"
"""The labels of everything that KServe makes for a component of an InferenceService."""

_MODE = f"{GROUP}/deploymentMode"
_AUTOSCALER_CLASS = f"{GROUP}/autoscalerClass"
_STOP = f"{GROUP}/stop"


class Mode(StrEnum):
    """How KServe runs a model: on Deployments of its own, or on Revisions of Knative Serving."""

    STANDARD = "Standard"
    KNATIVE = "Knative"


_MODES = {
    "Standard": Mode.STANDARD,
    "RawDeployment": Mode.STANDARD,
    "Knative": Mode.KNATIVE,
    "Serverless": Mode.KNATIVE,
}
"""The names of both modes, the second of each being that of KServe before 0.16."""


class Predictor(msgspec.Struct, frozen=True, rename="camel"):
    """The bounds of a predictor's replicas, its share of the traffic (Knative mode) and its name (canaries)."""

    name: str | None = None
    min_replicas: int | None = None
    max_replicas: int | None = None
    canary_traffic_percent: int | None = None


class Canary(msgspec.Struct, frozen=True, rename="camel"):
    """A model beside the stable one (Standard mode, KServe 0.20): its predictor, and its share of the traffic."""

    predictor: Predictor
    traffic_percent: int | None = None

    @property
    def name(self) -> str:
        """Return the name of its predictor, which KServe requires."""
        return self.predictor.name or ""

    @property
    def percent(self) -> int:
        """Return its share of the traffic in percent."""
        return self.traffic_percent or 0


class _Spec(msgspec.Struct, frozen=True):
    predictor: Predictor
    canary: tuple[Canary, ...] | None = None


class TrafficTarget(msgspec.Struct, frozen=True, rename="camel"):
    """The share of the traffic (percent) that Knative sends to a revision."""

    revision_name: str = ""
    percent: int | None = None
    latest_revision: bool | None = None
    tag: str = ""


class ComponentStatus(msgspec.Struct, frozen=True, rename="camel"):
    """The revisions of a component in Knative mode.

    Rolled out is a revision that got all the traffic; the previous one is the one that had it before.
    """

    latest_created_revision: str = ""
    latest_ready_revision: str = ""
    latest_rolledout_revision: str = ""
    previous_rolledout_revision: str = ""
    traffic: tuple[TrafficTarget, ...] | None = None

    def share(self, revision: str) -> int:
        """Return the percentage of the traffic that a revision gets."""
        return sum(target.percent or 0 for target in self.traffic or () if target.revision_name == revision)


class CanaryStatus(msgspec.Struct, frozen=True, rename="camel"):
    """Whether a canary of Standard mode is ready."""

    name: str = ""
    ready: bool = False


class _Status(msgspec.Struct, frozen=True, rename="camel"):
    deployment_mode: str = ""
    components: dict[str, ComponentStatus] | None = None
    canary_statuses: tuple[CanaryStatus, ...] | None = None
    conditions: tuple[ObjectCondition, ...] | None = None


class InferenceService(msgspec.Struct, frozen=True):
    """An InferenceService as it is now; `live` is the whole object as the cluster gives it."""

    live: LiveObject
    spec: _Spec
    status: _Status

    @classmethod
    def of(cls, live: LiveObject) -> "InferenceService":
        """Return an object of the cluster as an InferenceService.

        Raises:
            MalformedAnswer: it is none.
        """
        spec = decode_object(live.document.get("spec"), _Spec)
        return cls(live, spec, decode_object(live.document.get("status") or {}, _Status))

    @property
    def metadata(self) -> Metadata:
        """Return its identity and its marks."""
        return self.live.metadata

    @property
    def shown(self) -> str:
        """Return its kind and name as they are told."""
        return f"{KIND} {harmless(self.metadata.name)}"

    @property
    def predictor(self) -> Predictor:
        """Return what is asked of its predictor."""
        return self.spec.predictor

    @property
    def canaries(self) -> tuple[Canary, ...]:
        """Return its canaries of Standard mode."""
        return self.spec.canary or ()

    @property
    def rollout(self) -> ComponentStatus:
        """Return the revisions of its predictor, empty while the controller has not told any."""
        return (self.status.components or {}).get("predictor") or ComponentStatus()

    @property
    def autoscaler_class(self) -> str:
        """Return who sets the replicas in Standard mode: `hpa` (KServe's default), `keda`, `none` or `external`."""
        return (self.metadata.annotations or {}).get(_AUTOSCALER_CLASS) or "hpa"

    @property
    def told_mode(self) -> str:
        """Return the mode that it says it runs in, in its own words; empty where it says none."""
        return self.status.deployment_mode or (self.metadata.annotations or {}).get(_MODE) or ""

    @property
    def stopped(self) -> bool:
        """Tell whether somebody stopped it, so that nothing of it runs."""
        return (self.metadata.annotations or {}).get(_STOP) == "true"

    def is_ready(self, canary: str) -> bool:
        """Tell whether a canary is ready by the word of the controller."""
        return any(found.name == canary and found.ready for found in self.status.canary_statuses or ())


def deployment_mode(service: InferenceService, child_owner: OwnerReference | None) -> Mode:
    """Return the mode in which an InferenceService runs.

    Args:
        service: the InferenceService; its status says, else its annotation.
        child_owner: what owns the Deployment of its predictor: KServe before 0.15 says the mode nowhere else, where
            it is the default of its installation.

    Raises:
        ActionRefused: it runs in another mode, or in one that cannot be known.
    """
    said = service.told_mode
    if said in _MODES:
        return _MODES[said]
    if said:
        told = "runs many models in shared pods" if said == "ModelMesh" else "is not one that this console knows"
        raise ActionRefused(
            f"{service.shown} is deployed in mode {harmless(said)}, which {told}; expected Standard or Knative"
        )
    group = child_owner.api_version.partition("/")[0] if child_owner is not None else ""
    if group == KNATIVE_GROUP or service.rollout.latest_created_revision:
        return Mode.KNATIVE
    if child_owner is not None and (group, child_owner.kind) == (GROUP, KIND):
        return Mode.STANDARD
    raise ActionRefused(f"{service.shown} does not say in which mode it runs: its controller has not looked at it yet")
