"""What a command prints of the run that it follows: lines for people, or an object per line."""

import time
from typing import Literal

from console.domain.moments import rfc3339
from console.domain.run import Run
from console.headless.diagnostics import narrate
from console.headless.json_text import json_text
from console.headless.output import write_data
from console.headless.runs.news import RunNews, news_of
from console.headless.runs.stop import Stop

Format = Literal["text", "json"]
SCHEMA = "incident-console/run/1"


class RunTeller:
    """Prints what is new about a run, each thing once."""

    def __init__(self, chosen_format: Format) -> None:
        self._format = chosen_format
        self._told: Run | None = None

    def tell(self, run: Run) -> None:
        """Print what is new since the run was told last."""
        for news in news_of(self._told, run):
            self._write(run, news)
        self._told = run

    def take_as_told(self, run: Run) -> None:
        """Take a run as known whose end says nothing that anybody must read."""
        self._told = run

    def stopped(self, stop: Stop) -> None:
        """Print where the command ends and why, and what can be done from there."""
        run = self._told
        undo = undo_command(run) if run is not None else None
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

    def _write(self, run: Run, news: RunNews) -> None:
        if self._format == "json":
            line = {
                "schema": SCHEMA,
                "at": rfc3339(time.time()),
                "event": news.event,
                "run": run.id,
                "playbook": run.playbook_id,
                "playbook_version": run.playbook_version,
                "model": run.model_id,
                "active": run.active,
                **news.detail,
            }
            write_data(json_text(line), encoding="utf-8")
        elif news.text:
            write_data(f"{news.text}\n")


def undo_command(run: Run) -> str | None:
    """Return the command that plans the undo of what a run sent last, None where there is nothing to take back."""
    return f"incident-console action undo {run.id}" if run.undo is not None else None
