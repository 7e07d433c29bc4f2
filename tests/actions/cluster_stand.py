"""A stand of the contract for actions that change one object of a cluster."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from console.actions.provider import Action, Occasion
from console.simulation.cluster import Fault
from console.transport.kubernetes import Kr8sTransport
from tests.actions.kubernetes.place import Troubled
from tests.actions.kubernetes.world import Clock

MERGE = "application/merge-patch+json"


class Edit(msgspec.Struct, frozen=True):
    """What a colleague sets by a merge patch, and what is told of it."""

    body: Mapping[str, Any]
    told: str
    subresource: str = ""


class ClusterStand(msgspec.Struct, kw_only=True):
    """One object at a path, changed by an action and by a colleague.

    `resource` is what the change needs a permission for: verb, plural, subresource. `later` is the colleague's edit
    after the commit, where it is another than before.
    """

    action: Action
    occasion: Occasion
    arguments: Mapping[str, object] = {}
    cluster: Troubled
    transport: Kr8sTransport
    clock: Clock
    path: str
    resource: tuple[str, str, str]
    edit: Edit
    later: Edit | None = None
    part: Callable[[dict[str, Any]], object] = lambda document: document["spec"]

    @property
    def sent(self) -> int:
        return sum(request.mutates for request in self.cluster.requests)

    @property
    def rehearsed(self) -> int:
        return sum(request.query.get("dryRun") == "All" for request in self.cluster.requests)

    async def state(self) -> object:
        return self.part(await self.transport.get(self.path))

    async def pass_time(self, seconds: float) -> None:
        self.clock.now += seconds
        self.cluster.advance()

    async def change_before_commit(self) -> str:
        return await self._change(self.edit)

    async def change_after_commit(self) -> str:
        return await self._change(self.later or self.edit)

    async def remove(self) -> None:
        """Delete the object as a colleague, and forget the request."""
        held = await self.transport.get(self.path)
        await self.transport.delete(self.path, uid=held["metadata"]["uid"])
        self.cluster.forget_requests()

    async def make_anew(self) -> None:
        """Delete the object and make one of the same name and content, as a colleague, and forget the requests."""
        held = await self.transport.get(self.path)
        await self.remove()
        collection, _, name = self.path.rpartition("/")
        kept = {
            key: held["metadata"][key]
            for key in ("labels", "annotations", "ownerReferences")
            if key in held["metadata"]
        }
        document = {**held, "metadata": {"name": name, **kept}}
        await self.transport.create(collection, document, dry_run=False, field_manager="kubectl")
        self.cluster.forget_requests()

    def refuse(self, status: int) -> None:
        """Let the next commit be answered with a status, undone."""
        self.cluster.faults.add(Fault(method=self._method, dry_run=False, status=status))

    async def forbid(self) -> None:
        verb, plural, subresource = self.resource
        self.cluster.deny(verb=verb, resource=plural, subresource=subresource or "*")

    async def lose_answer(self) -> None:
        self.cluster.faults.add(Fault(method=self._method, dry_run=False, cut="after"))

    async def lose_request(self) -> None:
        self.cluster.faults.add(Fault(method=self._method, dry_run=False, cut="before"))

    @property
    def _method(self) -> str:
        return self.resource[0].upper()

    async def _change(self, edit: Edit) -> str:
        path = f"{self.path}/{edit.subresource}" if edit.subresource else self.path
        body = dict(edit.body)
        await self.transport.patch(path, body, content_type=MERGE, dry_run=False, field_manager="kubectl")
        return edit.told
