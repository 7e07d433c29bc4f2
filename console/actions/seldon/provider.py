"""The actions on Models, Servers and Experiments of Seldon Core 2."""

from collections.abc import Iterable

from console.actions.kubernetes.provider import why_no_cluster
from console.actions.provider import Action, Surroundings
from console.actions.seldon.scale import SCALE, SCALE_SERVER, Scale, ScaleServer
from console.actions.seldon.storage import SET_STORAGE_URI, SetStorageUri
from console.actions.seldon.weights import SET_WEIGHT, SetWeight
from console.actions.specification import ActionSpecification
from console.settings.settings import Settings


class SeldonProvider:
    """Acts on the objects of Seldon Core 2 in the context of the settings."""

    name = "seldon"

    def specifications(self) -> Iterable[ActionSpecification]:
        """Return the actions that there are."""
        return SCALE, SCALE_SERVER, SET_STORAGE_URI, SET_WEIGHT

    def why_closed(self, settings: Settings) -> str | None:
        """Return that no cluster is configured, None where one is."""
        return why_no_cluster(settings)

    def open(self, surroundings: Surroundings) -> Iterable[Action]:
        """Return the actions on the cluster of the settings."""
        transport, settings = surroundings.transport, surroundings.settings.kubernetes
        if transport is None or settings is None:
            return ()
        clock = surroundings.clock
        storage = SetStorageUri(transport, settings, clock, past=surroundings.past, served=surroundings.served)
        return [*(made(transport, settings, clock) for made in (Scale, ScaleServer, SetWeight)), storage]
