"""From settings with secrets by reference to clients that can speak."""

import hashlib
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from console.history.cache import DiskCache, Kept, cache_directory
from console.settings.secrets import Secret
from console.settings.settings import ServerSettings, Settings
from console.sources.prometheus.client import PrometheusClient
from console.transport.http import endpoints_of

_CARRY_A_SECRET = frozenset({"authorization", "proxy-authorization", "cookie", "x-api-key"})
"""Headers that prove who asks; all others choose what is read, such as a tenant."""

NOT_VERIFIED = "its certificate is not verified (insecure_skip_verify)"


def not_verified(server: ServerSettings) -> str | None:
    """Return what must be told on every screen of a server whose certificate is not looked at, else None."""
    return NOT_VERIFIED if server.tls is not None and server.tls.insecure_skip_verify else None


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
