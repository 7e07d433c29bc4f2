"""What is asked beside the signals: targets, replicas, traffic by version, and whose numbers cannot be told apart."""

from collections.abc import Iterator

from console.domain.moments import promql_duration
from console.sources.prometheus.exported import Exported, NotExported
from console.sources.prometheus.expressions import any_of, each, live_rate
from console.sources.prometheus.grouping import TARGET_LABELS, WORKLOAD, ByPlace
from console.sources.prometheus.outcomes import requests
from console.sources.prometheus.promql import aggregate
from console.sources.prometheus.signal_query import Structure, StructureQuery

DEAD_TARGET_LOOK_BACK = 3600.0
"""How long (seconds) a target that is down still counts as one of a model's."""


def structures(found: Exported, look_back: float, rate_window: float) -> Iterator[StructureQuery]:
    """Yield the queries beside the signals; what the labels do not allow is left out.

    Series that are joined to a model tell nothing of its targets and replicas: they may be a proxy's.
    """
    if not isinstance(found.grouping, ByPlace) or found.grouping.creates:
        yield from _replicas(found, look_back)
    yield from _traffic_by_version(found, rate_window)
    yield from _shared(found)


def _replicas(found: Exported, look_back: float) -> Iterator[StructureQuery]:
    present = each(found.use(found.presence))
    here = any_of(present)
    if found.has_target_labels():
        # Series of a target that is down go on for five minutes where nobody marked them as stale.
        live = f"{found.grouped('group', here, *TARGET_LABELS)} unless on ({', '.join(TARGET_LABELS)}) (up == 0)"
        yield _query(found, Structure.LIVE_TARGETS, aggregate("count", found.identity.group_labels, live))
        seen = any_of(present, lambda text: f"last_over_time({text}[{promql_duration(look_back)}])")
        dead = f"{found.grouped('group', seen, *TARGET_LABELS)} and on ({', '.join(TARGET_LABELS)}) (up == 0)"
        yield _query(found, Structure.DEAD_TARGETS, aggregate("count", found.identity.group_labels, dead))
    replica = found.first_label(found.preset.labels.replica)
    if replica is not None:
        yield _query(found, Structure.REPLICAS, _count(found, here, replica))
        yield _query(found, Structure.REPLICA_NAMES, found.grouped("group", here, replica), replica)


def _traffic_by_version(found: Exported, rate_window: float) -> Iterator[StructureQuery]:
    version = found.first_label(found.preset.labels.version)
    if version is None:
        return
    try:
        by_version = requests(found, live_rate(rate_window), version)
    except NotExported:
        return  # signals() has said why there is no traffic
    yield _query(found, Structure.TRAFFIC_BY_VERSION, by_version, version)


def _shared(found: Exported) -> Iterator[StructureQuery]:
    grouping = found.grouping
    if isinstance(grouping, ByPlace):
        if grouping.places is not None and grouping.is_joined:
            here = any_of(each(found.use(found.presence)))
            yield _query(found, Structure.ADDED_TO, found.grouped("group", here))
            measured = grouping.placed("group", here)
            shared = f"{grouping.places.shared(grouping.on)} and on ({', '.join(grouping.on)}) {measured}"
            by = (*found.identity.group_labels, WORKLOAD)
            yield _query(found, Structure.SHARED, aggregate("group", by, shared), WORKLOAD)
        return
    lenders = dict.fromkeys(
        selection.labels_from for selection in found.preset.selections() if found.is_exported(selection)
    )
    targets = [found.shared_targets(lender) for lender in lenders if lender is not None]
    if targets:
        by = (*found.identity.group_labels, "instance")
        yield _query(found, Structure.SHARED, aggregate("group", by, " or ".join(targets)), "instance")


def _query(found: Exported, structure: Structure, expression: str, split_label: str | None = None) -> StructureQuery:
    return StructureQuery(found.preset.name, structure, expression, found.identity.group_labels, split_label)


def _count(found: Exported, expression: str, *things: str) -> str:
    return aggregate("count", found.identity.group_labels, found.grouped("group", expression, *things))
