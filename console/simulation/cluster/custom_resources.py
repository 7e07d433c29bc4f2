"""Custom resources: kinds of objects that a file of its own adds to a cluster, and the controllers that act on them.

Describe the kind as a `ResourceType` with `custom=True` and add it; from then on it is served, listed by discovery and
among the CustomResourceDefinitions, patched by JSON and merge patch (strategic merge is refused with 415), and written
by the code of its controller through the same store:

    ROLLOUTS = ResourceType(
        group="argoproj.io", version="v1alpha1", plural="rollouts", singular="rollout", kind="Rollout",
        short_names=("ro",), custom=True, status=True,
        scale=ScalePaths(status_replicas=".status.HPAReplicas", selector=".status.selector"),
        schema=None,  # any field; or a structural OpenAPI schema, which prunes, defaults and validates
        columns=(Column("Desired", ".spec.replicas", "integer"),),
    )
    cluster.add_resource(ROLLOUTS)
    cluster.add_webhook(Webhook(name="rollouts.example", group="argoproj.io", plural="rollouts", refusal=why_not))
    cluster.add_controller(RolloutController)  # called with the cluster's ControlPlane
    cluster.add_object(ROLLOUTS, {...})

A controller reads and writes the store of its `ControlPlane`; it is reconciled whenever something changed and at the
instant that its `next_due` names, which the cluster's clock decides. It must come to rest: a second `reconcile` at the
same instant changes nothing, and what was due then is no longer due. A webhook is asked in dry runs too.
"""

from typing import Protocol

import msgspec

from console.simulation.cluster.events import EventRecorder
from console.simulation.cluster.names import Names
from console.simulation.cluster.resources import Object, ResourceType
from console.simulation.cluster.store import Store


class ControlPlane(msgspec.Struct, frozen=True):
    """What a controller works with."""

    store: Store
    events: EventRecorder
    names: Names


class Controller(Protocol):
    """Something that brings the cluster to what the objects of a kind want."""

    def reconcile(self, now: float) -> None:
        """Act on everything at an instant (UTC seconds)."""
        ...

    def next_due(self) -> float | None:
        """Return the next instant (UTC seconds) at which it has something to do by itself, or None."""
        ...


def definition_object(resource: ResourceType) -> Object:
    """Return the CustomResourceDefinition of a custom resource, established."""
    schema = resource.schema or {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    version: Object = {
        "name": resource.version,
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": schema},
        "additionalPrinterColumns": [
            {"name": column.name, "type": column.type, "jsonPath": column.path, "priority": column.priority}
            for column in resource.columns
        ],
    }
    subresources: Object = {"status": {}} if resource.status else {}
    if resource.scale is not None:
        subresources["scale"] = {
            "specReplicasPath": resource.scale.replicas,
            "statusReplicasPath": resource.scale.status_replicas,
        }
        if resource.scale.selector:
            subresources["scale"]["labelSelectorPath"] = resource.scale.selector
    if subresources:
        version["subresources"] = subresources
    names: Object = {
        "plural": resource.plural,
        "singular": resource.singular,
        "kind": resource.kind,
        "listKind": f"{resource.kind}List",
    }
    if resource.short_names:
        names["shortNames"] = list(resource.short_names)
    established = [
        {"type": kind, "status": "True", "reason": reason}
        for kind, reason in (("NamesAccepted", "NoConflicts"), ("Established", "InitialNamesAccepted"))
    ]
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": resource.qualified},
        "spec": {
            "group": resource.group,
            "names": names,
            "scope": "Namespaced" if resource.namespaced else "Cluster",
            "versions": [version],
        },
        "status": {"acceptedNames": names, "storedVersions": [resource.version], "conditions": established},
    }
