"""`summary`: one refresh, printed."""

import asyncio
import os
from collections.abc import Sequence
from typing import Literal

from console.domain.snapshot import Snapshot
from console.headless.commands.refreshing import open_refresher
from console.headless.commands.said import with_the_journal
from console.headless.diagnostics import narrate
from console.headless.exit_codes import ExitCode, exit_code_of
from console.headless.output import find_terminal, write_data
from console.headless.summary.selection import select
from console.settings.settings import Settings

Format = Literal["text", "json", "markdown"]


def print_summary(
    settings: Settings, *, at: float | None, globs: Sequence[str], chosen_format: Format, every_model: bool
) -> ExitCode:
    """Refresh once, print the selected models and return the exit code that tells their status."""
    snapshot = with_the_journal(select(asyncio.run(_refresh_once(settings, at)), globs), settings)
    if globs and not snapshot.models:
        narrate(f"no model has an id that matches {', '.join(globs)}")
    for notice in snapshot.notices:
        narrate(notice)
    render(snapshot, chosen_format, every_model=every_model, details=bool(globs))
    return exit_code_of(snapshot.status)


def render(snapshot: Snapshot, chosen_format: Format, *, every_model: bool, details: bool) -> None:
    """Write a snapshot to stdout."""
    if chosen_format == "json":
        from console.headless.summary.json_document import summary_json

        write_data(summary_json(snapshot), encoding="utf-8")
    elif chosen_format == "markdown":
        from console.headless.summary.markdown import summary_markdown

        write_data(summary_markdown(snapshot, every_model=every_model or details), encoding="utf-8")
    else:
        from console.headless.summary.text import summary_text

        width, colours = find_terminal(os.environ)
        write_data(summary_text(snapshot, width=width, colours=colours, every_model=every_model, details=details))


async def _refresh_once(settings: Settings, at: float | None) -> Snapshot:
    async with open_refresher(settings, live=at is None) as refresher:
        return await refresher.take(at)
