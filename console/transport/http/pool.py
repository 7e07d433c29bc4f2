"""The connections of a door, as httpx keeps them, or what an endpoint says that httpx cannot use."""

import ssl

from console.transport.http.endpoint import BadEndpoint, Endpoint
from console.transport.http.library import httpx

KEEP_ALIVE_SECONDS = 60.0
"""Idle connections outlive the pause between two refreshes."""


def connections_to(endpoint: Endpoint, context: ssl.SSLContext, at_once: int) -> httpx.AsyncClient:
    """Return a client that keeps at most `at_once` connections to an endpoint and follows no redirection.

    Raises:
        BadEndpoint: no server can bear the host name, or the environment names a proxy that is none.
    """
    try:
        _ = httpx.URL(endpoint.url).host  # takes apart what was only split before
    except (httpx.InvalidURL, UnicodeError):
        raise BadEndpoint(f"{endpoint.name}: no server can have this name; expected such as host:9090") from None
    limits = httpx.Limits(
        max_connections=at_once, max_keepalive_connections=at_once, keepalive_expiry=KEEP_ALIVE_SECONDS
    )
    try:
        return httpx.AsyncClient(
            verify=context, trust_env=endpoint.trust_environment, follow_redirects=False, limits=limits
        )
    except (httpx.InvalidURL, ValueError, ImportError):  # whose text may quote a part of the proxy's password
        if not endpoint.trust_environment:
            raise
        raise BadEndpoint(
            f"{endpoint.name}: HTTPS_PROXY, HTTP_PROXY or ALL_PROXY is no URL of an HTTP proxy, "
            "expected such as http://proxy:3128"
        ) from None
