"""Whether the quotas of a namespace leave room for more pods of a workload: no dry run of a scale says it.

A quota acts when a pod is made, not when a count is set: the server takes the count, and the pods never come.
"""

from typing import Any

from console.domain.model import Target
from console.sources.cluster.failures import UNREADABLE, in_short
from console.sources.cluster.objects import decode_list, decode_object
from console.sources.cluster.pod_objects import LivingPod
from console.sources.cluster.quota_facts import Quota, quota_facts
from console.sources.cluster.writers import LiveObject
from console.transport.kubernetes import Forbidden, KubernetesTransport, NotFound, object_path

_TEMPLATE = "/spec/template"


async def quota_notes(transport: KubernetesTransport, target: Target, live: LiveObject, more: int) -> tuple[str, ...]:
    """Return which quotas have no room for so many more pods of a workload; nothing where it may not be asked."""
    if more <= 0:
        return ()
    try:
        path = object_path("v1", "resourcequotas", namespace=target.namespace)
        quotas = decode_list(await transport.get(path), Quota)
        pod = _pod_of(live)
    except (Forbidden, NotFound):
        return ()
    except UNREADABLE as error:
        return (f"whether a quota has room for {more} more pods is not known: {in_short(error)}",)
    return tuple(
        f"quota {quota.name} has room for {quota.room} more ({quota.resource}: {quota.used} of {quota.hard} used): "
        f"{more - quota.room} of the {more} new pods will not be made"
        for quota in quota_facts(quotas, pod)
        if quota.room is not None and quota.room < more
    )


def _pod_of(live: LiveObject) -> LivingPod:
    """Return a pod as the workload's template asks for it.

    Raises:
        MalformedAnswer: the template has another shape.
    """
    template: dict[str, Any] = live.at(_TEMPLATE) or {}
    return decode_object({"metadata": {"name": live.metadata.name}, "spec": template.get("spec") or {}}, LivingPod)
