"""The places in which actions act, and what may be done there."""

import msgspec

from console.settings.screen import ContextColour
from console.settings.settings import Settings


class ActingPlace(msgspec.Struct, frozen=True):
    """One context of a kubeconfig, or one server: its exact name, and whether it may be changed.

    `how_to_allow` says how writing is allowed: `set kubernetes.write for context prod-eu`.
    """

    name: str
    write: bool
    how_to_allow: str
    critical: bool = False
    colour: ContextColour | None = None


def acting_places(settings: Settings) -> tuple[ActingPlace, ...]:
    """Return the places that the settings name; nothing may be changed in any of them while `read_only` is set."""
    places: list[ActingPlace] = []
    if settings.kubernetes is not None:
        cluster = settings.kubernetes
        how = f"start with --write, or set kubernetes.write for context {cluster.context}"
        places.append(ActingPlace(cluster.context, cluster.write, how, cluster.critical, cluster.colour))
    if settings.read_only:
        how = "read_only is set in the configuration"
        places = [msgspec.structs.replace(place, write=False, how_to_allow=how) for place in places]
    return tuple(places)
