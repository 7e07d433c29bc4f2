"""How the runs of a console go on: what they wait for is asked for, and every change is published."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial

import msgspec

from console.domain.action import Outcome
from console.domain.run import Run
from console.engine.kept_run import KeptRun, Wanted
from console.engine.run_ahead import RunsAhead
from console.engine.run_calls import ExecutorCalls
from console.engine.run_confirming import RunConfirming, Sending
from console.engine.run_course import RunCourse
from console.engine.run_evidence import RunEvidence
from console.engine.run_present import Present
from console.engine.run_said import RunsSaid
from console.engine.run_tasks import RunTasks, Work
from console.engine.run_telling import RunTelling
from console.engine.run_view import view_of
from console.journal.events import Intent
from console.playbooks.events import CommitRefused, Committed, MachineEvent, NoticesSent, PlanReady, TimedOut
from console.playbooks.moves import render_for
from console.playbooks.state import (
    Attempt,
    NoticePhase,
    Notices,
    Phase,
    attempts,
    deadline,
    is_decided_at_once,
    is_over,
    undo_deadline,
    wants_evidence,
)
from console.playbooks.steps import NotifyStep
from console.playbooks.terms import terms_of

_LEAVES_WITHIN_SECONDS = 0.2
"""After so long a person is told of a plan that is on its way to be sent, whether its request has left or not."""

Call = Callable[[], Coroutine[None, None, MachineEvent]]
"""Asks for something once it is called; what nobody wants any more is never asked."""


class RunPursuit:
    """Goes on with runs; waits for nothing: plans, commits and observations are tasks that come back as events.

    `said` knows what people said of them, `user` is the login name of who follows them here. That a plan is being made
    is published when it takes more than `seconds_for_a_plan`.
    """

    def __init__(
        self,
        present: Present,
        evidence: RunEvidence,
        calls: ExecutorCalls,
        course: RunCourse,
        tasks: RunTasks,
        said: RunsSaid,
        user: str,
        publish: Callable[[Run], None],
        telling: RunTelling,
        ahead: RunsAhead,
        seconds_for_a_plan: float,
    ) -> None:
        self._present = present
        self._evidence = evidence
        self._calls = calls
        self._course = course
        self._tasks = tasks
        self._said = said
        self._user = user
        self._publish = publish
        self._telling = telling
        self._ahead = ahead
        self._seconds_for_a_plan = seconds_for_a_plan
        self._confirming = RunConfirming(present, evidence, calls, course)

    def on_snapshot(self, kept: KeptRun) -> None:
        """Go on with a run after a refresh: look at the evidence, ask the cluster, notice what waited long enough."""
        if wants_evidence(kept.playbook, kept.state):
            self._see(kept)
        self._notice_time(kept)
        self._observe(kept)
        self.pursue(kept)
        self.measure(kept)

    def pursue(self, kept: KeptRun) -> None:
        """Do what a run waits for and publish it."""
        while is_decided_at_once(kept.playbook, kept.state):
            if not self._see(kept):
                break
        is_asked = self._plan(kept)
        self._prepare(kept)
        if is_asked and self._seconds_for_a_plan and kept.message is None:
            kept.shown_later(asyncio.get_running_loop().call_later(self._seconds_for_a_plan, self._show, kept))
        else:
            self._show(kept)
        self._ahead.look(kept)

    def _show(self, kept: KeptRun) -> None:
        """Publish a run as it is now, if that is news."""
        kept.shown_later(None)
        seen = self._evidence.observe(kept.playbook, kept.state)
        now = self._present.now()
        terms = terms_of(kept.playbook, self._present.find(kept.state.started.model_id))
        view = msgspec.structs.replace(
            view_of(kept.playbook, kept.state, seen, now, kept.message), asked_as=kept.asked_as
        )
        run = self._said.onto(view, terms, self._user, now)
        if run != kept.published and not kept.is_lost:
            kept.published = run
            self._publish(run)

    def measure(self, kept: KeptRun) -> None:
        """Ask the queries of the run, and what a replica carries where it wants to know how many are needed."""
        if self._tasks.closing or is_over(kept.state):
            return
        answers = self._evidence.wanted_answers(kept.playbook, kept.state)
        if answers is not None:
            reading = partial(self._evidence.read_answers, kept.playbook, kept.state, *answers)
            self._tasks.read(self._take(kept, reading))
        curve = self._evidence.wanted_curve(kept.playbook, kept.state)
        if curve is not None:
            self._tasks.read(self._take(kept, partial(self._evidence.read_curve, *curve)))

    def confirm(self, kept: KeptRun, shown_hash: str) -> None:
        """Send the plan that a person confirmed, or make it anew first when it grew old.

        That it is being sent is published once its request leaves, for whoever paints that would keep the processor
        from it; where it takes its time to leave, it is published before.

        Raises:
            NotNow: it cannot be sent now.
        """
        sending = self._confirming.confirm(kept, shown_hash)
        if sending is None:
            self.pursue(kept)
        else:
            self._send(kept, sending)
            asyncio.get_running_loop().call_later(_LEAVES_WITHIN_SECONDS, self.pursue, kept)

    def settle(self, kept: KeptRun, intent: Intent | None, attempt: Attempt, *, undo: bool) -> None:
        """Find out by reading what became of a request that was on its way when the run was taken up."""
        self._tasks.send(self._take_outcome(kept, partial(self._settle, kept, intent, attempt, undo=undo)))

    async def _settle(
        self, kept: KeptRun, intent: Intent | None, attempt: Attempt, *, undo: bool
    ) -> Committed | CommitRefused:
        """Ask for it once whoever may still be about to send it can read that the run is taken."""
        await self._course.why_not_written(kept)
        return await self._calls.settle(intent, attempt, kept.reference(attempt.step), undo=undo)

    def send_notices(self, kept: KeptRun) -> None:
        """Send the messages of the active step, which a person asked for just now."""
        notices = kept.state.notices
        if notices is not None and notices.phase is NoticePhase.SENDING:
            self._tasks.send(self._take_notices(kept, partial(self._send_notices, kept, notices)))

    def settle_notices(self, kept: KeptRun) -> None:
        """Find out what became of messages that were on their way when the run was taken up."""
        notices, step = kept.state.notices, kept.state.active
        if notices is None or step is None or notices.phase is not NoticePhase.SENDING:
            return
        self._tasks.send(self._take_notices(kept, partial(self._telling.settle, notices, kept.reference(step))))

    async def _send_notices(self, kept: KeptRun, notices: Notices) -> NoticesSent:
        """Send messages once the journal says that they are being sent: whoever takes up the run sends none again."""
        step = kept.state.active or ""
        failure = await self._course.why_not_written(kept)
        if failure is not None:
            return self._telling.not_sent(notices, step, f"{failure}; nothing was sent")
        view = self._present.find(kept.state.started.model_id)
        return await self._telling.send(notices, view, kept.reference(step))

    async def _take_notices(self, kept: KeptRun, call: Callable[[], Coroutine[None, None, NoticesSent]]) -> None:
        self._course.apply(kept, await call())
        self.pursue(kept)

    def _prepare(self, kept: KeptRun) -> None:
        """Ask for the messages of the active step as they would be sent, unless somebody is preparing them."""
        notices, step, what = kept.state.notices, kept.state.active, "notices"
        is_wanted = notices is not None and notices.phase is NoticePhase.PREPARING and not self._tasks.closing
        if notices is None or not is_wanted or step is None or kept.state.started.rehearsal:
            kept.give_up(what)
        elif self._present.is_live and not kept.is_asked(what, notices):
            kept.give_up(what)
            found = kept.playbook.step(step)
            if isinstance(found, NotifyStep):
                values = self._evidence.observe(kept.playbook, kept.state).values
                message = notices.message or render_for(kept.playbook, kept.state, found.notify.message, values)
                view = self._present.find(kept.state.started.model_id)
                call = partial(self._telling.prepare, notices, message, view, kept.reference(step))
                self._ask(kept, what, notices, call)

    def _send(self, kept: KeptRun, sending: Sending) -> None:
        self._tasks.send(self._take_outcome(kept, partial(sending, partial(self.pursue, kept))))

    async def _take(self, kept: KeptRun, read: Callable[[], Work]) -> None:
        await read()
        if is_over(kept.state):
            return
        if wants_evidence(kept.playbook, kept.state):
            self._see(kept)
        self.pursue(kept)

    def _see(self, kept: KeptRun) -> bool:
        if self._evidence.is_awaited(kept.playbook, kept.state):
            return False
        return self._course.apply(kept, self._evidence.seen(kept.playbook, kept.state))

    def _notice_time(self, kept: KeptRun) -> None:
        now, state = self._present.now(), kept.state
        until = deadline(kept.playbook, state)
        if until is not None and state.active is not None and now >= until:
            self._course.apply(kept, TimedOut(at=now, step=state.active))
        until = undo_deadline(kept.playbook, kept.state)
        if until is not None and kept.state.undo is not None and now >= until:
            self._course.apply(kept, TimedOut(at=now, step=kept.state.undo.step, undo=True))

    def _plan(self, kept: KeptRun) -> bool:
        """Ask for the plans that the run waits for and that nobody is making yet; give up those nobody waits for.

        Return whether one was asked for.
        """
        is_asked = False
        for attempt, undo in ((kept.state.attempt, False), (kept.state.undo, True)):
            what = "plan of the undo" if undo else "plan"
            if attempt is None or attempt.phase is not Phase.PLANNING or self._tasks.closing:
                kept.give_up(what)
            elif not kept.is_asked(what, attempt):
                kept.give_up(what)
                self._ask(kept, what, attempt, self._planning(kept, attempt, undo=undo))
                is_asked = True
        return is_asked

    def _planning(self, kept: KeptRun, attempt: Attempt, *, undo: bool) -> Call:
        if undo:
            return partial(self._calls.plan_undo, kept.state.sent[attempt.index])
        view = self._present.find(kept.state.started.model_id)
        return partial(self._calls.plan, kept.playbook, view, attempt, kept.reference(attempt.step))

    def _observe(self, kept: KeptRun) -> None:
        """Ask the cluster how far a rollout is, when one is watched and nobody is asking yet."""
        watched = next((one for one in attempts(kept.state) if one[0].phase is Phase.ROLLING_OUT), None)
        if watched is None or "rollout" in kept.asked or self._tasks.closing:
            return
        attempt, undo = watched
        if attempt.plan is not None:
            self._ask(kept, "rollout", attempt, partial(self._calls.observe, attempt.step, attempt.plan, undo=undo))

    def _ask(self, kept: KeptRun, what: str, wanted: Wanted, call: Call) -> None:
        kept.asked[what] = wanted, self._tasks.read(self._take_answer(kept, what, call))

    async def _take_answer(self, kept: KeptRun, what: str, call: Call) -> None:
        event = await call()
        kept.asked.pop(what, None)
        if self._course.apply(kept, event) and isinstance(event, PlanReady):
            again = self._confirming.confirm_again(kept, undo=event.undo)
            if again is not None:
                self._send(kept, again)
        self.pursue(kept)

    async def _take_outcome(
        self, kept: KeptRun, call: Callable[[], Coroutine[None, None, Committed | CommitRefused]]
    ) -> None:
        """Take what came of a plan that was sent, and begin to watch its effect."""
        event = await call()
        if isinstance(event, Committed) and event.commitment.outcome is not Outcome.NOT_APPLIED:
            self._evidence.note_sent(kept.state.started.model_id, event.commitment.at)
        self._course.apply(kept, event)
        self._observe(kept)
        self.pursue(kept)
