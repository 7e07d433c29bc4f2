"""The kinds of objects that KServe and Knative Serving add to a cluster."""

from console.simulation.cluster.resources import Column, ResourceType

_KNATIVE = "serving.knative.dev"

INFERENCE_SERVICES = ResourceType(
    group="serving.kserve.io",
    version="v1beta1",
    plural="inferenceservices",
    singular="inferenceservice",
    kind="InferenceService",
    short_names=("isvc",),
    custom=True,
    status=True,
    columns=(Column("Mode", ".status.deploymentMode"),),
)
KNATIVE_SERVICES = ResourceType(
    group=_KNATIVE,
    version="v1",
    plural="services",
    singular="service",
    kind="Service",
    short_names=("ksvc",),
    custom=True,
    status=True,
    columns=(
        Column("LatestCreated", ".status.latestCreatedRevisionName"),
        Column("LatestReady", ".status.latestReadyRevisionName"),
    ),
)
CONFIGURATIONS = ResourceType(
    group=_KNATIVE,
    version="v1",
    plural="configurations",
    singular="configuration",
    kind="Configuration",
    short_names=("cfg",),
    custom=True,
    status=True,
)
REVISIONS = ResourceType(
    group=_KNATIVE,
    version="v1",
    plural="revisions",
    singular="revision",
    kind="Revision",
    short_names=("rev",),
    custom=True,
    status=True,
)
