"""The causes of anomalies: every hypothesis is tested for each, and they compete for its onset."""

from collections.abc import Mapping, Sequence

import msgspec

from console.detect.case import Case
from console.detect.causes.bad_replica import examine_bad_replica
from console.detect.causes.capacity_loss import examine_capacity_loss
from console.detect.causes.competition import causes_of
from console.detect.causes.dependency import examine_dependency
from console.detect.causes.finding import Finding
from console.detect.causes.inputs import examine_population_shift, examine_upstream_data
from console.detect.causes.load import load_of
from console.detect.causes.logged import explain_logged
from console.detect.causes.new_version import examine_new_version, examine_order_of_events
from console.detect.causes.saturation import examine_saturation
from console.detect.causes.scene import Scene, scene_of
from console.detect.causes.traffic_surge import examine_traffic_surge
from console.domain.anomaly import Anomaly, AnomalyKind, CauseKind
from console.domain.circumstances import Circumstances

_OF_METRICS = frozenset(
    {AnomalyKind.LATENCY, AnomalyKind.ERRORS, AnomalyKind.TRAFFIC, AnomalyKind.SATURATION, AnomalyKind.ALERT}
)


BEGAN_TOGETHER = 300.0
"""Seconds between the onsets of models that broke together: rates over five minutes cross limits at different times."""
SURE, UNSURE = 0.8, 0.5
"""The confidence from which on a cause speaks for the other anomalies of its model, and below which it is silent."""
_FROM_OUTSIDE = frozenset({CauseKind.UNKNOWN, CauseKind.DEPENDENCY, CauseKind.SATURATION})
"""What is named of a model that broke with others as long as nobody looks at these."""


_Onsets = dict[AnomalyKind, float]
"""When each kind of a model's anomalies began (UTC seconds)."""


class Broken(msgspec.Struct, frozen=True):
    """One model with its anomalies, worst first, and what was read around them."""

    case: Case
    anomalies: tuple[Anomaly, ...]
    circumstances: Circumstances


def explain_together(broken: Sequence[Broken], watched: int = 0) -> list[tuple[Anomaly, ...]]:
    """Return the anomalies of all broken models with their causes: first each by itself, then beside the others.

    Models that broke at the same time and have no cause of their own point at what they share. `watched` is how many
    models there are, the healthy ones too; 0 where that is not known.
    """
    alone = [explain(one.case, one.anomalies, one.circumstances) for one in broken]
    from_outside = {
        one.case.model_id: onsets
        for one, anomalies in zip(broken, alone, strict=True)
        if (onsets := _onsets_from_outside(anomalies))
    }
    return [
        explain(one.case, one.anomalies, _beside_others(one, from_outside, watched))
        if one.case.model_id in from_outside
        else anomalies
        for one, anomalies in zip(broken, alone, strict=True)
    ]


def _onsets_from_outside(anomalies: tuple[Anomaly, ...]) -> _Onsets:
    """Return when each kind of anomaly began of a model that has no cause of its own, nothing where it has one."""
    told = [one for one in anomalies if one.kind in _OF_METRICS and not one.is_over and not one.onset_is_earlier]
    if any(cause.kind not in _FROM_OUTSIDE for anomaly in told for cause in anomaly.causes[:1]):
        return {}
    return {kind: min(one.onset for one in told if one.kind is kind) for kind in {one.kind for one in told}}


def _broke_together(some: _Onsets, others: _Onsets) -> bool:
    """Return whether two models broke at the same time in the same way: what is slow for one silences no other."""
    return any(abs(some[kind] - others[kind]) <= BEGAN_TOGETHER for kind in some.keys() & others.keys())


def _beside_others(one: Broken, from_outside: Mapping[str, _Onsets], watched: int) -> Circumstances:
    own = from_outside[one.case.model_id]
    alongside = tuple(
        sorted(
            model
            for model, onsets in from_outside.items()
            if model != one.case.model_id and _broke_together(own, onsets)
        )
    )
    dependencies = tuple(
        msgspec.structs.replace(dependency, troubled=tuple(id_ for id_ in dependency.models if id_ in alongside))
        for dependency in one.circumstances.dependencies
    )
    others_well = 0 if alongside else max(0, watched - 1)
    return msgspec.structs.replace(
        one.circumstances, alongside=alongside, others_well=others_well, dependencies=dependencies
    )


def explain(case: Case, anomalies: tuple[Anomaly, ...], circumstances: Circumstances) -> tuple[Anomaly, ...]:
    """Return the anomalies of a model with their causes, the likeliest first.

    Those that carry causes keep them, and what is over needs none.
    """
    logged = explain_logged(anomalies, circumstances.changes)
    explained = [
        msgspec.structs.replace(one, causes=causes_of(examine(scene_of(case, one, logged, circumstances))))
        if one.kind in _OF_METRICS and not one.causes and not one.is_over
        else one
        for one in logged
    ]
    return tuple(_of_the_same_story(one, explained) for one in explained)


def _of_the_same_story(anomaly: Anomaly, anomalies: Sequence[Anomaly]) -> Anomaly:
    """Return an anomaly; where its own measure tells little, with the causes of the surest one that began with it."""
    if anomaly.kind not in _OF_METRICS or anomaly.is_over or _sureness(anomaly) >= UNSURE:
        return anomaly
    began_with_it = [
        other
        for other in anomalies
        if other.kind in _OF_METRICS and abs(other.onset - anomaly.onset) <= BEGAN_TOGETHER and _sureness(other) >= SURE
    ]
    if not began_with_it:
        return anomaly
    return msgspec.structs.replace(anomaly, causes=max(began_with_it, key=_sureness).causes)


def _sureness(anomaly: Anomaly) -> float:
    first = anomaly.causes[0] if anomaly.causes else None
    return 0.0 if first is None or first.kind is CauseKind.UNKNOWN else first.confidence


def examine(scene: Scene) -> tuple[Finding, ...]:
    """Return what the tests of all causes found; of requests that do not come, no part can be compared."""
    load = load_of(scene)
    if scene.anomaly.kind is AnomalyKind.TRAFFIC:
        return (
            examine_order_of_events(scene),
            examine_traffic_surge(scene, load),
            examine_capacity_loss(scene, load),
            examine_dependency(scene, load, ()),
        )
    saturation = examine_saturation(scene, load)
    own = examine_new_version(scene), examine_bad_replica(scene, load, saturation), saturation
    return (
        *own,
        examine_traffic_surge(scene, load),
        examine_capacity_loss(scene, load),
        examine_dependency(scene, load, own),
        examine_upstream_data(scene),
        examine_population_shift(scene),
    )
