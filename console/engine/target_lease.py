"""A Kubernetes Lease beside the journal's lock: consoles that share a cluster, and nothing else, exclude each other.

https://kubernetes.io/docs/concepts/architecture/leases/
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from console.actions.provider import ActionRefused
from console.domain.label import harmless
from console.domain.model import Target
from console.domain.moments import clock_time
from console.journal.events import RunReference
from console.journal.who import Who
from console.transport.kubernetes.errors import (
    AlreadyExists,
    Conflict,
    Forbidden,
    KubeconfigError,
    KubernetesError,
    NotFound,
    OutcomeUnknown,
)
from console.transport.kubernetes.protocol import KubernetesTransport
from console.transport.kubernetes.requests import object_path

LEASE_SECONDS = 120
"""How long a lease counts that nobody renews: a console that was killed keeps the others out for this time."""

_RENEWALS = 3
_FAILURES = (KubernetesError, KubeconfigError)
_PLAYBOOK = "incident-console/playbook"


class TargetLeases:
    """Takes a Lease on a target while an action on it is sent.

    Args:
        transport: the cluster; targets of other places have no lease.
        who: the person at the terminal.
        clock: returns the time (UTC seconds); consoles compare each other's, so hosts must agree to some seconds.
    """

    def __init__(self, transport: KubernetesTransport, who: Who, clock: Callable[[], float]) -> None:
        self._transport = transport
        self._who = who
        self._clock = clock

    async def notes(self, target: Target) -> list[str]:
        """Return what a person must know before the key: who holds the lease, or that there can be none."""
        if not self._covers(target):
            return []
        try:
            if not await self._transport.can_i(
                "create", "coordination.k8s.io", "leases", namespace=target.namespace or ""
            ):
                return [
                    f"the lock is local only: these credentials may not create leases in {harmless(target.namespace)}"
                ]
            held = await self._transport.get(f"{_leases(target)}/{_name(target)}")
        except NotFound:
            return []
        except _FAILURES as error:
            return [f"the lock is local only: {error}"]
        return [] if self._is_over(held) else [_told(held)]

    @contextlib.asynccontextmanager
    async def held(self, target: Target, reference: RunReference) -> AsyncIterator[None]:
        """Hold the lease of a target for the time of the context; where there can be none, hold nothing.

        Raises:
            ActionRefused: somebody else holds it, or the cluster does not say whether it is ours.
        """
        lease = await self._taken(target, reference) if self._covers(target) else None
        if lease is None:
            yield
            return
        renewing = asyncio.create_task(self._renew(target, lease))
        try:
            yield
        finally:
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)
            # What cannot be given back is over in two minutes by itself, and the action's outcome is the news.
            with contextlib.suppress(*_FAILURES):
                await self._give_back(target, lease)

    async def _give_back(self, target: Target, lease: Mapping[str, Any]) -> None:
        """Delete the lease, unless it ran out meanwhile and somebody took it over: theirs is the same object."""
        held = await self._transport.get(f"{_leases(target)}/{_name(target)}")
        if _holder(held) == _holder(lease):
            await self._transport.delete(f"{_leases(target)}/{_name(target)}", uid=lease["metadata"]["uid"])

    def _covers(self, target: Target) -> bool:
        return target.context == self._transport.context and bool(target.namespace)

    async def _taken(self, target: Target, reference: RunReference) -> dict[str, Any] | None:
        """Return the lease, ours by now; None where these credentials or this cluster have none."""
        now = self._clock()
        spec = {
            "holderIdentity": f"{self._who.shown}/{reference.run_id}",
            "leaseDurationSeconds": LEASE_SECONDS,
            "acquireTime": _written(now),
            "renewTime": _written(now),
        }
        wanted = {
            "apiVersion": "coordination.k8s.io/v1",
            "kind": "Lease",
            "metadata": {"name": _name(target), "annotations": {_PLAYBOOK: reference.playbook_id}},
            "spec": spec,
        }
        try:
            try:
                return await self._transport.create(_leases(target), wanted)
            except AlreadyExists:
                return await self._taken_over(target, wanted)
        except (Forbidden, NotFound):
            return None
        except Conflict as error:
            raise ActionRefused(
                "somebody else took the lease of the target at this moment: nothing was sent"
            ) from error
        except OutcomeUnknown as error:
            raise ActionRefused(f"nobody knows who holds the lease of the target, nothing was sent: {error}") from error
        except _FAILURES as error:
            raise ActionRefused(f"the lease of the target cannot be taken, nothing was sent: {error}") from error

    async def _taken_over(self, target: Target, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """Return the lease of somebody whose time is over, ours by now, in the version that was read and no other.

        Raises:
            ActionRefused: somebody else holds it, or did a moment ago.
            KubernetesError: the cluster did not give it.
        """
        try:
            held = await self._transport.get(f"{_leases(target)}/{_name(target)}")
        except NotFound as gone:
            told = "somebody gave the lease of the target back at this moment, nothing was sent: try again"
            raise ActionRefused(told) from gone
        ours = _holder(held) == _holder(wanted)
        if not ours and not self._is_over(held):
            raise ActionRefused(f"{_told(held)}: nothing was sent")
        spec = {
            **wanted["spec"],
            "leaseTransitions": int((held.get("spec") or {}).get("leaseTransitions") or 0) + (not ours),
        }
        annotations = {**(held["metadata"].get("annotations") or {}), **wanted["metadata"]["annotations"]}
        metadata = {**held["metadata"], "annotations": annotations}
        return await self._transport.replace(
            f"{_leases(target)}/{_name(target)}", {**held, "metadata": metadata, "spec": spec}
        )

    async def _renew(self, target: Target, lease: dict[str, Any]) -> None:
        """Renew the lease until cancelled; one that cannot be renewed runs out, and the journal's lock still holds."""
        while True:
            await asyncio.sleep(LEASE_SECONDS / _RENEWALS)
            spec = {**lease["spec"], "renewTime": _written(self._clock())}
            with contextlib.suppress(*_FAILURES):
                lease = await self._transport.replace(f"{_leases(target)}/{_name(target)}", {**lease, "spec": spec})

    def _is_over(self, lease: Mapping[str, Any]) -> bool:
        spec = lease.get("spec") or {}
        renewed = _instant(spec.get("renewTime")) or _instant(spec.get("acquireTime"))
        lasts = spec.get("leaseDurationSeconds")
        if not spec.get("holderIdentity"):
            return True
        return renewed is not None and isinstance(lasts, int) and self._clock() > renewed + lasts


def _leases(target: Target) -> str:
    return object_path("coordination.k8s.io/v1", "leases", namespace=target.namespace or "")


def _name(target: Target) -> str:
    return f"incident-console-{target.kind.lower()}-{target.name}"


def _holder(lease: Mapping[str, Any]) -> Any:
    return (lease.get("spec") or {}).get("holderIdentity")


def _told(lease: Mapping[str, Any]) -> str:
    """Return who holds a lease, since when and for which playbook, in one harmless line."""
    spec, annotations = lease.get("spec") or {}, lease["metadata"].get("annotations") or {}
    since = _instant(spec.get("acquireTime"))
    told = f"{harmless(str(spec.get('holderIdentity')))} holds the lease of the target"
    if since is not None:
        told += f" since {clock_time(since)} UTC"
    playbook = annotations.get(_PLAYBOOK)
    return told if playbook is None else f"{told} ({harmless(str(playbook))})"


def _written(instant: float) -> str:
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _instant(written: object) -> float | None:
    try:
        return datetime.fromisoformat(str(written)).timestamp()
    except ValueError:
        return None
