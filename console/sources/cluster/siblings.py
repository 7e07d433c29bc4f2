"""Workloads that one controller made for one model: a canary beside the stable one, revisions that share traffic."""

from collections.abc import Iterable

from console.sources.cluster.objects import OwnerReference, Scalable

_KNATIVE_GROUP = "serving.knative.dev"
_CONFIGURATION = f"{_KNATIVE_GROUP}/configuration"
"""The label by which Knative tells of which Configuration a Deployment runs a revision: each revision owns its own."""


def first_of_siblings(workloads: Iterable[Scalable | None]) -> Scalable | None:
    """Return the workload that stands for all of them, None where no one controller made them all.

    It is the first by name, so that all consoles lock the same one: KServe's stable predictor, Knative's oldest
    revision that still runs.
    """
    found = tuple(workloads)
    known = [workload for workload in found if workload is not None]
    makers = {_maker(workload) for workload in known}
    if len(known) < len(found) or len(makers) != 1 or None in makers:
        return None
    return min(known, key=lambda workload: workload.metadata.name)


def _maker(workload: Scalable) -> tuple[str, str] | None:
    controller = workload.metadata.controller
    if controller is None:
        return None
    if _is_revision(controller):
        name = (workload.metadata.labels or {}).get(_CONFIGURATION)
        return (workload.metadata.namespace, name) if name else None
    return "", controller.uid


def _is_revision(owner: OwnerReference) -> bool:
    return (owner.api_version.partition("/")[0], owner.kind) == (_KNATIVE_GROUP, "Revision")
