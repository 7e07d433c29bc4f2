"""How a client and a server prove to each other who they are, as a configuration says it."""

import string
from collections.abc import Iterable, Mapping
from typing import Protocol

import msgspec

from console.domain.address import without_secrets
from console.domain.label import harmless
from console.settings.secrets import Secret

_OF_A_HEADER_NAME = frozenset("!#$%&'*+-.^_`|~" + string.ascii_letters + string.digits)
"""What RFC 9110 calls the characters of a token."""


class BasicAuth(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A user name and the reference to a password."""

    username: str
    password: Secret


class TlsSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a server proves who it is, and how this client does: PEM files.

    `ca` holds the authorities to trust instead of the system's; `certificate` (with its chain) and `key` are the
    client's own; `server_name` is the name that the server's certificate must bear where it is not the URL's.
    """

    ca: str | None = None
    certificate: str | None = None
    key: str | None = None
    """May be left out where the file of the certificate holds the key, too."""
    server_name: str | None = None
    insecure_skip_verify: bool = False
    """Take any certificate: whoever answers reads the credentials. For the night in which the certificate expired."""

    def __post_init__(self) -> None:
        if self.key is not None and self.certificate is None:
            raise ValueError("key is given without certificate")
        useless = "ca" if self.ca is not None else "server_name" if self.server_name is not None else None
        if self.insecure_skip_verify and useless:
            raise ValueError(f"insecure_skip_verify takes any certificate, so {useless} has no effect; leave one out")


class Access(Protocol):
    """What every server's settings say of how it is reached."""

    @property
    def basic(self) -> BasicAuth | None:
        """Return a user name and the reference to a password."""

    @property
    def bearer(self) -> Secret | None:
        """Return the reference to a token."""

    @property
    def headers(self) -> Mapping[str, str | Secret]:
        """Return headers by name."""

    @property
    def tls(self) -> TlsSettings | None:
        """Return how both sides prove who they are."""

    @property
    def proxy_from_environment(self) -> bool:
        """Return whether the variables of the environment that name proxies count."""


def require_reachable(access: Access, urls: Iterable[str]) -> None:
    """Refuse addresses that are none, and what contradicts itself.

    Raises:
        ValueError: in one line, which holds no secret.
    """
    if access.basic is not None and access.bearer is not None:
        raise ValueError("basic and bearer cannot both be given")
    for url in urls:
        if not url.startswith(("http://", "https://")):
            raise ValueError(f"'{without_secrets(url)}' is no URL, expected such as http://host:9090")
        if access.tls is not None and not url.startswith("https://"):
            raise ValueError(f"tls has no effect on '{without_secrets(url)}', which is not https")
    for name, value in access.headers.items():
        if not name or not _OF_A_HEADER_NAME.issuperset(name):
            raise ValueError(f"'{harmless(name)}' is no name of a header, expected such as X-Scope-OrgID")
        if isinstance(value, str) and not value.isprintable():
            raise ValueError(f"the header {name} holds more than one line or control characters")
