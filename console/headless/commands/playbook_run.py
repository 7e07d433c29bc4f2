"""`playbook run`: follow a playbook without a terminal, up to what only a person may decide."""

import asyncio
import os
import time
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Literal

import msgspec

from console.actions.registry import known_actions
from console.domain.command import StartRun, TakeUpRun
from console.domain.moments import rfc3339
from console.domain.run import Run
from console.domain.snapshot import Snapshot
from console.engine.parts import Parts
from console.headless.commands.mistakes import as_bad_settings
from console.headless.diagnostics import narrate
from console.headless.exit_codes import ExitCode
from console.headless.json_text import json_text
from console.headless.output import write_data
from console.headless.playbook_run.answers import BadAnswers, read_answers
from console.headless.playbook_run.decisions import Consent, Decider, Stop
from console.headless.playbook_run.news import RunNews, news_of
from console.playbooks.library import Library
from console.settings.nearest import did_you_mean
from console.settings.places import acting_places
from console.settings.settings import Settings

Format = Literal["text", "json"]
SCHEMA = "incident-console/run/1"
_SECONDS_TO_FIND_AN_OPEN_RUN = 5.0


class Request(msgspec.Struct, frozen=True):
    """What the command line asks for."""

    playbook_id: str
    model_id: str
    rehearse: bool = False
    answers: str | None = None
    plan_hash: str | None = None
    timeout_seconds: float | None = None
    chosen_format: Format = "text"


def run_playbook(settings: Settings, request: Request) -> ExitCode:
    """Follow a playbook for a model and print what happens; return what became of it.

    Raises:
        KeyboardInterrupt: a person ended it; the run stays open in the journal.
    """
    library = Library.load(settings.playbooks, actions=known_actions(settings))
    playbook = library.find(request.playbook_id)
    if playbook is None:
        for problem in library.problems:
            narrate(str(problem))
        known = (each.id for each in library.playbooks)
        narrate(f"no playbook has the id '{request.playbook_id}', {did_you_mean(request.playbook_id, known)}")
        return ExitCode.WRONG_USAGE
    try:
        answers = read_answers(Path(request.answers), playbook, rehearsal=request.rehearse) if request.answers else {}
    except BadAnswers as error:
        for line in error.problems:
            narrate(line)
        return ExitCode.BAD_CONFIGURATION
    may_write = any(place.write for place in acting_places(settings))
    consent = Consent(answers, request.plan_hash, may_write=may_write)
    return asyncio.run(_Following(settings, request, Decider(consent)).follow())


class _Following:
    """One run that is followed; it ends where there is nothing more to do without a person."""

    def __init__(self, settings: Settings, request: Request, decider: Decider) -> None:
        self._settings = settings
        self._request = request
        self._decider = decider
        self._runs: dict[str, Run] = {}
        self._told: Run | None = None
        self._run_id: str | None = None
        self._changed = asyncio.Event()
        self._notices: set[str] = set()

    async def follow(self) -> ExitCode:
        """Follow the run to its end or to a stop; return the exit code."""
        with as_bad_settings():
            # What a command changes is the plan whose hash it was given, and nothing beside it.
            parts = Parts(
                self._settings,
                environment=os.environ,
                clock=time.time,
                at=None,
                publish=self._take,
                takes_back=False,
            )
        async with parts:
            for line in await parts.recover():
                narrate(line)
            snapshot = await self._refresh(parts)
            wrong = self._why_no_run(snapshot)
            if wrong is not None:
                narrate(wrong.reason)
                return wrong.code
            await self._begin(parts)
            polling = self._watched(self._poll(parts))
            try:
                async with asyncio.timeout(self._request.timeout_seconds):
                    stop = await self._until_stop(parts, polling)
            except asyncio.CancelledError:
                self._tell_what_is_left_open()
                raise
            except TimeoutError:
                stop = Stop(ExitCode.PERSON_NEEDED, "the time is over")
            finally:
                polling.cancel()
                with suppress(asyncio.CancelledError):
                    await polling
        return self._end(stop)

    def _take(self, run: Run) -> None:
        self._runs[run.id] = run
        self._changed.set()

    async def _refresh(self, parts: Parts) -> Snapshot:
        snapshot = await parts.refresher.take(None)
        for notice in (*snapshot.notices, *parts.journal_notices):
            if notice not in self._notices:
                self._notices.add(notice)
                narrate(notice)
        await parts.runs.on_snapshot(snapshot)
        await parts.incidents.on_snapshot(snapshot)
        run = self._runs.get(self._run_id or "")
        if run is not None:
            self._decider.on_snapshot(run)
            self._changed.set()
        return snapshot

    async def _poll(self, parts: Parts) -> None:
        while True:
            await asyncio.sleep(parts.refresh_seconds)
            await self._refresh(parts)

    def _watched(self, polling: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Begin to poll; where that breaks, whoever waits for a change wakes up and is told."""
        task = asyncio.create_task(polling)
        task.add_done_callback(lambda _: self._changed.set())
        return task

    def _why_no_run(self, snapshot: Snapshot) -> Stop | None:
        if snapshot.find(self._request.model_id) is not None:
            return None
        down = [source for source in snapshot.sources if source.status.value != "ok"]
        if down and not snapshot.models:
            told = "; ".join(f"{source.name}: {source.detail}" for source in down)
            return Stop(ExitCode.SOURCE_UNREACHABLE, f"no model is known: {told}")
        known = [view.model.id for view in snapshot.models]
        return Stop(
            ExitCode.WRONG_USAGE,
            f"no model has the id '{self._request.model_id}', {did_you_mean(self._request.model_id, known)}",
        )

    async def _begin(self, parts: Parts) -> None:
        """Take up the run that an earlier call left open where there is one, else begin one."""
        await parts.runs.look_into_the_journal()
        request = self._request
        left = [run for run in self._runs.values() if self._is_ours(run)]
        if left:
            self._run_id = max(left, key=lambda run: run.started).id
            narrate(f"goes on with run {self._run_id}, which was left open")
            await parts.runs.handle(TakeUpRun(self._run_id))
            return
        known = set(self._runs)
        await parts.runs.handle(StartRun(request.model_id, request.playbook_id, request.rehearse))
        self._run_id = next((run_id for run_id in self._runs if run_id not in known), None)

    def _is_ours(self, run: Run) -> bool:
        request = self._request
        is_asked_for = (run.model_id, run.playbook_id) == (request.model_id, request.playbook_id)
        is_open = run.ended is None and not run.is_mine and run.followed_by is None
        return is_asked_for and is_open and run.is_rehearsal == request.rehearse

    async def _until_stop(self, parts: Parts, polling: asyncio.Task[None]) -> Stop:
        while True:
            self._changed.clear()
            if polling.done():
                await polling  # raises what broke it
            run = self._runs.get(self._run_id or "")
            if run is not None:
                self._tell(run)
                if not run.is_mine:
                    return Stop(ExitCode.REFUSED, run.message or "another console follows the run")
                step = self._decider.next(run)
                if isinstance(step, Stop):
                    return step
                if step is not None:
                    await parts.runs.handle(step)
                    continue
            await self._changed.wait()

    def _tell(self, run: Run) -> None:
        for news in news_of(self._told, run):
            self._write(run, news)
        self._told = run

    def _end(self, stop: Stop) -> ExitCode:
        run = self._told
        if run is not None:
            self._write(run, RunNews("stopped", "", {"reason": stop.reason, "exit_code": int(stop.code)}))
        narrate(stop.reason)
        self._tell_what_is_left_open()
        return stop.code

    def _tell_what_is_left_open(self) -> None:
        run = self._told
        if run is not None and run.is_mine and run.ended is None:
            narrate(f"run {run.id} is left open: take it up in the terminal, or call this again")

    def _write(self, run: Run, news: RunNews) -> None:
        if self._request.chosen_format == "json":
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
