"""The runs of playbooks: commands, snapshots and answers of the executor become events of the step machine."""

import asyncio
import logging
import math
from collections.abc import Callable, Coroutine

import msgspec

from console.domain.action import Outcome
from console.domain.command import Answer, CancelPlan, Command, CommitPlan, EndRun, PlanUndo, StartRun
from console.domain.label import harmless
from console.domain.moments import in_words
from console.domain.run import Run
from console.domain.snapshot import ModelView, Snapshot
from console.engine.acting import Acting, EventLog
from console.engine.evidence import Observation, observe_evidence
from console.engine.executor import LONGEST_PLAN_AGE_SECONDS
from console.engine.kept_run import KeptRun, KeptRuns
from console.engine.load_curves import LoadCurves
from console.engine.run_calls import ExecutorCalls
from console.engine.run_commands import CHANGED, event_of
from console.engine.run_record import RunRecorder
from console.engine.run_view import run_not_begun, view_of
from console.journal.who import Who
from console.playbooks.condition import DURATIONS
from console.playbooks.events import (
    CommitRefused,
    Committed,
    Committing,
    EvidenceSeen,
    MachineEvent,
    PlanFailed,
    PlanOutdated,
    PlanReady,
    Started,
    TimedOut,
)
from console.playbooks.evidence import ComputedEvidence
from console.playbooks.library import Playbooks
from console.playbooks.machine import advance, begin
from console.playbooks.same_plan import says_the_same
from console.playbooks.state import (
    NOTHING_WAITS,
    Attempt,
    NotNow,
    Phase,
    SentPlan,
    attempts,
    deadline,
    goes_on_otherwise,
    is_decided_at_once,
    is_over,
    plan_in_hand,
    undo_deadline,
    waits_for_the_system,
    wants_evidence,
)
from console.settings.settings import JudgementSettings

_log = logging.getLogger(__name__)


PLAN_IS_FRESH_SECONDS = LONGEST_PLAN_AGE_SECONDS * 2 / 3
"""An older plan is made anew before it is sent: the executor would refuse it on the way."""
SECONDS_RESIZED = 86_400.0
"""Traffic is normal as it was over a day: for so long after an action it tells of replicas that were others."""


class RunSettings(msgspec.Struct, frozen=True):
    """What the configuration says to runs: the judgement's durations and the most replicas of a workload."""

    judgement: JudgementSettings = JudgementSettings()
    max_replicas: int = 20


DEFAULT_SETTINGS = RunSettings()


class RunKeeper:
    """Keeps the runs of one console.

    Commands and snapshots change a run at once and wait for nothing: plans, commits and observations are tasks whose
    results come back as events. `publish` gets every run that has changed. `clock` returns UTC seconds, `new_id` a
    short id that no other run has. Runs of the past (a snapshot that is not live) are not journalled.
    """

    def __init__(
        self,
        library: Playbooks,
        executor: Acting,
        journal: EventLog,
        clock: Callable[[], float],
        who: Who,
        *,
        publish: Callable[[Run], None],
        new_id: Callable[[], str],
        curves: LoadCurves,
        settings: RunSettings = DEFAULT_SETTINGS,
    ) -> None:
        self._library = library
        self._calls = ExecutorCalls(executor, self._now)
        self._clock = clock
        self._who = who
        self._publish = publish
        self._new_id = new_id
        self._curves = curves
        self._settings = settings
        self._recorder = RunRecorder(journal, who, self._say)
        self._runs = KeptRuns()
        self._snapshot: Snapshot | None = None
        self._resized_at: dict[str, float] = {}
        self._reading: set[asyncio.Task[None]] = set()
        self._sending: set[asyncio.Task[None]] = set()
        self._closing = False

    @property
    def is_watching(self) -> bool:
        """Return whether a run waits for the next snapshot: to plan, to verify what was done, or to wait."""
        return any(waits_for_the_system(kept.playbook, kept.state) for kept in self._runs.under_way)

    async def handle(self, command: Command) -> None:
        """Obey a command about a run; one that cannot be obeyed now says so in the run's `message`."""
        if isinstance(command, StartRun):
            self._start(command)
            return
        if not isinstance(command, Answer | CommitPlan | PlanUndo | CancelPlan | EndRun):
            return
        kept = self._runs.find(command.run_id)
        if kept is None:
            return
        kept.message = None
        try:
            self._obey(kept, command)
        except NotNow as reason:
            kept.message = str(reason)
        self._pursue(kept)

    async def on_snapshot(self, snapshot: Snapshot) -> None:
        """Go on with every run: look at the evidence, ask the cluster, notice what waited long enough."""
        self._snapshot = snapshot
        for kept in self._runs.under_way:
            if wants_evidence(kept.playbook, kept.state):
                self._see(kept)
            self._notice_time(kept)
            self._observe(kept)
            self._pursue(kept)
            self._measure(kept)

    async def close(self) -> None:
        """End what is only being read and wait for what is being sent; then nothing is left to journal."""
        self._closing = True
        for task in self._reading:
            task.cancel()
        await asyncio.gather(*self._reading, return_exceptions=True)
        while self._sending:
            for result in await asyncio.gather(*self._sending, return_exceptions=True):
                if isinstance(result, Exception):
                    _log.error("a run could not take the outcome of what was sent", exc_info=result)
        await self._recorder.close()

    def _start(self, command: StartRun) -> None:
        already = self._runs.open_run(command.model_id, command.playbook_id)
        if already is not None:
            already.message = "this run is open already"
            self._pursue(already)
            return
        snapshot, playbook = self._snapshot, self._library.find(command.playbook_id)
        view = snapshot.find(command.model_id) if snapshot is not None else None
        if playbook is None or view is None:
            missing = f"playbook {command.playbook_id}" if playbook is None else f"model {command.model_id}"
            message = harmless(f"there is no {missing}")
            self._publish(run_not_begun(command, message, self._new_id(), self._now(), self._who.shown))
            return
        judgement = self._settings.judgement
        started = Started(
            at=self._now(),
            run_id=self._new_id(),
            playbook_id=playbook.id,
            playbook_version=playbook.metadata.version,
            model_id=command.model_id,
            model_name=view.model.name.raw,
            by=self._who.shown,
            incident_id=view.incident.id if view.incident is not None else None,
            durations={name: getattr(judgement, name) for name in DURATIONS},
        )
        kept = KeptRun(playbook, begin(playbook, started))
        for run_id in self._runs.add(kept):
            self._recorder.forget(run_id)
        self._record(started, kept)
        self._pursue(kept)
        self._measure(kept)

    def _obey(self, kept: KeptRun, command: Answer | CommitPlan | PlanUndo | CancelPlan | EndRun) -> None:
        """Turn a command into an event.

        Raises:
            NotNow: the run cannot do that now.
        """
        if isinstance(command, CommitPlan):
            self._confirm(kept, command.plan_hash)
        else:
            self._advance(kept, event_of(command, kept.state, self._now()))

    def _confirm(self, kept: KeptRun, shown_hash: str) -> None:
        """Send the plan that a person confirmed, or make it anew first when it grew old."""
        hand, now = plan_in_hand(kept.state), self._now()
        if hand is None:
            raise NotNow(NOTHING_WAITS)
        attempt, undo = hand
        if attempt.plan is not None and now - attempt.plan.made_at > PLAN_IS_FRESH_SECONDS:
            self._pass_guards(kept, undo=undo)
            self._advance(kept, PlanOutdated(at=now, step=attempt.step, plan_hash=shown_hash, undo=undo))
        else:
            self._commit(kept, shown_hash, undo=undo)

    def _confirm_again(self, kept: KeptRun, *, undo: bool) -> None:
        """Send a plan that was made anew if it says what the confirmed one said; else a person looks at it again."""
        attempt = kept.state.undo if undo else kept.state.attempt
        if attempt is None or attempt.plan is None or attempt.confirmed is None:
            return
        age = self._now() - attempt.plan.made_at
        if not says_the_same(attempt.confirmed, attempt.plan):
            kept.message = CHANGED
        elif age > LONGEST_PLAN_AGE_SECONDS:
            kept.message = f"the plan took {in_words(age)} to make and is too old to be sent: the cluster is slow"
        else:
            try:
                self._commit(kept, attempt.plan.hash, undo=undo)
            except NotNow as reason:
                kept.message = str(reason)

    def _commit(self, kept: KeptRun, shown_hash: str, *, undo: bool) -> None:
        self._pass_guards(kept, undo=undo)
        attempt = kept.state.undo if undo else kept.state.attempt
        if attempt is None or attempt.plan is None:
            raise NotNow(NOTHING_WAITS)
        self._advance(kept, Committing(at=self._now(), step=attempt.step, plan_hash=shown_hash, undo=undo))
        call = self._calls.commit(attempt.plan, shown_hash, kept.reference(attempt.step), undo=undo)
        self._begin(self._sending, self._take_outcome(kept, call))

    def _pass_guards(self, kept: KeptRun, *, undo: bool) -> None:
        """Look at the guards once more, on what is known now; an undo has none.

        Raises:
            NotNow: they let nothing pass, or there is nothing newer to look at.
        """
        if undo:
            return
        self._advance(kept, self._evidence(kept))
        attempt = kept.state.attempt
        if attempt is None or attempt.phase is not Phase.PLANNED:
            raise NotNow(attempt.reason if attempt is not None else NOTHING_WAITS)

    def _pursue(self, kept: KeptRun) -> None:
        """Do what the run waits for and publish it."""
        while is_decided_at_once(kept.playbook, kept.state):
            if not self._see(kept):
                break
        self._plan(kept)
        run = view_of(kept.playbook, kept.state, self._observation(kept), self._now(), kept.message)
        if run != kept.published:
            kept.published = run
            self._publish(run)

    def _measure(self, kept: KeptRun) -> None:
        """Ask what a replica carries where the run wants to know how many are needed."""
        is_wanted = any(isinstance(source, ComputedEvidence) for source in kept.playbook.evidence.values())
        view = self._snapshot.find(kept.state.started.model_id) if self._snapshot is not None else None
        if self._snapshot is None or view is None or not is_wanted or kept.state.sent or self._closing:
            return
        if self._curves.is_wanting(view, self._snapshot.at):
            self._begin(self._reading, self._take_curve(kept, view, self._snapshot.at))

    async def _take_curve(self, kept: KeptRun, view: ModelView, at: float) -> None:
        await self._curves.of(view, at)
        if is_over(kept.state):
            return
        if wants_evidence(kept.playbook, kept.state):
            self._see(kept)
        self._pursue(kept)

    def _see(self, kept: KeptRun) -> bool:
        return self._apply(kept, self._evidence(kept))

    def _evidence(self, kept: KeptRun) -> EvidenceSeen:
        seen = self._observation(kept)
        return EvidenceSeen(at=seen.at, values=seen.values, fresh_for=seen.fresh_for, partial=seen.partial)

    def _observation(self, kept: KeptRun) -> Observation:
        snapshot, model_id, now = self._snapshot, kept.state.started.model_id, self._now()
        if snapshot is None:
            raise RuntimeError("a run begins with a snapshot")
        was_resized = now - self._resized_at.get(model_id, -math.inf) < SECONDS_RESIZED
        return observe_evidence(
            kept.playbook,
            snapshot,
            model_id,
            self._settings.max_replicas,
            now,
            was_resized=was_resized,
            found=self._curves.known(model_id),
        )

    def _notice_time(self, kept: KeptRun) -> None:
        now, state = self._now(), kept.state
        until = deadline(kept.playbook, state)
        if until is not None and state.active is not None and now >= until:
            self._apply(kept, TimedOut(at=now, step=state.active))
        until = undo_deadline(kept.playbook, kept.state)
        if until is not None and kept.state.undo is not None and now >= until:
            self._apply(kept, TimedOut(at=now, step=kept.state.undo.step, undo=True))

    def _plan(self, kept: KeptRun) -> None:
        """Ask for the plans that the run waits for and that nobody is making yet; give up those nobody waits for."""
        for attempt, undo in ((kept.state.attempt, False), (kept.state.undo, True)):
            what = "plan of the undo" if undo else "plan"
            if attempt is None or attempt.phase is not Phase.PLANNING or self._closing:
                kept.give_up(what)
            elif not kept.is_asked(what, attempt):
                kept.give_up(what)
                self._ask(kept, what, attempt, self._planning(kept, attempt, undo=undo))

    def _planning(
        self, kept: KeptRun, attempt: Attempt, *, undo: bool
    ) -> Coroutine[None, None, PlanReady | PlanFailed]:
        if undo:
            return self._calls.plan_undo(kept.state.sent[attempt.index])
        view = self._snapshot.find(kept.state.started.model_id) if self._snapshot is not None else None
        return self._calls.plan(kept.playbook, view, attempt)

    def _observe(self, kept: KeptRun) -> None:
        """Ask the cluster how far a rollout is, when one is watched and nobody is asking yet."""
        watched = next((one for one in attempts(kept.state) if one[0].phase is Phase.ROLLING_OUT), None)
        if watched is None or "rollout" in kept.asked or self._closing:
            return
        attempt, undo = watched
        if attempt.plan is not None:
            self._ask(kept, "rollout", attempt, self._calls.observe(attempt.step, attempt.plan, undo=undo))

    def _ask(self, kept: KeptRun, what: str, attempt: Attempt, call: Coroutine[None, None, MachineEvent]) -> None:
        kept.asked[what] = attempt, self._begin(self._reading, self._take_answer(kept, what, call))

    async def _take_answer(self, kept: KeptRun, what: str, call: Coroutine[None, None, MachineEvent]) -> None:
        event = await call
        kept.asked.pop(what, None)
        if self._apply(kept, event) and isinstance(event, PlanReady):
            self._confirm_again(kept, undo=event.undo)
        self._pursue(kept)

    async def _take_outcome(self, kept: KeptRun, call: Coroutine[None, None, Committed | CommitRefused]) -> None:
        event = await call
        if isinstance(event, Committed) and event.commitment.outcome is not Outcome.NOT_APPLIED:
            self._resized_at[kept.state.started.model_id] = event.at
        self._apply(kept, event)
        self._observe(kept)
        self._pursue(kept)

    async def _keep_outcome(self, kept: KeptRun, sent: SentPlan) -> None:
        note = kept.state.records[sent.step].note
        failure = await self._calls.record(sent, note, kept.reference(sent.step))
        if failure is not None:
            self._say(kept.id, failure)

    def _begin(self, tasks: set[asyncio.Task[None]], work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        return task

    def _apply(self, kept: KeptRun, event: MachineEvent) -> bool:
        try:
            self._advance(kept, event)
        except NotNow as reason:
            _log.debug("run %s: %s", kept.id, reason)
            return False
        return True

    def _advance(self, kept: KeptRun, event: MachineEvent) -> None:
        before = kept.state
        kept.state = advance(kept.playbook, before, event)
        self._record(event, kept, changed=goes_on_otherwise(before, kept.state))
        for was, became in zip(before.sent, kept.state.sent, strict=False):
            if became.outcome is not was.outcome:
                self._begin(self._sending, self._keep_outcome(kept, became))

    def _record(self, event: MachineEvent, kept: KeptRun, *, changed: bool = True) -> None:
        if self._snapshot is not None and self._snapshot.live:
            self._recorder.write(event, kept.id, changed=changed)

    def _say(self, run_id: str, message: str) -> None:
        kept = self._runs.find(run_id)
        if kept is not None:
            kept.message = message
            self._pursue(kept)

    def _now(self) -> float:
        """Return the present, which is the instant of the snapshot while the past is rendered (UTC seconds)."""
        snapshot = self._snapshot
        return self._clock() if snapshot is None or snapshot.live else snapshot.at
