"""The revisions of a Rollout: the ReplicaSets that its controller keeps, and which version each one runs."""

from typing import Any

import msgspec

from console.actions.argo_rollouts.rollout import shown_hash
from console.actions.kubernetes.pod_template import version_of, without_label
from console.domain.label import harmless
from console.sources.cluster.objects import Metadata, decode_list, instant
from console.sources.cluster.pod_objects import LivingMetadata
from console.transport.kubernetes import Forbidden, KubernetesTransport, object_path

REVISION = "rollout.argoproj.io/revision"
HASH_LABEL = "rollouts-pod-template-hash"


class _Spec(msgspec.Struct, frozen=True):
    template: dict[str, Any]


class _ReplicaSet(msgspec.Struct, frozen=True):
    metadata: LivingMetadata
    spec: _Spec


class Revision(msgspec.Struct, frozen=True):
    """One pod template that a Rollout ran, as it was written; `pod_hash` is what its status calls it.

    `made_at` is when it was made (UTC seconds), None where that is not known.
    """

    number: int
    pod_hash: str
    template: dict[str, Any]
    replica_set: str
    made_at: float | None = None

    @property
    def version(self) -> str:
        """Return the version of the model in the template, raw."""
        return version_of(self.template)

    @property
    def shown(self) -> str:
        """Return it as it is told: `v41 (revision 3)`."""
        return f"{harmless(self.version)} (revision {self.number})"


class Revisions(msgspec.Struct, frozen=True):
    """All revisions that are still kept, newest first; `unknown` says why none could be read."""

    kept: tuple[Revision, ...] = ()
    unknown: str | None = None

    def of_hash(self, pod_hash: str) -> Revision | None:
        """Return the revision that a status means, None where it is not kept or not known."""
        return next((each for each in self.kept if pod_hash and each.pod_hash == pod_hash), None)

    def told(self, pod_hash: str) -> str:
        """Return the version that a status means, or its hash where it is not known."""
        found = self.of_hash(pod_hash)
        return found.shown if found is not None else shown_hash(pod_hash)


async def read_revisions(transport: KubernetesTransport, namespace: str, uid: str) -> Revisions:
    """Return the revisions of the Rollout of a uid.

    Raises:
        Exception: one of `UNREADABLE`: the cluster gave no answer, or another.
    """
    try:
        answer = await transport.get(object_path("apps/v1", "replicasets", namespace=namespace))
    except Forbidden:
        return Revisions(unknown="the ReplicaSets may not be listed (RBAC): which versions there were is unknown")
    owned = (each for each in decode_list(answer, _ReplicaSet) if _is_of(each.metadata, uid))
    found = [revision for each in owned if (revision := _revision(each)) is not None]
    return Revisions(tuple(sorted(found, key=lambda revision: revision.number, reverse=True)))


def _revision(replica_set: _ReplicaSet) -> Revision | None:
    """Return what a ReplicaSet keeps, None where its marks are not those of a revision."""
    metadata = replica_set.metadata
    number, pod_hash = (metadata.annotations or {}).get(REVISION, ""), (metadata.labels or {}).get(HASH_LABEL, "")
    if not number.isdecimal() or not pod_hash:
        return None
    template = without_label(replica_set.spec.template, HASH_LABEL)
    return Revision(int(number), pod_hash, template, metadata.name, instant(metadata.creation_timestamp))


def _is_of(metadata: Metadata, uid: str) -> bool:
    controller = metadata.controller
    return controller is not None and controller.uid == uid
