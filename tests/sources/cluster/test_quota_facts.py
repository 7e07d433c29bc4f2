"""Quantities, and how many more pods a quota has room for."""

from typing import Any

import pytest

from console.sources.cluster.objects import decode_object
from console.sources.cluster.pod_objects import LivingPod
from console.sources.cluster.quantities import parse_quantity
from console.sources.cluster.quota_facts import Quota, quota_facts
from tests.sources.cluster import recorded


@pytest.mark.parametrize(
    ("written", "number"),
    [("500m", 0.5), ("2Gi", 2 * 2.0**30), ("1e3", 1000), ("1E3", 1000), ("2E", 2e18), ("0.5", 0.5), (4, 4.0),
     (".5", 0.5), ("1e999", None),
     ("100M", 1e8), ("three", None), ("", None), ("1e9999", None)],
)  # fmt: skip
def test_quantities(written: str | int, number: float | None) -> None:
    assert parse_quantity(written) == (pytest.approx(number) if number is not None else None)


def quota(hard: dict[str, Any], used: dict[str, Any]) -> Quota:
    return decode_object({"metadata": {"name": "q"}, "status": {"hard": hard, "used": used}}, Quota)


def test_the_nearest_limit_of_a_quota_tells_how_many_pods_it_has_room_for() -> None:
    pod = decode_object(recorded.HEALTHY, LivingPod)
    roomy = quota({"requests.cpu": "10", "pods": "9", "services": "1"}, {"requests.cpu": "8700m", "pods": "4"})
    (found,) = quota_facts([roomy], pod)
    assert (found.resource, found.room, found.is_reached) == ("requests.cpu", 2, False)
    over = quota({"memory": "4Gi"}, {"memory": "5Gi"})
    assert [each.room for each in quota_facts([roomy, over], pod)] == [0, 2], "the tightest comes first"


def test_a_quota_that_pods_do_not_count_against_is_not_told() -> None:
    pod = decode_object(recorded.HEALTHY, LivingPod)
    assert quota_facts([quota({"configmaps": "5"}, {"configmaps": "5"})], pod) == ()
    (found,) = quota_facts([quota({"pods": "5"}, {"pods": "5"})], None)
    assert (found.room, found.is_reached) == (None, True)
