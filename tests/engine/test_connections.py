"""Secrets become credentials, and are read again when a server refuses them."""

import asyncio
from pathlib import Path

import pytest

from console.engine.connections import prometheus_client
from console.settings.credentials import BasicAuth
from console.settings.secrets import Secret
from console.settings.settings import ServerSettings
from console.sources.prometheus.inventory import take_inventory
from console.sources.prometheus.preset import load_presets
from console.transport.http import (
    BadEndpoint,
    BasicCredentials,
    BearerCredentials,
    SourceError,
    Unreachable,
    endpoints_of,
)
from tests.sources.lying_server import Lie, LyingServer, answer, vector


async def test_a_token_in_a_file_that_rotated_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("old\n")
    async with LyingServer(Lie(401), vector()) as server:
        settings = ServerSettings("p", (server.url,), bearer=Secret(file=str(file)))
        async with prometheus_client(settings, {}) as client:
            file.write_text("new\n")
            await client.query("up", 1000.0)
    assert [request.headers["authorization"] for request in server.requests] == ["Bearer old", "Bearer new"]


def test_only_references_can_be_read_again() -> None:
    environment = {"TOKEN": "t"}
    secret = Secret(env="TOKEN")
    (plain,) = endpoints_of(ServerSettings("p", ("http://u:p@h",), headers={"X-Scope": "ml"}), environment)
    (bearer,) = endpoints_of(ServerSettings("p", ("http://h",), bearer=secret), environment)
    (basic,) = endpoints_of(ServerSettings("p", ("http://h",), basic=BasicAuth("u", secret)), environment)
    (header,) = endpoints_of(ServerSettings("p", ("http://h",), headers={"X-Key": secret}), environment)
    assert plain.renew is None
    for endpoint in (bearer, basic, header):
        assert endpoint.renew is not None
        assert endpoint.renew().credentials == endpoint.credentials
    assert (bearer.credentials, basic.credentials) == (BearerCredentials("t"), BasicCredentials("u", "t"))
    assert header.headers == (("X-Key", "t"),)


@pytest.mark.parametrize("is_allowed", [True, False])
async def test_a_proxy_of_the_environment_counts_where_the_settings_say_so(
    is_allowed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with LyingServer(vector(), answer({"status": "success", "data": []})) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        settings = ServerSettings(
            "p", ("http://prometheus.invalid:9090",), proxy_from_environment=is_allowed, timeout=2.0
        )
        (endpoint,) = endpoints_of(settings, {})
        async with prometheus_client(settings, {}) as client:
            if is_allowed:
                await client.query("up", 1000.0)
                with pytest.raises(SourceError):
                    await asyncio.to_thread(take_inventory, endpoint, load_presets())
            else:
                with pytest.raises(Unreachable, match="name cannot be resolved"):
                    await client.query("up", 1000.0)
                with pytest.raises(Unreachable):
                    await asyncio.to_thread(take_inventory, endpoint, load_presets())
    assert {request.headers["host"] for request in proxy.requests} <= {"prometheus.invalid:9090"}
    assert bool(proxy.requests) == is_allowed


@pytest.mark.parametrize("proxy", ["socks5://ops:hunter2@h:1", "ftp://ops:hunter2@h", "http://ops:hunt/er2@h:1"])
async def test_a_proxy_that_is_none_is_told_in_one_line_without_its_password(
    proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", proxy)
    settings = ServerSettings("p", ("http://prometheus.invalid:9090",), proxy_from_environment=True)
    with pytest.raises(BadEndpoint, match=r"9090: HTTPS_PROXY, HTTP_PROXY or ALL_PROXY is no URL") as live:
        prometheus_client(settings, {})
    (endpoint,) = endpoints_of(settings, {})
    with pytest.raises(Unreachable) as slow:
        await asyncio.to_thread(take_inventory, endpoint, load_presets())
    for told in (str(live.value), slow.value.detail):
        assert "hunt" not in told
        assert told.isprintable()


async def test_secrets_of_all_letters_are_sent_as_they_are_without_the_blanks_around_them() -> None:
    environment = {"TOKEN": " tökén… ", "TENANT": "équipe"}
    empty = answer({"status": "success", "data": []})
    async with LyingServer(vector(), empty) as server:
        settings = ServerSettings(
            "p", (server.url,), bearer=Secret(env="TOKEN"), headers={"X-Scope-OrgID": Secret(env="TENANT")}
        )
        async with prometheus_client(settings, environment) as client:
            await client.query("up", 1000.0)
        (endpoint,) = endpoints_of(settings, environment)
        with pytest.raises(SourceError):
            await asyncio.to_thread(take_inventory, endpoint, load_presets())
    for request in server.requests:
        assert request.headers["authorization"].encode("latin-1").decode() == "Bearer tökén…"
        assert request.headers["x-scope-orgid"].encode("latin-1").decode() == "équipe"
    assert len(server.requests) > 1
