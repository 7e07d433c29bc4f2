"""From the options of a command to the settings and the instant that it is about."""

import os
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from console.command_line.parser import WrongUsage
from console.command_line.registry import PROGRAM
from console.domain.moments import BadMoment, parse_instant
from console.settings.load import BadSettings, Overrides, find_config, load_settings
from console.settings.settings import Settings

if TYPE_CHECKING:
    from console.actions.registry import KnownActions
    from console.settings.yaml_source import YamlNode


def with_settings(options: Namespace, show: Callable[[Settings, float | None], int]) -> int:
    """Load what is configured, see that there is a Prometheus or a store of predictions to ask, and go on with both."""
    at = _instant(options)
    path = config_path(options)
    settings = load_settings(path, os.environ, _overrides(options), _mistakes_in_document)
    if settings.prometheus is None and not settings.predictions:
        found = find_config(path, os.environ)
        if found is None:
            advice = f"pass --prometheus URL, --predictions URL or both, or try {PROGRAM} demo"
            raise WrongUsage(f"no source is named; {advice}")
        advice = "write prometheus: {urls: [URL]} or predictions: URL there, or pass one as a flag"
        raise BadSettings([f"{found}: no source is named; {advice}"])
    return show(settings, at)


def _mistakes_in_document(document: "YamlNode", settings: Settings) -> Iterator[tuple[int, int, str]]:
    """Yield the mistakes of which only keys and actions know; each room is loaded where its part was written."""
    if settings.keymap:
        from console.tui.keymap import keymap_mistakes

        yield from keymap_mistakes(document)
    yield from _mistakes_in_tiers(document, settings)


def _mistakes_in_tiers(document: "YamlNode", settings: Settings) -> Iterator[tuple[int, int, str]]:
    if settings.actions.tiers:
        from console.actions.tier_mistakes import tier_mistakes

        yield from tier_mistakes(document, settings)


def playbook_sources(options: Namespace) -> "tuple[tuple[str, ...], KnownActions | None]":
    """Return the directories of playbooks beside the shipped ones, and the actions that playbooks may name.

    Without a configuration nobody knows which webhooks, commands and channels there are: None.
    """
    from console.actions.registry import known_actions

    path = config_path(options)
    settings = load_settings(path, os.environ, _overrides(options), _mistakes_in_tiers)
    is_declared = find_config(path, os.environ) is not None
    return settings.playbooks, known_actions(settings) if is_declared else None


def settings_alone(options: Namespace) -> Settings:
    """Load what is configured, for commands that ask no source."""
    options.window = None
    return load_settings(config_path(options), os.environ, _overrides(options))


def refuse_half_a_confirmation(options: Namespace) -> None:
    """Refuse a command line that confirms a plan in part only.

    Raises:
        WrongUsage: it does.
    """
    agreed = (options.yes, options.plan is not None)
    if any(agreed) and not (all(agreed) and options.write):
        raise WrongUsage("a plan is sent with all of --write --yes --plan HASH")


def config_path(options: Namespace) -> Path | None:
    """Return the configuration file that was named, None where none was."""
    return Path(options.config) if options.config is not None else None


def _overrides(options: Namespace) -> Overrides:
    return Overrides(
        prometheus=tuple(options.prometheus),
        alertmanager=tuple(options.alertmanager),
        predictions=tuple(options.predictions),
        kubeconfig=options.kubeconfig,
        context=options.context,
        playbooks=tuple(options.playbooks),
        window=options.window,
        write=options.write,
    )


def _instant(options: Namespace) -> float | None:
    if getattr(options, "at", None) is None:
        return None
    if options.write:
        raise WrongUsage("--at shows the past, which is always read-only; it does not go with --write")
    now = time.time()
    try:
        at = parse_instant(options.at, now)
    except BadMoment as error:
        raise WrongUsage(f"--at: {error}") from None
    if at > now:
        raise WrongUsage(f"--at: {options.at} is in the future")
    return at
