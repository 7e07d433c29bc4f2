"""From the settings to the journal that they name."""

import re
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from console.journal.file_journal import FileJournal
from console.journal.journal import Journal
from console.journal.who import Who
from console.settings.journal import JournalSettings


def open_journal(
    settings: JournalSettings | None,
    directory: Path,
    who: Who,
    environment: Mapping[str, str],
    clock: Callable[[], float],
    *,
    to_read: bool = False,
) -> Journal:
    """Return the journal of the settings; nothing is connected before it is used.

    Args:
        settings: those of a shared journal, None for the file in the state directory.
        directory: the state directory, which exists.
        who: the person at the terminal.
        environment: the variables of the process.
        clock: returns the time (UTC seconds).
        to_read: nothing is going to be written, and no tables are made.
    """
    if settings is None:
        return FileJournal(directory, clock)
    from console.journal.postgresql.connecting import connector
    from console.journal.postgresql.shared_journal import SharedJournal

    connect = connector(settings, environment, may_create=not to_read)
    return SharedJournal(connect, directory, new_writer(who, clock()), clock)


def new_writer(who: Who, now: float) -> str:
    """Return an id for this process in a shared journal: `ann@bastion-20261122T030815Z-9f3c21ab`."""
    person = re.sub(r"[^A-Za-z0-9._@-]", "_", who.shown)[:80]
    return f"{person}-{datetime.fromtimestamp(now, UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
