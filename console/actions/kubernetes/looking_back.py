"""What actions need that lead back to something: what was sent to their target, and how its versions served."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator

from console.actions.kubernetes.patching_action import PatchingAction
from console.actions.kubernetes.sending import SETTLE_SECONDS
from console.actions.provider import PastPlans, ServedPastOf, nothing_measured, nothing_past
from console.domain.served import ServedPast
from console.domain.snapshot import ModelView
from console.settings.settings import KubernetesSettings
from console.transport.kubernetes import KubernetesTransport


class LookingBack(PatchingAction):
    """A patching action that knows the past of its target.

    Args:
        transport: the cluster of the settings' context.
        settings: limits and marks of that cluster.
        clock: returns the time (UTC seconds).
        settle_seconds: how long to wait before reading what became of a request without an answer.
        past: returns what was sent to a target, by its uid.
        served: returns how the versions of a model served.
    """

    def __init__(
        self,
        transport: KubernetesTransport,
        settings: KubernetesSettings,
        clock: Callable[[], float],
        settle_seconds: float = SETTLE_SECONDS,
        *,
        past: PastPlans = nothing_past,
        served: ServedPastOf = nothing_measured,
    ) -> None:
        super().__init__(transport, settings, clock, settle_seconds)
        self._past = past
        self._served = served

    @contextlib.contextmanager
    def _metrics_asked(self, view: ModelView) -> Iterator[asyncio.Future[ServedPast]]:
        """Ask how the versions of a model served while the cluster answers; nobody waits for it afterwards."""
        served = asyncio.ensure_future(self._served(view))
        try:
            yield served
        finally:
            served.cancel()
