"""From the settings of a shared journal to sessions with its database."""

from collections.abc import Callable, Mapping

from console.journal.postgresql.server import JournalServer
from console.settings.journal import JournalSettings
from console.settings.predictions import StoreAddress
from console.settings.secrets import SecretUnavailable, SecretValue, resolve_secret
from console.transport.errors import BadRequest, Unauthorized
from console.transport.sql.place import POSTGRES, BadStoreAddress, place_of
from console.transport.sql.postgres_session import PostgresSession


def connector(
    settings: JournalSettings, environment: Mapping[str, str], *, may_create: bool = True
) -> Callable[[], JournalServer]:
    """Return what opens a session with the database; secrets are read anew each time, since they may have changed.

    `may_create` says whether it makes the tables where they are missing.
    What it returns raises SourceError where there is no session to be had.
    """

    def connect() -> JournalServer:
        try:
            place = place_of(StoreAddress(settings.postgresql, password=settings.password), environment)
        except BadStoreAddress as error:
            raise Unauthorized(f"the address of the journal: {error}") from None
        if place.engine != POSTGRES:
            raise BadRequest(f"the address of the journal: {place.shown} is no PostgreSQL")

        def password() -> SecretValue | None:
            if place.password is None:
                return None
            try:
                return resolve_secret(place.password, environment)
            except SecretUnavailable as error:
                raise Unauthorized(f"{place.shown}: {error}") from None

        def session() -> PostgresSession:
            return PostgresSession(place, password, environment, settings.timeout)

        return JournalServer(session, may_create=may_create)

    return connect
