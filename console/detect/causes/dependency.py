"""`dependency`: what the model calls broke, or all of its parts got worse alike with no change of load or of ours."""

from collections.abc import Sequence

from console.detect.causes.finding import Fact, Finding
from console.detect.causes.levels import Shift
from console.detect.causes.load import Load
from console.detect.causes.scene import LEAST_ERRORS, WORSE, Scene
from console.detect.causes.weights import FactKey
from console.domain.anomaly import CauseKind
from console.domain.label import harmless
from console.domain.quantity import format_quantity

FAILS_MORE = 2.0
FEWEST_WITNESSES = 3
"""Other models of which at least one may be expected to call the same."""


def examine_dependency(scene: Scene, load: Load, found: tuple[Finding, ...]) -> Finding:
    """Return what speaks for a dependency as the cause; `found` are the tests of parts and limits."""
    facts: list[Fact] = []
    facts.extend(_own_measures(scene))
    facts.extend(_shared_trouble(scene) or _alone(scene, facts))
    keys = {fact.key for finding in found for fact in finding.facts}
    if keys & {
        FactKey.FEW_REPLICAS,
        FactKey.SOME_REPLICAS,
        FactKey.MANY_REPLICAS,
        FactKey.VERSION_WORSE,
        FactKey.NEW_REPLICAS_WORSE,
    }:
        facts.append(Fact(FactKey.PARTS_DIFFER, "its parts are not all affected"))
    if load.is_more:
        facts.append(Fact(FactKey.LOAD_CHANGED, "more load per replica"))
    elif FactKey.CACHE_FILLED in keys and load.brings_larger_requests:
        facts.append(Fact(FactKey.LOAD_CHANGED, "each request brings more"))
    if FactKey.RESOURCE_AT_LIMIT in keys:
        facts.append(Fact(FactKey.RESOURCE_BUSY, "what computes is at its limit"))
    return Finding(CauseKind.DEPENDENCY, tuple(facts), None if scene.circumstances.dependencies else "dependencies")


def _shared_trouble(scene: Scene) -> list[Fact]:
    """Return the fact that models which call the same, or any others, broke at the same time."""
    for dependency in scene.circumstances.dependencies:
        if dependency.troubled:
            words = f"{_models(dependency.troubled)} on {harmless(dependency.name)} broke at the same time"
            return [Fact(FactKey.SHARED_TROUBLE, words)]
    others = scene.circumstances.alongside
    if not others:
        return []
    key = FactKey.SHARED_TROUBLE if len(others) > 1 else FactKey.SHARED_BY_TWO
    return [Fact(key, f"{_models(others)} broke at the same time")]


def _alone(scene: Scene, facts: Sequence[Fact]) -> list[Fact]:
    """Return the fact that no other model broke; a dependency that is seen to have moved needs no such witness."""
    others = scene.circumstances.others_well
    if others < FEWEST_WITNESSES or any(fact.key is FactKey.DEPENDENCY_MOVED for fact in facts):
        return []
    return [Fact(FactKey.BROKE_ALONE, f"none of {others} other models broke at the same time")]


def _own_measures(scene: Scene) -> list[Fact]:
    steady = []
    for dependency in scene.circumstances.dependencies:
        name = harmless(dependency.name)
        slower, failing = scene.moved(dependency.latency), scene.moved(dependency.error_ratio)
        if failing is not None and failing.after >= LEAST_ERRORS and failing.rose(FAILS_MORE):
            return [Fact(FactKey.DEPENDENCY_MOVED, f"{name} errors {_against(failing, 'ratio')}")]
        if slower is not None and slower.rose(WORSE):
            return [Fact(FactKey.DEPENDENCY_MOVED, f"{name} {_against(slower, 's')}")]
        if slower is not None or failing is not None:
            steady.append(name)
    if steady and len(steady) == len(scene.circumstances.dependencies):
        return [Fact(FactKey.DEPENDENCY_STEADY, f"{', '.join(steady)} as before")]
    return []


def _against(moved: Shift, unit: str) -> str:
    return f"{format_quantity(moved.after, unit)}, {format_quantity(moved.before, unit)} before"


def _models(ids: tuple[str, ...]) -> str:
    return harmless(ids[0]) if len(ids) == 1 else f"{len(ids)} other models"
