"""The workload of a model, as the actions on it find it."""

from console.actions.kubernetes.address import Address
from console.actions.provider import ActionRefused
from console.domain.model import Target
from console.sources.cluster.objects import Scalable, decode_object
from console.sources.cluster.writers import LiveObject
from console.transport.kubernetes import KubernetesTransport

APPS = "apps/v1"
PLURALS = {"Deployment": "deployments", "StatefulSet": "statefulsets"}
"""The kinds of workloads of the apps group, with their plurals."""


def workload_address(target: Target, what: str) -> Address:
    """Return where a workload is.

    Args:
        target: the workload.
        what: what is done to it, for the refusal: `scaled`.

    Raises:
        ActionRefused: it is of another kind.
    """
    if target.kind not in PLURALS:
        raise ActionRefused(f"a {target.kind} cannot be {what}; expected one of {', '.join(PLURALS)}")
    return Address(APPS, PLURALS[target.kind], target.namespace, target.name)


async def read_workload(transport: KubernetesTransport, target: Target) -> LiveObject:
    """Return the target as it is now.

    Raises:
        Exception: one of `UNREADABLE`: the cluster gave no answer, or another.
    """
    address = Address(APPS, PLURALS[target.kind], target.namespace, target.name)
    return LiveObject.of(await transport.get(address.path))


def scalable_of(live: LiveObject) -> Scalable:
    """Return a workload as typed values.

    Raises:
        MalformedAnswer: it is none.
    """
    return decode_object(live.document, Scalable)
