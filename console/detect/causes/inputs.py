"""`upstream_data` and `population_shift`: what the log of predictions says of inputs at the onset."""

import msgspec

from console.detect.causes.finding import Fact, Finding
from console.detect.causes.logged import began_in_window
from console.detect.causes.scene import LEAST_ERRORS, WORSE, Measure, Scene
from console.detect.causes.weights import FactKey
from console.domain.anomaly import AnomalyKind, CauseKind
from console.domain.signal import ERROR_RATIO


def examine_upstream_data(scene: Scene) -> Finding:
    """Return what speaks for inputs that broke as the cause."""
    found = _examined(scene, CauseKind.UPSTREAM_DATA, AnomalyKind.DATA_QUALITY, FactKey.INPUTS_BROKEN)
    if found.facts or not _is_slow_alone(scene):
        return found
    fact = Fact(FactKey.NOTHING_FAILS, "requests are slow, and no more of them fail than before")
    return msgspec.structs.replace(found, facts=(fact,))


def _is_slow_alone(scene: Scene) -> bool:
    failing = scene.moved(scene.of_model(ERROR_RATIO.name)) if scene.measure is Measure.LATENCY else None
    return failing is not None and not (failing.after >= LEAST_ERRORS and failing.rose(WORSE))


def examine_population_shift(scene: Scene) -> Finding:
    """Return what speaks for inputs that moved, unbroken, as the cause."""
    return _examined(scene, CauseKind.POPULATION_SHIFT, AnomalyKind.FEATURE_DRIFT, FactKey.INPUTS_MOVED)


def _examined(scene: Scene, cause: CauseKind, kind: AnomalyKind, key: FactKey) -> Finding:
    for other in scene.anomalies:
        blamed = other.causes[0].kind if other.causes else cause
        if other.kind is kind and blamed is not CauseKind.NEW_VERSION and _goes_with(scene, other.onset):
            return Finding(cause, (Fact(key, f"{other.summary}, since the same time"),))
    return Finding(cause, untestable="inputs")


def _goes_with(scene: Scene, logged: float) -> bool:
    return began_in_window(scene.onset, logged) or began_in_window(scene.turn, logged)
