"""Watches and long lists as clients meet them: bookmarks, ends, and versions that are too old."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from console.simulation.cluster import SimulatedCluster
from console.simulation.cluster.kubernetes_release import KubernetesRelease
from tests.simulation.cluster.support import FakeClock, add_fraud

PODS = "/api/v1/namespaces/ml/pods"
DEPLOYMENTS = "/apis/apps/v1/namespaces/ml/deployments"


@asynccontextmanager
async def served(cluster: SimulatedCluster) -> AsyncIterator[httpx.AsyncClient]:
    add_fraud(cluster)
    async with cluster.serve() as found:
        headers = {"Authorization": f"Bearer {found.token}"}
        async with httpx.AsyncClient(base_url=found.url, headers=headers) as client:
            yield client


async def events(client: httpx.AsyncClient, count: int, **query: str) -> list[dict[str, Any]]:
    """Return the first events of a watch of Deployments, fewer where it ends before."""
    found: list[dict[str, Any]] = []
    async with client.stream("GET", DEPLOYMENTS, params={"watch": "true", **query}) as watch:
        assert watch.status_code == 200
        async for line in watch.aiter_lines():
            found.append(json.loads(line))
            if len(found) == count:
                break
    return found


async def test_bookmarks_come_to_those_who_allow_them(clock: FakeClock) -> None:
    async with served(SimulatedCluster(clock=clock, bookmark_seconds=0.02)) as client:
        version = (await client.get(DEPLOYMENTS)).json()["metadata"]["resourceVersion"]
        told = await events(client, 2, resourceVersion=version, allowWatchBookmarks="true")
        assert [event["type"] for event in told] == ["BOOKMARK", "BOOKMARK"]
        assert told[0]["object"]["metadata"] == {"resourceVersion": version}
        assert told[0]["object"]["kind"] == "Deployment"
        ended = await events(client, 1, resourceVersion=version, timeoutSeconds="1")
        assert ended == []


async def test_without_a_version_or_with_0_what_there_is_comes_first(clock: FakeClock) -> None:
    async with served(SimulatedCluster(clock=clock)) as client:
        for query in ({}, {"resourceVersion": "0"}):
            (added,) = await events(client, 1, **query)
            assert (added["type"], added["object"]["metadata"]["name"]) == ("ADDED", "fraud")
        both = {"sendInitialEvents": "true", "resourceVersionMatch": "NotOlderThan", "allowWatchBookmarks": "true"}
        _, bookmark = await events(client, 2, **both)
        assert bookmark["object"]["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}


async def test_an_older_server_refuses_to_begin_with_the_list_and_none_takes_a_version_that_is_none(
    clock: FakeClock,
) -> None:
    async with served(SimulatedCluster(clock=clock, kubernetes=KubernetesRelease(minor=30))) as client:
        refused = await client.get(DEPLOYMENTS, params={"watch": "true", "sendInitialEvents": "true"})
        assert (refused.status_code, refused.json()["reason"]) == (422, "Invalid")
        assert "unless the WatchList feature gate is enabled" in refused.json()["message"]
        wrong = await client.get(DEPLOYMENTS, params={"watch": "true", "resourceVersion": "x"})
        assert wrong.status_code == 400


async def test_who_was_away_too_long_is_told_to_begin_anew(clock: FakeClock) -> None:
    cluster = SimulatedCluster(clock=clock, kept_changes=8)
    async with served(cluster) as client:
        page = (await client.get(PODS, params={"limit": "2"})).json()["metadata"]
        for image in ("fraud:v42", "fraud:v43"):
            cluster.roll_out(namespace="ml", name="fraud", image=image, labels={})
            clock.now += 60
        (event,) = await events(client, 1, resourceVersion=page["resourceVersion"])
        assert (event["type"], event["object"]["code"], event["object"]["reason"]) == ("ERROR", 410, "Expired")
        assert event["object"]["message"].startswith("too old resource version")
        later = await client.get(PODS, params={"limit": "2", "continue": page["continue"]})
        assert (later.status_code, later.json()["reason"]) == (410, "Expired")


@pytest.mark.parametrize("limit", [1, 2])
async def test_pages_belong_to_one_list(clock: FakeClock, limit: int) -> None:
    async with served(SimulatedCluster(clock=clock)) as client:
        names: list[str] = []
        versions: set[str] = set()
        query = {"limit": str(limit)}
        while True:
            page = (await client.get(PODS, params=query)).json()
            names += [item["metadata"]["name"] for item in page["items"]]
            versions.add(page["metadata"]["resourceVersion"])
            if "continue" not in page["metadata"]:
                break
            query["continue"] = page["metadata"]["continue"]
        assert (len(names), len(set(names)), len(versions)) == (3, 3, 1)
