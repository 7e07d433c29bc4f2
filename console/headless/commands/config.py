"""`config`: what is configured, whether it answers, and what the presets find there."""

import asyncio
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from console.domain.label import harmless
from console.domain.quantity import format_seconds
from console.domain.signal import SIGNALS
from console.engine.connections import endpoints_of, not_verified, prometheus_client
from console.headless.cells import cell_width, pad
from console.headless.commands.mistakes import as_bad_settings
from console.headless.diagnostics import narrate
from console.headless.exit_codes import ExitCode
from console.headless.output import write_data
from console.playbooks.library import Library
from console.settings.paths import preset_files
from console.settings.schema import config_schema
from console.settings.secrets import Secret, SecretUnavailable, resolve_secret
from console.settings.settings import KubernetesSettings, ServerSettings, Settings, TlsSettings
from console.sources.alertmanager.client import AlertmanagerClient
from console.sources.prometheus.discovery import discover
from console.sources.prometheus.inventory import Inventory, PresetInventory, take_inventory
from console.sources.prometheus.preset import Preset, load_presets
from console.sources.prometheus.signal_query import Composition
from console.transport.http import Endpoint, SourceError

MOST_NAMES = 8
"""Names of models or targets that one line holds; the rest is counted."""

Line = tuple[str, str]
"""What a line speaks of, and what it says."""


def print_config_schema() -> ExitCode:
    """Print the JSON Schema of the configuration."""
    write_data(config_schema(), encoding="utf-8")
    return ExitCode.OK


def check_config(settings: Settings, path: Path | None, *, at: float | None) -> ExitCode:
    """Ask every configured source, print what there is, and return whether a console could work with it."""
    _print([("configuration", harmless(str(path)) if path else "no file; flags and defaults only")])
    with as_bad_settings():
        presets = load_presets(preset_files(settings))
    for server in _servers(settings):
        for secret in _secrets_of(server):
            _warn_of(secret)
        if server.tls is not None:
            _warn_of_tls(server, server.tls)
    code = _check_prometheus(settings, presets, time.time() if at is None else at)
    for server in settings.alertmanager:
        _print(asyncio.run(_alertmanager(server)))
    if settings.kubernetes is None:
        _print([("cluster", "not configured: workloads are not shown and nothing can be changed")])
    else:
        _print(asyncio.run(_cluster(settings, settings.kubernetes)))
    library = Library.load(settings.playbooks)
    mistakes = [problem for problem in library.problems if not problem.is_warning]
    _print([("playbooks", f"{len(library.playbooks)} usable, {len(mistakes)} mistakes")])
    _print([("", str(problem)) for problem in library.problems])
    return ExitCode.BAD_CONFIGURATION if code is ExitCode.OK and mistakes else code


def _check_prometheus(settings: Settings, presets: Sequence[Preset], at: float) -> ExitCode:
    """Print what each replica has and what is read from the first that answers; 69 when none does."""
    server = settings.prometheus
    if server is None:
        raise ValueError("a check needs a Prometheus")
    with as_bad_settings():
        endpoints = endpoints_of(server, os.environ)
    inventories = []
    for endpoint in endpoints:
        inventory, lines = _inventory(server, endpoint, presets)
        inventories += [inventory] if inventory else []
        _print(lines)
    if not inventories:
        return ExitCode.SOURCE_UNREACHABLE
    try:
        compositions = asyncio.run(_compositions(settings, server, presets, at))
    except SourceError as error:
        _print([("presets", f"cannot be matched: {error.detail}")])
        return ExitCode.SOURCE_UNREACHABLE
    _print(_preset_lines(inventories[0].presets, compositions))
    _print(_signal_lines(compositions))
    return ExitCode.OK


def _inventory(
    server: ServerSettings, endpoint: Endpoint, presets: Sequence[Preset]
) -> tuple[Inventory | None, list[Line]]:
    try:
        inventory = take_inventory(endpoint, presets, timeout_seconds=server.timeout)
    except SourceError as error:
        return None, [(harmless(server.name), f"does not answer: {error.detail}")]
    down = inventory.targets_down
    told = f"{inventory.endpoint} answers: {inventory.series_names:,} names of series, "
    if inventory.targets_up is None:
        told += "it does not know scrape targets"
    else:
        told += f"{inventory.targets_up} scrape targets up, {len(down)} down"
    lines = [(harmless(server.name), told)]
    lines += [("", f"down: {target.job} {target.instance}: {target.error}") for target in down[:MOST_NAMES]]
    if len(down) > MOST_NAMES:
        lines.append(("", f"and {len(down) - MOST_NAMES} more down"))
    return inventory, lines


async def _compositions(
    settings: Settings, server: ServerSettings, presets: Sequence[Preset], at: float
) -> tuple[Composition, ...]:
    async with prometheus_client(server, os.environ) as client:
        discovery = await discover(client, presets, at)
    return discovery.compositions(presets, settings.rate_window)


def _preset_lines(found: Sequence[PresetInventory], compositions: Sequence[Composition]) -> Iterator[Line]:
    """Yield a line per preset in the order in which they own signals."""
    used = {composition.preset for composition in compositions}
    for number, inventory in enumerate(found):
        name = "presets" if number == 0 else ""
        if inventory.preset in used:
            count = len(inventory.models)
            yield name, f"{inventory.preset}: {count} model{'' if count == 1 else 's'}: {_some(inventory.models)}"
            if inventory.missing:
                yield "", f"{inventory.preset}: not exported: {_some(inventory.missing)}"
        else:
            yield name, f"{inventory.preset}: nothing of it is exported"


def _signal_lines(compositions: Sequence[Composition]) -> Iterator[Line]:
    """Yield for each signal which presets it is read from, the owner first, or why it cannot be had."""
    lines = []
    for name in SIGNALS:
        owners = [each.preset for each in compositions if any(query.signal == name for query in each.signals)]
        reasons = [f"{each.preset}: {each.not_exported[name]}" for each in compositions if name in each.not_exported]
        if owners:
            lines.append(f"{name} from {', then '.join(owners)}")
        elif reasons:
            lines.append(f"{name} is not exported ({'; '.join(map(harmless, reasons))})")
    for number, line in enumerate(lines):
        yield "signals" if number == 0 else "", line


async def _alertmanager(server: ServerSettings) -> list[Line]:
    name = harmless(server.name)
    with as_bad_settings():
        client = AlertmanagerClient(endpoints_of(server, os.environ), timeout_seconds=server.timeout)
    try:
        async with client:
            answer = await client.alerts()
    except SourceError as error:
        return [(name, f"does not answer: {error.detail}")]
    lines = [(name, f"answers in {format_seconds(answer.seconds)}: {len(answer.alerts)} alerts")]
    return [*lines, ("", answer.missing)] if answer.missing else lines


async def _cluster(settings: Settings, kubernetes: KubernetesSettings) -> list[Line]:
    from console.engine.parts import open_cluster
    from console.journal.directory import state_directory
    from console.transport.kubernetes.errors import KubeconfigError, KubernetesError

    context = harmless(kubernetes.context)
    allowed = "actions are allowed" if kubernetes.write else "read-only"
    try:
        transport = open_cluster(settings, os.environ, state_directory(settings.state_directory))
        if transport is None:
            return []
        try:
            version = await transport.get("/version")
        finally:
            await transport.close()
    except (KubeconfigError, KubernetesError, OSError) as error:
        return [("cluster", f"{context} cannot be used: {harmless(str(error))}")]
    return [("cluster", f"{context} answers: Kubernetes {harmless(str(version.get('gitVersion', '?')))}, {allowed}")]


def _servers(settings: Settings) -> list[ServerSettings]:
    return [*([settings.prometheus] if settings.prometheus else []), *settings.alertmanager]


def _secrets_of(server: ServerSettings) -> Iterator[Secret]:
    if server.basic is not None:
        yield server.basic.password
    if server.bearer is not None:
        yield server.bearer
    yield from (value for value in server.headers.values() if isinstance(value, Secret))


def _warn_of(secret: Secret) -> None:
    try:
        resolve_secret(secret, os.environ, warn=narrate)
    except SecretUnavailable as error:
        narrate(str(error))


def _warn_of_tls(server: ServerSettings, tls: TlsSettings) -> None:
    from console.settings.tls_files import warn_of_key

    warn_of_key(tls, narrate)
    if told := not_verified(server):
        narrate(f"{harmless(server.name)}: {told}; whoever answers in its place reads the credentials")


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(map(harmless, names[:MOST_NAMES]))
    return f"{shown} and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else shown


def _print(lines: Iterable[Line]) -> None:
    """Print lines as they are known: a source that is slow to fail must not hide what was found before it."""
    write_data("".join(f"{pad(name, max(14, cell_width(name)))} {told}\n" for name, told in lines))
