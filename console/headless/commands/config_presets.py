"""What the presets find in a Prometheus, in words: whose models, which signals from where, what is missing and why."""

import os
from collections.abc import Iterator, Sequence

from console.domain.label import harmless
from console.domain.model import identify
from console.domain.moments import promql_duration
from console.domain.quantity import how_many
from console.domain.signal import SIGNALS
from console.engine.connections import prometheus_client
from console.headless.commands.config_words import some
from console.settings.settings import ServerSettings, Settings
from console.sources.prometheus.answers import decode_labels
from console.sources.prometheus.client import PrometheusClient
from console.sources.prometheus.discovery import LOOK_BACK, discover
from console.sources.prometheus.inventory import PresetInventory
from console.sources.prometheus.preset import Preset
from console.sources.prometheus.signal_query import Composition, Structure

Line = tuple[str, str]
"""What a line speaks of, and what it says."""


async def preset_lines(
    settings: Settings,
    server: ServerSettings,
    presets: Sequence[Preset],
    inventories: Sequence[PresetInventory],
    at: float,
) -> list[Line]:
    """Return what each preset found at an instant (UTC seconds), and where every signal comes from.

    Raises:
        SourceError: the server does not answer.
    """
    told: list[str] = []
    async with prometheus_client(server, os.environ) as client:
        compositions = (await discover(client, presets, at)).compositions(presets, settings.rate_window)
        used = {composition.preset: composition for composition in compositions}
        for inventory in inventories:
            if inventory.preset in used:
                composition = used[inventory.preset]
                told += [f"{inventory.preset}: {line}" for line in await _told(client, composition, at)]
    for inventory in inventories:
        told += [f"{inventory.preset}: no {name}; nearest: {alike}" for name, alike in inventory.alike.items()]
    told += _unused(presets, inventories, used)
    return [*_headed("presets", told), *_headed("signals", _signal_lines(compositions))]


async def _told(client: PrometheusClient, composition: Composition, at: float) -> list[str]:
    lines = []
    added = composition.structures.get(Structure.ADDED_TO)
    if added is None:
        targets = composition.structures.get(Structure.LIVE_TARGETS, composition.signals[0])
        models = await _models(client, composition, targets.expression, at)
        lines.append(_counted(models) if models else "no model has a sample")
    else:
        signals = ", ".join(query.signal for query in composition.signals)
        models = await _models(client, composition, added.expression, at)
        if not models:
            lines.append(f"would add {signals}, but stands before no model alone")
        elif composition.creates:
            lines.append(f"makes, or adds {signals} to, {_counted(models)}")
        else:
            lines.append(f"adds {signals} to {_counted(models)}")
    if shared := composition.structures.get(Structure.SHARED):
        models = await _models(client, composition, shared.expression, at)
        cannot = ", ".join(name for name in SIGNALS if name in composition.joined)
        if models:
            which = f"{len(models)} models, which share a workload or server: {some(models)}"
            lines.append(f"{cannot} cannot be told of {which}")
    lines += [f"{name} is not exported: {harmless(reason)}" for name, reason in composition.not_exported.items()]
    return lines


async def _models(client: PrometheusClient, composition: Composition, expression: str, at: float) -> tuple[str, ...]:
    """Return the ids of the models that an expression has rows of, unique among these."""
    samples = (await client.query(expression, at)).samples
    found = (composition.identity.of(decode_labels(bytes(sample.metric))) for sample in samples)
    return tuple(model.id for model in identify(found))


def _unused(
    presets: Sequence[Preset], inventories: Sequence[PresetInventory], used: dict[str, Composition]
) -> Iterator[str]:
    """Yield why the other presets are of no use here: nothing of them is exported, or nothing of it is needed."""
    by_name = {preset.name: preset for preset in presets}
    idle = [each for each in inventories if each.preset not in used]
    for inventory in idle:
        preset = by_name[inventory.preset]
        if inventory.exported and preset.enriches is not None and not preset.creates_models:
            add = (
                "nothing is missing that it could add, or no place of a model"
                if used
                else "there is no model to add to"
            )
            yield f"{preset.name}: exported, but {add}; create_models: [{preset.name}] makes models of it"
        elif inventory.models:
            window = promql_duration(LOOK_BACK)
            yield f"{preset.name}: no sample of the last {window}, but had {_counted(inventory.models)}"
        elif inventory.exported:
            labels = " or ".join(preset.key_labels)
            yield f"{preset.name}: exported, but without a label {labels}: {some(inventory.exported)}"
    absent = [inventory.preset for inventory in idle if not inventory.exported]
    if absent:
        yield f"nothing is exported of {', '.join(absent)}"


def _signal_lines(compositions: Sequence[Composition]) -> Iterator[str]:
    """Yield for each signal which presets it is read from, the owner first, or why it cannot be had."""
    for name in SIGNALS:
        owners = [each.preset for each in compositions if any(query.signal == name for query in each.signals)]
        if owners:
            yield f"{name} from {', then '.join(owners)}"
        elif any(name in each.not_exported for each in compositions):
            yield f"{name} is not exported"


def _headed(name: str, lines: Sequence[str] | Iterator[str]) -> Iterator[Line]:
    for number, line in enumerate(lines):
        yield name if number == 0 else "", line


def _counted(names: Sequence[str]) -> str:
    return f"{how_many(len(names), 'model')}: {some(names)}"
