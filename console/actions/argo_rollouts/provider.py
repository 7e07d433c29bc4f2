"""The actions on Rollouts of Argo Rollouts."""

from collections.abc import Iterable

from console.actions.argo_rollouts.abort import ABORT, Abort
from console.actions.argo_rollouts.promote import PROMOTE, Promote
from console.actions.argo_rollouts.restart import RESTART, Restart
from console.actions.argo_rollouts.retry import RETRY, Retry
from console.actions.argo_rollouts.scale import SCALE, Scale
from console.actions.argo_rollouts.undo import UNDO, Undo
from console.actions.kubernetes.provider import why_no_cluster
from console.actions.provider import Action, Surroundings
from console.actions.specification import ActionSpecification
from console.settings.settings import Settings


class ArgoRolloutsProvider:
    """Acts on Rollouts in the context of the settings."""

    name = "argo_rollouts"

    def specifications(self) -> Iterable[ActionSpecification]:
        """Return the actions that there are."""
        return ABORT, RETRY, UNDO, PROMOTE, SCALE, RESTART

    def why_closed(self, settings: Settings) -> str | None:
        """Return that no cluster is configured, None where one is."""
        return why_no_cluster(settings)

    def open(self, surroundings: Surroundings) -> Iterable[Action]:
        """Return the actions on the cluster of the settings."""
        transport, settings = surroundings.transport, surroundings.settings.kubernetes
        if transport is None or settings is None:
            return ()
        clock = surroundings.clock
        undo = Undo(transport, settings, clock, past=surroundings.past, served=surroundings.served)
        return [*(made(transport, settings, clock) for made in (Abort, Retry, Promote, Scale, Restart)), undo]
