"""`drift`: the columns of one model against their reference, printed."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import Literal

from console.domain.anomaly import Status
from console.domain.drift import DriftView, NotComparable
from console.domain.moments import rfc3339
from console.headless.commands.mistakes import as_bad_settings
from console.headless.diagnostics import narrate
from console.headless.drift.words import emptiness_in_words, is_empty, status_of, worst_verdict
from console.headless.exit_codes import ExitCode, exit_code_of
from console.headless.output import find_terminal, write_data
from console.settings.predictions import ReferenceSettings
from console.settings.settings import Settings
from console.transport.http import SourceError

Format = Literal["text", "json", "markdown", "csv"]
Compare = Callable[[Settings, str, ReferenceSettings | None, float | None, float], Awaitable[DriftView]]
"""Compares a model of a store with its reference: the one of the settings if None is given, up to an instant (UTC
seconds) or now, over so many seconds. It raises NotComparable and SourceError."""


def print_drift(
    settings: Settings,
    compare: Compare,
    *,
    model: str,
    against: ReferenceSettings | None,
    at: float | None,
    window: float,
    chosen_format: Format,
) -> ExitCode:
    """Compare once, print all columns, and return the exit code that tells the worst verdict.

    2 is broken data, 1 drift, 3 too little data or no such model, 0 none of these, 69 a store that does not answer.
    """
    try:
        view = asyncio.run(_compared(settings, compare, model, against, at, window))
    except NotComparable as error:
        narrate(str(error))
        return exit_code_of(Status.UNKNOWN)
    except SourceError as error:
        narrate(f"the predictions cannot be read: {error.detail}")
        return ExitCode.SOURCE_UNREACHABLE
    if is_empty(view):
        narrate(f"{emptiness_in_words(view)}{_how_to_see_the_newest(view)}")
    render(view, chosen_format)
    return exit_code_of(status_of(worst_verdict(view)))


async def _compared(
    settings: Settings,
    compare: Compare,
    model: str,
    against: ReferenceSettings | None,
    at: float | None,
    window: float,
) -> DriftView:
    with as_bad_settings():
        return await compare(settings, model, against, at, window)


def _how_to_see_the_newest(view: DriftView) -> str:
    if view.newest is None or view.newest >= view.start:
        return ""
    return f"; add --at {rfc3339(view.newest + 1)} to see them"


def render(view: DriftView, chosen_format: Format) -> None:
    """Write a view to stdout; of a window without rows only JSON and CSV have something to say."""
    if chosen_format == "json":
        from console.headless.drift.json_document import drift_json

        write_data(drift_json(view), encoding="utf-8")
    elif chosen_format == "csv":
        from console.headless.drift.csv_table import drift_csv

        write_data(drift_csv(view), encoding="utf-8")
    elif is_empty(view):
        return
    elif chosen_format == "markdown":
        from console.headless.drift.markdown import drift_markdown

        write_data(drift_markdown(view), encoding="utf-8")
    else:
        from console.headless.drift.text import drift_text

        width, colours = find_terminal(os.environ)
        write_data(drift_text(view, width=width, colours=colours))
