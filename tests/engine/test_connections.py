"""Secrets become credentials, and are read again when a server refuses them."""

from pathlib import Path

from console.engine.connections import endpoints_of, prometheus_client
from console.settings.secrets import Secret
from console.settings.settings import BasicAuth, ServerSettings
from console.transport.http import BasicCredentials, BearerCredentials
from tests.sources.lying_server import Lie, LyingServer, vector


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
