"""Where a server is and how to speak to it."""

import ipaddress
from collections.abc import Callable
from urllib.parse import unquote, urlsplit, urlunsplit

import msgspec

from console.domain.address import without_secrets
from console.domain.label import harmless
from console.settings.credentials import TlsSettings
from console.transport.http.credentials import HIDDEN, BasicCredentials, Credentials, NoCredentials

SHORTEST_SECRET_HEADER = 8
"""Header values from this length on are taken for secrets; shorter ones are names, such as a tenant."""

_EXPECTED = "is not the URL of a server; expected such as http://host:9090"


class BadEndpoint(ValueError):
    """A URL that cannot be an endpoint."""


class Endpoint(msgspec.Struct, frozen=True):
    """One server.

    `url` is scheme, host and path prefix, without user, query or trailing slash (`Endpoint.parse` takes care of that).
    `trust_environment` lets `HTTPS_PROXY` and its kin count.
    `renew` reads the secrets again and returns the endpoint with them, for servers that suddenly refuse what they took;
    it may block and raise `SecretUnavailable`. `largest_reply_bytes` is what an answer may hold, unpacked: the hour of
    ten thousand models fits, and five such answers at once still fit into a small machine.
    """

    url: str
    credentials: Credentials = NoCredentials()
    headers: tuple[tuple[str, str], ...] = ()
    connect_timeout_seconds: float = 2.0
    largest_reply_bytes: int = 64 * 1024 * 1024
    tls: TlsSettings = TlsSettings()
    trust_environment: bool = False
    renew: "Callable[[], Endpoint] | None" = None

    @staticmethod
    def parse(
        url: str,
        credentials: Credentials | None = None,
        headers: tuple[tuple[str, str], ...] = (),
        *,
        connect_timeout_seconds: float = 2.0,
        tls: TlsSettings | None = None,
        trust_environment: bool = False,
    ) -> "Endpoint":
        """Return the endpoint of a URL that a person wrote; a user and password in it become credentials.

        Raises:
            BadEndpoint: the text is no http or https URL of a server; the message never holds the password.
        """
        try:
            parts = urlsplit(url.strip())
            host, port = parts.hostname, parts.port
        except ValueError:  # whose text may quote a part of a password
            raise BadEndpoint(f"{without_secrets(url)!r} {_EXPECTED}") from None
        if parts.scheme not in ("http", "https") or not host:
            raise BadEndpoint(f"{without_secrets(url)!r} {_EXPECTED}")
        if "@" in parts.path:
            raise BadEndpoint(f"{without_secrets(url)!r} comes after a password with a /, which is written %2F")
        if parts.query or parts.fragment:
            raise BadEndpoint(f"{without_secrets(url)!r} must not hold a query or a fragment")
        if credentials is None:
            credentials = NoCredentials()
            if parts.username is not None:
                credentials = BasicCredentials(unquote(parts.username), unquote(parts.password or ""))
        address = f"[{host}]" if ":" in host else host
        if port is not None:
            address = f"{address}:{port}"
        return Endpoint(
            url=urlunsplit((parts.scheme, address, parts.path.rstrip("/"), "", "")),
            credentials=credentials,
            headers=headers,
            connect_timeout_seconds=connect_timeout_seconds,
            tls=tls or TlsSettings(),
            trust_environment=trust_environment,
        )

    def __repr__(self) -> str:
        shown = {name: HIDDEN for name, _ in self.headers}
        return f"Endpoint({self.url!r}, credentials={self.credentials!r}, headers={shown!r})"

    def __rich_repr__(self) -> "list[str]":  # type: ignore[override]  # msgspec's own would print header values
        return [repr(self)]

    @property
    def name(self) -> str:
        """Return what a person calls the server: host, port and path, harmless and without secrets."""
        parts = urlsplit(self.url)
        return harmless(parts.netloc + parts.path)

    @property
    def encrypted(self) -> bool:
        """Return whether the server is spoken to over TLS."""
        return self.url.startswith("https://")

    @property
    def on_this_machine(self) -> bool:
        """Return whether the server is on the loopback interface, where compression only costs."""
        host = urlsplit(self.url).hostname or ""
        if host == "localhost":
            return True
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return False

    def redact(self, text: str) -> str:
        """Return text from the server as one harmless line in which no secret of this endpoint is left."""
        secrets = [secret for secret in self.credentials.secrets() if secret]
        secrets += [value for _, value in self.headers if len(value) >= SHORTEST_SECRET_HEADER]
        for secret in sorted(secrets, key=len, reverse=True):
            text = text.replace(secret, HIDDEN)
        return harmless(" ".join(text.split()))
