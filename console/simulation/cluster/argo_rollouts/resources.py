"""The kind Rollout (argoproj.io/v1alpha1), and the objects that belong to one."""

import copy
from collections.abc import Mapping, Sequence

from console.simulation.cluster.names import template_hash
from console.simulation.cluster.objects import owner_reference, pod_template
from console.simulation.cluster.resources import Column, Object, ResourceType, ScalePaths

REVISION = "rollout.argoproj.io/revision"
HASH_LABEL = "rollouts-pod-template-hash"

ROLLOUTS = ResourceType(
    group="argoproj.io",
    version="v1alpha1",
    plural="rollouts",
    singular="rollout",
    kind="Rollout",
    short_names=("ro",),
    custom=True,
    status=True,
    scale=ScalePaths(status_replicas=".status.HPAReplicas", selector=".status.selector"),
    columns=(
        Column("Desired", ".spec.replicas", "integer"),
        Column("Current", ".status.replicas", "integer"),
        Column("Up-to-date", ".status.updatedReplicas", "integer"),
        Column("Available", ".status.availableReplicas", "integer"),
    ),
)


def rollout_object(
    namespace: str,
    name: str,
    *,
    replicas: int,
    image: str,
    labels: Mapping[str, str],
    steps: Sequence[Object] = (),
    blue_green: Object | None = None,
) -> Object:
    """Return a canary Rollout whose pods carry `labels` and run one container, or a blue-green one."""
    strategy: Object = {"canary": {"steps": [dict(step) for step in steps]}}
    if blue_green is not None:
        strategy = {"blueGreen": dict(blue_green)}
    selector = {"app": labels.get("app", name)}
    return {
        "metadata": {"name": name, "namespace": namespace, "labels": dict(selector), "annotations": {}},
        "spec": {
            "replicas": replicas,
            "revisionHistoryLimit": 10,
            "selector": {"matchLabels": selector},
            "strategy": strategy,
            "template": pod_template(name, image, {**selector, **labels}),
        },
        "status": {},
    }


def rollout_replica_set(rollout: Object, template: Object, revision: int) -> Object:
    """Return the empty ReplicaSet of one revision of a Rollout."""
    hashed, made_of = copy.deepcopy(template), template_hash(template)
    labels = hashed.setdefault("metadata", {}).setdefault("labels", {})
    labels[HASH_LABEL] = made_of
    metadata = rollout["metadata"]
    return {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {
            "name": f"{metadata['name']}-{made_of}",
            "namespace": metadata["namespace"],
            "labels": dict(labels),
            "annotations": {REVISION: str(revision)},
            "ownerReferences": [owner_reference(rollout)],
        },
        "spec": {
            "replicas": 0,
            "selector": {"matchLabels": {**_selector(rollout, template), HASH_LABEL: made_of}},
            "template": hashed,
        },
        "status": {"replicas": 0},
    }


def revision_of(replica_set: Object) -> int:
    """Return the revision number of a ReplicaSet of a Rollout."""
    return int(replica_set["metadata"]["annotations"][REVISION])


def made_of(replica_set: Object) -> str:
    """Return the hash of the template from which a ReplicaSet of a Rollout was made."""
    return str(replica_set["metadata"]["name"].rpartition("-")[2])


def _selector(rollout: Object, template: Object) -> dict[str, str]:
    """Return the labels by which a Rollout selects; one with a workloadRef may take those of the template."""
    written = rollout["spec"].get("selector", {}).get("matchLabels")
    return dict(written or template["metadata"]["labels"])
