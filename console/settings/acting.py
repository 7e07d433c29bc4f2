"""What every place that can be acted on says of itself, and how a server that is sent something is reached."""

from typing import Annotated

import msgspec

from console.domain.moments import Interval
from console.settings.credentials import BasicAuth, TlsSettings
from console.settings.screen import ContextColour
from console.settings.secrets import Secret

PlaceName = Annotated[
    str,
    msgspec.Meta(pattern=r"^[a-z][a-z0-9]*([-_][a-z0-9]+)*$(?!\n)", description="a name such as drain-pool"),
]


Tier = Annotated[int, msgspec.Meta(ge=1, le=3)]
"""The least risk that something counts with: what is computed is raised to it, and never lowered."""


class PlaceSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Whether something may be sent there, whether it is critical, and the colour that marks it on the screen."""

    write: bool = False
    critical: bool = False
    colour: ContextColour | None = None


class ServerPlace(PlaceSettings, frozen=True, kw_only=True):
    """A server that is sent something: how it proves who it is, how this client does, and how long it is waited for."""

    basic: BasicAuth | None = None
    bearer: Secret | None = None
    headers: dict[str, str | Secret] = {}
    tls: TlsSettings | None = None
    proxy_from_environment: bool = False
    """Whether `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` count."""
    timeout: Interval = 10.0
