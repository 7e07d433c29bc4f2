"""From an address to the store behind it."""

from collections.abc import Callable, Mapping

from console.settings.predictions import StoreAddress
from console.settings.secrets import SecretUnavailable, SecretValue, resolve_secret
from console.transport.errors import Unauthorized
from console.transport.sql.connection import Connection
from console.transport.sql.place import DUCKDB, POSTGRES, SPARK, Place, place_of
from console.transport.sql.store import SqlStore

TIMEOUT_SECONDS = 30.0
MOST_ROWS = 1_000_000


def open_store(
    address: StoreAddress,
    *,
    environment: Mapping[str, str],
    timeout: float = TIMEOUT_SECONDS,
    most_rows: int = MOST_ROWS,
) -> SqlStore:
    """Return the store at an address; it connects when it is first asked.

    `timeout` (seconds) is the deadline of what sets no other, `most_rows` how many rows an answer may have. Where the
    address as a whole is a secret, this may start a program and wait for it.

    Raises:
        BadStoreAddress: No engine can use the address.
    """
    place = place_of(address, environment)
    return SqlStore(
        place,
        connect=_connector(place, environment, timeout),
        environment=environment,
        timeout=timeout,
        most_rows=most_rows,
    )


def _connector(place: Place, environment: Mapping[str, str], timeout: float) -> Callable[[], Connection]:
    """Return what connects; the libraries of an engine are imported when it does."""

    def password() -> SecretValue | None:
        if place.password is None:
            return None
        try:
            return resolve_secret(place.password, environment)
        except SecretUnavailable as error:
            raise Unauthorized(f"{place.shown}: {error}") from None

    if place.engine == DUCKDB:
        from console.transport.sql.duckdb_connection import DuckdbConnection

        return lambda: DuckdbConnection(place, environment, password)
    if place.engine == POSTGRES:
        from console.transport.sql.postgres_connection import PostgresConnection

        return lambda: PostgresConnection(place, password)
    if place.engine == SPARK:
        from console.transport.sql.spark_connection import SparkConnection

        return lambda: SparkConnection(place)
    from console.transport.sql.warehouse_connection import WarehouseConnection

    return lambda: WarehouseConnection(place, password, timeout)
