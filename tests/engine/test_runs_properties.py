"""Any sequence of answers, evidence, crashes and resumes: the journal explains the end, and nothing is sent twice."""

import asyncio
import tempfile
from collections.abc import Callable
from itertools import count
from pathlib import Path

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from console.actions.provider import ActionRefused
from console.domain.action import Commitment, Outcome, Plan
from console.domain.command import Answer, CancelPlan, CommitPlan, EndRun, PlanUndo, StartRun, TakeUpRun
from console.domain.run import Run
from console.journal.events import Intent, RunLine, RunReference
from console.journal.file_journal import FileJournal
from console.journal.terms import NO_TERMS, Terms
from console.journal.who import Who
from console.playbooks.state import RunState
from console.playbooks.story import Story, begun_by, continued
from tests.engine.scaling import SCALING
from tests.engine.stage import FINE, MODEL_ID, SLOW, MemoryExecutor, Stage, model_view

LIBRARY = SCALING
STEPS = [step.id for step in (LIBRARY.find("scale-out") or LIBRARY.playbooks[0]).steps]
VIEWS = [SLOW, FINE, model_view(p99=None), model_view(p99=5.0, replicas=8), model_view(ready=1)]
OPERATIONS = st.one_of(
    st.tuples(st.just("wanted"), st.none()),
    st.tuples(st.just("wanted"), st.none()),
    st.tuples(st.just("answer"), st.tuples(st.sampled_from(STEPS), st.sampled_from("sedrx"))),
    st.tuples(st.just("see"), st.sampled_from(VIEWS)),
    st.tuples(st.just("wait"), st.sampled_from([5.0, 40.0, 900.0])),
    st.tuples(st.just("crash"), st.tuples(st.integers(0, 12), st.sampled_from(["ann", "bob"]))),
    st.tuples(st.just("world"), st.tuples(st.booleans(), st.booleans(), st.booleans())),
    st.tuples(st.sampled_from(["undo", "cancel", "end", "begin"]), st.none()),
)


class CountingExecutor(MemoryExecutor):
    """Counts what was sent and remembers what was applied; an intent is in the journal before."""

    def __init__(self, stage: Stage, state: Path) -> None:
        super().__init__(lambda: stage.now, lambda _: None)
        self._file = FileJournal(state)
        self._numbers = count(1)
        self.applies = True
        self.tells = True
        self.sent: list[tuple[RunReference, bool, str]] = []
        self.applied: dict[str, bool] = {}

    async def commit(
        self,
        plan: Plan,
        shown_hash: str,
        reference: RunReference,
        terms: Terms = NO_TERMS,
        *,
        leaving: Callable[[], object] | None = None,
    ) -> Commitment:
        assert shown_hash == plan.hash
        intent_id = f"i{next(self._numbers)}"
        intent = Intent(
            at=self._clock(),
            who=Who("ann", "bastion"),
            intent_id=intent_id,
            reference=reference,
            plan=plan,
            plan_hash=plan.hash,
        )
        self._file.append(intent)
        await asyncio.sleep(0)  # a crash may come between the intent and the request
        self.sent.append((reference, plan.undoes is not None, intent_id))
        self.applied[intent_id] = self.applies
        if leaving is not None:
            leaving()
        await asyncio.sleep(0)  # and between the request and its answer
        await self.gate.wait()
        outcome = Outcome.APPLIED if self.applied[intent_id] else Outcome.NOT_APPLIED  # the world may change meanwhile
        return Commitment(outcome, "told", self._clock(), intent_id)

    async def settle(self, intent: Intent) -> Commitment:
        await asyncio.sleep(0)
        if not self.tells:
            raise ActionRefused("no cluster can be read")
        was_applied = self.applied.get(intent.intent_id, False)
        outcome = Outcome.APPLIED if was_applied else Outcome.NOT_APPLIED
        return Commitment(outcome, "read again", self._clock(), intent.intent_id)


class Lives:
    """One console after the other on one journal."""

    def __init__(self, state: Path) -> None:
        self._state = state
        self.stage = Stage(LIBRARY, state=state)
        self.executor = CountingExecutor(self.stage, state)
        self._view = SLOW
        self._numbers = count(1)
        self._equip(self.stage)

    def _equip(self, stage: Stage) -> None:
        stage.executor = self.executor
        stage.keeper._calls._executor = stage.keeper._starting._executor = self.executor
        number = next(self._numbers)
        ids = count(1)
        stage.keeper._starting._new_id = lambda: f"run{number}{next(ids):03}"

    async def begin(self) -> None:
        await self.stage.snapshot(self._view)
        await self.stage.send_to(StartRun(MODEL_ID, "scale-out"))

    @property
    def runs(self) -> list[Run]:
        return [run for run in self.stage.runs.values() if run.is_mine and run.ended is None]

    async def do(self, operation: str, given: object) -> None:
        stage = self.stage
        if operation == "crash":
            assert isinstance(given, tuple)
            await self.crash(*given)
        elif operation == "world":
            assert isinstance(given, tuple)
            self.executor.applies, self.executor.tells, is_quick = given
            (self.executor.gate.set if is_quick else self.executor.gate.clear)()
        elif operation == "see":
            self._view = given  # type: ignore[assignment]  # drawn from VIEWS
            await stage.snapshot(self._view)
        elif operation == "wait":
            assert isinstance(given, float)
            stage.now += given
            await stage.snapshot(self._view)
        elif operation == "begin":
            await self.begin()
        for run in self.runs:
            await self.say(run, operation, given)
        if operation not in ("crash", "wanted"):
            await stage.quiet()

    async def say(self, run: Run, operation: str, given: object) -> None:
        match operation, given:
            case "wanted", _:
                if run.plan is not None:
                    await self.stage.send_to(CommitPlan(run.id, run.plan.hash))
                elif run.choices and run.active is not None:
                    await self.stage.send_to(Answer(run.id, run.active, run.choices[0].key))
            case "answer", (str(step), str(key)):
                await self.stage.send_to(Answer(run.id, step, key))
            case "undo", _:
                await self.stage.send_to(PlanUndo(run.id))
            case "cancel", _:
                await self.stage.send_to(CancelPlan(run.id))
            case "end", _:
                await self.stage.send_to(EndRun(run.id))

    async def crash(self, turns: int, who: str) -> None:
        """End the console after some turns of its loop, without a word; another one takes up what is open."""
        for _ in range(turns):
            await asyncio.sleep(0)
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        shared, now = self.stage.keeper._shared, self.stage.now
        assert shared is not None
        await shared.close()
        self.stage = Stage(LIBRARY, state=self._state, who=Who(who, "bastion"))
        self.stage.now = now + 1.0
        self.executor._clock = lambda: self.stage.now
        self._equip(self.stage)
        await self.stage.snapshot(self._view)
        await self.stage.quiet()
        for run in tuple(self.stage.runs.values()):
            await self.stage.send_to(TakeUpRun(run.id))

    async def end(self) -> None:
        self.executor.gate.set()
        await self.stage.quiet()
        await self.stage.keeper.close()


def stories_of(state: Path) -> dict[str, Story]:
    """Return what the journal tells of each run."""
    stories: dict[str, Story] = {}
    contents = FileJournal(state).load()
    assert contents.problems == ()
    for event in contents.events:
        if isinstance(event, RunLine):
            before = stories.get(event.run_id)
            story = continued(before, event) if before is not None else begun_by(event)
            assert story is not None
            stories[event.run_id] = story
    return stories


def without_sight(state: RunState) -> RunState:
    """Return a state without the evidence that changed nothing, of which only the last is written."""
    return msgspec.structs.replace(state, values={}, seen_at=None, partial=())


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 3), st.integers(0, 14), st.lists(OPERATIONS, min_size=2, max_size=20))
def test_the_journal_explains_any_end_and_no_action_is_sent_twice(
    wanted: int, turns: int, operations: list[tuple[str, object]]
) -> None:
    """Most runs begin with what is wanted, up to the request on its way, and with a crash some turns behind that."""
    first = [("wanted", None), ("wait", 5.0)] * wanted + [("wanted", None), ("crash", (turns, "bob"))]
    asyncio.run(follow([*first, *operations]))


async def follow(operations: list[tuple[str, object]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        lives = Lives(Path(folder))
        await lives.begin()
        for operation, given_ in operations:
            await lives.do(operation, given_)
        await lives.end()
        stories = stories_of(Path(folder))
        assert_explained(lives, stories)
        assert_sent_once(lives.executor)


def assert_explained(lives: Lives, stories: dict[str, Story]) -> None:
    assert [story.unexplained for story in stories.values() if story.unexplained is not None] == []
    for kept in lives.stage.keeper._runs._runs.values():
        assert without_sight(stories[kept.id].state) == without_sight(kept.state)
    known = {sent.commitment.intent_id for story in stories.values() for sent in story.state.sent}
    for reference, is_undo, intent_id in lives.executor.sent:
        if lives.executor.applied[intent_id] and not is_undo:
            assert intent_id in known, f"run {reference.run_id} does not know what was applied"


def assert_sent_once(executor: CountingExecutor) -> None:
    for run_id in {reference.run_id for reference, _, _ in executor.sent}:
        sent = [intent for reference, is_undo, intent in executor.sent if reference.run_id == run_id and not is_undo]
        assert [executor.applied[intent] for intent in sent].count(True) <= 1
        assert not any(executor.applied[intent] for intent in sent[:-1]), "it was sent again after it was applied"
