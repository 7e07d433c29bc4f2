"""What proves who is asking; already resolved from its reference, never printed."""

import base64

import msgspec

HIDDEN = "***"


class _Hiding(msgspec.Struct, frozen=True):
    """A value that prints as `***`, in the rich tracebacks that show local variables too."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({HIDDEN})"

    def __rich_repr__(self) -> "list[str]":  # type: ignore[override]  # msgspec's own would print every field
        return [HIDDEN]


class NoCredentials(_Hiding, frozen=True):
    """Nothing is proven."""

    def authorization(self) -> str | None:
        """Return the value of the `Authorization` header: none."""
        return None

    def secrets(self) -> tuple[str, ...]:
        """Return the texts that must never be shown: none."""
        return ()


class BasicCredentials(_Hiding, frozen=True):
    """A user name and a password (RFC 7617, UTF-8)."""

    username: str
    password: str

    def authorization(self) -> str | None:
        """Return the header value."""
        return f"Basic {self._encoded()}"

    def secrets(self) -> tuple[str, ...]:
        """Return the password and the encoded pair."""
        return (self.password, self._encoded())

    def _encoded(self) -> str:
        return base64.b64encode(f"{self.username}:{self.password}".encode()).decode()


class BearerCredentials(_Hiding, frozen=True):
    """A token (RFC 6750)."""

    token: str

    def authorization(self) -> str | None:
        """Return the header value."""
        return f"Bearer {self.token}"

    def secrets(self) -> tuple[str, ...]:
        """Return the token."""
        return (self.token,)


Credentials = NoCredentials | BasicCredentials | BearerCredentials
