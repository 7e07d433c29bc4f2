"""What a thousand models cost to read: `python benchmarks/thousand_models.py`.

1,000 models × 8 signals in a real Prometheus. Four budgets: the number of queries is that of a small fleet; a refresh
of the tail costs at most twice the fetching and decoding of the same bytes, each answer decoded as it comes; all of it
costs at most a tenth of one `custom_query_range` of prometheus-api-client per model and signal; a whole refresh in
which ten models are broken and explained costs at most 1.3 times one in which none is. Beside the second the same is
told for bytes that are decoded after the last answer has come. CPU time of this process; Prometheus' own is
not counted. The 8,000 calls are extrapolated from a sample. Exit status 1 when a budget is missed.
"""

import asyncio
import os
import statistics
import sys
import time
import warnings
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

import floor
import msgspec
from prepared_prometheus import copies, prepared_prometheus
from process_cost import verdict
from recording_proxy import RecordedRequest, RecordingProxy

from console.domain.objective import Objective
from console.domain.series import Grid
from console.engine.connections import prometheus_client
from console.engine.refresh import Refresher
from console.history.store import FINE_SPAN, HistoryStore
from console.settings.settings import ModelRule, ServerSettings, Settings
from console.simulation.history import Past
from console.sources.prometheus.answers import collector_paused
from console.sources.prometheus.client import PrometheusClient
from console.sources.prometheus.discovery import discover
from console.sources.prometheus.preset import load_presets
from console.transport.http.library import httpx

MODELS, FEW_MODELS, SIGNALS = 1000, 50, 8
TAILS, SAMPLED_MODELS = 8, 5
BROKEN, BROKEN_MODELS = "*-000?", 10
"""The glob of the models whose objective nobody can keep."""
PAST = Past(near_span=85 * 60.0, near_spacing=60.0, far_span=3 * 3600.0, far_spacing=300.0)
SETTINGS = Settings()


def client(url: str) -> PrometheusClient:
    """Return a client that waits long enough for a busy machine."""
    return prometheus_client(ServerSettings(urls=(url,), timeout=120.0), os.environ)


def store(connection: PrometheusClient) -> HistoryStore:
    """Return a store that has read nothing yet."""
    return HistoryStore(connection, load_presets(), SETTINGS)


async def record_tails(url: str, at: float) -> list[list[RecordedRequest]]:
    """Return the requests of each tail refresh that follows a load at an instant (UTC seconds)."""
    target = urlsplit(url)
    assert target.hostname is not None
    assert target.port is not None
    tails = []
    async with RecordingProxy(target.hostname, target.port).serve() as proxy, client(proxy.url) as connection:
        history = store(connection)
        await history.load(at)
        for number in range(1, TAILS + 1):
            seen = len(proxy.requests)
            await history.load(at + number * SETTINGS.step)
            tails.append(proxy.requests[seen:])
    return tails


async def fetch_and_decode(
    connection: httpx.AsyncClient, requests: Sequence[RecordedRequest], *, as_they_come: bool
) -> None:
    """Do the least with the same bytes: get them, five requests at a time, and decode them into floats.

    As they come, like the console, which cannot hold all bodies of a long range at once; or after the last has come.
    Measured, the first costs up to twice the second beside a Prometheus at work, and somewhat more than the second
    where a process that works nothing out plays recorded answers back. Why is not known.
    """
    gate = asyncio.Semaphore(floor.AT_ONCE)
    query = msgspec.json.Decoder(floor.Query, strict=False)

    def decode(request: RecordedRequest, body: bytes) -> None:
        if "/query" in request.path:
            query.decode(body)
        else:
            msgspec.json.decode(body)

    async def one(request: RecordedRequest) -> bytes:
        async with gate:
            body = (await connection.request(request.method, request.path, content=request.body)).content
            if as_they_come:
                decode(request, body)
            return body

    with collector_paused():
        bodies = await asyncio.gather(*map(one, requests))
        if not as_they_come:
            for request, body in zip(requests, bodies, strict=True):
                decode(request, body)


async def measure_tails(
    url: str, at: float, tails: list[list[RecordedRequest]]
) -> tuple[float, list[float], list[float], list[float], int]:
    """Return CPU seconds of the first load, of each tail, of the same bytes alone, and the number of queries.

    The same bytes are measured twice: decoded as they come, and after the last has come.
    """
    ours, as_they_come, at_the_end = [], [], []
    async with client(url) as connection, httpx.AsyncClient(base_url=url, headers=floor.FORM, timeout=120.0) as plain:
        history = store(connection)
        begin = time.process_time()
        queries = (await history.load(at)).queries
        whole = time.process_time() - begin
        for number, requests in enumerate(tails, start=1):
            begin = time.process_time()
            await history.load(at + number * SETTINGS.step)
            ours.append(time.process_time() - begin)
            for floors, while_they_come in ((as_they_come, True), (at_the_end, False)):
                begin = time.process_time()
                await fetch_and_decode(plain, requests, as_they_come=while_they_come)
                floors.append(time.process_time() - begin)
    return whole, ours, as_they_come, at_the_end, queries


async def expressions_of_some_models(url: str, at: float) -> list[str]:
    """Return the queries that each ask for one signal of one model, for a few models."""
    async with client(url) as connection:
        loaded = await store(connection).load(at)
        discovery = await discover(connection, load_presets(), at)
    models = [past.model for past in loaded.history.models]
    assert len(models) == MODELS
    sampled = models[:: MODELS // SAMPLED_MODELS]
    found = [
        query.expression
        for model in sampled
        for composition in discovery.compositions(load_presets(), SETTINGS.rate_window, only=(model,))
        for query in composition.signals
    ]
    assert len(found) == SAMPLED_MODELS * SIGNALS
    return found


def cost_of_one_call(url: str, expressions: Sequence[str], grid: Grid) -> float:
    """Return the median CPU seconds of one custom_query_range."""
    from prometheus_api_client import PrometheusConnect

    connection = PrometheusConnect(url)
    start, end = (datetime.fromtimestamp(instant, UTC) for instant in (grid.start, grid.end))
    costs = []
    for expression in expressions:
        begin = time.process_time()
        answer = connection.custom_query_range(expression, start, end, f"{grid.step:g}s")
        costs.append(time.process_time() - begin)
        assert len(answer) == 1
    return statistics.median(costs)


async def measure_refreshes(url: str, at: float) -> tuple[list[float], list[float]]:
    """Return CPU seconds of refreshes with broken models, whose causes are told, and of such without any."""
    server = ServerSettings(urls=(url,), timeout=120.0)
    well = Settings(prometheus=server, cache=False)
    rule = ModelRule(BROKEN, Objective(latency={"latency_p99": 1e-6}))
    with_causes: list[float] = []
    without: list[float] = []
    broken = Refresher(msgspec.structs.replace(well, models=(rule,)), environment=os.environ, clock=time.time)
    async with broken, Refresher(well, environment=os.environ, clock=time.time) as quiet:
        for number in range(TAILS + 1):
            for refresher, costs in ((broken, with_causes), (quiet, without)):
                begin = time.process_time()
                snapshot = await refresher.take(at + number * SETTINGS.step)
                costs.append(time.process_time() - begin)
                explained = [view for view in snapshot.models if view.incident and view.anomalies[0].causes]
                assert len(explained) == (BROKEN_MODELS if refresher is broken else 0), len(explained)
    return with_causes[1:], without[1:]


async def queries_of_a_small_fleet() -> int:
    """Return how many queries a load of few models sends."""
    async with prepared_prometheus(copies(FEW_MODELS, 1), PAST) as url, client(url) as connection:
        return (await store(connection).load(time.time())).queries


async def main() -> int:
    """Measure, print and return the exit status."""
    few = await queries_of_a_small_fleet()
    async with prepared_prometheus(copies(MODELS, 1), PAST) as url:
        at = Grid.until(time.time(), FINE_SPAN, 60.0).end
        tails = await record_tails(url, at)
        whole, ours, as_they_come, at_the_end, queries = await measure_tails(url, at, tails)
        expressions = await expressions_of_some_models(url, at)
        with_causes, without = await measure_refreshes(url, at)
        call = cost_of_one_call(url, expressions, Grid.until(at, FINE_SPAN, SETTINGS.step))
    print(f"{MODELS} models × {SIGNALS} signals; {TAILS} tails; {len(expressions)} sampled calls of {MODELS * SIGNALS}")
    print(f"queries of a load: {queries}, of {FEW_MODELS} models: {few}: {'ok' if queries == few else 'MISSED'}")
    holds = [
        queries == few,
        verdict("tail against its bytes, decoded as they come", ours, as_they_come, 2.0),
        verdict("all against a call per model and signal", [whole], [call * MODELS * SIGNALS], 0.1),
        verdict(f"refresh with {BROKEN_MODELS} models broken against none", with_causes, without, 1.3),
    ]
    ours_ms, end_ms = statistics.median(ours) * 1000, statistics.median(at_the_end) * 1000
    told = f"{ours_ms:8.0f} ms against {end_ms:8.0f} ms = {ours_ms / end_ms:5.2f} (no budget)"
    print(f"{'tail against its bytes, decoded at the end':<44} {told}")
    return 0 if all(holds) else 1


if __name__ == "__main__":
    warnings.simplefilter("ignore", ResourceWarning)  # prometheus-api-client leaves its session open
    sys.exit(asyncio.run(main()))
