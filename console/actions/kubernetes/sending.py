"""How a guarded patch is tried, sent once, explained and settled: the same for every object of a cluster.

Nothing here raises for what the cluster does: a dry run becomes a word and perhaps a refusal, a commit an outcome. A
request leaves once; what became of one without an answer is told by reading.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec

from console.actions.kubernetes.address import Address
from console.actions.kubernetes.guarded_patch import GuardedPatch
from console.domain.action import Commitment, Outcome, Request
from console.domain.label import harmless
from console.sources.cluster.failures import UNREADABLE, ended_by_the_server, in_short, may_have_been_applied
from console.sources.cluster.writers import LiveObject
from console.transport.kubernetes import (
    Conflict,
    Forbidden,
    KubernetesError,
    KubernetesTransport,
    NotFound,
    PreconditionFailed,
)

LAST_ARRIVAL_SECONDS = 75.0
"""A request that was sent so long ago changes nothing any more: API servers end requests after 60 s by default."""
SETTLE_SECONDS = 2.0
"""Time that a request without an answer is given to arrive before what is read afterwards counts."""

PERMISSION_LASTS_SECONDS = 60.0
"""How long it is believed that this user may do something."""


class DryRun(msgspec.Struct, frozen=True):
    """What the server's dry run said of a patch.

    `patch` has the values that the server would make of it, `refusal` says why it cannot be sent, None where it can.
    """

    patch: GuardedPatch
    said: str
    refusal: str | None = None


class Sending:
    """Sends guarded patches to one cluster.

    Args:
        transport: the cluster.
        clock: returns the time (UTC seconds).
        settle_seconds: how long to wait before reading what became of a request without an answer.
    """

    def __init__(
        self, transport: KubernetesTransport, clock: Callable[[], float], settle_seconds: float = SETTLE_SECONDS
    ) -> None:
        self._transport = transport
        self._clock = clock
        self._settle_seconds = settle_seconds
        self._permitted_at: dict[Address, float] = {}

    async def read(self, patch: GuardedPatch) -> LiveObject:
        """Return the object of a patch as it is now.

        Raises:
            Exception: one of `UNREADABLE`: the cluster gave no answer, or another.
        """
        return LiveObject.of(await self._transport.get(patch.address.whole.path))

    async def why_not_permitted(self, address: Address, *, was_asked: bool = False) -> str | None:
        """Return that the server says that this user may not patch an object, None where it says that they may.

        Where `was_asked`, an answer of the last minute that they may is believed: a plan need not ask what the list of
        actions asked, for the server looks at its dry run anyway. That they may not is asked anew each time.

        Raises:
            Exception: one of `UNREADABLE`: the cluster gave no answer, or another.
        """
        asked_at = self._permitted_at.pop(address, None)
        if was_asked and asked_at is not None and 0 <= self._clock() - asked_at <= PERMISSION_LASTS_SECONDS:
            self._permitted_at[address] = asked_at
            return None
        allowed = await self._transport.can_i(
            "patch",
            address.group,
            address.plural,
            address.subresource,
            namespace=address.namespace,
            name=address.name,
        )
        if allowed:
            self._permitted_at[address] = self._clock()
            return None
        self._permitted_at.clear()  # what allowed this was taken back, and other things with it perhaps
        where = f" in namespace {address.namespace}" if address.namespace else ""
        return f"you may not patch {address.resource}{where} (RBAC)"

    async def dry_run(self, patch: GuardedPatch) -> DryRun:
        """Ask the server what it would make of a patch: admission, quotas and preconditions are those of a commit."""
        try:
            answer = await self._sent(patch.request, dry_run=True)
            made, otherwise = patch.answered(answer), patch.why_not_as_asked(answer)
        except PreconditionFailed as error:
            return DryRun(patch, f"refused: {in_short(error)}", f"{await self._who_changed(patch)}: plan again")
        except Forbidden as error:
            self._permitted_at.clear()
            return DryRun(patch, f"refused: {in_short(error)}", f"the cluster forbids it: {in_short(error)}")
        except UNREADABLE as error:
            return DryRun(patch, f"failed: {in_short(error)}", f"the server's dry run failed: {in_short(error)}")
        if otherwise is not None:
            reason = f"the cluster would make {otherwise}: an admission webhook changes what is asked"
            return DryRun(made, "accepted with a change", reason)
        return DryRun(made, "accepted by the server")

    async def commit(self, patch: GuardedPatch, done: str) -> Commitment:
        """Send a patch exactly once and tell what came of it.

        Args:
            patch: what to send.
            done: what to say where the server made exactly that change.
        """
        sent_at = self._clock()
        try:
            otherwise = patch.why_not_as_asked(await self._sent(patch.request, dry_run=False))
        except (PreconditionFailed, Conflict, NotFound) as error:
            return self._commitment(Outcome.NOT_APPLIED, f"nothing was changed: {await self._explain(patch, error)}")
        except UNREADABLE as error:
            if not may_have_been_applied(error):
                return self._commitment(Outcome.NOT_APPLIED, f"nothing was changed: {in_short(error)}")
            await asyncio.sleep(self._settle_seconds)
            read = await self._read_outcome(patch, sent_at, ended=ended_by_the_server(error))
            return self._commitment(read.outcome, f"{read.detail} ({in_short(error)})")
        if otherwise is not None:
            return self._commitment(
                Outcome.APPLIED, f"the cluster made {otherwise}: an admission webhook changes what is asked"
            )
        return self._commitment(Outcome.APPLIED, done)

    async def settle(self, patch: GuardedPatch, sent_at: float) -> Commitment:
        """Tell from the object as it is now whether a patch sent at a time (UTC seconds) was applied; sends nothing."""
        return await self._read_outcome(patch, sent_at, ended=self._clock() - sent_at >= LAST_ARRIVAL_SECONDS)

    async def _sent(self, request: Request, *, dry_run: bool) -> dict[str, Any]:
        return await self._transport.patch(
            request.path, request.body, content_type=request.content_type, dry_run=dry_run
        )

    async def _explain(self, patch: GuardedPatch, error: KubernetesError) -> str:
        """Return why the server did not make a change: it does not say enough itself, so the object is read again."""
        name = harmless(patch.address.name)
        try:
            live = await self.read(patch)
            if patch.is_another(live):
                return f"{name} was deleted and made anew"
            moved = patch.moved(live)
        except NotFound as gone:
            return f"{name} is not there any more: {in_short(gone)}"
        except UNREADABLE as reading:
            return f"{in_short(error)}; why cannot be read: {in_short(reading)}"
        if moved is not None and patch.is_made_by_a_console(live):
            who = "another console did it, or something on the way sent this request twice"
            return f"{moved}, which is what was asked for: {who}"
        if moved is not None:
            return moved
        if isinstance(error, NotFound):
            return f"{name} is there, but the cluster does not serve its {patch.address.resource}: {in_short(error)}"
        told = f"{name} was changed by somebody at the same moment, and reads as planned now"
        return f"{told}: plan again ({in_short(error)})"

    async def _who_changed(self, patch: GuardedPatch) -> str:
        try:
            moved = patch.moved(await self.read(patch))
        except UNREADABLE:
            moved = None
        return f"{patch.address.name} changed while the plan was made{f' ({moved})' if moved else ''}"

    async def _read_outcome(self, patch: GuardedPatch, sent_at: float, *, ended: bool) -> Commitment:
        try:
            return self._commitment(*patch.read(await self.read(patch), sent_at, ended=ended))
        except NotFound as gone:
            told = f"{harmless(patch.address.name)} is not there any more, whether it was applied before is unknown"
            return self._commitment(Outcome.UNKNOWN, f"{told}: {in_short(gone)}")
        except UNREADABLE as error:
            return self._commitment(Outcome.UNKNOWN, f"whether it was applied cannot be read: {in_short(error)}")

    def _commitment(self, outcome: Outcome, detail: str) -> Commitment:
        return Commitment(outcome, detail, self._clock())
