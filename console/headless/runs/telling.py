"""What a command prints of the run that it follows: lines for people, or an object per line."""

import os
import time
from collections.abc import Callable
from typing import Literal

from console.domain.moments import rfc3339
from console.domain.run import Run, StepKind
from console.headless.diagnostics import narrate
from console.headless.json_text import json_text
from console.headless.output import find_terminal, write_data
from console.headless.runs.news import RunNews, news_of
from console.headless.runs.stop import Stop
from console.headless.wrapping import wrapped

Format = Literal["text", "json"]
SCHEMA = "incident-console/run/1"
SECONDS_BETWEEN_WORDS_OF_WAITING = 60.0
"""What is waited for changes with every refresh; who waits wants to know that it goes on, not each step of it."""
_OF_AN_UNDO = frozenset({"run", "plan", "message"})


class RunTeller:
    """Prints what is new about a run, each thing once.

    `of_undo` leaves out what had come of the run before its undo was asked for. `clock` returns UTC seconds.
    """

    def __init__(self, chosen_format: Format, *, of_undo: bool = False, clock: Callable[[], float] = time.time) -> None:
        self._format = chosen_format
        self._of_undo = of_undo
        self._clock = clock
        self._told: Run | None = None
        self._waited_at: tuple[str | None, float] | None = None
        """At which step it was told last what is waited for, and when."""

    def tell(self, run: Run) -> None:
        """Print what is new since the run was told last."""
        is_past = self._of_undo and self._told is None
        for news in news_of(self._told, run):
            if not is_past or news.event in _OF_AN_UNDO:
                self._write(run, news)
        self._told = run
        self._tell_waiting(run)

    def take_as_told(self, run: Run) -> None:
        """Take a run as known of which nothing more is printed."""
        self._told = run

    def stopped(self, stop: Stop) -> None:
        """Print where the command ends and why, and what can be done from there."""
        run = self._told
        undo = undo_command(run) if run is not None and not self._of_undo else None
        if run is not None:
            detail = {"reason": stop.reason, "exit_code": int(stop.code), "undo": undo}
            self._write(run, RunNews("stopped", "", detail))
        narrate(stop.reason)
        if undo is not None:
            narrate(f"to take back what was sent: {undo}")
        self.left_open()

    def left_open(self) -> None:
        """Tell where a run is gone on with that is not over."""
        run = self._told
        if run is not None and run.is_mine and run.ended is None:
            narrate(f"run {run.id} is left open: take it up in the terminal, or call this again")

    def _tell_waiting(self, run: Run) -> None:
        """Narrate what is waited for, when that begins and then once a minute; how far a rollout is, its step says."""
        step = run.active_step
        is_waiting = step is not None and (step.kind is StepKind.WAIT or run.commitment is not None)
        is_said = step is not None and bool(step.note) and (run.progress or "").startswith(step.note)
        is_undoing = run.undoing is not None and run.undoing.is_under_way
        if run.progress is None or run.plan is not None or is_said or is_undoing or not is_waiting:
            return
        now, what, before = self._clock(), run.active, self._waited_at
        if before is None or before[0] != what or now - before[1] >= SECONDS_BETWEEN_WORDS_OF_WAITING:
            self._waited_at = what, now
            narrate(f"waits: {run.progress}")

    def _write(self, run: Run, news: RunNews) -> None:
        if self._format == "json":
            line = {
                "schema": SCHEMA,
                "at": rfc3339(self._clock()),
                "event": news.event,
                "run": run.id,
                "playbook": run.playbook_id,
                "playbook_version": run.playbook_version,
                "action": run.action,
                "model": run.model_id,
                "active": run.active,
                **news.detail,
            }
            write_data(json_text(line), encoding="utf-8")
        elif news.text:
            width = find_terminal(os.environ).width
            parts = (part for line in news.text.splitlines() for part in wrapped(line, width))
            write_data("".join(f"{part}\n" for part in parts))


def undo_command(run: Run) -> str | None:
    """Return the command that plans the undo of what a run sent last, None where there is nothing to take back."""
    return f"incident-console action undo {run.id}" if run.undo is not None else None
