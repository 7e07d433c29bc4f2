"""A run keeper on a stage: a clock that is moved by hand, scripted snapshots, an executor and a journal in memory."""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any

import msgspec

from console.actions.provider import ActionRefused, RolloutProgress
from console.actions.registry import specifications
from console.actions.specification import ActionSpecification, Argument
from console.domain.action import Commitment, FieldChange, Outcome, Plan, Request, RiskTier, Undo
from console.domain.anomaly import Anomaly, AnomalyKind, Incident, Severity, Status
from console.domain.command import Command, StartRun
from console.domain.label import Label
from console.domain.load_curve import LoadPast
from console.domain.model import Model, Target, Workload, WorkloadFinding
from console.domain.run import Run
from console.domain.signal import ERROR_RATIO, LATENCY_P99, SATURATION, TRAFFIC, Reading, State
from console.domain.snapshot import ModelView, Snapshot
from console.engine.acting import Acting, ReadingForPlans
from console.engine.evidence_queries import EvidenceQueries
from console.engine.load_curves import LoadCurves
from console.engine.run_journal import RunJournal
from console.engine.runs import RunKeeper, RunSettings
from console.journal.events import Event, Intent, RunLine, RunReference
from console.journal.file_journal import FileJournal
from console.journal.journal import Journal
from console.journal.terms import NO_TERMS, Terms
from console.journal.who import Who
from console.playbooks.library import Playbooks
from console.playbooks.story import confirmed_intent
from console.settings.settings import JudgementSettings
from tests.engine.scaling import SCALING

MODEL_ID = "eta"
REFRESH = 5.0
ANN = Who("ann", "bastion")
SECONDS_UNTIL_HOPELESS = 10.0


SILENCE = ActionSpecification(
    name="alerts.silence",
    title="Silence the alerts",
    arguments=(
        Argument(name="replicas", meaning="how many alerts", kind="integer"),
        Argument(name="comment", meaning="why", required=False),
    ),
    proof="system",
    patience=120.0,
)
"""An action that the metrics cannot prove."""


class AtOnce(ThreadPoolExecutor):
    """Does what is meant for a thread at once, so that a test need not wait for threads."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 -- whoever awaits it gets it
            done.set_exception(error)
        return done


class MemoryJournal:
    """Keeps lines in memory; `broken` makes it refuse them as a full disk does."""

    def __init__(self) -> None:
        self.lines: list[tuple[Event, bool]] = []
        self.broken = False

    def append(self, event: Event, durable: bool = True) -> None:
        if self.broken:
            raise OSError(28, "No space left on device")
        self.lines.append((event, durable))

    def names(self) -> list[str]:
        return [line.name for line, _ in self.lines if isinstance(line, RunLine)]


class MemoryExecutor:
    """Plans, commits and observes by script and remembers what it was asked.

    `gate` is waited for before a commit ends, so that a test can look while the request is on its way.
    """

    def __init__(self, clock: Callable[[], float], take_time: Callable[[float], None]) -> None:
        self._clock = clock
        self.take_time = take_time
        self.planned: list[Mapping[str, object]] = []
        self.committed: list[tuple[Plan, RunReference]] = []
        self.recorded: list[tuple[str, Outcome]] = []
        self.recorded_intents: list[str | None] = []
        self.undone: list[str | None] = []
        self.journal: Journal | None = None
        self.settled: list[Intent] = []
        self.terms: list[Terms] = []
        self.anew: list[bool] = []
        self.refuse_settling: str | None = None
        self.refuse_plan: str | None = None
        self.refuse_commit: str | None = None
        self.refusals: tuple[str, ...] = ()
        self.outcome = Outcome.APPLIED
        self.progress = RolloutProgress(True, None, "8 of 8 ready")
        self.breaks: Exception | None = None
        self.actions = {**specifications(), SILENCE.name: SILENCE}
        self.gate = asyncio.Event()
        self.gate.set()
        self.replicas = 4
        self.changes_of_plan: dict[str, object] = {}
        self.plan_seconds = 0.0

    def specification(self, action: str, view: ModelView) -> ActionSpecification:
        if action not in self.actions:
            raise ActionRefused(f"there is no action '{action}'")
        return self.actions[action]

    async def plan(
        self,
        action: str,
        view: ModelView,
        arguments: Mapping[str, object],
        reference: RunReference | None = None,
        terms: Terms = NO_TERMS,
        *,
        anew: bool = False,
    ) -> Plan:
        self.terms.append(terms)
        self.anew.append(anew)
        if self.breaks is not None:
            raise self.breaks
        if self.refuse_plan is not None:
            raise ActionRefused(self.refuse_plan)
        assert view.workload is not None
        assert view.workload.workload is not None
        self.planned.append(arguments)
        wanted = arguments["replicas"]
        assert isinstance(wanted, int)
        plan = self._scale(action, view.workload.workload.target, self.replicas, wanted)
        self.take_time(self.plan_seconds)
        return msgspec.structs.replace(plan, **self.changes_of_plan)

    async def plan_undo(self, plan: Plan, intent_id: str | None = None) -> Plan:
        self.undone.append(intent_id)
        if self.refuse_plan is not None:
            raise ActionRefused(self.refuse_plan)
        wanted = int(plan.changes[0].after)
        back = self._scale(plan.action, plan.target, wanted, int(plan.changes[0].before))
        return msgspec.structs.replace(back, undoes=plan.hash)

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
        self.terms.append(terms)
        if self.refuse_commit is not None:
            raise ActionRefused(self.refuse_commit)
        self.committed.append((plan, reference))
        intent_id = f"i{len(self.committed)}"
        if self.journal is not None:
            intent = Intent(
                at=self._clock(), who=ANN, intent_id=intent_id, reference=reference, plan=plan, plan_hash=plan.hash
            )
            self.journal.append(intent)
        if leaving is not None:
            asyncio.get_running_loop().call_soon(leaving)
        await self.gate.wait()
        if self.breaks is not None:
            raise self.breaks
        return Commitment(self.outcome, "the cluster took it", self._clock(), intent_id)

    async def observe(self, plan: Plan) -> RolloutProgress:
        if self.breaks is not None:
            raise self.breaks
        return self.progress

    async def find_intent(self, plan: Plan, reference: RunReference) -> Intent | None:
        assert self.journal is not None
        return confirmed_intent(self.journal.read(), plan.hash, reference)

    async def settle(self, intent: Intent) -> Commitment:
        self.settled.append(intent)
        if self.refuse_settling is not None:
            raise ActionRefused(self.refuse_settling)
        return Commitment(self.outcome, "read again", self._clock(), intent.intent_id)

    async def record(
        self, plan: Plan, outcome: Outcome, detail: str, reference: RunReference, intent_id: str | None = None
    ) -> None:
        self.recorded_intents.append(intent_id)
        self.recorded.append((plan.hash, outcome))

    def _scale(self, action: str, target: Target, before: int, after: int) -> Plan:
        changes = (FieldChange("replicas", str(before), str(after)),)
        back = (FieldChange("replicas", str(after), str(before)),)

        def request(seen: int, new: int) -> Request:
            return Request("PATCH", "/scale", "application/json-patch+json", {"test": seen, "replace": new})

        return Plan(
            action=action,
            title=f"scale {target.name} to {after}",
            confirm=f"scale to {after}",
            model_id=MODEL_ID,
            target=target,
            request=request(before, after),
            changes=changes,
            tier=RiskTier.BOUNDED,
            made_at=self._clock(),
            dry_run="ok",
            undo=Undo(f"back to {before}", back, request(after, before)),
            refusals=self.refusals,
        )


_WHY = {State.PARTIAL: "1 of its scrape targets down"}


def model_view(
    *,
    p99: float | None = 2.0,
    traffic: float | None = 260.0,
    errors: float | None = 0.001,
    replicas: int = 4,
    ready: int | None = None,
    p99_state: State = State.OK,
) -> ModelView:
    """Return a model that is slow because of its traffic; None is a signal that had data and has none now."""

    def reading(value: float | None, state: State = State.OK) -> State:
        return State.STALE if value is None else state

    workload = Workload("prod", "ml", "Deployment", "eta", "u1", replicas, replicas if ready is None else ready)
    slow = Anomaly("eta/latency_p99", AnomalyKind.LATENCY, "latency_p99", Severity.CRITICAL, 900.0, "p99 2 s")
    return ModelView(
        model=Model(MODEL_ID, Label("eta")),
        status=Status.CRITICAL,
        readings={
            "latency_p99": Reading(
                LATENCY_P99, reading(p99, p99_state), p99, 0.2, objective=0.5, limit=0.5, detail=_WHY.get(p99_state)
            ),
            "traffic": Reading(TRAFFIC, reading(traffic), traffic, expected=100.0),
            "error_ratio": Reading(ERROR_RATIO, reading(errors), errors, expected=0.001, objective=0.001, limit=0.001),
            "saturation": Reading(SATURATION, State.NOT_EXPORTED, detail="no such series"),
        },
        incident=Incident(MODEL_ID, 900.0, (slow,)),
        workload=WorkloadFinding(workload),
        replicas=workload.replicas,
        headline_signal="latency_p99",
    )


SLOW = model_view()
FINE = model_view(p99=0.2, replicas=8)


class Stage:
    """A run keeper with everything around it; `runs` holds each run as it was published last.

    With `state`, a directory, the journal is a file there, shared by all stages of that directory, else it is `journal`
    or in memory; a stage `beside`
    another one has the same clock and the same executor.
    """

    def __init__(
        self,
        library: Playbooks | None = None,
        *,
        state: Path | None = None,
        journal: Journal | None = None,
        who: Who = ANN,
        beside: "Stage | None" = None,
        queries: EvidenceQueries | None = None,
        acting: Acting | None = None,
        channels: frozenset[str] = frozenset(),
        ahead: ReadingForPlans | None = None,
        seconds_for_a_plan: float = 0.0,
        **settings: float,
    ) -> None:
        asyncio.get_running_loop().set_default_executor(AtOnce())
        self._clock_of = beside
        self._now = 1000.0
        self.journal = MemoryJournal()
        executor = beside.executor if beside is not None else MemoryExecutor(lambda: self.now, self._take_time)
        self.executor: MemoryExecutor = executor
        self.runs: dict[str, Run] = {}
        self.published: list[Run] = []
        self.load: LoadPast | None = None
        self._changed = asyncio.Event()
        numbers = count(1)
        file = FileJournal(state) if state is not None else journal
        self.executor.journal = file
        self.keeper = RunKeeper(
            library or SCALING,
            acting or self.executor,
            file or self.journal,
            lambda: self.now,
            who,
            publish=self._publish,
            curves=LoadCurves(self.read_load),
            queries=queries,
            ahead=ahead,
            seconds_for_a_plan=seconds_for_a_plan,
            new_id=lambda: f"{'' if who is ANN else who.user}run{next(numbers)}",
            shared=RunJournal(file, who, lambda: self.now) if file is not None else None,
            settings=RunSettings(
                JudgementSettings(**(settings or {"confirm": 10.0, "recover": 20.0})), channels=channels
            ),
        )

    @property
    def now(self) -> float:
        """Return the time, which is that of the stage beside it where there is one (UTC seconds)."""
        return self._clock_of.now if self._clock_of is not None else self._now

    @now.setter
    def now(self, now: float) -> None:
        if self._clock_of is not None:
            self._clock_of.now = now
        else:
            self._now = now

    def _take_time(self, seconds: float) -> None:
        self.now += seconds

    async def read_load(self, model: Model, signal: str, at: float) -> LoadPast | None:
        return self.load

    def _publish(self, run: Run) -> None:
        self.runs[run.id] = run
        self.published.append(run)
        self._changed.set()

    @property
    def run(self) -> Run:
        """Return the run that was begun last, as it is now."""
        return self.runs[max(self.runs, key=lambda run_id: int(run_id.removeprefix("run")))]

    async def start(self, view: ModelView = SLOW) -> Run:
        """Begin to follow scale-out for the model; the check has been made."""
        await self.snapshot(view)
        await self.keeper.handle(StartRun(MODEL_ID, "scale-out"))
        return self.run

    async def send(self, command: Command) -> Run:
        await self.keeper.handle(command)
        return self.run

    async def send_to(self, command: Command) -> None:
        """Send a command to whichever run it names."""
        await self.keeper.handle(command)

    async def snapshot(self, *views: ModelView, at: float | None = None, live: bool = True) -> None:
        """Hand over a snapshot of these models, taken now."""
        await self.keeper.on_snapshot(
            Snapshot(self.now if at is None else at, (), views, live=live, refresh_seconds=REFRESH)
        )

    async def pass_time(self, seconds: float, view: ModelView) -> None:
        """Let time pass with a snapshot at each refresh, and what the snapshots ask for be answered."""
        end = self.now + seconds
        while self.now < end:
            self.now += REFRESH
            await self.snapshot(view)
            await self.quiet()

    async def until(self, holds: Callable[[Run], bool]) -> Run:
        """Wait until the run that was begun last is published as something."""
        async with asyncio.timeout(SECONDS_UNTIL_HOPELESS):
            while not (self.runs and holds(self.run)):
                self._changed.clear()
                await self._changed.wait()
        return self.run

    async def quiet(self) -> None:
        """Let every task that needs nothing from outside run to its end."""
        for _ in range(30):
            await asyncio.sleep(0)
