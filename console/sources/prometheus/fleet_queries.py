"""All that is asked of a server about a fleet: serving presets first, then what only adds to their models."""

from collections.abc import Iterable, Iterator

import msgspec

from console.domain.model import Model
from console.domain.signal import SIGNALS
from console.sources.prometheus.compose import compose
from console.sources.prometheus.exported import Exported, LabelNames
from console.sources.prometheus.grouping import ByLabels, ByPlace, Places
from console.sources.prometheus.places import places_of, with_created, with_targets_apart
from console.sources.prometheus.preset import Preset
from console.sources.prometheus.signal_query import Composition, Structure

Offer = tuple[Preset, LabelNames]
"""A preset and the label names of its series that a server exports."""


def compositions(
    offers: Iterable[Offer], beside: LabelNames, rate_window: float, only: tuple[Model, ...] = ()
) -> Iterator[Composition]:
    """Yield what is asked about all models or some, in the order in which presets own signals.

    What enriches is asked only for signals that some serving preset here does not tell of every model it serves.
    """
    told: list[Composition] = []
    lacking: frozenset[str] | None = None
    for found in exported_presets(offers, beside, only):
        if not isinstance(found.grouping, ByPlace):
            told.append(compose(found, rate_window))
            yield told[-1]
            continue
        lacking = _lacking(told) if lacking is None else lacking
        creates = found.preset.creates_models
        composition = compose(found, rate_window, wanted=None if creates else lacking)
        if composition.signals:
            yield composition if creates or _some_lack_versions(told) else _without_versions(composition)


def exported_presets(offers: Iterable[Offer], beside: LabelNames, only: tuple[Model, ...]) -> Iterator[Exported]:
    """Yield the exported parts of presets that tell of all models or some: serving ones first, then what enriches."""
    found = [each for preset, labels in offers if (each := Exported.of(preset, labels, beside)) is not None]
    serving = list(with_targets_apart([each for each in found if isinstance(each.grouping, ByLabels)]))
    yield from (msgspec.structs.replace(each, only=only) for each in serving)
    places = places_of(serving, only)
    for each in found:
        if isinstance(each.grouping, ByPlace):
            enriching = _enriching(each, each.grouping, places, only)
            if enriching is None:
                continue
            yield enriching
            if each.preset.creates_models:
                places = with_created(places, enriching)


def _enriching(each: Exported, grouping: ByPlace, places: Places | None, only: tuple[Model, ...]) -> Exported | None:
    """Return a preset that knows where models are served, None when nothing can be made of its series."""
    creates = each.preset.creates_models and grouping.model is not None
    placed = msgspec.structs.replace(grouping, places=places, creates=creates, only=only)
    if not creates and not placed.is_joined:
        return None
    return msgspec.structs.replace(each, grouping=placed, only=only)


def _lacking(told: list[Composition]) -> frozenset[str]:
    of_all = [frozenset(query.signal for query in each.signals) - each.joined for each in told]
    return frozenset(SIGNALS) - frozenset(SIGNALS).intersection(*of_all) if of_all else frozenset(SIGNALS)


def _some_lack_versions(told: list[Composition]) -> bool:
    return any(Structure.TRAFFIC_BY_VERSION not in each.structures for each in told)


def _without_versions(composition: Composition) -> Composition:
    kept = {name: query for name, query in composition.structures.items() if name != Structure.TRAFFIC_BY_VERSION}
    return msgspec.structs.replace(composition, structures=kept)
