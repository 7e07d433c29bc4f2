"""`watch`: the fleet as it is, then a line per change, until something ends it."""

import asyncio
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Literal

from console.domain.anomaly import Status
from console.domain.snapshot import Snapshot
from console.engine.alert_reader import PATIENCE_SECONDS
from console.engine.working_parts import Refreshes
from console.headless.commands.refreshing import open_refresher
from console.headless.diagnostics import narrate
from console.headless.exit_codes import ExitCode, exit_code_of
from console.headless.output import find_terminal, is_pipe, write_data
from console.headless.summary.selection import select
from console.headless.watch.calm import Calm
from console.headless.watch.news import News
from console.headless.watch.observation import Observation, fleet_news, news_between
from console.headless.watch.text import news_text
from console.settings.settings import Settings

Format = Literal["text", "json"]


def watch_fleet(
    settings: Settings,
    *,
    globs: Sequence[str],
    chosen_format: Format,
    until: Status | None,
    timeout_seconds: float | None,
) -> ExitCode:
    """Print the selected models, then what changes, and return the exit code that tells their last status.

    It ends when the fleet has the status `until`, after a time, or when nobody reads any more.

    Raises:
        KeyboardInterrupt: a person ended it; the last state is printed before.
    """
    watch = _Watch(globs, chosen_format, until)
    try:
        asyncio.run(_run(watch, settings, timeout_seconds))
    except KeyboardInterrupt:
        watch.print_last_state()
        raise
    return ExitCode.UNKNOWN if watch.last is None else exit_code_of(watch.last.status)


class _Watch:
    """Prints what is new with every refresh."""

    def __init__(self, globs: Sequence[str], chosen_format: Format, until: Status | None) -> None:
        self._globs = globs
        self._format = chosen_format
        self._until = until
        self._calm = Calm()
        self._known: Observation | None = None

    @property
    def last(self) -> Snapshot | None:
        """Return the last snapshot of the selected models."""
        return self._known.snapshot if self._known else None

    async def follow(self, refresher: Refreshes, pause_seconds: float) -> None:
        """Refresh until it is over; the next refresh begins some seconds after the last one ended."""
        while True:
            snapshot = await refresher.take(None)
            if not self._take_note(select(snapshot, self._globs)):
                return
            await asyncio.sleep(pause_seconds)

    def print_last_state(self) -> None:
        """Print the line about the whole fleet."""
        if self.last is not None:
            self._print([fleet_news(self.last)], self.last.status)

    def _take_note(self, snapshot: Snapshot) -> bool:
        """Print what is new and return whether there is a reason to go on."""
        before = self._known
        known = before.snapshot.notices if before is not None else ()
        for notice in snapshot.notices:
            if notice not in known:
                narrate(notice)
        self._known = now = Observation.first(snapshot) if before is None else before.then(snapshot)
        if before is None:
            if self._globs and not snapshot.models:
                narrate(f"no model has an id that matches {', '.join(self._globs)}")
            lines = list(now.present())
        else:
            lines = self._calm.let_through(news_between(before, now), now)
        return self._print(lines, snapshot.status) and snapshot.status is not self._until

    def _print(self, lines: Iterable[News], fleet: Status) -> bool:
        """Write lines, each at once, and return whether somebody still reads."""
        if self._format == "json":
            from console.headless.watch.json_line import news_json

            return all(write_data(news_json(line, fleet=fleet), encoding="utf-8") for line in lines)
        terminal = find_terminal(os.environ)
        return all(write_data(news_text(line, width=terminal.width, colours=terminal.colours)) for line in lines)


async def _run(watch: _Watch, settings: Settings, timeout_seconds: float | None) -> None:
    limit = asyncio.timeout(timeout_seconds)
    try:
        async with limit, open_refresher(settings, live=True, patience=PATIENCE_SECONDS) as refresher:
            following = asyncio.create_task(watch.follow(refresher, settings.refresh))
            with _ended_by_the_reader(following):
                await following
    except TimeoutError:
        if not limit.expired():
            raise
        if watch.last is None:
            narrate("no refresh ended within the time that was given")


@contextmanager
def _ended_by_the_reader(following: asyncio.Task[None]) -> Iterator[None]:
    """Cancel a task when the other end of stdout is closed: as long as nothing is new, no write would notice it."""
    if not is_pipe():
        yield
        return
    loop, end = asyncio.get_running_loop(), sys.stdout.fileno()
    # Nothing can ever be read from this end, so that it becomes readable means that the other one is closed.
    loop.add_reader(end, following.cancel)
    try:
        yield
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is not None and task.cancelling():  # it was not the reader, but an interrupt or the time
            raise
    finally:
        loop.remove_reader(end)
