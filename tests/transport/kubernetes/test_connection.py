"""What leaves on the session that kr8s made: the address, the headers and the name that is asked of TLS."""

from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest

from console.transport.kubernetes.authentication import Connection
from console.transport.kubernetes.requests import ANYTHING, ApiRequest, PatchType

LIMITS = httpx.Timeout(None, connect=3.0, pool=3.0)


class Session:
    """A session as kr8s makes it, to a server that notes what arrives."""

    def __init__(self, server: str = "https://10.0.0.1:6443", name: str | None = None, status: int = 200) -> None:
        self.arrived: list[httpx.Request] = []
        self._status = status
        client = httpx.AsyncClient(
            base_url=server,
            headers={"User-Agent": "kr8s/1", "content-type": "application/json", "Authorization": "Bearer t"},
            transport=httpx.MockTransport(self._answer),
            follow_redirects=True,
        )
        self.connection = Connection(
            cast("Any", SimpleNamespace(_session=client, auth=SimpleNamespace(tls_server_name=name)))
        )

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.arrived.append(request)
        return httpx.Response(self._status, headers={"location": "https://10.0.0.1:6443/other"}, content=b"{}")

    async def exchange(self, request: ApiRequest) -> httpx.Request:
        answer = await self.connection.exchange(request, user_agent="incident-console/1", limits=LIMITS)
        assert (answer.status, answer.body) == (self._status, b"{}")
        (arrived,) = self.arrived
        return arrived


PODS = ApiRequest(method="GET", path="/api/v1/namespaces/ml/pods", query={"labelSelector": "app=a,tier in (b)"})


@pytest.mark.parametrize(
    ("server", "before"),
    [
        ("https://10.0.0.1:6443", ""),
        ("https://10.0.0.1:6443/", ""),
        ("https://rancher/k8s/clusters/c-1", "/k8s/clusters/c-1"),
    ],
)
async def test_a_request_goes_below_the_address_of_its_server(server: str, before: str) -> None:
    arrived = await Session(server).exchange(PODS)
    assert arrived.url.path == f"{before}/api/v1/namespaces/ml/pods"
    assert dict(arrived.url.params) == {"labelSelector": "app=a,tier in (b)"}


async def test_what_is_escaped_in_a_path_stays_so() -> None:
    arrived = await Session().exchange(ApiRequest(method="GET", path="/apis/a/v1/x/a%20b:c"))
    assert arrived.url.raw_path == b"/apis/a/v1/x/a%20b:c"


async def test_headers_of_the_request_replace_those_of_the_session_and_credentials_stay() -> None:
    body = [{"op": "test", "path": "/a", "value": "<"}]
    request = ApiRequest(method="PATCH", path="/apis/a/v1/x/y", body=body, content_type=PatchType.JSON, accept=ANYTHING)
    arrived = await Session().exchange(request)
    assert arrived.content == rb'[{"op":"test","path":"/a","value":"\u003c"}]'
    headers = arrived.headers
    assert [headers.get_list(name) for name in ("content-type", "accept", "user-agent", "authorization", "host")] == [
        [PatchType.JSON],
        [ANYTHING],
        ["incident-console/1"],
        ["Bearer t"],
        ["10.0.0.1:6443"],
    ]
    assert arrived.extensions["timeout"] == {"connect": 3.0, "pool": 3.0, "read": None, "write": None}


@pytest.mark.parametrize(("name", "asked"), [(None, None), ("api.internal", "api.internal")])
async def test_tls_is_asked_for_the_name_that_the_kubeconfig_gives(name: str | None, asked: str | None) -> None:
    arrived = await Session(name=name).exchange(PODS)
    assert arrived.extensions.get("sni_hostname") == asked


async def test_a_redirect_is_an_answer() -> None:
    await Session(status=307).exchange(PODS)
