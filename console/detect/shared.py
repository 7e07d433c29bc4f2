"""Incidents of many models that began together: what those that broke have in common and the others have not."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from math import comb

import msgspec

from console.detect.causes.dependency import FAILS_MORE
from console.detect.causes.levels import Span, shift
from console.detect.causes.scene import LEAD, LEAST_ERRORS, LOOK_BACK, WORSE
from console.domain.anomaly import Anomaly, AnomalyKind, Severity, Status
from console.domain.circumstances import Circumstances, Dependency
from console.domain.label import harmless
from console.domain.moments import clock_time
from console.domain.shared_incident import (
    BEGAN_TOGETHER,
    DEPENDENCY,
    FEWEST_MODELS,
    FLEET,
    NODE,
    SERVING,
    SOURCE,
    Common,
    SharedIncident,
    began_with,
    has_known_onset,
)
from console.domain.snapshot import ModelView

LEAST_SHARE = 0.5
"""The share of the models with something in common that broke: what spares most of them is not the reason."""
CHANCE = 0.05
"""How likely it may be, over all that was looked at, that chance alone put those that broke together."""
_NARROWEST_FIRST = (NODE, DEPENDENCY, SERVING)
_MOST_NAMED = 3


def what_they_share(
    views: Iterable[ModelView], circumstances: Mapping[str, Circumstances], on_nodes: Mapping[str, Set[str]]
) -> dict[Common, frozenset[str]]:
    """Return the ids of models by what they have in common.

    `circumstances` are those of broken models by id, `on_nodes` the ids of all models by the nodes that they run on:
    of a node of which only broken models are known nothing is said. Of the healthy only those that the configuration
    names are known to call a dependency, so that one which is measured must have got worse for the broken.
    """
    found: defaultdict[Common, set[str]] = defaultdict(set)
    for view in views:
        for label, value in view.model.labels.items():
            if value:
                found[Common(label, value)].add(view.model.id)
        for preset in view.presets:
            found[Common(SERVING, preset)].add(view.model.id)
    for model_id, around in circumstances.items():
        for node in {part.node for part in around.replicas if part.node is not None and part.node in on_nodes}:
            found[Common(NODE, node)].add(model_id)
        for dependency in around.dependencies:
            callers = found[Common(DEPENDENCY, dependency.name)]
            callers |= set(dependency.models) - circumstances.keys()
            if _may_be_at_fault(dependency, around):
                callers.add(model_id)
    for node, models in on_nodes.items():
        found[Common(NODE, node)].update(models)
    return {common: frozenset(models) for common, models in found.items()}


def _may_be_at_fault(dependency: Dependency, around: Circumstances) -> bool:
    """Return whether calls got slower or failed more with the onset, or nobody measures them."""
    before = Span(around.onset - LOOK_BACK, around.onset - LEAD)
    after = Span(around.onset, around.grid.end)
    slower, failing = shift(dependency.latency, before, after), shift(dependency.error_ratio, before, after)
    if dependency.latency is None and dependency.error_ratio is None:
        return True
    fails = failing is not None and failing.after >= LEAST_ERRORS and failing.rose(FAILS_MORE)
    return fails or (slower is not None and slower.rose(WORSE))


def shared_incidents(
    views: Sequence[ModelView], shares: Mapping[Common, Set[str]], source: str
) -> tuple[SharedIncident, ...]:
    """Return the incidents of many models, worst first; a model is in at most one of them.

    At least three models must have begun within five minutes, and be at least half of those that have something in
    common; and of the others so many fewer must have broken that chance does not explain it (Fisher's exact test,
    Bonferroni). Where nothing sets them apart and they are at least half of the fleet, it is the fleet; and `source`,
    the name of what tells the metrics, where all that is wrong is that their data is missing.
    """
    by_id = {view.model.id: view for view in views}
    shares = {common: members for common, members in shares.items() if FEWEST_MODELS <= len(members) < len(views)}
    left = sorted((each.onset, view.model.id) for view in views for each in view.anomalies if has_known_onset(each))
    found: list[SharedIncident] = []
    index, apart = 0, set[str]()
    while index < len(left):
        broken = _together(left, index)
        is_new = len(broken) >= FEWEST_MODELS and broken != apart
        common = _common_of(broken, shares, len(views)) if is_new else None
        if common is None:
            index, apart = index + 1, broken
            continue
        members = shares.get(common, by_id.keys()) & by_id.keys()
        first = next(place for place in range(index, len(left)) if left[place][1] in members)
        hit = _together(left, first) & members
        found.append(_incident(common, members, {each: _within(by_id[each], left[first][0]) for each in hit}, by_id))
        left = [event for event in left if event[1] not in hit]
    told = [_of_the_source(incident, by_id, source) for incident in found]
    return tuple(sorted(told, key=lambda each: (each.severity is not Severity.CRITICAL, -len(each.model_ids), each.id)))


def _within(view: ModelView, start: float) -> list[Anomaly]:
    return [each for each in view.anomalies if began_with(each, start)]


def _together(events: Sequence[tuple[float, str]], index: int) -> set[str]:
    """Return the models of the events (onset, id), oldest first, that began with the one at an index."""
    end = bisect_right(events, events[index][0] + BEGAN_TOGETHER, index, key=lambda event: event[0])
    return {model_id for _, model_id in events[index:end]}


def _common_of(broken: Set[str], shares: Mapping[Common, Set[str]], fleet: int) -> Common | None:
    """Return what sets those that broke apart best: the fleet where nothing does, None where it is not even that."""
    candidates = [
        (common, hit, len(members))
        for common, members in shares.items()
        if (hit := len(broken & members)) >= FEWEST_MODELS and hit >= LEAST_SHARE * len(members)
    ]
    fitting = []
    for common, hit, members in candidates:
        chance = _chance(hit, members, len(broken), fleet)
        outside = (len(broken) - hit) / (fleet - members)
        if chance * len(shares) <= CHANCE and hit / members >= 2 * outside:
            fitting.append((chance, _rank(common), members, common))
    if fitting:
        return min(fitting)[-1]
    return Common(FLEET) if len(broken) >= LEAST_SHARE * fleet else None


def _rank(common: Common) -> int:
    return _NARROWEST_FIRST.index(common.kind) if common.kind in _NARROWEST_FIRST else len(_NARROWEST_FIRST)


def _chance(hit: int, members: int, broken: int, fleet: int) -> float:
    """Return the probability that at least `hit` of `broken` models of a fleet are among some members (Fisher 1935)."""
    ways = sum(comb(members, n) * comb(fleet - members, broken - n) for n in range(hit, min(members, broken) + 1))
    return ways / comb(fleet, broken)


def _incident(
    common: Common, members: Set[str], hit: Mapping[str, list[Anomaly]], by_id: Mapping[str, ModelView]
) -> SharedIncident:
    anomalies = [anomaly for of_model in hit.values() for anomaly in of_model]
    onset = min(anomaly.onset for anomaly in anomalies)
    is_critical = any(anomaly.severity is Severity.CRITICAL for anomaly in anomalies)
    others = [view for model_id, view in by_id.items() if model_id not in members]
    well = sum(view.status is Status.OK for view in others)
    spared = tuple(sorted(members - hit.keys()))
    all_are_known = common.kind != DEPENDENCY or spared
    how_many = f"{len(hit):,} of {len(members):,}" if all_are_known else f"{len(hit):,}"
    told = f"{how_many} models{_of(common)} since {clock_time(onset)} UTC"
    kinds = sorted({anomaly.kind.value.replace("_", " ") for anomaly in anomalies})
    evidence = [f"what broke: {', '.join(kinds)}"]
    if others:
        evidence.insert(0, f"{well:,} of {len(others):,}{_of_others(common)} are well")
    if spared:
        evidence.append(f"not affected there: {_listed(spared)}")
    return SharedIncident(
        common=common,
        onset=onset,
        severity=Severity.CRITICAL if is_critical else Severity.WARNING,
        model_ids=tuple(model_id for model_id in by_id if model_id in hit),
        spared=spared,
        others=len(others),
        others_well=well,
        summary=told,
        evidence=tuple(evidence),
    )


def _of_the_source(incident: SharedIncident, by_id: Mapping[str, ModelView], source: str) -> SharedIncident:
    if incident.common.kind != FLEET:
        return incident
    anomalies = [each for model_id in incident.model_ids for each in by_id[model_id].anomalies]
    if any(incident.holds(each) and each.kind is not AnomalyKind.MISSING_DATA for each in anomalies):
        return incident
    fleet = len(incident.model_ids) + len(incident.spared)
    told = f"{len(incident.model_ids):,} of {fleet:,} models lost their data since {clock_time(incident.onset)} UTC"
    return msgspec.structs.replace(
        incident, common=Common(SOURCE, source), summary=f"{told}: look at {harmless(source)} first"
    )


def _of(common: Common) -> str:
    name = harmless(common.name)
    words = {
        FLEET: "",
        NODE: f" on node {name}",
        DEPENDENCY: f" that call {name}",
        SERVING: f" served by {name}",
        "namespace": f" in namespace {name}",
        "cluster": f" in cluster {name}",
    }
    return words.get(common.kind, f" with {harmless(common.kind)} {name}")


def _of_others(common: Common) -> str:
    words = {
        NODE: " on other nodes",
        DEPENDENCY: " others",
        SERVING: " served by others",
        "namespace": " in other namespaces",
        "cluster": " in other clusters",
    }
    return words.get(common.kind, f" with another {harmless(common.kind)}")


def _listed(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - _MOST_NAMED:,} more" if len(ids) > _MOST_NAMED else ""
    return ", ".join(map(harmless, ids[:_MOST_NAMED])) + more
