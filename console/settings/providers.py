"""What an installed package that adds a provider of actions is told: its server, and whether it may change anything."""

import msgspec

from console.domain.address import without_secrets
from console.settings.acting import ServerPlace, Tier
from console.settings.bad_document import BadKey
from console.settings.credentials import require_reachable


class ProviderSettings(ServerPlace, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One provider of an installed package, which is one place: `providers.NAME` is where the actions `NAME.…` act.

    `options` are the provider's own; it says which it knows. A secret is none: it is `basic`, `bearer` or a header.
    """

    url: str | None = None
    minimum_tier: Tier | None = None
    options: dict[str, str | int | float | bool] = msgspec.field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.url is not None:
            if "?" in self.url or "#" in self.url or "@" in self.url:
                told = without_secrets(self.url)
                raise BadKey(
                    ("url",), f"'{told}' holds a user, a query or a fragment; write secrets as basic or bearer"
                )
            require_reachable(self, (self.url,))
