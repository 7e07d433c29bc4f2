"""What KServe made of an InferenceService: its Deployments, and the pod templates of now and of before."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from console.actions.kserve.earlier_model import Template
from console.actions.kserve.inference_service import COMPONENT_LABEL, KNATIVE_GROUP, SERVICE_LABEL, InferenceService
from console.actions.kubernetes.serving_times import dated, settled_after, times_alone
from console.domain.label import harmless
from console.domain.model import Target
from console.sources.cluster.objects import (
    Scalable,
    decode_list,
)
from console.sources.cluster.pod_objects import LivingMetadata
from console.sources.cluster.writers import LiveObject
from console.transport.kubernetes import KubernetesTransport, object_path

_APPS = "apps/v1"
_REVISIONS = f"{KNATIVE_GROUP}/v1"
_REVISION = "deployment.kubernetes.io/revision"
REVISION_LABEL = f"{KNATIVE_GROUP}/revision"
_MIN_SCALE = ("autoscaling.knative.dev/min-scale", "autoscaling.knative.dev/minScale")
"""The annotation in which Knative keeps the floor of a revision, and its older spelling."""


class _PodSpec(msgspec.Struct, frozen=True):
    containers: list[dict[str, Any]] = []


class _TemplateMetadata(msgspec.Struct, frozen=True):
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None


class _PodTemplate(msgspec.Struct, frozen=True):
    metadata: _TemplateMetadata = _TemplateMetadata()
    spec: _PodSpec = _PodSpec()


class _Templated(msgspec.Struct, frozen=True):
    template: _PodTemplate = _PodTemplate()


class _ReplicaSet(msgspec.Struct, frozen=True):
    metadata: LivingMetadata
    spec: _Templated


class _Deployment(msgspec.Struct, frozen=True):
    spec: _Templated


class _Revision(msgspec.Struct, frozen=True):
    metadata: LivingMetadata
    spec: _PodSpec


class PredictorDeployment(msgspec.Struct, frozen=True):
    """A Deployment that runs a predictor, or a revision or a canary of it."""

    workload: Scalable
    template: Template
    live: LiveObject

    @property
    def name(self) -> str:
        """Return its name, raw."""
        return self.workload.metadata.name

    @property
    def revision(self) -> str:
        """Return the revision of Knative that it runs, empty in Standard mode."""
        return (self.workload.metadata.labels or {}).get(REVISION_LABEL, "")

    @property
    def least(self) -> str:
        """Return the floor that Knative keeps for it, as it is written; empty in Standard mode."""
        annotations = self.workload.metadata.annotations or {}
        return next((annotations[key] for key in _MIN_SCALE if key in annotations), "")


async def read_deployments(
    transport: KubernetesTransport, namespace: str, service: str
) -> tuple[PredictorDeployment, ...]:
    """Return the Deployments of the predictor of an InferenceService: in both modes they carry its label.

    Raises:
        Exception: one of `UNREADABLE`: the cluster gave no answer, or another.
    """
    path = object_path(_APPS, "deployments", namespace=namespace)
    answer = await transport.get(path, query={"labelSelector": _predictor_of(service)})
    return tuple(
        PredictorDeployment(workload, _template(harmless(workload.metadata.name), templated.spec.template), live)
        for workload, templated, live in zip(
            decode_list(answer, Scalable),
            decode_list(answer, _Deployment),
            map(LiveObject.of, decode_list(answer, dict)),
            strict=True,
        )
    )


def told_elsewhere(target: Target, deployments: Sequence[PredictorDeployment]) -> tuple[str, ...]:
    """Return that the pods of a model are not those of the predictor that is changed, such as its transformer's."""
    if not deployments or any(found.name == target.name for found in deployments):
        return ()
    return (f"the pods of the model are those of {harmless(target.name)}, but it is the predictor that is changed",)


def stable_deployment(
    service: InferenceService, deployments: Iterable[PredictorDeployment]
) -> PredictorDeployment | None:
    """Return the Deployment of the stable predictor (Standard mode), None where there is none."""
    name = service.metadata.name
    own = service.predictor.name
    names = [f"{name}-{own}-predictor"] if own else [f"{name}-predictor", f"{name}-predictor-default"]
    return next((found for found in deployments if found.name in names), None)


def canary_deployment_name(service: InferenceService, canary: str) -> str:
    """Return the name of the Deployment that KServe makes for a canary (Standard mode)."""
    return f"{service.metadata.name}-{canary}-predictor"


async def older_templates(
    transport: KubernetesTransport, namespace: str, deployment: PredictorDeployment, at: float
) -> tuple[Template, ...]:
    """Return the pod templates of the ReplicaSets of a Deployment that were made before its current one, newest first.

    They are only read: KServe would undo whatever is changed in its Deployment. `at` is now (UTC seconds).

    Raises:
        Exception: one of `UNREADABLE`: the cluster gave no answer, or another.
    """
    owner = deployment.workload
    path = object_path(_APPS, "replicasets", namespace=namespace)
    answer = await transport.get(path, query={"labelSelector": owner.spec.selector.query})
    mine = [found for found in decode_list(answer, _ReplicaSet) if _is_owned(found, owner.metadata.uid)]
    current = max(mine, key=_revision, default=None)
    newest_first = sorted(mine, key=lambda found: (found.metadata.creation_timestamp or "", _revision(found)))[::-1]
    older = newest_first[newest_first.index(current) + 1 :] if current is not None else []
    alone = times_alone([dated(_revision(found), found.metadata) for found in mine], at, settled_after(deployment.live))
    return tuple(
        msgspec.structs.replace(
            _template(f"revision {_revision(found)} (ReplicaSet {harmless(found.metadata.name)})", found.spec.template),
            revision=str(_revision(found)),
            alone=alone[_revision(found)],
        )
        for found in older
    )


async def revision_templates(transport: KubernetesTransport, namespace: str, service: str) -> dict[str, Template]:
    """Return the pod templates of the revisions of an InferenceService by their names, newest first (Knative mode).

    Raises:
        Exception: one of `UNREADABLE`: the cluster gave no answer, or another.
    """
    path = object_path(_REVISIONS, "revisions", namespace=namespace)
    answer = await transport.get(path, query={"labelSelector": _predictor_of(service)})
    newest_first = sorted(decode_list(answer, _Revision), key=_made_at, reverse=True)
    return {
        revision.metadata.name: Template(
            f"revision {harmless(revision.metadata.name)}",
            revision.metadata.labels or {},
            revision.metadata.annotations or {},
            revision.spec.containers,
            revision.metadata.name,
        )
        for revision in newest_first
    }


def _predictor_of(service: str) -> str:
    return f"{SERVICE_LABEL}={service},{COMPONENT_LABEL}=predictor"


def _template(told: str, template: _PodTemplate) -> Template:
    metadata = template.metadata
    return Template(told, metadata.labels or {}, metadata.annotations or {}, template.spec.containers)


def _made_at(found: _ReplicaSet | _Revision) -> tuple[str, str]:
    """Return what orders objects by age; Knative counts its revisions in their names, so that ties are told apart."""
    return found.metadata.creation_timestamp or "", found.metadata.name


def _revision(found: _ReplicaSet) -> int:
    written = (found.metadata.annotations or {}).get(_REVISION, "")
    return int(written) if written.isdecimal() else 0


def _is_owned(found: _ReplicaSet, uid: str) -> bool:
    return any(owner.controller and owner.uid == uid for owner in found.metadata.owner_references or ())
