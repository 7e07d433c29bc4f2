"""The actions on models that KServe serves."""

from collections.abc import Iterable

from console.actions.kserve.roll_back import ROLL_BACK, RollBack
from console.actions.kserve.scale import SCALE, Scale
from console.actions.kubernetes.provider import why_no_cluster
from console.actions.provider import Action, Surroundings
from console.actions.specification import ActionSpecification
from console.settings.settings import Settings


class KServeProvider:
    """Acts on InferenceServices in the context of the settings."""

    name = "kserve"

    def specifications(self) -> Iterable[ActionSpecification]:
        """Return the actions that there are."""
        return (SCALE, ROLL_BACK)

    def why_closed(self, settings: Settings) -> str | None:
        """Return that no cluster is configured, None where one is."""
        return why_no_cluster(settings)

    def open(self, surroundings: Surroundings) -> Iterable[Action]:
        """Return the actions on the cluster of the settings."""
        transport, settings = surroundings.transport, surroundings.settings.kubernetes
        if transport is None or settings is None:
            return ()
        clock = surroundings.clock
        return [Scale(transport, settings, clock), RollBack(transport, settings, clock, served=surroundings.served)]
