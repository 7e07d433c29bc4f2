"""Where a store is, its secrets read: what of an address the engines need."""

from collections.abc import Mapping
from typing import Final

import msgspec

from console.domain.address import without_secrets
from console.domain.label import harmless
from console.settings.predictions import StoreAddress
from console.settings.secrets import Secret, resolve_secret

DUCKDB: Final = "duckdb"
POSTGRES: Final = "postgres"
SPARK: Final = "spark"
CLICKHOUSE: Final = "clickhouse"
TRINO: Final = "trino"
BIGQUERY: Final = "bigquery"
SNOWFLAKE: Final = "snowflake"

ENGINES: Final = {
    "duckdb": DUCKDB,
    "postgresql": POSTGRES,
    "postgres": POSTGRES,
    "spark": SPARK,
    "clickhouse": CLICKHOUSE,
    "trino": TRINO,
    "bigquery": BIGQUERY,
    "snowflake": SNOWFLAKE,
}
"""The engine by the scheme of the URL; an extra of the console is named after each engine but DuckDB."""


class BadStoreAddress(ValueError):
    """An address that no engine can use; the text is one line without secrets."""


class Place(msgspec.Struct, frozen=True):
    """A table, or the store that holds it: `url` is the text, secrets included; `password` is not read yet."""

    engine: str
    url: str
    table: str | None = None
    password: Secret | None = None

    def __repr__(self) -> str:
        return f"Place({self.shown!r}, {self.table!r})"

    def __rich_repr__(self) -> list[str]:  # type: ignore[override]  # msgspec's own would print the URL
        return [repr(self)]

    @property
    def path(self) -> str:
        """Return what stands behind the scheme."""
        return self.url.partition("://")[2]

    @property
    def is_local(self) -> bool:
        """Return whether it is a path of this machine."""
        return self.engine == DUCKDB and "://" not in self.path

    @property
    def shown(self) -> str:
        """Return the address as it may be shown."""
        if self.is_local:
            return harmless(self.url)  # it holds no secret, and ? and # belong to the path
        if self.engine == DUCKDB:
            return f"{DUCKDB}://{without_secrets(self.path)}"
        return without_secrets(self.url)


def place_of(address: StoreAddress, environment: Mapping[str, str]) -> Place:
    """Return the place of an address; where its URL is a secret, this may start a program and wait for it.

    Raises:
        BadStoreAddress: The secret cannot be read, or is no address.
    """
    url, table, password = address.url, address.table, address.password
    if isinstance(url, Secret):
        try:
            url = resolve_secret(url, environment).reveal().strip()
            StoreAddress(url, table, password)
        except ValueError as error:  # there is no secret, or it is no address
            raise BadStoreAddress(str(error)) from None
    return Place(ENGINES[url.partition("://")[0]], url, table, password)
