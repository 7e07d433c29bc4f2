"""A Prometheus behind Grafana's data-source proxy, and two tenants behind one URL."""

import asyncio
import time

import pytest

from console.domain.moments import floor_to_step
from console.domain.snapshot import Snapshot
from console.engine.connections import prometheus_client
from console.engine.refresh import Refresher
from console.settings.secrets import Secret
from console.settings.settings import ServerSettings, Settings
from console.sources.prometheus.inventory import take_inventory
from console.sources.prometheus.preset import load_presets
from console.transport.http import BadRequest, ServerFault, SourceError, Unauthorized, endpoints_of
from tests.services import OpenMetricsHistory, Prometheus, Servers
from tests.services.gateways import FakeGrafana, FakeMimir

END = floor_to_step(time.time() - 600.0, 300.0)


def with_a_model(servers: Servers, name: str) -> Prometheus:
    labels = {"model": name, "code": "200", "job": "models", "instance": f"{name}:80"}
    history = OpenMetricsHistory().add_counter("http_requests_total", labels, 5.0, start=END - 7200.0, end=END)
    return servers.prometheus(history=history)


@pytest.fixture(scope="module")
def ads(session_servers: Servers) -> Prometheus:
    return with_a_model(session_servers, "ads")


@pytest.fixture(scope="module")
def fraud(session_servers: Servers) -> Prometheus:
    return with_a_model(session_servers, "fraud")


def grafana_settings(url: str, token: str = FakeGrafana.TOKEN) -> tuple[ServerSettings, dict[str, str]]:
    return ServerSettings("prometheus", (url,), bearer=Secret(env="TOKEN"), timeout=5.0), {"TOKEN": token}


async def snapshot_of(server: ServerSettings, environment: dict[str, str]) -> Snapshot:
    async with Refresher(Settings(prometheus=server), environment=environment, clock=lambda: END) as refresher:
        return await refresher.take(END)


@pytest.mark.parametrize("old", [True, False])
async def test_a_data_source_of_grafana_is_a_prometheus(ads: Prometheus, old: bool) -> None:
    with FakeGrafana(ads.url, old=old) as grafana:
        server, environment = grafana_settings(grafana.data_source_url)
        snapshot = await snapshot_of(server, environment)
        (endpoint,) = endpoints_of(server, environment)
        inventory = await asyncio.to_thread(take_inventory, endpoint, load_presets())
    assert snapshot.sources[0].detail is None
    assert [view.model.id for view in snapshot.models] == ["ads"]
    assert snapshot.models[0].readings["traffic"].value == pytest.approx(5.0, rel=0.01)
    found = {preset.preset: preset.models for preset in inventory.presets}
    assert found["model-label"] == ("ads",)
    assert {headers["authorization"] for headers in grafana.headers} == {f"Bearer {FakeGrafana.TOKEN}"}


async def test_what_grafana_refuses_is_one_line(ads: Prometheus) -> None:
    async def told(url: str, token: str = FakeGrafana.TOKEN) -> list[SourceError]:
        server, environment = grafana_settings(url, token)
        async with prometheus_client(server, environment) as client:
            with pytest.raises(SourceError) as live:
                await client.query("up", END)
        (endpoint,) = endpoints_of(server, environment)
        with pytest.raises(SourceError) as slow:
            await asyncio.to_thread(take_inventory, endpoint, load_presets())
        return [live.value, slow.value]

    with FakeGrafana(ads.url) as grafana, FakeGrafana("http://127.0.0.1:1") as lonely:
        cases = (
            (await told(grafana.data_source_url, "revoked"), Unauthorized, "401 application/json: 'Invalid API key'"),
            (await told(grafana.url + "/api/datasources/proxy/uid/x"), BadRequest, "'Data source not found'"),
            (await told(lonely.data_source_url), ServerFault, "answered 502 application/json: 'Bad Gateway'"),
        )
    for errors, kind, words in cases:
        for error in errors:
            assert type(error) is kind
            assert words in error.detail
            assert "glsa" not in error.detail


async def test_two_tenants_of_one_url_share_nothing(ads: Prometheus, fraud: Prometheus) -> None:
    with FakeMimir({"team-a": ads.url, "team-b": fraud.url}) as mimir:
        servers = {
            tenant: ServerSettings("mimir", (f"{mimir.url}/prometheus",), headers={"X-Scope-OrgID": tenant})
            for tenant in ("team-a", "team-b")
        }
        seen = {}
        for tenant, server in servers.items():
            snapshot = await snapshot_of(server, {})
            assert snapshot.sources[0].detail is None
            seen[tenant] = [view.model.id for view in snapshot.models]
            asked = len(mimir.headers)
            (endpoint,) = endpoints_of(server, {})
            inventory = await asyncio.to_thread(take_inventory, endpoint, load_presets())
            assert {p.preset: list(p.models) for p in inventory.presets}["model-label"] == seen[tenant]
            assert {headers.get("x-scope-orgid") for headers in mimir.headers} == {tenant}
            assert len(mimir.headers) > asked > 10
            mimir.headers.clear()
    assert seen == {"team-a": ["ads"], "team-b": ["fraud"]}


async def test_a_forgotten_tenant_is_told_in_the_words_of_the_server(ads: Prometheus) -> None:
    with FakeMimir({"team-a": ads.url}) as mimir:
        async with prometheus_client(ServerSettings("mimir", (f"{mimir.url}/prometheus",)), {}) as client:
            with pytest.raises(Unauthorized, match=r"answered 401 application/json: 'no org id'$"):
                await client.query("up", END)
