"""The causes of a model's anomalies: every hypothesis is tested for each, and they compete for its onset."""

import msgspec

from console.detect.case import Case
from console.detect.causes.bad_replica import examine_bad_replica
from console.detect.causes.capacity_loss import examine_capacity_loss
from console.detect.causes.competition import causes_of
from console.detect.causes.dependency import examine_dependency
from console.detect.causes.finding import Finding
from console.detect.causes.inputs import examine_population_shift, examine_upstream_data
from console.detect.causes.load import load_of
from console.detect.causes.new_version import examine_new_version
from console.detect.causes.saturation import examine_saturation
from console.detect.causes.scene import Scene, scene_of
from console.detect.causes.traffic_surge import examine_traffic_surge
from console.domain.anomaly import Anomaly, AnomalyKind
from console.domain.circumstances import Circumstances

_OF_METRICS = frozenset({AnomalyKind.LATENCY, AnomalyKind.ERRORS, AnomalyKind.SATURATION, AnomalyKind.ALERT})


def explain(case: Case, anomalies: tuple[Anomaly, ...], circumstances: Circumstances) -> tuple[Anomaly, ...]:
    """Return the anomalies of a model with their causes, the likeliest first; those that carry causes keep them."""
    return tuple(
        msgspec.structs.replace(anomaly, causes=causes_of(examine(scene_of(case, anomaly, anomalies, circumstances))))
        if anomaly.kind in _OF_METRICS
        else anomaly
        for anomaly in anomalies
    )


def examine(scene: Scene) -> tuple[Finding, ...]:
    """Return what the tests of all causes found."""
    load = load_of(scene)
    own = examine_new_version(scene), examine_bad_replica(scene, load), examine_saturation(scene, load)
    return (
        *own,
        examine_traffic_surge(scene, load),
        examine_capacity_loss(scene, load),
        examine_dependency(scene, load, own),
        examine_upstream_data(scene),
        examine_population_shift(scene),
    )
