"""The runs of playbooks: commands, snapshots and answers of the executor become events of the step machine."""

import asyncio
from collections.abc import Callable

import msgspec

from console.domain.command import (
    AddNote,
    Answer,
    ApprovePlan,
    CancelPlan,
    Command,
    CommitPlan,
    EndRun,
    GiveParameter,
    PlanUndo,
    StartAction,
    StartRun,
    TakeUpRun,
)
from console.domain.run import Run
from console.domain.snapshot import Snapshot
from console.engine.acting import Acting, EventLog, ReadingForPlans
from console.engine.evidence_queries import EvidenceQueries
from console.engine.kept_run import KeptRun, KeptRuns
from console.engine.load_curves import LoadCurves
from console.engine.other_runs import OtherRuns
from console.engine.run_ahead import RunsAhead
from console.engine.run_calls import ExecutorCalls
from console.engine.run_commands import event_of
from console.engine.run_course import RunCourse
from console.engine.run_evidence import RunEvidence
from console.engine.run_journal import RunJournal
from console.engine.run_present import Present
from console.engine.run_pursuit import RunPursuit
from console.engine.run_record import RunRecorder
from console.engine.run_said import RunsSaid
from console.engine.run_saying import RunSaying
from console.engine.run_starting import RunStarting
from console.engine.run_tasks import RunTasks
from console.engine.run_telling import RunTelling
from console.journal.who import Who
from console.playbooks.events import Ended, ParameterGiven, TakenOver
from console.playbooks.library import Playbooks
from console.playbooks.parameters import as_given
from console.playbooks.state import NotNow, Phase, attempts, waits_for_the_system
from console.playbooks.story import Story
from console.settings.settings import JudgementSettings

ToARun = Answer | GiveParameter | CommitPlan | PlanUndo | CancelPlan | EndRun
"""Commands to a run that this console follows."""


class RunSettings(msgspec.Struct, frozen=True):
    """What the configuration says to runs: the judgement's durations, the most replicas of a workload, channels."""

    judgement: JudgementSettings = JudgementSettings()
    max_replicas: int = 20
    channels: frozenset[str] = frozenset()


DEFAULT_SETTINGS = RunSettings()


class RunKeeper:
    """Keeps the runs of one console.

    Commands and snapshots change a run at once and wait for nothing: plans, commits and observations are tasks whose
    results come back as events. `publish` gets every run that has changed. `clock` returns UTC seconds, `new_id` a
    short id that no other run has. `shared` tells of the runs of all consoles; None is a console that knows its own
    only. `ahead` reads what plans will need, None is a console that reads nothing before a plan is asked for; that a
    plan is being made is published when it takes more than `seconds_for_a_plan`. Runs of the past (a snapshot that is
    not live) are not journalled.
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
        queries: EvidenceQueries | None = None,
        shared: RunJournal | None = None,
        ahead: ReadingForPlans | None = None,
        seconds_for_a_plan: float = 0.0,
    ) -> None:
        self._who = who
        self._publish = publish
        self._runs = KeptRuns()
        self._tasks = RunTasks()
        self._present = Present(clock)
        self._starting = RunStarting(library, executor, self._present, settings.judgement, new_id, who.shown)
        self._recorder = RunRecorder(journal, who, self._say)
        calls = self._calls = ExecutorCalls(executor, self._present.now)
        telling = RunTelling(executor, self._present.now, settings.channels)
        evidence = RunEvidence(self._present, curves, queries or EvidenceQueries(None), settings.max_replicas)
        self._course = RunCourse(self._present, self._recorder, calls, self._tasks, self._say)
        said = shared.said if shared is not None else RunsSaid()
        self._pursuit = RunPursuit(
            self._present,
            evidence,
            calls,
            self._course,
            self._tasks,
            said,
            who.user,
            publish,
            telling,
            RunsAhead(self._present, evidence, self._tasks, ahead),
            seconds_for_a_plan,
        )
        self._evidence = evidence
        self._shared = shared
        self._others = OtherRuns(shared, self._present, evidence, publish) if shared is not None else None
        self._saying = RunSaying(shared, self._present, who) if shared is not None else None
        self._following_others: asyncio.Task[None] | None = None

    @property
    def is_watching(self) -> bool:
        """Return whether a run waits for the next snapshot: to plan, to verify what was done, or to wait."""
        return any(waits_for_the_system(kept.playbook, kept.state) for kept in self._runs.under_way)

    async def handle(self, command: Command) -> None:
        """Obey a command about a run; one that cannot be obeyed now says so in the run's `message`."""
        if isinstance(command, StartRun | StartAction):
            await self._start(command)
        elif isinstance(command, TakeUpRun):
            await self._take_up(command.run_id)
        elif isinstance(command, ApprovePlan) or (isinstance(command, AddNote) and command.run_id is not None):
            await self._say_of(command, command.run_id or "")
        elif isinstance(command, ToARun):
            await self._obey_here(command)

    async def _obey_here(self, command: ToARun) -> None:
        kept = self._runs.find(command.run_id)
        if kept is None:
            if self._others is not None:
                self._others.refuse(command.run_id)
            return
        kept.message = None
        try:
            if isinstance(command, PlanUndo):
                await self._hold_again(kept)
            self._obey(kept, command)
        except NotNow as reason:
            kept.message = str(reason)
        else:
            if isinstance(command, CommitPlan):  # which is published in its own time
                return
        self._pursuit.pursue(kept)

    async def _hold_again(self, kept: KeptRun) -> None:
        """Take the lock of a run, which was freed when it was over.

        Raises:
            NotNow: it cannot be had: nobody else must take up a run while something is undone in it.
        """
        busy = await self._shared.hold(kept.id) if self._shared is not None and self._present.is_live else None
        if busy is not None:
            raise NotNow(busy)

    async def on_snapshot(self, snapshot: Snapshot) -> None:
        """Go on with every run: look at the evidence, ask the cluster, notice what waited long enough."""
        self._present.snapshot = snapshot
        for kept in self._runs.under_way:
            self._pursuit.on_snapshot(kept)
        self._let_go_of_what_is_over()
        self._follow_others()

    async def look_into_the_journal(self) -> None:
        """Publish the runs of other consoles as they are now, and wait until that is done."""
        self._follow_others()
        if self._following_others is not None:
            await self._following_others

    async def close(self) -> None:
        """End what is only being read and wait for what is being sent; then nothing is left to journal."""
        await self._tasks.close()
        await self._recorder.close()
        if self._shared is not None:
            await self._shared.close()

    def _let_go_of_what_is_over(self) -> None:
        """Free the locks of runs to which nothing happens any more; an undo takes its run's lock again."""
        for kept in self._runs.over:
            lock = self._shared.let_go(kept.id) if self._shared is not None else None
            if lock is not None:
                self._tasks.send(asyncio.to_thread(lock.close))

    def _follow_others(self) -> None:
        """Look after the runs of other consoles, unless that is still being done."""
        is_idle = self._following_others is None or self._following_others.done()
        if self._others is not None and self._present.is_live and is_idle and not self._tasks.closing:
            self._following_others = self._tasks.read(self._look_into_the_journal(self._others))

    async def _look_into_the_journal(self, others: OtherRuns) -> None:
        """Show what others did and said; a run that somebody took up here loses, whatever made that possible."""
        await others.follow(self._runs.ids)
        for kept in self._runs.under_way:
            if self._shared is not None and self._shared.is_taken_from(kept.id, kept.state.taken_over):
                await self._lose(kept, self._shared)
            else:
                self._pursuit.pursue(kept)

    async def _lose(self, kept: KeptRun, shared: RunJournal) -> None:
        kept.is_lost = True
        for what in tuple(kept.asked):
            kept.give_up(what)
        self._runs.remove(kept.id)
        self._recorder.forget(kept.id)
        await shared.release(kept.id)

    async def _say_of(self, command: AddNote | ApprovePlan, run_id: str) -> None:
        kept = self._runs.find(run_id)
        run = kept.published if kept is not None else self._others.shown(run_id) if self._others is not None else None
        if run is None:
            return
        missing = "no journal is kept: nothing is written down"
        message = await self._saying.say(command, run) if self._saying is not None else missing
        if kept is not None:
            kept.message = message
            self._pursuit.pursue(kept)
        elif self._others is not None and message is not None:
            self._others.refuse(run_id, message)
        self._follow_others()

    async def _take_up(self, run_id: str) -> None:
        """Go on with a run that nobody follows: what was being sent is settled by reading, nothing is sent again."""
        if self._shared is None or self._others is None or self._runs.find(run_id) is not None:
            return
        try:
            story = await self._shared.take_up(run_id)
        except NotNow as reason:
            self._others.refuse(run_id, str(reason))
            return
        self._go_on_with(story)

    async def take_back(self, run_id: str) -> None:
        """Prepare the undo of the last action of a run that nobody else follows, whether it is over or not.

        Raises:
            UnknownRun: the journal tells of no such run.
            NotNow: nothing can be taken back; the message says why.
        """
        kept = self._runs.find(run_id)
        if kept is None:
            if self._shared is None:
                raise NotNow("no journal is kept: nothing is known of other runs")
            kept = self._go_on_with(await self._shared.take_up(run_id, to_undo=True))
            await self._tasks.sent()  # what an earlier console left open is read first
        await self._hold_again(kept)
        self._obey(kept, PlanUndo(run_id))
        self._pursuit.pursue(kept)

    def _go_on_with(self, story: Story) -> KeptRun:
        """Follow a run from where the journal tells that it stands; its lock is taken."""
        if self._others is not None:
            self._others.forget(story.run_id)
        kept = KeptRun(story.playbook, story.state)
        self._keep(kept)
        self._course.advance(kept, TakenOver(at=self._present.now(), by=self._who.shown))
        for sent in kept.state.sent:
            self._evidence.note_sent(kept.state.started.model_id, sent.commitment.at)
        for attempt, undo in attempts(kept.state):
            if attempt.phase is Phase.COMMITTING:
                self._pursuit.settle(kept, story.intent, attempt, undo=undo)
        self._pursuit.settle_notices(kept)
        self._pursuit.pursue(kept)
        self._pursuit.measure(kept)
        return kept

    async def _start(self, command: StartRun | StartAction) -> None:
        if isinstance(command, StartAction):
            self._drop_unsent(command)
        else:
            already = self._runs.open_run(command.model_id, command.playbook_id, rehearsal=command.rehearse)
            if already is not None:
                already.message = "this run is open already"
                self._pursuit.pursue(already)
                return
        try:
            kept = self._starting.begin(command)
        except NotNow as reason:
            self._publish(self._starting.not_begun(command, str(reason)))
            return
        if self._shared is not None and self._present.is_live:
            kept.message = await self._shared.hold(kept.id, is_followed=True)
        self._keep(kept)
        self._course.begin(kept)
        self._pursuit.pursue(kept)
        self._pursuit.measure(kept)

    def _drop_unsent(self, command: StartAction) -> None:
        """End the single actions on a model of which nothing was sent: whoever asks anew wants another one."""
        for kept in self._runs.under_way:
            started = kept.state.started
            if started.action is not None and started.model_id == command.model_id and not kept.state.sent:
                self._course.apply(kept, Ended(at=self._present.now()))
                self._pursuit.pursue(kept)

    def _keep(self, kept: KeptRun) -> None:
        """Follow a run from now on, and those no more that are over for long."""
        for run_id in self._runs.add(kept):
            self._recorder.forget(run_id)
            if self._shared is not None:
                self._tasks.send(self._shared.release(run_id))

    def _obey(self, kept: KeptRun, command: ToARun) -> None:
        """Turn a command into an event.

        Raises:
            NotNow: the run cannot do that now.
        """
        if isinstance(command, CommitPlan):
            self._pursuit.confirm(kept, command.plan_hash)
        elif isinstance(command, GiveParameter):
            value = as_given(kept.playbook, command.name, command.text)
            self._course.advance(kept, ParameterGiven(at=self._present.now(), name=command.name, value=value))
        else:
            self._course.advance(kept, event_of(command, kept.state, self._present.now()))
            if isinstance(command, Answer):
                self._pursuit.send_notices(kept)

    def _say(self, run_id: str, message: str) -> None:
        kept = self._runs.find(run_id)
        if kept is not None:
            kept.message = message
            self._pursuit.pursue(kept)
