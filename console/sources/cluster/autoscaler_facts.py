"""What sets the replicas of a workload: a HorizontalPodAutoscaler, or a KEDA ScaledObject that made one."""

from collections.abc import Iterable
from typing import Any

import msgspec

from console.domain.cluster_facts import AutoscalerFacts
from console.domain.label import harmless
from console.sources.cluster.objects import Metadata, ObjectCondition, ScaleTarget
from console.sources.cluster.scaled_objects import ScaledObject, scales

_LONGEST_REASON = 400
_COMPLAINS_WHEN = {"AbleToScale": "False", "ScalingActive": "False", "ScalingLimited": "True"}
_RESTS = "ScalingDisabled"
"""The reason of an autoscaler whose workload somebody set to 0 replicas."""
_KEDA_COMPLAINS_WHEN = {"Ready": "False", "Fallback": "True", "Paused": "True"}


class HpaSpec(msgspec.Struct, frozen=True, rename="camel"):
    """Bounds, target and metrics; `metrics` are kept as they are written, their forms are many."""

    scale_target_ref: ScaleTarget
    max_replicas: int
    min_replicas: int | None = None
    metrics: tuple[dict[str, Any], ...] | None = None


class HpaStatus(msgspec.Struct, frozen=True, rename="camel"):
    """What it sees and wants."""

    current_replicas: int | None = None
    desired_replicas: int | None = None
    current_metrics: tuple[dict[str, Any] | None, ...] | None = None
    conditions: tuple[ObjectCondition, ...] | None = None


class Hpa(msgspec.Struct, frozen=True):
    """A HorizontalPodAutoscaler with all that it tells."""

    metadata: Metadata
    spec: HpaSpec
    status: HpaStatus = HpaStatus()


def find_hpa(hpas: Iterable[Hpa], kind: str, name: str) -> Hpa | None:
    """Return the autoscaler of a workload of its namespace."""
    return next((each for each in hpas if scales(each.spec.scale_target_ref, kind, name)), None)


def autoscaler_facts(hpa: Hpa | None, scaled_object: ScaledObject | None) -> AutoscalerFacts | None:
    """Return what sets the replicas; of both the ScaledObject is the one to change, it sets the other's bounds."""
    if scaled_object is not None:
        return _of_keda(scaled_object, hpa)
    if hpa is None:
        return None
    return AutoscalerFacts(
        kind="HorizontalPodAutoscaler",
        name=harmless(hpa.metadata.name),
        floor=1 if hpa.spec.min_replicas is None else hpa.spec.min_replicas,
        ceiling=hpa.spec.max_replicas,
        current=hpa.status.current_replicas,
        desired=hpa.status.desired_replicas,
        metrics=_metrics(hpa),
        troubles=tuple(_complaints(hpa.status.conditions, _COMPLAINS_WHEN)),
    )


def _of_keda(scaled_object: ScaledObject, hpa: Hpa | None) -> AutoscalerFacts:
    spec = scaled_object.spec
    troubles = [*_complaints(scaled_object.status.conditions, _KEDA_COMPLAINS_WHEN)]
    troubles += [harmless(f"paused by annotation: {mark}") for mark in scaled_object.pauses]
    if hpa is not None:
        troubles += _complaints(hpa.status.conditions, _COMPLAINS_WHEN)
    return AutoscalerFacts(
        kind="KEDA ScaledObject",
        name=harmless(scaled_object.metadata.name),
        floor=spec.least,
        ceiling=spec.most,
        current=hpa.status.current_replicas if hpa is not None else None,
        desired=hpa.status.desired_replicas if hpa is not None else None,
        metrics=tuple(harmless(f"{each.get('type', 'unnamed')} trigger") for each in spec.triggers or ()),
        troubles=tuple(troubles),
    )


def _complaints(conditions: tuple[ObjectCondition, ...] | None, complains_when: dict[str, str]) -> Iterable[str]:
    for each in conditions or ():
        if complains_when.get(each.type) == each.status:
            told = " ".join((each.message or each.reason or each.status).split())
            stuck = each.type == "ScalingActive" and each.reason != _RESTS
            meaning = "it does not scale by itself now, " if stuck else ""
            yield harmless(f"{meaning}{each.type}: {told}", _LONGEST_REASON)


def _metrics(hpa: Hpa) -> tuple[str, ...]:
    current = hpa.status.current_metrics or ()
    seen = {_name_of(each): _value_of(each, "current") for each in current if each is not None}
    told = []
    for each in hpa.spec.metrics or ():
        name = _name_of(each)
        told.append(harmless(f"{name} {seen.get(name) or 'unknown'}, target {_value_of(each, 'target') or 'unknown'}"))
    return tuple(told)


def _name_of(metric: dict[str, Any]) -> str:
    source = _source(metric)
    inner = source.get("metric")
    name = source.get("name") or (inner.get("name") if isinstance(inner, dict) else None)
    return str(name or metric.get("type") or "a metric")


def _value_of(metric: dict[str, Any], which: str) -> str:
    held = _source(metric).get(which)
    if not isinstance(held, dict):
        return ""
    if "averageUtilization" in held:
        return f"{held['averageUtilization']} %"
    if "averageValue" in held:
        return f"{held['averageValue']} on average"
    return str(held.get("value", ""))


def _source(metric: dict[str, Any]) -> dict[str, Any]:
    """Return the part of a metric that its type names: `Resource` stands under `resource`."""
    kind = str(metric.get("type", ""))
    source = metric.get(kind[:1].lower() + kind[1:])
    return source if isinstance(source, dict) else {}
