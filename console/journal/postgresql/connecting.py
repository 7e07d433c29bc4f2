"""From the settings of a shared journal to sessions with its database."""

from collections.abc import Callable, Mapping

from console.journal.postgresql.server import JournalServer
from console.settings.journal import JournalSettings
from console.settings.secrets import Secret, SecretUnavailable, SecretValue, resolve_secret
from console.transport.errors import BadRequest, Unauthorized
from console.transport.sql.place import POSTGRES, Place
from console.transport.sql.postgres_session import PostgresSession


def connector(
    settings: JournalSettings, environment: Mapping[str, str], *, may_create: bool = True
) -> Callable[[], JournalServer]:
    """Return what opens a session with the database; secrets are read anew each time, since they may have changed.

    `may_create` says whether it makes the tables where they are missing.

    What it returns raises SourceError where there is no session to be had.
    """

    def session() -> PostgresSession:
        place = _place_of(settings, environment)
        return PostgresSession(place, lambda: _password(place, environment), environment, settings.timeout)

    return lambda: JournalServer(session, may_create=may_create)


def _place_of(settings: JournalSettings, environment: Mapping[str, str]) -> Place:
    url = settings.postgresql
    if isinstance(url, Secret):
        try:
            url = resolve_secret(url, environment).reveal().strip()
            JournalSettings(url, settings.password)
        except SecretUnavailable as error:
            raise Unauthorized(f"the address of the journal: {error}") from None
        except ValueError as error:  # it is no address of a PostgreSQL
            raise BadRequest(f"the address of the journal: {error}") from None
    return Place(POSTGRES, url, password=settings.password)


def _password(place: Place, environment: Mapping[str, str]) -> SecretValue | None:
    if place.password is None:
        return None
    try:
        return resolve_secret(place.password, environment)
    except SecretUnavailable as error:
        raise Unauthorized(f"{place.shown}: {error}") from None
