"""A real Prometheus that asks for certificates and passwords: each way to fail is one clear line, in both libraries."""

import asyncio
import shutil
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from console.engine.connections import prometheus_client
from console.engine.refresh import Refresher
from console.settings.credentials import BasicAuth, TlsSettings
from console.settings.secrets import Secret
from console.settings.settings import ServerSettings, Settings
from console.sources.alertmanager.client import AlertmanagerClient
from console.sources.prometheus import Point, PrometheusClient
from console.sources.prometheus.inventory import take_inventory
from console.sources.prometheus.preset import load_presets
from console.transport.http import Endpoint, SourceError, TlsFailed, Unauthorized, Unreachable, endpoints_of
from tests.services import Prometheus, Servers
from tests.services.certificates import Authority, Signed
from tests.services.web_config import PASSWORD, WebConfig

ENVIRONMENT = {"PASSWORD": PASSWORD, "WRONG": "wrong battery staple"}


class Public:
    """What the tests share: an authority of servers, one of clients, and one that nobody trusts."""

    def __init__(self, folder: Path) -> None:
        self.servers, self.clients, self.strangers = (
            Authority(folder, name) for name in ("servers", "clients", "other")
        )
        self.server = self.servers.sign("prometheus", "127.0.0.1", "prometheus.example")
        self.client = self.clients.sign("oncall")


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Public:
    return Public(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def strict(session_servers: Servers, public: Public) -> Prometheus:
    """A Prometheus that wants a certificate of its clients and a password."""
    return session_servers.prometheus(web=WebConfig(public.server, clients=public.clients))


def settings_of(prometheus: Prometheus, public: Public, client: Signed | None = None, **tls: object) -> ServerSettings:
    client = client or public.client
    files = {"ca": str(public.servers.file), "certificate": str(client.certificate), "key": str(client.key)}
    return ServerSettings(
        "prometheus",
        (prometheus.url,),
        basic=BasicAuth("ops", Secret(env="PASSWORD")),
        tls=msgspec.convert({name: value for name, value in (files | tls).items() if value}, TlsSettings),
        timeout=5.0,
    )


async def failures(server: ServerSettings) -> tuple[SourceError, SourceError]:
    """Return what the live client and the inventory of `config check` say."""
    async with prometheus_client(server, ENVIRONMENT) as client:
        with pytest.raises(SourceError) as live:
            await client.query("up", 1000.0)
    (endpoint,) = endpoints_of(server, ENVIRONMENT)
    with pytest.raises(SourceError) as slow:
        await asyncio.to_thread(take_inventory, endpoint, load_presets())
    return live.value, slow.value


async def assert_told(server: ServerSettings, kind: type[SourceError], words: str) -> None:
    for error in await failures(server):
        assert type(error) is kind, error
        assert words in error.detail
        assert error.detail.isprintable()
        assert "horse" not in error.detail


async def test_mutual_tls_and_a_password(strict: Prometheus, public: Public) -> None:
    server = settings_of(strict, public)
    async with prometheus_client(server, ENVIRONMENT) as client:
        (sample,) = (await client.query("vector(42)", 1000.0)).samples
        assert sample.value == Point(1000.0, 42.0)
    (endpoint,) = endpoints_of(server, ENVIRONMENT)
    assert (await asyncio.to_thread(take_inventory, endpoint, load_presets())).targets_up == 0


async def test_a_wrong_password(strict: Prometheus, public: Public) -> None:
    server = msgspec.structs.replace(settings_of(strict, public), basic=BasicAuth("ops", Secret(env="WRONG")))
    await assert_told(server, Unauthorized, f"{strict.address} answered 401 text/plain: 'Unauthorized'")


async def test_no_client_certificate(strict: Prometheus, public: Public) -> None:
    server = settings_of(strict, public, certificate=None, key=None)
    words = f"{strict.address}: TLS failed: it wants a client certificate (tls.certificate and tls.key)"
    await assert_told(server, TlsFailed, words)


async def test_a_client_certificate_of_another_authority(strict: Prometheus, public: Public) -> None:
    server = settings_of(strict, public, public.strangers.sign("stranger"))
    await assert_told(server, TlsFailed, "TLS failed: it refuses the client certificate")


async def test_an_expired_client_certificate(strict: Prometheus, public: Public) -> None:
    server = settings_of(strict, public, public.clients.sign("late", expired=True))
    yesterday = datetime.now(UTC) - timedelta(days=1)
    words = f"TLS failed: it refuses the client certificate, which expired on {yesterday:%Y-%m-%d}"
    await assert_told(server, TlsFailed, words)


async def test_a_server_of_another_authority(strict: Prometheus, public: Public) -> None:
    words = "certificate verify failed: unable to get local issuer certificate; tls.ca names the authority to trust"
    await assert_told(settings_of(strict, public, ca=str(public.strangers.file)), TlsFailed, words)
    await assert_told(settings_of(strict, public, ca=None), TlsFailed, words)


async def test_a_server_of_another_name(strict: Prometheus, public: Public) -> None:
    server = settings_of(strict, public, server_name="prometheus.example")
    async with prometheus_client(server, ENVIRONMENT) as client:
        assert (await client.query("vector(1)", 1000.0)).samples
    (endpoint,) = endpoints_of(server, ENVIRONMENT)
    assert (await asyncio.to_thread(take_inventory, endpoint, load_presets())).targets_up == 0
    await assert_told(
        settings_of(strict, public, server_name="thanos.example"),
        TlsFailed,
        "certificate verify failed: Hostname mismatch, certificate is not valid for 'thanos.example'.",
    )


@pytest.fixture(scope="module")
def expired(session_servers: Servers, public: Public) -> Prometheus:
    signed = public.servers.sign("expired", "127.0.0.1", expired=True)
    return session_servers.prometheus(web=WebConfig(signed, asks_for_a_password=False))


async def test_an_expired_server_certificate(expired: Prometheus, public: Public) -> None:
    server = settings_of(expired, public)
    await assert_told(server, TlsFailed, f"{expired.address}: certificate verify failed: certificate has expired")


async def test_what_is_not_verified_is_told_with_every_snapshot(expired: Prometheus, public: Public) -> None:
    server = settings_of(expired, public, ca=None, insecure_skip_verify=True)
    (endpoint,) = endpoints_of(server, ENVIRONMENT)
    assert (await asyncio.to_thread(take_inventory, endpoint, load_presets())).targets_up == 0
    async with Refresher(Settings(prometheus=server), environment=ENVIRONMENT, clock=lambda: 1e9) as refresher:
        (source,) = (await refresher.take(None)).sources
    assert source.detail == "its certificate is not verified (insecure_skip_verify)"
    assert not source.partial


async def test_tls_to_a_server_that_speaks_none(servers: Servers) -> None:
    plain = servers.prometheus()
    server = ServerSettings("prometheus", (plain.url.replace("http:", "https:"),), timeout=5.0)
    await assert_told(server, TlsFailed, "TLS failed: it does not speak TLS; is its URL http://?")


async def test_a_refusal_by_tls_is_asked_once(strict: Prometheus, public: Public) -> None:
    async def sleep(_: float) -> None:
        raise AssertionError("what TLS refuses is not tried again")

    server = settings_of(strict, public, ca=str(public.strangers.file))
    async with PrometheusClient(endpoints_of(server, ENVIRONMENT), sleep=sleep) as client:
        with pytest.raises(TlsFailed):
            await client.query("up", 1000.0)


async def test_a_certificate_that_was_renewed_is_used_without_a_restart(
    strict: Prometheus, public: Public, tmp_path: Path
) -> None:
    late = public.clients.sign("short-lived", expired=True)
    mine = Signed(tmp_path / "mine.pem", tmp_path / "mine.key")
    shutil.copy(late.certificate, mine.certificate)
    shutil.copy(late.key, mine.key)
    async with prometheus_client(settings_of(strict, public, mine), ENVIRONMENT) as client:
        with pytest.raises(TlsFailed):
            await client.query("up", 1000.0)
        mine.certificate.write_text("half a certif")
        with pytest.raises(TlsFailed):
            await client.query("up", 1000.0)
        shutil.copy(public.client.certificate, mine.certificate)
        shutil.copy(public.client.key, mine.key)
        answers = await asyncio.gather(*(client.query("vector(1)", 1000.0) for _ in range(3)))
    assert all(answer.samples for answer in answers)


async def test_an_alertmanager_asks_for_the_same(servers: Servers, public: Public) -> None:
    web = WebConfig(public.server, clients=public.clients)
    alertmanager = servers.alertmanager(web=web)
    server = ServerSettings("alertmanager", (alertmanager.url,), BasicAuth("ops", Secret(env="PASSWORD")))
    tls = TlsSettings(str(public.servers.file), str(public.client.certificate), str(public.client.key))
    known = msgspec.structs.replace(server, tls=tls)
    async with AlertmanagerClient(endpoints_of(known, ENVIRONMENT)) as client:
        assert (await client.alerts()).alerts == ()
    stranger = msgspec.structs.replace(server, tls=TlsSettings(str(public.servers.file)))
    async with AlertmanagerClient(endpoints_of(stranger, ENVIRONMENT)) as client:
        with pytest.raises(TlsFailed, match="it wants a client certificate"):
            await client.alerts()


async def test_a_connection_that_breaks_without_a_word_of_tls_is_told_as_such(public: Public) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(public.server.certificate, public.server.key)

    async def close_at_once(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async def no_sleep(_: float) -> None:
        return

    listening = await asyncio.start_server(close_at_once, "127.0.0.1", 0, ssl=context)
    url = f"https://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    endpoint = Endpoint.parse(url, tls=TlsSettings(ca=str(public.servers.file)))
    async with listening, PrometheusClient([endpoint], sleep=no_sleep) as client:
        with pytest.raises(Unreachable, match=r"the connection (?:broke|was closed)") as caught:
            await client.query("up", 1000.0)
    assert not isinstance(caught.value, TlsFailed)
