"""`summary`: one refresh, printed."""

import asyncio
import os
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Literal

from console.domain.snapshot import Snapshot
from console.engine.refresh import Refresher
from console.headless.commands.mistakes import as_bad_settings
from console.headless.diagnostics import narrate
from console.headless.exit_codes import ExitCode, exit_code_of
from console.headless.output import find_terminal, write_data
from console.headless.summary.selection import select
from console.settings.settings import Settings

if TYPE_CHECKING:
    from console.transport.kubernetes.protocol import KubernetesTransport

Format = Literal["text", "json", "markdown"]
FORMATS: tuple[Format, ...] = ("text", "json", "markdown")


def print_summary(
    settings: Settings, *, at: float | None, globs: Sequence[str], chosen_format: Format, every_model: bool
) -> ExitCode:
    """Refresh once, print the selected models and return the exit code that tells their status."""
    snapshot = select(asyncio.run(_refresh_once(settings, at)), globs)
    if globs and not snapshot.models:
        narrate(f"no model has an id that matches {', '.join(globs)}")
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
    async with AsyncExitStack() as stack:
        transport = _cluster(settings) if at is None else None
        if transport is not None:
            stack.push_async_callback(transport.close)
        with as_bad_settings():
            refresher = Refresher(settings, environment=os.environ, clock=time.time, transport=transport)
        await stack.enter_async_context(refresher)
        return await refresher.take(at)


def _cluster(settings: Settings) -> "KubernetesTransport | None":
    """Return the configured cluster; one that cannot be used is told, and the metrics are shown without workloads."""
    if settings.kubernetes is None:
        return None
    from console.engine.parts import open_cluster
    from console.journal.directory import state_directory
    from console.transport.kubernetes.errors import KubeconfigError

    try:
        return open_cluster(settings, os.environ, state_directory(settings.state_directory))
    except (KubeconfigError, OSError) as error:
        narrate(f"cluster {settings.kubernetes.context}: {error}; workloads are not shown")
        return None
