"""How a client and a server prove to each other who they are, as a configuration says it."""

import msgspec

from console.settings.secrets import Secret


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
