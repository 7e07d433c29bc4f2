"""A session of requests that speaks to an endpoint as the HTTP door does: the same TLS, headers, proxies and errors."""

from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies
from urllib3 import disable_warnings
from urllib3.exceptions import InsecureRequestWarning
from urllib3.util import Retry

from console.transport.http import Endpoint, Reply, error_of, tls_context


class EndpointSession(requests.Session):
    """Sends what the endpoint's settings say, follows no redirection, and raises `SourceError` for failed answers.

    `now` (UTC seconds) dates a `Retry-After`.
    """

    def __init__(self, endpoint: Endpoint, now: float) -> None:
        super().__init__()
        self._endpoint = endpoint
        self._now = now
        self.trust_env = False  # it would also send what a .netrc holds instead of the configured credentials
        if endpoint.trust_environment:
            self.proxies.update(get_environ_proxies(endpoint.url))
        headers = dict(endpoint.headers)
        authorization = endpoint.credentials.authorization()
        if authorization is not None:
            headers["Authorization"] = authorization
        for name, value in headers.items():
            self.headers[name] = value.encode()  # type: ignore[assignment]  # requests would send text as Latin-1
        self.hooks["response"].append(self._refuse)

    def verify_like_the_door(self) -> None:
        """Use the endpoint's TLS settings from now on, in place of an adapter that was mounted for its URL."""
        if self._endpoint.encrypted:
            self.mount(self._endpoint.url, _EndpointAdapter(self._endpoint))

    def _refuse(self, response: requests.Response, *_: Any, **__: Any) -> None:
        if response.status_code < 300:
            return
        headers = {name.lower(): value for name, value in response.headers.items()}
        seconds = response.elapsed.total_seconds()
        raise error_of(Reply(self._endpoint, response.status_code, headers, response.content, seconds), self._now)


class _EndpointAdapter(HTTPAdapter):
    def __init__(self, endpoint: Endpoint) -> None:
        self._context = tls_context(endpoint)
        if endpoint.tls.insecure_skip_verify:
            disable_warnings(InsecureRequestWarning)  # `config check` says it in its own words
        self._server_name = endpoint.tls.server_name
        super().__init__(max_retries=TRIES_ONCE)

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        host, pool = super().build_connection_pool_key_attributes(request, True, None)
        pool["ssl_context"] = self._context
        pool["cert_reqs"] = self._context.verify_mode
        if self._server_name is not None:
            pool["server_hostname"] = self._server_name
        return host, pool

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Leave the connection as it is: adding certifi's authorities would widen what the settings trust."""


TRIES_ONCE = Retry(total=0, read=False)
"""`read` as a number would hide a timeout in a connection error."""
