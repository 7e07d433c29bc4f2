"""From the direct owner of a workload up to the top-most one, whatever kinds lie between."""

import msgspec

from console.domain.label import harmless
from console.domain.model import Owner
from console.sources.cluster.failures import UNREADABLE, in_short
from console.sources.cluster.objects import Metadata, OwnerReference, decode_object
from console.transport.kubernetes import KubernetesTransport, group_path, object_path

_LONGEST_CHAIN = 10
"""Chains of owners are short (Knative's have five links); a longer one is a mistake or a lie."""


class Top(msgspec.Struct, frozen=True):
    """The top-most owner that could be read; `unread` says why nothing is known of what may be above it."""

    owner: Owner
    unread: str | None = None


class _Resource(msgspec.Struct, frozen=True):
    name: str
    kind: str


class _Resources(msgspec.Struct, frozen=True):
    resources: tuple[_Resource, ...] = ()


class _Owned(msgspec.Struct, frozen=True):
    metadata: Metadata


class OwnerClimb:
    """Climbs `ownerReferences` with `controller: true`; asks a cluster once for each object and for each group.

    Owners are of any kind that the cluster serves: their plurals come from the API's discovery.
    """

    def __init__(self, transport: KubernetesTransport) -> None:
        self._transport = transport
        self._plurals: dict[str, dict[str, str]] = {}
        self._controllers: dict[str, OwnerReference | None] = {}

    async def top(self, namespace: str, owner: Owner) -> Top:
        """Return the top-most owner, from the direct one of an object in a namespace; what fails is told."""
        seen = {owner.uid}
        while len(seen) <= _LONGEST_CHAIN:
            try:
                above = await self._controller_of(namespace, owner)
            except (*UNREADABLE, ValueError) as error:
                told = harmless(f"{owner.kind} {owner.name}")
                return Top(owner, f"{told} cannot be read, what owns it is unknown: {in_short(error)}")
            if above is None:
                return Top(owner)
            owner = owner_of(above)
            if owner.uid in seen:
                break
            seen.add(owner.uid)
        return Top(owner, "its owners own each other")

    async def _controller_of(self, namespace: str, owner: Owner) -> OwnerReference | None:
        if owner.uid not in self._controllers:
            plural = (await self._plurals_of(owner.api_version)).get(owner.kind)
            if plural is None:
                raise ValueError(f"the cluster serves no {owner.kind} in {owner.api_version}")
            path = object_path(owner.api_version, plural, namespace=namespace, name=owner.name)
            metadata = decode_object(await self._transport.get(path), _Owned).metadata
            if metadata.uid != owner.uid:
                raise ValueError("it was deleted and made anew")
            self._controllers[owner.uid] = metadata.controller
        return self._controllers[owner.uid]

    async def _plurals_of(self, api_version: str) -> dict[str, str]:
        if api_version not in self._plurals:
            answer = await self._transport.get(group_path(api_version))
            served = decode_object(answer, _Resources).resources
            # Subresources (`services/status`) are listed beside what they belong to, often under the same kind.
            self._plurals[api_version] = {each.kind: each.name for each in served if "/" not in each.name}
        return self._plurals[api_version]


def owner_of(reference: OwnerReference) -> Owner:
    """Return a reference to an owner as an owner."""
    return Owner(reference.api_version, reference.kind, reference.name, reference.uid)
