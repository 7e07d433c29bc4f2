"""From the pods that the metrics name to the workload that serves a model."""

import asyncio
import re
from collections.abc import Iterable, Mapping

import msgspec

from console.domain.label import harmless
from console.domain.model import Workload, WorkloadFinding
from console.sources.cluster.listing import ClusterObjects, list_objects
from console.sources.cluster.objects import OwnerReference, Pod, Scalable
from console.sources.cluster.owners import OwnerClimb, owner_of
from console.sources.cluster.rollouts import is_rollout
from console.sources.cluster.siblings import first_of_siblings
from console.transport.kubernetes import KubernetesTransport

_LONGEST_NAME = 253
_NAME = re.compile(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?")
_MOST_TOLD = 3


class Sought(msgspec.Struct, frozen=True):
    """What the metrics tell of where a model runs: namespace and cluster, None where they name none, and its pods."""

    namespace: str | None
    pod_names: tuple[str, ...]
    cluster: str | None = None


async def resolve_workloads(
    transport: KubernetesTransport, wanted: Mapping[str, Sought], *, cluster: str | None = None
) -> dict[str, WorkloadFinding]:
    """Return for each model the workload behind its pods, or the reason in words why none is known.

    Each namespace is listed once per kind, however many models are in it; models without a namespace cost one listing
    of the whole cluster. Errors of the cluster become reasons.

    Args:
        transport: the cluster.
        wanted: where each model runs, by its id.
        cluster: what the metrics call the cluster of the transport; pods of another may bear the same names.
    """
    found = {model_id: why_elsewhere(sought, cluster, transport.context) for model_id, sought in wanted.items()}
    here = {model_id: wanted[model_id] for model_id, elsewhere in found.items() if elsewhere is None}
    namespaces = {each.namespace for each in here.values() if each.pod_names and _searchable(each.namespace)}
    listed = await asyncio.gather(*(list_objects(transport, namespace) for namespace in namespaces))
    by_namespace = dict(zip(namespaces, listed, strict=True))
    findings = {
        model_id: WorkloadFinding(None, elsewhere)
        if elsewhere is not None
        else _find(transport.context, by_namespace.get(wanted[model_id].namespace), wanted[model_id])
        for model_id, elsewhere in found.items()
    }
    return _with_sharers(await _with_top_owners(transport, findings))


async def _with_top_owners(
    transport: KubernetesTransport, findings: Mapping[str, WorkloadFinding]
) -> dict[str, WorkloadFinding]:
    """Return the findings in which each workload knows its top-most owner instead of its direct one."""
    climb = OwnerClimb(transport)
    found = dict(findings)
    for model_id, finding in findings.items():
        workload = finding.workload
        if workload is not None and workload.owner is not None:
            top = await climb.top(workload.namespace, workload.owner)
            climbed = msgspec.structs.replace(workload, owner=top.owner, owners_unread=top.unread)
            found[model_id] = msgspec.structs.replace(finding, workload=climbed)
    return found


def why_elsewhere(sought: Sought, cluster: str | None, context: str) -> str | None:
    """Return why a model is not to be looked for in the cluster of a context, None where it is."""
    if sought.cluster in (None, cluster):
        return None
    named = f"the metrics say that it runs in cluster {harmless(sought.cluster)}"
    if cluster is None:
        return f"{named}; if that is context {harmless(context)}, name it in kubernetes.cluster"
    return f"{named}, context {harmless(context)} is {harmless(cluster)} (kubernetes.cluster)"


def _with_sharers(findings: Mapping[str, WorkloadFinding]) -> dict[str, WorkloadFinding]:
    """Return the findings in which each workload knows all the models that it serves."""
    served: dict[str, list[str]] = {}
    for model_id, finding in findings.items():
        if finding.workload is not None:
            served.setdefault(finding.workload.uid, []).append(model_id)
    sharers = {uid: tuple(sorted(model_ids)) for uid, model_ids in served.items() if len(model_ids) > 1}
    return {
        model_id: finding
        if finding.workload is None
        else WorkloadFinding(msgspec.structs.replace(finding.workload, shared_by=sharers.get(finding.workload.uid, ())))
        for model_id, finding in findings.items()
    }


def _searchable(namespace: str | None) -> bool:
    return namespace is None or is_name(namespace)


def is_name(text: str) -> bool:
    """Tell whether a text can be the name of a Kubernetes object (a DNS subdomain, RFC 1123)."""
    return len(text) <= _LONGEST_NAME and _NAME.fullmatch(text) is not None


def _find(context: str, objects: ClusterObjects | None, sought: Sought) -> WorkloadFinding:
    namespace, pod_names = sought.namespace, sought.pod_names
    if not pod_names:
        return WorkloadFinding(None, "the metrics name no pods")
    if objects is None:
        return WorkloadFinding(None, f"{harmless(namespace or '')!r} is no name of a namespace")
    if objects.unreadable is not None:
        return WorkloadFinding(None, objects.unreadable)
    names = frozenset(pod_names)
    pods = [pod for pod in objects.pods if pod.metadata.name in names]
    if not pods:
        place = f"namespace {namespace}" if namespace else f"any namespace of {harmless(context)}"
        return WorkloadFinding(None, f"none of its pods is in {place}: {_listed(pod_names)}")
    places = {pod.metadata.namespace for pod in pods}
    if len(places) > 1:
        return WorkloadFinding(None, f"ambiguous: pods of these names are in namespaces {_listed(places)}")
    return _workload_of(context, objects, pods)


def _workload_of(context: str, objects: ClusterObjects, pods: Iterable[Pod]) -> WorkloadFinding:
    owners: dict[str, OwnerReference] = {}
    for pod in pods:
        owner = objects.top_owner(pod)
        if owner is None:
            return WorkloadFinding(None, f"pod {harmless(pod.metadata.name)} belongs to no workload")
        owners[owner.uid] = owner
    if len(owners) > 1:
        first = first_of_siblings(objects.scalables.get((owner.kind, owner.uid)) for owner in owners.values())
        if first is None:
            named = _listed(f"{owner.kind} {owner.name}" for owner in owners.values())
            return WorkloadFinding(None, f"ambiguous: its pods belong to {named}")
        owners = {first.metadata.uid: owners[first.metadata.uid]}
    (owner,) = owners.values()
    scalable = objects.scalables.get((owner.kind, owner.uid))
    told = harmless(f"{owner.kind} {owner.name}")
    if scalable is None and objects.rollouts_unreadable is not None and is_rollout(owner):
        return WorkloadFinding(None, f"{told} owns its pods: {objects.rollouts_unreadable}")
    if scalable is None and (owner.kind in {"Deployment", "StatefulSet"} or is_rollout(owner)):
        return WorkloadFinding(None, f"{told} owns its pods but is not in the cluster: it is being replaced")
    if scalable is None:
        return WorkloadFinding(
            None, f"{told} owns its pods: this console acts on Deployments, StatefulSets and Rollouts only"
        )
    return _workload(context, objects, owner.kind, scalable)


def _workload(context: str, objects: ClusterObjects, kind: str, scalable: Scalable) -> WorkloadFinding:
    metadata = scalable.metadata
    if not (is_name(metadata.name) and is_name(metadata.namespace) and metadata.uid):
        return WorkloadFinding(None, f"the cluster names a {kind} that no cluster can hold: {harmless(metadata.name)}")
    autoscaler = objects.autoscaler_of(kind, scalable)
    workload = Workload(
        context=context,
        namespace=metadata.namespace,
        kind=kind,
        name=metadata.name,
        uid=metadata.uid,
        replicas=scalable.spec.replicas,
        ready=scalable.status.ready_replicas,
        autoscaler=harmless(autoscaler.metadata.name) if autoscaler is not None else None,
        owner=owner_of(metadata.controller) if metadata.controller is not None else None,
    )
    return WorkloadFinding(workload)


def _listed(texts: Iterable[str]) -> str:
    """Return a few of the texts, and how many more there are."""
    ordered = sorted(set(texts))
    more = f" and {len(ordered) - _MOST_TOLD} more" if len(ordered) > _MOST_TOLD else ""
    return ", ".join(map(harmless, ordered[:_MOST_TOLD])) + more
