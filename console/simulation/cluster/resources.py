"""The resource types of the simulated API: what is built in, and what a kind of object may say of itself."""

from typing import Any

import msgspec

Object = dict[str, Any]
"""A Kubernetes object in its JSON form. What a store holds is never changed in place."""

ALL_VERBS = ("create", "delete", "get", "list", "patch", "update", "watch")


class ScalePaths(msgspec.Struct, frozen=True, kw_only=True):
    """Where the `scale` subresource of an object finds its numbers: paths as a CustomResourceDefinition writes them.

    `selector` leads to a label selector, or to its text; empty: there is none.
    """

    replicas: str = ".spec.replicas"
    status_replicas: str = ".status.replicas"
    selector: str = ""


class Column(msgspec.Struct, frozen=True):
    """A column that `kubectl get` prints of a custom resource; `priority` above 0 shows in wide output only."""

    name: str
    path: str
    type: str = "string"
    priority: int = 0


class ResourceType(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of object: its place in the API, and the fields that a field selector may name.

    `status` is whether it has a `status` subresource, which alone may then write the status. A `custom` resource comes
    from a CustomResourceDefinition: it has no strategic merge patch, and `schema` is its structural OpenAPI schema
    (None: any field is taken). `columns` are what `kubectl get` prints of it beside its name.
    """

    group: str
    version: str
    plural: str
    singular: str
    kind: str
    namespaced: bool = True
    short_names: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ALL_VERBS
    scale: ScalePaths | None = None
    status: bool = False
    selectable_fields: tuple[str, ...] = ()
    custom: bool = False
    schema: dict[str, Any] | None = None
    columns: tuple[Column, ...] = ()

    @property
    def api_version(self) -> str:
        """Return group and version as an object writes them: `apps/v1`, or `v1` for the core group."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def qualified(self) -> str:
        """Return the plural as error messages write it: `deployments.apps`, or `pods` for the core group."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def qualified_kind(self) -> str:
        """Return the kind as error messages write it: `Deployment.apps`, or `Pod` for the core group."""
        return f"{self.kind}.{self.group}" if self.group else self.kind


NAMESPACES = ResourceType(
    group="",
    version="v1",
    plural="namespaces",
    singular="namespace",
    kind="Namespace",
    namespaced=False,
    short_names=("ns",),
    status=True,
)
NODES = ResourceType(
    group="",
    version="v1",
    plural="nodes",
    singular="node",
    kind="Node",
    namespaced=False,
    short_names=("no",),
    status=True,
)
PODS = ResourceType(
    group="",
    version="v1",
    plural="pods",
    singular="pod",
    kind="Pod",
    short_names=("po",),
    status=True,
    selectable_fields=("spec.nodeName", "status.phase"),
)
EVENTS = ResourceType(
    group="",
    version="v1",
    plural="events",
    singular="event",
    kind="Event",
    short_names=("ev",),
    selectable_fields=(
        "involvedObject.kind",
        "involvedObject.name",
        "involvedObject.namespace",
        "involvedObject.uid",
        "reason",
        "type",
    ),
)
CONFIG_MAPS = ResourceType(
    group="", version="v1", plural="configmaps", singular="configmap", kind="ConfigMap", short_names=("cm",)
)
QUOTAS = ResourceType(
    group="",
    version="v1",
    plural="resourcequotas",
    singular="resourcequota",
    kind="ResourceQuota",
    short_names=("quota",),
    status=True,
)
DEPLOYMENTS = ResourceType(
    group="apps",
    version="v1",
    plural="deployments",
    singular="deployment",
    kind="Deployment",
    short_names=("deploy",),
    scale=ScalePaths(selector=".spec.selector"),
    status=True,
)
REPLICA_SETS = ResourceType(
    group="apps",
    version="v1",
    plural="replicasets",
    singular="replicaset",
    kind="ReplicaSet",
    short_names=("rs",),
    scale=ScalePaths(selector=".spec.selector"),
    status=True,
)
STATEFUL_SETS = ResourceType(
    group="apps",
    version="v1",
    plural="statefulsets",
    singular="statefulset",
    kind="StatefulSet",
    short_names=("sts",),
    scale=ScalePaths(selector=".spec.selector"),
    status=True,
)
CONTROLLER_REVISIONS = ResourceType(
    group="apps",
    version="v1",
    plural="controllerrevisions",
    singular="controllerrevision",
    kind="ControllerRevision",
)
AUTOSCALERS = ResourceType(
    group="autoscaling",
    version="v2",
    plural="horizontalpodautoscalers",
    singular="horizontalpodautoscaler",
    kind="HorizontalPodAutoscaler",
    short_names=("hpa",),
    status=True,
)
BUDGETS = ResourceType(
    group="policy",
    version="v1",
    plural="poddisruptionbudgets",
    singular="poddisruptionbudget",
    kind="PodDisruptionBudget",
    short_names=("pdb",),
    status=True,
)
DEFINITIONS = ResourceType(
    group="apiextensions.k8s.io",
    version="v1",
    plural="customresourcedefinitions",
    singular="customresourcedefinition",
    kind="CustomResourceDefinition",
    namespaced=False,
    short_names=("crd", "crds"),
    verbs=("get", "list", "watch"),
)
LEASES = ResourceType(group="coordination.k8s.io", version="v1", plural="leases", singular="lease", kind="Lease")
SELF_ACCESS_REVIEWS = ResourceType(
    group="authorization.k8s.io",
    version="v1",
    plural="selfsubjectaccessreviews",
    singular="selfsubjectaccessreview",
    kind="SelfSubjectAccessReview",
    namespaced=False,
    verbs=("create",),
)

RESOURCE_TYPES = (
    NAMESPACES,
    NODES,
    PODS,
    EVENTS,
    CONFIG_MAPS,
    QUOTAS,
    DEPLOYMENTS,
    REPLICA_SETS,
    STATEFUL_SETS,
    CONTROLLER_REVISIONS,
    AUTOSCALERS,
    BUDGETS,
    DEFINITIONS,
    LEASES,
    SELF_ACCESS_REVIEWS,
)
