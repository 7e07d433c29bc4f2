"""The whole incident, with the real Prometheus and in real time: the one slow test of the simulation."""

import asyncio
import os
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest

from console.simulation.scenario import find_scenario
from console.simulation.world import SimulatedWorld

SURGE_BEGINS = 14.0
"""Seconds from the start: late enough for a few live scrapes before, soon enough to be seen once the seam was."""

RECOVERS_WITHIN = 120.0
"""Seconds: what the demo promises."""

LATENCY = 'histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket{model="eta"}[10s])))'
TRAFFIC = 'sum(rate(http_requests_total{model="eta"}[25s]))'
STEADY = "ads"
"""A model that the story leaves alone."""


class Prober:
    """Asks the world's Prometheus and its cluster."""

    def __init__(self, world: SimulatedWorld) -> None:
        trusted = ssl.create_default_context(cadata=world.served.certificate.decode())
        self.client = httpx.AsyncClient(verify=trusted, trust_env=False)
        self.world = world

    async def value(self, expression: str, at: float | None = None) -> float | None:
        found = await self._query("query", {"query": expression} | ({} if at is None else {"time": str(at)}))
        return float(found[0]["value"][1]) if found else None

    async def values(self, expression: str, start: float, end: float) -> list[float]:
        form = {"query": expression, "start": str(start), "end": str(end), "step": "5"}
        return [float(point[1]) for point in (await self._query("query_range", form))[0]["values"]]

    async def _query(self, kind: str, form: dict[str, str]) -> list[dict[str, Any]]:
        reply = await self.client.post(f"{self.world.prometheus_url}/api/v1/{kind}", data=form)
        found: list[dict[str, Any]] = reply.json()["data"]["result"]
        return found

    async def scale(self, deployment: str, replicas: int) -> None:
        reply = await self.client.patch(
            f"{self.world.served.url}/apis/apps/v1/namespaces/ml/deployments/{deployment}/scale",
            headers={
                "Authorization": f"Bearer {self.world.served.token}",
                "Content-Type": "application/merge-patch+json",
            },
            json={"spec": {"replicas": replicas}},
        )
        assert reply.is_success, reply.text


@pytest.fixture
async def prober() -> AsyncIterator[Prober]:
    async with SimulatedWorld(find_scenario("surge").beginning(SURGE_BEGINS), environment=os.environ) as world:
        prober = Prober(world)
        async with prober.client:
            yield prober


async def until(condition: Callable[[], Awaitable[bool]], what: str, seconds: float) -> None:
    deadline = asyncio.get_running_loop().time() + seconds
    while not await condition():
        if asyncio.get_running_loop().time() > deadline:
            raise TimeoutError(f"{what}: not within {seconds:g} s")
        await asyncio.sleep(0.5)


@pytest.mark.timeout(300)
async def test_a_surge_breaks_the_objective_and_scaling_out_ends_it(prober: Prober) -> None:
    world = prober.world
    eta, steady = (next(each for each in world.profiles if each.name == name) for name in ("eta", STEADY))
    objective = eta.objective.latency["latency_p99"]

    async def seam_is_behind() -> bool:
        return await prober.value(f"timestamp(up{{pod=~'{STEADY}.*'}}) > {world.started + 25}") is not None

    async def broken() -> bool:
        return (await prober.value(LATENCY) or 0.0) > objective

    async def recovered() -> bool:
        return (await prober.value(LATENCY) or float("inf")) < objective

    await until(seam_is_behind, "scrapes arrive", 60)
    await check_seam(prober, steady.traffic)
    assert (await prober.value(LATENCY, world.started + SURGE_BEGINS) or float("inf")) < objective
    await until(broken, "p99 breaks its objective", 60)
    await prober.scale("eta", 8)
    await until(recovered, "p99 keeps its objective again", RECOVERS_WITHIN)
    assert await prober.value(TRAFFIC) == pytest.approx(2.6 * eta.traffic, rel=0.15)
    assert await prober.value("count(count by (pod) (http_requests_total{model='eta'}))") == 8


async def check_seam(prober: Prober, traffic: float) -> None:
    """Live scrapes continue the series of the past: the same series, and rates without a spike or a hole."""
    started = prober.world.started
    across = await prober.values(f'sum(rate(http_requests_total{{model="{STEADY}"}}[25s]))', started - 60, started + 25)
    assert len(across) == 18
    assert min(across) > 0.75 * traffic
    assert max(across) < 1.15 * traffic
    series = f'http_request_duration_seconds_bucket{{model="{STEADY}"}}'
    in_the_past = await prober.value(f"count({series})", started)
    assert await prober.value(f"count({series})") == in_the_past
    assert await prober.value(f"count(last_over_time({series}[10m]))") == in_the_past
    assert await prober.value("sum(resets(http_requests_total[10m]))") == 0
    assert await prober.value("count(up == 1)") == await prober.value("count(up)", started)
    yesterday = await prober.value(f'sum(rate(http_requests_total{{model="{STEADY}"}}[5m]))', started - 86400)
    assert yesterday == pytest.approx(traffic, rel=0.1)
