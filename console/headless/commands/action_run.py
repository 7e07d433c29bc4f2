"""`action run` and `action undo`: one action on a model, and its undo, without a terminal."""

import asyncio
import time
from collections.abc import Callable, Mapping

import msgspec

from console.actions.arguments import arguments_given
from console.actions.provider import ActionRefused
from console.actions.registry import known_actions
from console.domain.command import CancelPlan, EndRun, StartAction, TakeUpRun
from console.domain.label import harmless
from console.domain.run import Run
from console.domain.snapshot import Snapshot
from console.engine.parts import Parts
from console.engine.run_journal import UnknownRun
from console.headless.diagnostics import narrate
from console.headless.exit_codes import ExitCode
from console.headless.runs.consent import Consent
from console.headless.runs.decisions import Decider
from console.headless.runs.following import Following, begun_since, why_no_model
from console.headless.runs.stop import Stop
from console.headless.runs.telling import Format, RunTeller
from console.headless.runs.undoing import UndoDecider
from console.playbooks.state import NotNow
from console.settings.nearest import nearest
from console.settings.places import may_write_somewhere
from console.settings.settings import Settings

SECONDS_TO_GO_ON = 1800.0
"""So long after its last line a run that sent a plan is meant by who confirms that plan again.

What it did has been watched to its end by then. The same plan later is another wish: somebody took the first one back.
"""


class Confirmed(msgspec.Struct, frozen=True):
    """What the command line says of the plan: the hash of the one that may be sent, None to print it only."""

    plan_hash: str | None = None
    timeout_seconds: float | None = None
    chosen_format: Format = "text"


def run_action(
    settings: Settings, model_id: str, action: str, arguments: Mapping[str, str], confirmed: Confirmed
) -> ExitCode:
    """Plan an action on a model, send that plan where its hash was confirmed, and print what becomes of it.

    `arguments` are as a person typed them, by name.

    Raises:
        KeyboardInterrupt: a person ended it; what was sent stays open in the journal.
    """
    wrong = why_not_asked(settings, action, arguments)
    if wrong is not None:
        narrate(wrong)
        return ExitCode.WRONG_USAGE
    consent = Consent({}, confirmed.plan_hash, may_write=may_write_somewhere(settings))
    beginning = ActionBeginning(StartAction(model_id, action, dict(arguments)), confirmed.plan_hash)
    teller = RunTeller(confirmed.chosen_format)
    following = Following(settings, beginning, Decider(consent), teller, timeout=confirmed.timeout_seconds)
    return asyncio.run(following.follow())


def undo_run(settings: Settings, run_id: str, confirmed: Confirmed) -> ExitCode:
    """Plan the undo of what a run sent last, send that plan where its hash was confirmed, and watch it.

    Raises:
        KeyboardInterrupt: a person ended it.
    """
    decider = UndoDecider(Consent({}, confirmed.plan_hash, may_write=may_write_somewhere(settings)))
    teller = RunTeller(confirmed.chosen_format, of_undo=True)
    following = Following(settings, UndoBeginning(run_id), decider, teller, timeout=confirmed.timeout_seconds)
    return asyncio.run(following.follow())


def why_not_asked(settings: Settings, action: str, arguments: Mapping[str, str]) -> str | None:
    """Return what is wrong with the name or the arguments of an action, before anybody is asked; None where nothing is.

    What only its provider knows of it is found when it begins.
    """
    known = known_actions(settings)
    specification = known.by_name.get(action)
    if specification is None:
        if known.may_be(action):
            return None
        alike = nearest(action, known.by_name)
        hint = f"nearest: {alike}" if alike is not None else "incident-console action list prints them"
        return f"there is no action '{harmless(action)}'; {hint}"
    try:
        arguments_given(specification, arguments)
    except ActionRefused as refusal:
        return f"--with: {refusal}"
    return None


class ActionBeginning:
    """Begins a run of one action, or goes on with the one in which the confirmed plan was sent just now.

    `clock` returns UTC seconds.
    """

    def __init__(self, command: StartAction, plan_hash: str | None, *, clock: Callable[[], float] = time.time) -> None:
        self._command = command
        self._plan_hash = plan_hash
        self._clock = clock

    def why_not(self, snapshot: Snapshot) -> Stop | None:
        """Return why there can be no run: the model is not there."""
        return why_no_model(snapshot, self._command.model_id)

    async def begin(self, parts: Parts, runs: Mapping[str, Run]) -> str | Stop:
        """Begin the run and return its id; a plan that was sent already is watched on, and not sent again."""
        left = [run for run in runs.values() if self._is_ours(run)]
        if left:
            run_id = max(left, key=lambda run: run.started).id
            narrate(f"plan {self._plan_hash} was sent already: goes on with run {run_id}, which was left open")
            await parts.runs.handle(TakeUpRun(run_id))
            return run_id
        known = set(runs)
        await parts.runs.handle(self._command)
        return begun_since(known, runs)

    def drop(self, run: Run) -> EndRun | None:
        """Return the end of a run of which nothing was sent: the same plan is soon made again."""
        return EndRun(run.id) if run.ended is None and run.sent is None else None

    def _is_ours(self, run: Run) -> bool:
        is_left = run.ended is None and not run.is_mine and run.followed_by is None
        is_asked_for = run.action is not None and run.model_id == self._command.model_id
        is_sent = run.sent is not None and run.sent == self._plan_hash
        is_of_now = run.rests_since is not None and self._clock() - run.rests_since <= SECONDS_TO_GO_ON
        return is_left and is_asked_for and is_sent and is_of_now


class UndoBeginning:
    """Asks for the undo of what a run sent last, whoever followed it."""

    def __init__(self, run_id: str) -> None:
        self._run_id = run_id

    def why_not(self, _: Snapshot) -> Stop | None:
        """Return None: what was sent can be taken back although no source tells of its model."""
        return None

    async def begin(self, parts: Parts, _: Mapping[str, Run]) -> str | Stop:
        """Ask for it and return the id of the run."""
        try:
            await parts.runs.take_back(self._run_id)
        except UnknownRun as unknown:
            return Stop(ExitCode.WRONG_USAGE, f"{unknown}; incident-console journal show prints them")
        except NotNow as reason:
            return Stop(ExitCode.REFUSED, f"run {harmless(self._run_id)}: {reason}")
        return self._run_id

    def drop(self, run: Run) -> CancelPlan | None:
        """Return what drops a plan of an undo that nobody confirmed."""
        is_being_made = run.is_planning and run.undoing is not None and run.undoing.is_under_way
        is_shown = run.plan is not None and run.plan.undoes is not None
        return CancelPlan(run.id) if is_being_made or is_shown else None
