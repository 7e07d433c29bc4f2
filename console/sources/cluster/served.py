"""Kinds of objects that a cluster serves in one of several versions of their API, whose fields have the same names."""

from collections.abc import Sequence
from typing import Any

from console.transport.kubernetes import KubernetesTransport, NotFound, object_path


async def list_served(
    transport: KubernetesTransport, versions: Sequence[str], plural: str, namespace: str
) -> tuple[str, dict[str, Any]]:
    """Return the first of some versions that is served, and its LIST of a namespace (empty: of all).

    Raises:
        NotFound: the cluster serves none of them.
        Exception: one of `UNREADABLE`: the cluster gave no answer, or another.
    """
    *newer, oldest = versions
    for version in newer:
        try:
            return version, await transport.get(object_path(version, plural, namespace=namespace))
        except NotFound:
            continue
    return oldest, await transport.get(object_path(oldest, plural, namespace=namespace))
