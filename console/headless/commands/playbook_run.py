"""`playbook run`: follow a playbook without a terminal, up to what only a person may decide."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import msgspec

from console.actions.registry import known_actions
from console.domain.command import StartRun, TakeUpRun
from console.domain.run import Run
from console.domain.snapshot import Snapshot
from console.engine.parts import Parts
from console.headless.diagnostics import narrate
from console.headless.exit_codes import ExitCode
from console.headless.runs.answers import BadAnswers, read_answers
from console.headless.runs.consent import Consent
from console.headless.runs.decisions import Decider
from console.headless.runs.following import Following, begun_since, why_no_model
from console.headless.runs.stop import Stop
from console.headless.runs.telling import Format, RunTeller
from console.playbooks.library import Library
from console.settings.nearest import did_you_mean
from console.settings.places import may_write_somewhere
from console.settings.settings import Settings


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
    consent = Consent(answers, request.plan_hash, may_write=may_write_somewhere(settings))
    teller = RunTeller(request.chosen_format)
    beginning = PlaybookBeginning(request.playbook_id, request.model_id, rehearse=request.rehearse)
    following = Following(settings, beginning, Decider(consent), teller, timeout=request.timeout_seconds)
    return asyncio.run(following.follow())


class PlaybookBeginning:
    """Goes on with the run of a playbook that an earlier call left open where there is one, else begins one."""

    def __init__(self, playbook_id: str, model_id: str, *, rehearse: bool) -> None:
        self._playbook_id = playbook_id
        self._model_id = model_id
        self._rehearse = rehearse

    def why_not(self, snapshot: Snapshot) -> Stop | None:
        """Return why there can be no run: the model is not there."""
        return why_no_model(snapshot, self._model_id)

    async def begin(self, parts: Parts, runs: Mapping[str, Run]) -> str | Stop:
        """Take up the run that was left open, or begin one; return its id."""
        left = [run for run in runs.values() if self._is_ours(run)]
        if left:
            run_id = max(left, key=lambda run: run.started).id
            narrate(f"goes on with run {run_id}, which was left open")
            await parts.runs.handle(TakeUpRun(run_id))
            return run_id
        known = set(runs)
        await parts.runs.handle(StartRun(self._model_id, self._playbook_id, self._rehearse))
        return begun_since(known, runs)

    def drop(self, _: Run) -> None:
        """Drop nothing: the next call goes on with the run, and so does the terminal."""

    def _is_ours(self, run: Run) -> bool:
        is_asked_for = (run.model_id, run.playbook_id) == (self._model_id, self._playbook_id)
        is_open = run.ended is None and not run.is_mine and run.followed_by is None
        return is_asked_for and is_open and run.is_rehearsal == self._rehearse
