"""Whether some pods serve while all are replaced."""

from typing import Any

import pytest

from console.actions.kubernetes.interruption import interruption, kept_back
from console.actions.kubernetes.restart import Restart
from console.domain.action import RiskTier
from console.domain.model import Workload
from console.settings.settings import KubernetesSettings
from console.sources.cluster.writers import LiveObject
from tests.actions.kubernetes.world import Clock, occasion
from tests.sources.cluster.canned import CannedTransport, owned

TARGET = Workload("prod-eu", "ml", "Deployment", "fraud", "d-1", 2, 1)


def rolling(unavailable: Any, surge: Any) -> dict[str, Any]:
    return {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": unavailable, "maxSurge": surge}}}


def partitioned(partition: int, **more: Any) -> dict[str, Any]:
    return {"updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": partition, **more}}}


def workload(kind: str, spec: dict[str, Any]) -> dict[str, Any]:
    document = owned(kind, "fraud", "d-1", None)
    document["spec"] |= {"template": {"metadata": {}}, **spec}
    return document


@pytest.mark.parametrize(
    ("kind", "spec", "interrupts"),
    [
        ("Deployment", {"strategy": {"type": "Recreate"}}, True),
        ("Deployment", {"strategy": {"type": "Recreate"}, "replicas": 0}, False),
        ("Deployment", {}, False),
        ("Deployment", rolling("25%", "25%") | {"replicas": 1}, False),
        ("Deployment", rolling("100%", "25%"), True),
        ("Deployment", rolling("99%", "25%"), False),
        ("Deployment", rolling(2, 0), True),
        ("Deployment", rolling(1, 0), False),
        ("Deployment", rolling("25%", 0) | {"replicas": 1}, True),
        ("Deployment", rolling("odd", 1), False),
        ("StatefulSet", {"replicas": 1}, True),
        ("StatefulSet", {"replicas": 1, "updateStrategy": {"type": "OnDelete"}}, False),
        ("StatefulSet", {"replicas": 2}, False),
        ("StatefulSet", {"replicas": 1} | partitioned(1), False),
        ("StatefulSet", {"replicas": 2} | partitioned(0, maxUnavailable=2), True),
        ("StatefulSet", {"replicas": 2} | partitioned(1, maxUnavailable="100%"), False),
    ],
)
def test_a_strategy_keeps_some_pods_or_none(kind: str, spec: dict[str, Any], interrupts: bool) -> None:
    assert (interruption(kind, LiveObject.of(workload(kind, spec))) is not None) is interrupts


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ({"updateStrategy": {"type": "OnDelete"}}, "its strategy is OnDelete: a pod is replaced only when somebody"),
        (partitioned(0), ""),
        (partitioned(2), "its partition is 2: only pods from that ordinal on are replaced, 2 pods stay as now"),
        (partitioned(3), "its partition is 3: none of its 3 pods is replaced"),
    ],
)
def test_pods_that_a_stateful_set_keeps_back_are_told(spec: dict[str, Any], told: str) -> None:
    found = kept_back(LiveObject.of(workload("StatefulSet", {"replicas": 3, **spec})))
    assert "".join(found).startswith(told)
    assert bool(found) is bool(told)


async def test_what_serves_nothing_meanwhile_is_told_first_and_confirmed_like_the_riskiest() -> None:
    document = workload("Deployment", {"strategy": {"type": "Recreate"}})
    transport = CannedTransport({"/apis/apps/v1/namespaces/ml/deployments/fraud": document})
    action = Restart(transport, KubernetesSettings(context="prod-eu"), Clock())
    plan = await action.plan(occasion(TARGET), {}, may_dry_run=False)
    assert plan.tier is RiskTier.HARD_TO_UNDO
    assert plan.notes[0].startswith("its strategy is Recreate: all pods end before new ones start")
