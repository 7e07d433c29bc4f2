"""The workload behind a model: how far its rollout is, who owns it, and who keeps it as it is."""

from collections.abc import Iterable, Mapping

import msgspec

from console.domain.cluster_facts import RolloutFacts, Surroundings
from console.domain.label import harmless
from console.domain.model import Workload
from console.domain.redaction import redacted
from console.sources.cluster.managed_by import managed_by
from console.sources.cluster.objects import Metadata, ObjectCondition, ScalableStatus, Selector, has_observed

_REVISION = "deployment.kubernetes.io/revision"
_REVISION_OF_A_ROLLOUT = "rollout.argoproj.io/revision"

_LONGEST_REASON = 400
_DEADLINE_EXCEEDED = "ProgressDeadlineExceeded"
_COMPLAINS_WHEN = {"Progressing": "False", "ReplicaFailure": "True"}
"""`Available` is left out: that pods are missing is told by the pods."""


class RollingSpec(msgspec.Struct, frozen=True, rename="camel"):
    """What is asked of a workload, with its patience."""

    replicas: int = 1
    paused: bool = False
    selector: Selector = Selector()
    progress_deadline_seconds: int | None = None


class Rolling(msgspec.Struct, frozen=True):
    """A Deployment, a StatefulSet or another object with replicas of a template."""

    metadata: Metadata
    spec: RollingSpec
    status: ScalableStatus = ScalableStatus()

    @property
    def selector(self) -> str:
        """Return what finds its pods; a Rollout with the template of another object tells it in its status only."""
        return self.spec.selector.query or self.status.selector

    @property
    def revision(self) -> str:
        """Return the revision that it runs or moves to; empty where the cluster keeps none."""
        return revision_in(self.metadata.annotations) or self.status.update_revision.removeprefix(
            f"{self.metadata.name}-"
        )


def revision_in(annotations: Mapping[str, str] | None) -> str:
    """Return the number of a revision, of a workload as of its ReplicaSets; empty where there is none."""
    written = annotations or {}
    return written.get(_REVISION, "") or written.get(_REVISION_OF_A_ROLLOUT, "")


def surroundings_of(live: Rolling, workload: Workload) -> Surroundings:
    """Return what a workload says of itself."""
    status, spec = live.status, live.spec
    progressing = status.condition("Progressing")
    exceeded = progressing is not None and progressing.status == "False" and progressing.reason == _DEADLINE_EXCEEDED
    rollout = RolloutFacts(
        wanted=spec.replicas,
        updated=status.updated_replicas,
        ready=status.ready_replicas,
        available=status.available_replicas,
        total=status.replicas,
        revision=harmless(live.revision),
        paused=spec.paused,
        deadline_seconds=spec.progress_deadline_seconds,
        deadline_exceeded=exceeded,
        is_seen=has_observed(status.observed_generation, live.metadata.generation),
        troubles=tuple(_complaints(status.conditions)),
    )
    return Surroundings(rollout, _owners(live.metadata, workload), managed_by(live.metadata))


def _complaints(conditions: tuple[ObjectCondition, ...] | None) -> Iterable[str]:
    for each in conditions or ():
        if _COMPLAINS_WHEN.get(each.type) == each.status:
            yield harmless(" ".join(redacted(each.message or each.reason or each.type).split()), _LONGEST_REASON)


def _owners(metadata: Metadata, workload: Workload) -> tuple[str, ...]:
    """Return the owner of the workload, and the top-most one where that is another."""
    nearest, top = metadata.controller, workload.owner
    named = [(each.kind, each.name) for each in (nearest, top) if each is not None]
    return tuple(harmless(f"{kind} {name}") for kind, name in dict.fromkeys(named))
