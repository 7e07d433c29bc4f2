"""`config`: what is configured, whether it answers, and what the presets find there."""

import asyncio
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from console.actions.provider import ActionRefused
from console.actions.registry import broken_providers, known_actions
from console.domain.label import harmless
from console.domain.quantity import format_seconds, how_many
from console.engine.connections import not_verified
from console.headless.cells import cell_width, pad
from console.headless.commands.config_journal import journal_lines
from console.headless.commands.config_predictions import store_lines
from console.headless.commands.config_presets import Line, preset_lines
from console.headless.commands.config_words import MOST_NAMES
from console.headless.commands.mistakes import as_bad_settings
from console.headless.diagnostics import narrate
from console.headless.exit_codes import ExitCode
from console.headless.output import write_data
from console.playbooks.library import Library
from console.settings.credentials import TlsSettings
from console.settings.paths import preset_files
from console.settings.places import acting_places, is_declared
from console.settings.predictions import PredictionStore, StoreAddress
from console.settings.schema import config_schema
from console.settings.secrets import Secret, SecretUnavailable, resolve_secret, secrets_inside
from console.settings.settings import KubernetesSettings, MlflowSettings, ServerSettings, Settings
from console.sources.alertmanager.client import AlertmanagerClient
from console.sources.prometheus.inventory import Inventory, take_inventory
from console.sources.prometheus.preset import Preset, load_presets
from console.transport.http import Endpoint, SourceError, endpoints_of


def print_config_schema() -> ExitCode:
    """Print the JSON Schema of the configuration."""
    write_data(config_schema(), encoding="utf-8")
    return ExitCode.OK


def check_config(settings: Settings, path: Path | None, *, at: float | None) -> ExitCode:
    """Ask every configured source, print what there is, and return whether a console could work with it."""
    _print([("configuration", harmless(str(path)) if path else "no file; flags and defaults only")])
    with as_bad_settings():
        presets = load_presets(preset_files(settings), settings.create_models)
    for server in _servers(settings):
        for secret in _secrets_of(server):
            _warn_of(secret)
        if server.tls is not None:
            _warn_of_tls(server, server.tls)
    for store in settings.predictions:
        for secret in _secrets_of_store(store):
            _warn_of(secret)
    for secret in secrets_inside((settings.webhooks, settings.commands, settings.channels, settings.providers)):
        _warn_of(secret)
    is_live = at is None
    at = time.time() if at is None else at
    if settings.prometheus is None:
        _print([("prometheus", "not configured: traffic, errors and latency are those of the predictions")])
    code = _check_prometheus(settings.prometheus, settings, presets, at) if settings.prometheus else ExitCode.OK
    codes = [code, *(_check_store(store, at, is_live=is_live) for store in settings.predictions)]
    _check_others(settings)
    if settings.kubernetes is None:
        _print([("cluster", "not configured: workloads are not shown and nothing can be changed")])
    else:
        _print(asyncio.run(_cluster(settings, settings.kubernetes)))
    _print(_declared_places(settings))
    broken = broken_providers(settings)
    _print([("providers" if number == 0 else "", line) for number, line in enumerate(broken)])
    if broken:
        codes.append(ExitCode.BAD_CONFIGURATION)
    lines, code = journal_lines(settings)
    codes.append(code)
    _print(lines)
    library = Library.load(settings.playbooks, actions=known_actions(settings))
    mistakes = [problem for problem in library.problems if not problem.is_warning]
    _print([("playbooks", f"{len(library.playbooks)} usable, {len(mistakes)} mistakes")])
    _print([("", str(problem)) for problem in library.problems])
    if mistakes:
        codes.append(ExitCode.BAD_CONFIGURATION)
    return next((code for code in codes if code is not ExitCode.OK), ExitCode.OK)


def _check_store(store: PredictionStore, at: float, *, is_live: bool) -> ExitCode:
    """Print what a store of predictions holds and how it is read; 69 when it does not answer."""
    with as_bad_settings():
        lines, code = asyncio.run(store_lines(store, at, os.environ, is_live=is_live))
    _print(lines)
    return code


def _check_prometheus(server: ServerSettings, settings: Settings, presets: Sequence[Preset], at: float) -> ExitCode:
    """Print what each replica has and what is read from the first that answers; 69 when none does."""
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
        lines = asyncio.run(preset_lines(settings, server, presets, inventories[0].presets, at))
    except SourceError as error:
        _print([("presets", f"cannot be matched: {error.detail}")])
        return ExitCode.SOURCE_UNREACHABLE
    _print(lines)
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


def _check_others(settings: Settings) -> None:
    """Print whether each Alertmanager and MLflow answers; a console can work without them."""
    for server in settings.alertmanager:
        _print(asyncio.run(_alertmanager(server)))
    for registry in settings.mlflow:
        _print(asyncio.run(_mlflow(registry)))


async def _alertmanager(server: ServerSettings) -> list[Line]:
    name = harmless(server.name)
    with as_bad_settings():
        client = AlertmanagerClient(endpoints_of(server, os.environ), timeout_seconds=server.timeout)
    try:
        async with client:
            answer = await client.alerts()
    except SourceError as error:
        return [(name, f"does not answer: {error.detail}")]
    lines = [(name, f"answers in {format_seconds(answer.seconds)}: {how_many(len(answer.alerts), 'alert')}")]
    return [*lines, ("", answer.missing)] if answer.missing else lines


async def _mlflow(settings: MlflowSettings) -> list[Line]:
    from console.actions.mlflow.server import MlflowServer

    name, allowed = harmless(settings.name), "actions are allowed" if settings.write else "read-only"
    server = MlflowServer(settings, os.environ)
    try:
        seconds = await server.ask_anything()
    except ActionRefused as refusal:
        return [(name, str(refusal))]
    finally:
        await server.aclose()
    return [(name, f"answers in {format_seconds(seconds)}, {allowed}")]


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


def _declared_places(settings: Settings) -> list[Line]:
    """Return where webhooks, commands and messages would go, and whether they may: nothing is sent to find out."""
    declared = [place for place in acting_places(settings) if is_declared(place, settings)]
    return [
        ("actions" if number == 0 else "", f"{place.name}: {'allowed' if place.write else 'read-only'}")
        for number, place in enumerate(declared)
    ]


def _servers(settings: Settings) -> list[ServerSettings]:
    prometheus = [settings.prometheus] if settings.prometheus else []
    return [*prometheus, *settings.alertmanager, *settings.mlflow, *settings.kubeflow]


def _secrets_of(server: ServerSettings) -> Iterator[Secret]:
    if server.basic is not None:
        yield server.basic.password
    if server.bearer is not None:
        yield server.bearer
    yield from (value for value in server.headers.values() if isinstance(value, Secret))


def _secrets_of_store(store: PredictionStore) -> Iterator[Secret]:
    addresses: list[StoreAddress | None] = [store.address, store.labels.address if store.labels else None]
    addresses += [rule.reference.data for rule in store.models if rule.reference is not None]
    for address in addresses:
        if address is not None:
            yield from (each for each in (address.url, address.password) if isinstance(each, Secret))


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


def _print(lines: Iterable[Line]) -> None:
    """Print lines as they are known: a source that is slow to fail must not hide what was found before it."""
    write_data("".join(f"{pad(name, max(14, cell_width(name)))} {told}\n" for name, told in lines))
