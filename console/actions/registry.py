"""Every provider of actions that this console has: its own, and those of installed packages."""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import entry_points

import msgspec

from console.actions.alertmanager.provider import AlertmanagerProvider
from console.actions.argo_rollouts.provider import ArgoRolloutsProvider
from console.actions.command.provider import CommandProvider
from console.actions.kserve.provider import KServeProvider
from console.actions.kubernetes.provider import KubernetesProvider
from console.actions.notify.provider import NotifyProvider
from console.actions.provider import Action, Declaring, Provider, Surroundings
from console.actions.seldon.provider import SeldonProvider
from console.actions.specification import ActionSpecification
from console.actions.webhook.provider import WebhookProvider
from console.settings.settings import Settings

ENTRY_POINTS = "incident_console.providers"
"""The group of entry points by which packages add providers: each names a class without arguments."""


class OpenActions(msgspec.Struct, frozen=True):
    """The actions that can be done, by name, and why the others cannot, by name.

    `tiers` is the least risk that they count with, by globs of their names.
    """

    by_name: Mapping[str, Action]
    closed: Mapping[str, str]
    tiers: Mapping[str, int] = {}


@cache
def providers() -> tuple[Provider, ...]:
    """Return every provider, those of this console first.

    Raises:
        ImportError: a package that adds one is broken.
    """
    added = (entry_point.load()() for entry_point in sorted(entry_points(group=ENTRY_POINTS)))
    return (
        KubernetesProvider(),
        KServeProvider(),
        ArgoRolloutsProvider(),
        SeldonProvider(),
        AlertmanagerProvider(),
        WebhookProvider(),
        CommandProvider(),
        NotifyProvider(),
        *added,
    )


class KnownActions(msgspec.Struct, frozen=True):
    """What is known of actions before any is opened, by name.

    `undeclared` are the first parts of names that a configuration declares, which nobody looked at: what is called so
    may be there.
    """

    by_name: Mapping[str, ActionSpecification]
    undeclared: frozenset[str] = frozenset()

    def may_be(self, name: str) -> bool:
        """Return whether an action that is not known here may be declared in a configuration."""
        provider, _, rest = name.partition(".")
        return provider in self.undeclared and bool(rest)


@cache
def specifications() -> Mapping[str, ActionSpecification]:
    """Return what is known of all actions without settings, by name."""
    return {found.name: found for provider in providers() for found in provider.specifications()}


def known_actions(settings: Settings | None = None) -> KnownActions:
    """Return what is known of all actions; those that a configuration declares only with its settings."""
    declaring = [provider for provider in providers() if isinstance(provider, Declaring)]
    if settings is None:
        return KnownActions(specifications(), frozenset(provider.name for provider in declaring))
    declared = {found.name: found for provider in declaring for found in provider.declared(settings)}
    return KnownActions({**specifications(), **declared})


def open_actions(surroundings: Surroundings, among: Iterable[Provider] | None = None) -> OpenActions:
    """Return the actions that the settings allow; `among` is every provider where it is left out."""
    by_name: dict[str, Action] = {}
    closed: dict[str, str] = {}
    for provider in providers() if among is None else among:
        reason = provider.why_closed(surroundings.settings)
        if reason is None:
            by_name |= {action.specification.name: action for action in provider.open(surroundings)}
        else:
            closed |= {found.name: reason for found in provider.specifications()}
    return OpenActions(by_name, closed, surroundings.settings.actions.tiers)
