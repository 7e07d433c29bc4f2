"""The actions on workloads of a Kubernetes cluster."""

from collections.abc import Iterable

from console.actions.kubernetes.scale import SCALE, Scale
from console.actions.provider import Action, Surroundings
from console.actions.specification import ActionSpecification
from console.settings.settings import Settings


class KubernetesProvider:
    """Acts on Deployments and StatefulSets in the context of the settings."""

    name = "kubernetes"

    def specifications(self) -> Iterable[ActionSpecification]:
        """Return the actions that there are."""
        return (SCALE,)

    def why_closed(self, settings: Settings) -> str | None:
        """Return that no cluster is configured, None where one is."""
        return why_no_cluster(settings)

    def open(self, surroundings: Surroundings) -> Iterable[Action]:
        """Return the actions on the cluster of the settings."""
        transport, settings = surroundings.transport, surroundings.settings.kubernetes
        if transport is None or settings is None:
            return ()
        return (Scale(transport, settings, surroundings.clock),)


def why_no_cluster(settings: Settings) -> str | None:
    """Return that no cluster is configured, None where one is."""
    if settings.kubernetes is None:
        return "no cluster is configured (kubernetes.context): there is nothing to act on"
    return None
