"""From a server's settings, with its secrets by reference, to endpoints that can be spoken to."""

from collections.abc import Mapping
from functools import partial

import msgspec

from console.settings.credentials import Access
from console.settings.secrets import Secret, resolve_secret
from console.settings.settings import ServerSettings
from console.transport.http.credentials import BasicCredentials, BearerCredentials, Credentials
from console.transport.http.endpoint import Endpoint

Proof = tuple[Credentials | None, tuple[tuple[str, str], ...]]
"""Credentials and headers with what their secrets are."""


def endpoints_of(server: ServerSettings, environment: Mapping[str, str]) -> tuple[Endpoint, ...]:
    """Return the endpoints of a server in the order of preference, its secrets resolved.

    Raises:
        SecretUnavailable: a secret is not where its reference says.
        BadEndpoint: a URL is not that of a server.
    """
    endpoint = partial(_endpoint, server, environment, _proof(server, environment))
    renewable = any(isinstance(secret, Secret) for secret in (server.bearer, *server.headers.values())) or server.basic
    return tuple(endpoint(url, renewable=bool(renewable)) for url in server.urls)


def endpoint_of(url: str, access: Access, environment: Mapping[str, str]) -> Endpoint:
    """Return the endpoint of one URL, with secrets as they are now: for one request.

    Raises:
        SecretUnavailable: a secret is not where its reference says.
        BadEndpoint: the URL is not that of a server.
    """
    return _endpoint(access, environment, _proof(access, environment), url, renewable=False)


def _endpoint(server: Access, environment: Mapping[str, str], proof: Proof, url: str, *, renewable: bool) -> Endpoint:
    endpoint = Endpoint.parse(url, *proof, tls=server.tls, trust_environment=server.proxy_from_environment)

    def renew() -> Endpoint:
        return _endpoint(server, environment, _proof(server, environment), url, renewable=True)

    return msgspec.structs.replace(endpoint, renew=renew) if renewable else endpoint


def _proof(server: Access, environment: Mapping[str, str]) -> Proof:
    headers = tuple((name, _revealed(value, environment)) for name, value in server.headers.items())
    return _credentials(server, environment), headers


def _credentials(server: Access, environment: Mapping[str, str]) -> Credentials | None:
    if server.basic is not None:
        return BasicCredentials(server.basic.username, resolve_secret(server.basic.password, environment).reveal())
    if server.bearer is not None:
        return BearerCredentials(_revealed(server.bearer, environment))
    return None


def _revealed(value: str | Secret, environment: Mapping[str, str]) -> str:
    """Return what a header holds; blanks at its ends, which files often have, are none of it (RFC 9110, 5.5)."""
    return (value if isinstance(value, str) else resolve_secret(value, environment).reveal()).strip()
