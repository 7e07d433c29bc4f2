"""Providers that installed packages add by entry point: a broken one is one line, and nothing else is lost with it."""

import re
from collections.abc import Collection, Iterable
from importlib.metadata import EntryPoint, entry_points

import msgspec

from console.actions.provider import Action, Declaring, Provider, Surroundings
from console.actions.specification import ActionSpecification
from console.domain.label import harmless
from console.domain.redaction import redacted
from console.settings.settings import Settings

ENTRY_POINTS = "incident_console.providers"
"""The group of entry points by which packages add providers: each is called as its provider, and names a class
without arguments."""
_NAME = re.compile(r"[a-z][a-z0-9]*([-_][a-z0-9]+)*")
_LONGEST_REASON = 300
_LONGEST_NAME = 80


class ProviderBroken(Exception):
    """A provider of an installed package does not do what a provider must; one harmless line says which and what."""


class Installed(msgspec.Struct, frozen=True):
    """What packages add: their providers, and a line for each that is broken, by the name of its entry point."""

    providers: tuple[Provider, ...]
    broken: dict[str, str]


class InstalledProvider:
    """A provider of a package, of which whatever it raises is told as `ProviderBroken`."""

    def __init__(self, provider: Provider, origin: str) -> None:
        self.name = provider.name
        self._provider = provider
        self._origin = origin
        self._specifications = self._own(provider.specifications())

    def specifications(self) -> Iterable[ActionSpecification]:
        """Return its actions, as they were when it was loaded."""
        return self._specifications

    def why_closed(self, settings: Settings) -> str | None:
        """Return why none of its actions can be done with these settings, None where they can.

        Raises:
            ProviderBroken: it fails to tell.
        """
        try:
            reason = self._provider.why_closed(settings)
        except Exception as error:  # a package of others may raise anything, and must not end the console
            raise self._broken("cannot say whether it can be used", error) from error
        return None if reason is None else harmless(reason, _LONGEST_REASON)

    def open(self, surroundings: Surroundings) -> Iterable[Action]:
        """Return its actions.

        Raises:
            ProviderBroken: it fails to open them, or one bears the name of another provider's.
        """
        try:
            actions = tuple(self._provider.open(surroundings))
            self._own(action.specification for action in actions)
        except Exception as error:
            raise self._broken("cannot be opened", error) from error
        return actions

    def _own(self, found: Iterable[ActionSpecification]) -> tuple[ActionSpecification, ...]:
        """Return specifications, all of which are called as this provider's.

        Raises:
            ValueError: one is not: it would be taken for an action of another provider.
        """
        specifications = tuple(found)
        for each in specifications:
            if not isinstance(each, ActionSpecification):
                raise TypeError(f"its specifications hold {type(each).__name__}, expected ActionSpecification")
            if not each.name.startswith(f"{self.name}."):
                raise ValueError(f"its action '{each.name}' is not called '{self.name}.…'")
        return specifications

    def _broken(self, what: str, error: BaseException) -> ProviderBroken:
        return ProviderBroken(_line(self.name, self._origin, f"{what}: {_in_words(error)}"))


class DeclaringProvider(InstalledProvider):
    """A provider of a package whose actions a configuration declares."""

    def __init__(self, provider: Provider, origin: str) -> None:
        super().__init__(provider, origin)
        self._declaring = provider

    def declared(self, settings: Settings) -> Iterable[ActionSpecification]:
        """Return the actions that these settings declare.

        Raises:
            ProviderBroken: it fails to tell.
        """
        if not isinstance(self._declaring, Declaring):
            return ()
        try:
            return self._own(self._declaring.declared(settings))
        except Exception as error:
            raise self._broken("cannot say what is declared", error) from error


def load_installed(taken: Collection[str]) -> Installed:
    """Return the providers of installed packages, by the order of their names; `taken` are names of other providers."""
    found: list[Provider] = []
    broken: dict[str, str] = {}
    names = set(taken)
    for entry_point in sorted(entry_points(group=ENTRY_POINTS), key=lambda each: (each.name, each.value)):
        origin = _origin(entry_point)
        try:
            if entry_point.name in names:
                raise ValueError("another provider is called so")
            found.append(_loaded(entry_point, origin))
            names.add(entry_point.name)
        except (Exception, SystemExit) as error:  # noqa: BLE001 -- importing a package of others may raise anything
            broken[entry_point.name] = _line(entry_point.name, origin, f"cannot be loaded: {_in_words(error)}")
    return Installed(tuple(found), broken)


def _loaded(entry_point: EntryPoint, origin: str) -> Provider:
    if _NAME.fullmatch(entry_point.name) is None:
        raise ValueError("expected a name such as traffic-switch: small letters, digits, - and _")
    provider: Provider = entry_point.load()()
    if provider.name != entry_point.name:
        raise ValueError(f"its name is '{provider.name}', its entry point is called '{entry_point.name}'")
    for method in ("specifications", "why_closed", "open"):
        if not callable(getattr(provider, method, None)):
            raise TypeError(f"it has no method {method}")
    return (DeclaringProvider if isinstance(provider, Declaring) else InstalledProvider)(provider, origin)


def _origin(entry_point: EntryPoint) -> str:
    """Return which package an entry point comes from: `acme-console 1.2`."""
    if entry_point.dist is None:
        return "an unknown package"
    return harmless(f"{entry_point.dist.name} {entry_point.dist.version}", _LONGEST_NAME)


def _line(name: str, origin: str, what: str) -> str:
    return harmless(f"provider {harmless(name, _LONGEST_NAME)} of package {origin} {what}", _LONGEST_REASON)


def _in_words(error: BaseException) -> str:
    return redacted(f"{type(error).__name__}: {error}") if str(error) else type(error).__name__
