"""Every provider of actions that this console has: its own, and those of installed packages."""

from collections.abc import Iterable, Mapping
from functools import cache

import msgspec

from console.actions.alertmanager.provider import AlertmanagerProvider
from console.actions.argo_rollouts.provider import ArgoRolloutsProvider
from console.actions.command.provider import CommandProvider
from console.actions.installed import Installed, ProviderBroken, load_installed
from console.actions.kserve.provider import KServeProvider
from console.actions.kubeflow.provider import KubeflowProvider
from console.actions.kubernetes.provider import KubernetesProvider
from console.actions.mlflow.provider import MlflowProvider
from console.actions.notify.provider import NotifyProvider
from console.actions.provider import Action, Declaring, Provider, Surroundings
from console.actions.seldon.provider import SeldonProvider
from console.actions.specification import ActionSpecification
from console.actions.webhook.provider import WebhookProvider
from console.settings.settings import Settings

_OWN: tuple[Provider, ...] = (
    KubernetesProvider(),
    KServeProvider(),
    ArgoRolloutsProvider(),
    SeldonProvider(),
    AlertmanagerProvider(),
    MlflowProvider(),
    KubeflowProvider(),
    WebhookProvider(),
    CommandProvider(),
    NotifyProvider(),
)


class OpenActions(msgspec.Struct, frozen=True):
    """The actions that can be done, by name, and why the others cannot, by name.

    `tiers` is the least risk that they count with, by globs of their names. `broken` has a line for each provider of an
    installed package that is left out, by the first part of the names of its actions.
    """

    by_name: Mapping[str, Action]
    closed: Mapping[str, str]
    tiers: Mapping[str, int] = {}
    broken: Mapping[str, str] = {}

    def why_broken(self, name: str) -> str | None:
        """Return why the provider of an action is left out, None where it is not."""
        return self.broken.get(name.partition(".")[0])


@cache
def installed() -> Installed:
    """Return what installed packages add, and which of it is broken."""
    return load_installed({provider.name for provider in _OWN})


def providers() -> tuple[Provider, ...]:
    """Return every provider that could be loaded, those of this console first."""
    return (*_OWN, *installed().providers)


class KnownActions(msgspec.Struct, frozen=True):
    """What is known of actions before any is opened, by name.

    `undeclared` are the first parts of names of which nobody knows what there is: a configuration declares them, which
    nobody looked at, or the package that adds them is broken.
    """

    by_name: Mapping[str, ActionSpecification]
    undeclared: frozenset[str] = frozenset()

    def may_be(self, name: str) -> bool:
        """Return whether an action that is not known here may be there all the same."""
        provider, _, rest = name.partition(".")
        return provider in self.undeclared and bool(rest)


@cache
def specifications() -> Mapping[str, ActionSpecification]:
    """Return what is known of all actions without settings, by name."""
    return {found.name: found for provider in providers() for found in provider.specifications()}


def known_actions(settings: Settings | None = None) -> KnownActions:
    """Return what is known of all actions; those that a configuration declares only with its settings."""
    unknown = set(installed().broken)
    declaring = [provider for provider in providers() if isinstance(provider, Declaring)]
    if settings is None:
        return KnownActions(specifications(), frozenset(unknown.union(provider.name for provider in declaring)))
    declared: dict[str, ActionSpecification] = {}
    for provider in declaring:
        try:
            declared |= {found.name: found for found in provider.declared(settings)}
        except ProviderBroken:  # `open_actions` says so
            unknown.add(provider.name)
    return KnownActions({**specifications(), **declared}, frozenset(unknown))


def open_actions(surroundings: Surroundings, among: Iterable[Provider] | None = None) -> OpenActions:
    """Return the actions that the settings allow; `among` is every provider where it is left out."""
    by_name: dict[str, Action] = {}
    closed: dict[str, str] = {}
    broken = dict(installed().broken) if among is None else {}
    for provider in providers() if among is None else among:
        try:
            reason = provider.why_closed(surroundings.settings)
            opened = {} if reason is not None else _opened(provider, surroundings)
        except ProviderBroken as error:
            reason, opened = str(error), {}
            broken[provider.name] = reason
        by_name |= opened
        if reason is not None:
            closed |= {found.name: reason for found in provider.specifications()}
    return OpenActions(by_name, closed, surroundings.settings.actions.tiers, broken)


def broken_providers(settings: Settings) -> tuple[str, ...]:
    """Return a line for each provider of an installed package that is broken as far as it shows without opening it."""
    broken = dict(installed().broken)
    for provider in installed().providers:
        try:
            provider.why_closed(settings)
            list(provider.declared(settings) if isinstance(provider, Declaring) else ())
        except ProviderBroken as error:
            broken[provider.name] = str(error)
    return tuple(broken.values())


def _opened(provider: Provider, surroundings: Surroundings) -> dict[str, Action]:
    return {action.specification.name: action for action in provider.open(surroundings)}
