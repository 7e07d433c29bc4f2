"""From settings with secrets by reference to clients that can speak."""

from collections.abc import Mapping
from functools import partial

import msgspec

from console.settings.secrets import Secret, resolve_secret
from console.settings.settings import ServerSettings
from console.sources.prometheus.client import PrometheusClient
from console.transport.http import BasicCredentials, BearerCredentials, Credentials, Endpoint


def endpoints_of(server: ServerSettings, environment: Mapping[str, str]) -> tuple[Endpoint, ...]:
    """Return the endpoints of a server in the order of preference, its secrets resolved.

    Raises:
        SecretUnavailable: a secret is not where its reference says.
        BadEndpoint: a URL is not that of a server.
    """
    credentials, headers = _proof(server, environment)
    renewable = any(isinstance(secret, Secret) for secret in (server.bearer, *server.headers.values())) or server.basic
    return tuple(
        msgspec.structs.replace(
            Endpoint.parse(url, credentials, headers),
            renew=partial(_endpoint, url, server, environment) if renewable else None,
        )
        for url in server.urls
    )


def _endpoint(url: str, server: ServerSettings, environment: Mapping[str, str]) -> Endpoint:
    """Return an endpoint with what its secrets are now."""
    endpoint = Endpoint.parse(url, *_proof(server, environment))
    return msgspec.structs.replace(endpoint, renew=partial(_endpoint, url, server, environment))


def prometheus_client(server: ServerSettings, environment: Mapping[str, str]) -> PrometheusClient:
    """Return a client for a Prometheus; close it after use.

    Raises:
        SecretUnavailable: a secret is not where its reference says.
        BadEndpoint: a URL is not that of a server.
    """
    endpoints = endpoints_of(server, environment)
    return PrometheusClient(endpoints, at_once=server.concurrency, timeout_seconds=server.timeout)


def _proof(
    server: ServerSettings, environment: Mapping[str, str]
) -> tuple[Credentials | None, tuple[tuple[str, str], ...]]:
    headers = tuple((name, _revealed(value, environment)) for name, value in server.headers.items())
    return _credentials(server, environment), headers


def _credentials(server: ServerSettings, environment: Mapping[str, str]) -> Credentials | None:
    if server.basic is not None:
        return BasicCredentials(server.basic.username, resolve_secret(server.basic.password, environment).reveal())
    if server.bearer is not None:
        return BearerCredentials(resolve_secret(server.bearer, environment).reveal())
    return None


def _revealed(value: str | Secret, environment: Mapping[str, str]) -> str:
    return value if isinstance(value, str) else resolve_secret(value, environment).reveal()
