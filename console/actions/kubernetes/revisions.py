"""The revisions of a Deployment or a StatefulSet that the cluster keeps, and which one to go back to."""

from collections.abc import Sequence
from typing import Any

import msgspec

from console.actions.kubernetes.pod_template import same_version, version_of, without_label
from console.actions.kubernetes.serving_times import DatedRevision, dated
from console.actions.kubernetes.way_back import Known, WayBack, named_way_back, newest_good
from console.actions.provider import ActionRefused
from console.domain.label import harmless
from console.domain.model import Target
from console.sources.cluster.objects import Metadata, decode_list, decode_object, instant
from console.sources.cluster.pod_objects import LivingMetadata
from console.transport.kubernetes import KubernetesTransport, object_path

_REVISION = "deployment.kubernetes.io/revision"
_HASH_LABEL = "pod-template-hash"
CHANGE_CAUSE = "kubernetes.io/change-cause"


class Revision(msgspec.Struct, frozen=True):
    """One pod template that a workload ran, as it was written; `ready` counts the pods that run it and are ready.

    `rollouts` is when it was asked for, None where that is not known.
    """

    number: int
    template: dict[str, Any]
    ready: int = 0
    change_cause: str | None = None
    rollouts: DatedRevision | None = None

    @property
    def version(self) -> str:
        """Return the version of the model in the template, raw."""
        return version_of(self.template)

    @property
    def made_at(self) -> float | None:
        """Return when the template was made (UTC seconds), None where that is not known."""
        return self.rollouts.created if self.rollouts is not None else None

    @property
    def shown(self) -> str:
        """Return it as it is told: `v41 (revision 3)`."""
        return f"{harmless(self.version)} (revision {self.number})"


class _TemplateSpec(msgspec.Struct, frozen=True):
    template: dict[str, Any]


class _ReplicaSetStatus(msgspec.Struct, frozen=True, rename="camel"):
    ready_replicas: int = 0


class _ReplicaSet(msgspec.Struct, frozen=True):
    metadata: LivingMetadata
    spec: _TemplateSpec
    status: _ReplicaSetStatus = _ReplicaSetStatus()


class _ControllerRevisionData(msgspec.Struct, frozen=True):
    spec: _TemplateSpec


class _ControllerRevision(msgspec.Struct, frozen=True):
    """What some controller keeps of itself; only that of a StatefulSet is known to hold a pod template."""

    metadata: LivingMetadata
    data: Any = None
    revision: int = 0


async def read_revisions(
    transport: KubernetesTransport, target: Target, most_listed: int | None = None
) -> tuple[Revision, ...]:
    """Return the revisions of a workload that are kept, newest first: ReplicaSets, or ControllerRevisions.

    Args:
        transport: the cluster of the workload.
        target: the workload.
        most_listed: how many of them the namespace may hold; of one with more none are returned. None: any number.

    Raises:
        Exception: one of `UNREADABLE`: the cluster gave no answer, or another.
    """
    plural = "replicasets" if target.kind == "Deployment" else "controllerrevisions"
    query = {} if most_listed is None else {"limit": str(most_listed)}
    answer = await transport.get(object_path("apps/v1", plural, namespace=target.namespace), query=query)
    if (answer.get("metadata") or {}).get("continue"):
        return ()
    if target.kind == "Deployment":
        sets = (each for each in decode_list(answer, _ReplicaSet) if _is_of(each.metadata, target.uid))
        found = [revision for each in sets if (revision := _of_replica_set(each)) is not None]
    else:
        kept = (each for each in decode_list(answer, _ControllerRevision) if _is_of(each.metadata, target.uid))
        found = [_of_controller_revision(each) for each in kept]
    return tuple(sorted(found, key=lambda revision: revision.number, reverse=True))


def way_back(
    revisions: Sequence[Known[Revision]], now: dict[str, Any], asked: object, left: Sequence[Any] = ()
) -> WayBack[Revision]:
    """Return the revision to go back to: the one of a number, else the newest good one that runs another version.

    Args:
        revisions: those that are kept, newest first.
        now: the pod template that is asked for.
        asked: the number of a revision, None for the one that fits.
        left: the pod templates that were left because they were bad.

    Raises:
        ActionRefused: there is none.
    """
    if asked is not None:
        for known in revisions:
            if known.revision.number == asked:
                return named_way_back(known)
        kept = ", ".join(str(each.revision.number) for each in reversed(revisions)) or "none"
        raise ActionRefused(f"revision {asked} is not kept; kept are {kept}")
    found = newest_good(revisions, now, left)
    if found is None:
        raise _none_of(revisions, now)
    return found


def healthiest_other(revisions: tuple[Revision, ...], now: dict[str, Any]) -> Revision:
    """Return the revision with the most ready pods among those that run another version, of equals the newest.

    Raises:
        ActionRefused: none that runs another version has a ready pod.
    """
    others = [each for each in revisions if not same_version(each.template, now)]
    if not others:
        raise _none_of(revisions, now)
    best = max(others, key=lambda revision: (revision.ready, revision.number))
    if best.ready == 0:
        raise ActionRefused("no other version has a ready pod: no rollout is in progress, roll back instead")
    return best


def _none_of(revisions: Sequence[object], now: dict[str, Any]) -> ActionRefused:
    version = harmless(version_of(now))
    return ActionRefused(f"no revision that is kept runs another version than {version} ({len(revisions)} kept)")


def _of_replica_set(replica_set: _ReplicaSet) -> Revision | None:
    """Return what a ReplicaSet keeps, None where its mark is not that of a revision."""
    annotations = replica_set.metadata.annotations or {}
    number = annotations.get(_REVISION, "")
    if not number.isdecimal():
        return None
    return Revision(
        int(number),
        without_label(replica_set.spec.template, _HASH_LABEL),
        replica_set.status.ready_replicas,
        annotations.get(CHANGE_CAUSE),
        dated(int(number), replica_set.metadata),
    )


def _of_controller_revision(kept: _ControllerRevision) -> Revision:
    written = decode_object(kept.data, _ControllerRevisionData).spec.template
    template = {key: value for key, value in written.items() if key != "$patch"}
    cause = (kept.metadata.annotations or {}).get(CHANGE_CAUSE)
    rolled_out = DatedRevision(kept.revision, instant(kept.metadata.creation_timestamp))  # which came back is not noted
    return Revision(kept.revision, template, change_cause=cause, rollouts=rolled_out)


def _is_of(metadata: Metadata, uid: str) -> bool:
    controller = metadata.controller
    return controller is not None and controller.uid == uid


def references(template: dict[str, Any]) -> tuple[str, ...]:
    """Return the ConfigMaps and Secrets that a pod template names: `ConfigMap fraud-features`, in order of the text."""
    found: set[str] = set()
    _collect(template.get("spec"), found)
    return tuple(sorted(found))


def _collect(value: Any, found: set[str]) -> None:
    if isinstance(value, list):
        for item in value:
            _collect(item, found)
    elif isinstance(value, dict):
        for key, item in value.items():
            kind = {"configMap": "ConfigMap", "secret": "Secret"}.get(key.removesuffix("KeyRef").removesuffix("Ref"))
            if kind is not None and isinstance(item, dict):
                name = item.get("name") or item.get("secretName")
                found |= {harmless(f"{kind} {name}")} if isinstance(name, str) else set()
            _collect(item, found)
