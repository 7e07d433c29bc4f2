"""`upstream_data` and `population_shift`: what the log of predictions says of inputs at the onset."""

from console.detect.causes.finding import Fact, Finding
from console.detect.causes.logged import began_in_window
from console.detect.causes.scene import Scene
from console.detect.causes.weights import FactKey
from console.domain.anomaly import AnomalyKind, CauseKind


def examine_upstream_data(scene: Scene) -> Finding:
    """Return what speaks for inputs that broke as the cause."""
    return _examined(scene, CauseKind.UPSTREAM_DATA, AnomalyKind.DATA_QUALITY, FactKey.INPUTS_BROKEN)


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
