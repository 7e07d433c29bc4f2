"""Where models are served, as expressions: what series without a model are joined to."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

import msgspec

from console.domain.model import Model
from console.domain.moments import promql_duration
from console.sources.prometheus.exported import Exported, Term
from console.sources.prometheus.expressions import any_of, each
from console.sources.prometheus.grouping import (
    CLUSTER,
    MODEL,
    NAMESPACE,
    TARGET_LABELS,
    ByLabels,
    ByPlace,
    Places,
    Renamed,
    pod_as_workload,
)
from console.sources.prometheus.promql import aggregate
from console.sources.prometheus.structures import DEAD_TARGET_LOOK_BACK

_NAMES_NO_POD = "instance"


def places_of(serving: Iterable[Exported], only: tuple[Model, ...]) -> Places | None:
    """Return where the models of presets are served; None when no preset names both pods and namespaces."""
    located = [found for found in serving if _pod_label(found) is not None]
    if not located:
        return None
    has_cluster = all(CLUSTER in dict(found.identity.others) for found in located)
    everybody = _united([msgspec.structs.replace(found, only=()) for found in located], has_cluster)
    if not only:
        return Places(everybody, everybody, has_cluster)
    these = _united([msgspec.structs.replace(found, only=only) for found in located], has_cluster)
    return Places(everybody, these, has_cluster)


def with_created(places: Places | None, found: Exported) -> Places | None:
    """Return the places, with those where a preset makes models of its own because nobody else was known there."""
    grouping = found.grouping
    if not isinstance(grouping, ByPlace) or grouping.model is None or NAMESPACE not in grouping.names:
        return places
    here = any_of(each(found.use(found.presence)))
    named = Renamed(MODEL, grouping.model).within(grouping.placed("group", here))
    if places is None:
        created = aggregate("group", (*grouping.names, MODEL), named)
        return Places(created, created, has_cluster=CLUSTER in grouping.names)
    created = aggregate("group", (*grouping.on, MODEL), named)
    unknown = f"or on ({', '.join(grouping.on)}) {created}"
    return Places(f"({places.everybody} {unknown})", f"({places.these} {unknown})", places.has_cluster)


def with_targets_apart(serving: list[Exported]) -> Iterator[Exported]:
    """Yield presets; one that makes models of HTTP servers leaves out the scrape targets that others tell of."""
    told = [_targets(found) for found in serving if found.preset.enriches is None and found.has_target_labels()]
    for found in serving:
        if found.preset.enriches is None or not found.has_target_labels():
            yield found
            continue
        apart = ByLabels(found.identity, taken=f"({' or '.join(told)})" if told else "")
        yield msgspec.structs.replace(found, grouping=apart)
        told.append(_targets(found))


def _pod_label(found: Exported) -> str | None:
    if not isinstance(found.grouping, ByLabels) or NAMESPACE not in dict(found.identity.others):
        return None
    return found.first_label(tuple(label for label in found.preset.labels.replica if label != _NAMES_NO_POD))


def _united(located: list[Exported], has_cluster: bool) -> str:
    """Return the places of several presets; those that call labels alike are one expression, for it is asked often."""
    terms: defaultdict[tuple[Renamed, ...], list[Term]] = defaultdict(list)
    for found in located:
        terms[_parts(found, has_cluster)] += each(found.use(found.presence))
    expressions = [_placed(parts, any_of(of_parts)) for parts, of_parts in terms.items()]
    return expressions[0] if len(expressions) == 1 else f"({' or '.join(expressions)})"


def _parts(found: Exported, has_cluster: bool) -> tuple[Renamed, ...]:
    pod = _pod_label(found)
    others = dict(found.identity.others)
    place = [Renamed(name, others[name]) for name in (CLUSTER, NAMESPACE) if name == NAMESPACE or has_cluster]
    workload = [pod_as_workload(pod)] if pod is not None else []
    return (*place, Renamed(MODEL, found.identity.model), *workload)


def _placed(parts: tuple[Renamed, ...], expression: str) -> str:
    located = aggregate("group", dict.fromkeys(part.exported for part in parts), expression)
    for part in parts:
        located = part.within(located)
    return aggregate("group", [part.ours for part in parts], located)


def _targets(found: Exported) -> str:
    """Return the scrape targets of a preset; those that are down still count as long as they do for a model."""
    window = promql_duration(DEAD_TARGET_LOOK_BACK)
    seen = any_of(each(found.use(found.presence)), lambda text: f"last_over_time({text}[{window}])")
    return aggregate("group", TARGET_LABELS, seen)
