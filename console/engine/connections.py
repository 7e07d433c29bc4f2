"""From settings with secrets by reference to clients that can speak."""

import hashlib
from collections.abc import Callable, Mapping
from functools import partial
from urllib.parse import urlsplit

import msgspec

from console.history.cache import DiskCache, Kept, cache_directory
from console.settings.secrets import Secret, resolve_secret
from console.settings.settings import ServerSettings, Settings
from console.sources.prometheus.client import PrometheusClient
from console.transport.http import BasicCredentials, BearerCredentials, Credentials, Endpoint

_CARRY_A_SECRET = frozenset({"authorization", "proxy-authorization", "cookie", "x-api-key"})
"""Headers that prove who asks; all others choose what is read, such as a tenant."""

NOT_VERIFIED = "its certificate is not verified (insecure_skip_verify)"

Proof = tuple[Credentials | None, tuple[tuple[str, str], ...]]
"""Credentials and headers with what their secrets are."""


def not_verified(server: ServerSettings) -> str | None:
    """Return what must be told on every screen of a server whose certificate is not looked at, else None."""
    return NOT_VERIFIED if server.tls is not None and server.tls.insecure_skip_verify else None


def endpoints_of(server: ServerSettings, environment: Mapping[str, str]) -> tuple[Endpoint, ...]:
    """Return the endpoints of a server in the order of preference, its secrets resolved.

    Raises:
        SecretUnavailable: a secret is not where its reference says.
        BadEndpoint: a URL is not that of a server.
    """
    endpoint = partial(_endpoint, server, environment, _proof(server, environment))
    renewable = any(isinstance(secret, Secret) for secret in (server.bearer, *server.headers.values())) or server.basic
    return tuple(endpoint(url, renewable=bool(renewable)) for url in server.urls)


def _endpoint(
    server: ServerSettings, environment: Mapping[str, str], proof: Proof, url: str, *, renewable: bool
) -> Endpoint:
    endpoint = Endpoint.parse(url, *proof, tls=server.tls, trust_environment=server.proxy_from_environment)

    def renew() -> Endpoint:
        return _endpoint(server, environment, _proof(server, environment), url, renewable=True)

    return msgspec.structs.replace(endpoint, renew=renew) if renewable else endpoint


def prometheus_client(server: ServerSettings, environment: Mapping[str, str]) -> PrometheusClient:
    """Return a client for a Prometheus; close it after use.

    Raises:
        SecretUnavailable: a secret is not where its reference says.
        BadEndpoint: a URL is not that of a server.
    """
    endpoints = endpoints_of(server, environment)
    return PrometheusClient(endpoints, at_once=server.concurrency, timeout_seconds=server.timeout)


def kept_history(
    settings: Settings, environment: Mapping[str, str], tell: Callable[[str], None], clock: Callable[[], float]
) -> Kept | None:
    """Return where points are kept on disk between two runs, None where that is not wanted or there is no home."""
    directory = cache_directory(environment)
    server = settings.prometheus
    if not settings.cache or directory is None or server is None:
        return None
    return Kept(DiskCache(directory, tell, clock), _identity(server, environment))


def _identity(server: ServerSettings, environment: Mapping[str, str]) -> str:
    """Return a fingerprint of who asks: tenant headers and whose credentials they are, never a secret of theirs.

    Credentials count by their reference, so that a token that is renewed every hour still is the same reader.
    """
    headers = sorted((name.lower(), _told_openly(name, value, environment)) for name, value in server.headers.items())
    users = [urlsplit(url).username for url in server.urls]
    who = (server.basic.username if server.basic is not None else None, users, repr(server.bearer), headers)
    return hashlib.sha256(repr(who).encode()).hexdigest()


def _told_openly(name: str, value: str | Secret, environment: Mapping[str, str]) -> str:
    if isinstance(value, Secret):
        return repr(value) if value.env is None or name.lower() in _CARRY_A_SECRET else environment.get(value.env, "")
    return "" if name.lower() in _CARRY_A_SECRET else value


def _proof(server: ServerSettings, environment: Mapping[str, str]) -> Proof:
    headers = tuple((name, _revealed(value, environment)) for name, value in server.headers.items())
    return _credentials(server, environment), headers


def _credentials(server: ServerSettings, environment: Mapping[str, str]) -> Credentials | None:
    if server.basic is not None:
        return BasicCredentials(server.basic.username, resolve_secret(server.basic.password, environment).reveal())
    if server.bearer is not None:
        return BearerCredentials(_revealed(server.bearer, environment))
    return None


def _revealed(value: str | Secret, environment: Mapping[str, str]) -> str:
    """Return what a header holds; blanks at its ends, which files often have, are none of it (RFC 9110, 5.5)."""
    return (value if isinstance(value, str) else resolve_secret(value, environment).reveal()).strip()
