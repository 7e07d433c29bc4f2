"""The places in which actions act, and what may be done there."""

from collections import Counter
from collections.abc import Collection

import msgspec

from console.domain.label import harmless
from console.settings.acting import PlaceSettings
from console.settings.screen import ContextColour
from console.settings.settings import ActingServer, KubernetesSettings, Settings

WEBHOOK, COMMAND, NOTIFY = "webhook", "command", "notify"
"""Kinds of places that the configuration declares by name; actions there are called `webhook.NAME` and so on."""
ALERTMANAGER, MLFLOW, KUBEFLOW = "alertmanager", "mlflow", "kubeflow"
"""Kinds of servers that can be changed."""
START_WITH_WRITE = "start with --write"
"""How writing is allowed in a place that nothing but a flag or a setting keeps read-only."""
_HIGHEST_TIER = 3


class ActingPlace(msgspec.Struct, frozen=True):
    """One context of a kubeconfig, server, webhook, command or channel: its exact name, and whether it may be changed.

    `how_to_allow` says how writing is allowed: `set kubernetes.write for context prod-eu`.
    """

    name: str
    write: bool
    how_to_allow: str
    critical: bool = False
    colour: ContextColour | None = None
    minimum_tier: int = 0
    """The least risk that an action there counts with; in a critical place it is the highest."""


def place_name(kind: str, name: str) -> str:
    """Return the exact name of a place that the configuration declares: `webhook.drain-pool`."""
    return f"{kind}.{name}"


def is_declared(place: ActingPlace, settings: Settings) -> bool:
    """Return whether a place is one of the webhooks, commands, channels and providers of the settings."""
    kind, _, name = place.name.partition(".")
    declared: dict[str, Collection[str]] = {
        WEBHOOK: settings.webhooks,
        COMMAND: settings.commands,
        NOTIFY: settings.channels,
    }
    return name in declared.get(kind, ()) or place.name in settings.providers


def server_place(kind: str, name: str) -> str:
    """Return the exact name of the place that a server of a kind is; one that bears no name of its own is the kind."""
    return kind if name == kind else place_name(kind, name)


def acting_places(settings: Settings) -> tuple[ActingPlace, ...]:
    """Return the places that the settings name; nothing may be changed in any of them while `read_only` is set."""
    places: list[ActingPlace] = []
    if settings.kubernetes is not None:
        cluster = settings.kubernetes
        how = f"{START_WITH_WRITE}, or set kubernetes.write for context {cluster.context}"
        places.append(_place(cluster.context, cluster, how, cluster.minimum_tier))
    for key, kind, declared in (
        ("webhooks", WEBHOOK, settings.webhooks),
        ("commands", COMMAND, settings.commands),
        ("channels", NOTIFY, settings.channels),
    ):
        for name, place in declared.items():
            how = f"{START_WITH_WRITE}, or set {key}.{name}.write"
            places.append(_place(place_name(kind, name), place, how))
    for name, provider in settings.providers.items():
        how = f"{START_WITH_WRITE}, or set providers.{name}.write"
        places.append(_place(name, provider, how, provider.minimum_tier))
    servers: tuple[tuple[str, tuple[ActingServer, ...]], ...] = (
        (ALERTMANAGER, settings.alertmanager),
        (MLFLOW, settings.mlflow),
        (KUBEFLOW, settings.kubeflow),
    )
    for kind, these in servers:
        for server in these:
            how = f"{START_WITH_WRITE}, or set write for {server.name} ({kind})"
            places.append(_place(server_place(kind, server.name), server, how, server.minimum_tier))
    places = _told_apart(places)
    if settings.read_only:
        how = "read_only is set in the configuration"
        places = [msgspec.structs.replace(place, write=False, how_to_allow=how) for place in places]
    return tuple(places)


def may_write_somewhere(settings: Settings) -> bool:
    """Return whether the settings allow writing in any place."""
    return any(place.write for place in acting_places(settings))


def _place(
    name: str,
    place: KubernetesSettings | ActingServer | PlaceSettings,
    how_to_allow: str,
    minimum_tier: int | None = None,
) -> ActingPlace:
    least = _HIGHEST_TIER if place.critical else minimum_tier or 0
    return ActingPlace(name, place.write, how_to_allow, place.critical, place.colour, least)


def _told_apart(places: list[ActingPlace]) -> list[ActingPlace]:
    """Return the places; where two have one name, what allows the one would allow the other: neither may be changed."""
    count = Counter(place.name for place in places)
    return [
        place
        if count[place.name] == 1
        else msgspec.structs.replace(place, write=False, how_to_allow=f"two places are called {harmless(place.name)}")
        for place in places
    ]
