"""`upstream_data` and `population_shift`: what the log of predictions says of inputs at the onset."""

from console.detect.causes.finding import Fact, Finding
from console.detect.causes.scene import Scene
from console.detect.causes.weights import FactKey
from console.domain.anomaly import Anomaly, AnomalyKind, CauseKind

BUCKET = 3600.0
"""Seconds within which a log tells an onset: it is judged by the hour."""
OF_INPUTS = frozenset({AnomalyKind.DATA_QUALITY, AnomalyKind.FEATURE_DRIFT})


def examine_upstream_data(scene: Scene) -> Finding:
    """Return what speaks for inputs that broke as the cause."""
    return _examined(scene, CauseKind.UPSTREAM_DATA, AnomalyKind.DATA_QUALITY, FactKey.INPUTS_BROKEN)


def examine_population_shift(scene: Scene) -> Finding:
    """Return what speaks for inputs that moved, unbroken, as the cause."""
    return _examined(scene, CauseKind.POPULATION_SHIFT, AnomalyKind.FEATURE_DRIFT, FactKey.INPUTS_MOVED)


def _examined(scene: Scene, cause: CauseKind, kind: AnomalyKind, key: FactKey) -> Finding:
    for other in scene.anomalies:
        if other.kind is kind and _goes_with(scene, other) and (not other.causes or other.causes[0].kind is cause):
            return Finding(cause, (Fact(key, f"{other.summary}, since the same time"),))
    return Finding(cause, untestable="inputs")


def _goes_with(scene: Scene, other: Anomaly) -> bool:
    return not other.onset_is_earlier and abs(other.onset - scene.onset) <= BUCKET
