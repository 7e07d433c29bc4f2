"""The configured journal, for commands that only read it."""

import os
import time

from console.domain.label import harmless
from console.headless.diagnostics import narrate
from console.journal.contents import BrokenLine, Contents
from console.journal.directory import state_path
from console.journal.journal import Journal
from console.journal.opening import open_journal
from console.journal.who import who_is_here
from console.settings.settings import Settings


def configured_journal(settings: Settings) -> Journal:
    """Return the journal of the settings; reading makes neither a file nor a directory."""
    directory = state_path(settings.state_directory)
    return open_journal(settings.journal, directory, who_is_here(os.environ), os.environ, time.time, to_read=True)


def contents_of(journal: Journal) -> Contents | None:
    """Return what a journal holds, None where it cannot be read, which is told on stderr."""
    try:
        return journal.load()
    except OSError as error:
        narrate(f"the journal cannot be read: {harmless(str(error))}")
        return None


def problem_told(problem: BrokenLine) -> str:
    """Return what is wrong with a line, and where: `…/journal.jsonl:17: does not follow …`."""
    return f"{harmless(problem.chain)}:{problem.line}: {harmless(problem.reason, 400)}"
