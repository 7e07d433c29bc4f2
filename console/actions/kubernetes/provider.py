"""The actions on workloads of a Kubernetes cluster."""

from collections.abc import Iterable

from console.actions.kubernetes.cordon import Cordon
from console.actions.kubernetes.delete_pod import DeletePod
from console.actions.kubernetes.pause import Pause, Resume
from console.actions.kubernetes.restart import Restart
from console.actions.kubernetes.roll_back import RollBack
from console.actions.kubernetes.scale import Scale
from console.actions.kubernetes.stop_rollout import StopRollout
from console.actions.provider import Action, Surroundings
from console.actions.specification import ActionSpecification
from console.settings.settings import Settings

_ACTIONS = (Scale, RollBack, StopRollout, Restart, Pause, Resume, DeletePod, Cordon)
_WITHOUT_PAST = (Scale, Restart, Pause, Resume, DeletePod, Cordon)
_WITH_PAST = (RollBack, StopRollout)


class KubernetesProvider:
    """Acts on Deployments and StatefulSets in the context of the settings."""

    name = "kubernetes"

    def specifications(self) -> Iterable[ActionSpecification]:
        """Return the actions that there are."""
        return tuple(action.specification for action in _ACTIONS)

    def why_closed(self, settings: Settings) -> str | None:
        """Return that no cluster is configured, None where one is."""
        return why_no_cluster(settings)

    def open(self, surroundings: Surroundings) -> Iterable[Action]:
        """Return the actions on the cluster of the settings."""
        transport, settings = surroundings.transport, surroundings.settings.kubernetes
        if transport is None or settings is None:
            return ()
        clock, past, served = surroundings.clock, surroundings.past, surroundings.served
        return (
            *(action(transport, settings, clock) for action in _WITHOUT_PAST),
            *(action(transport, settings, clock, past=past, served=served) for action in _WITH_PAST),
        )


def why_no_cluster(settings: Settings) -> str | None:
    """Return that no cluster is configured, None where one is."""
    if settings.kubernetes is None:
        return "no cluster is configured (kubernetes.context): there is nothing to act on"
    return None
