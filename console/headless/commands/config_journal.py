"""`config check`: where the journal is, and whether a shared one can be worked with."""

import os
from contextlib import closing

from console.domain.label import harmless
from console.domain.quantity import how_many
from console.headless.commands.config_presets import Line
from console.headless.diagnostics import narrate
from console.headless.exit_codes import ExitCode
from console.headless.journal_reading import configured_journal
from console.journal.postgresql.connecting import connector
from console.journal.postgresql.server import NoJournalYet
from console.settings.journal import JournalSettings
from console.settings.secrets import Secret, SecretUnavailable, resolve_secret
from console.settings.settings import Settings
from console.transport.errors import SourceError
from console.transport.sql.postgres_session import must_encrypt

_VERIFIED = "verify-full"


def journal_lines(settings: Settings) -> tuple[list[Line], ExitCode]:
    """Return what is to be told of the journal; 69 where a shared one cannot be worked with."""
    if settings.journal is None:
        return [("journal", f"a file: {harmless(configured_journal(settings).name)}")], ExitCode.OK
    _warn_of(settings.journal)
    try:
        with closing(connector(settings.journal, os.environ, may_create=False)()) as server:
            count = server.count()
    except NoJournalYet as error:
        return [("journal", f"shared, {error.detail}; the first screen that uses it makes the tables")], ExitCode.OK
    except SourceError as error:
        return [("journal", f"shared, cannot be used: {error.detail}")], ExitCode.SOURCE_UNREACHABLE
    return [("journal", f"shared, answers: {how_many(count, 'line')}")], ExitCode.OK


def _warn_of(journal: JournalSettings) -> None:
    for secret in (journal.postgresql, journal.password):
        if isinstance(secret, Secret):
            try:
                resolve_secret(secret, os.environ, warn=narrate)
            except SecretUnavailable as error:
                narrate(str(error))
    url = journal.postgresql
    if isinstance(url, str) and must_encrypt(url.replace("sslmode=", "_="), os.environ) and _VERIFIED not in url:
        narrate(
            f"journal: add sslmode={_VERIFIED} to its URL; as it is, whoever answers in its place reads the password"
        )
