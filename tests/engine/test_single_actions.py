import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.actions.provider import RolloutProgress
from console.actions.registry import specifications
from console.actions.specification import ActionSpecification, Argument
from console.domain.anomaly import Anomaly, AnomalyKind, Incident, Severity, Status
from console.domain.command import CancelPlan, CommitPlan, PlanUndo, StartAction
from console.domain.run import Run, StepState
from console.domain.snapshot import ModelView
from console.journal.events import RunLine
from console.playbooks.document import Playbook
from console.playbooks.lint import lint
from console.playbooks.single_action import playbook_id_of, single_action
from console.playbooks.steps import title_of
from console.playbooks.story import begun_by
from tests.engine.stage import FINE, MODEL_ID, SLOW, Stage
from tests.engine.walk import shown_plan

WELL = msgspec.structs.replace(FINE, incident=None, status=Status.OK)
ERRORS = Anomaly("eta/error_ratio", AnomalyKind.ERRORS, "error_ratio", Severity.WARNING, 1000.0, "errors 3 %")
WORSE = msgspec.structs.replace(SLOW, incident=Incident(MODEL_ID, 900.0, (*SLOW.anomalies, ERRORS)))
FAILING = msgspec.structs.replace(WELL, incident=Incident(MODEL_ID, 1000.0, (ERRORS,)), status=Status.WARNING)
BLIND = msgspec.structs.replace(WELL, status=Status.UNKNOWN)
SCALE_TO_8 = StartAction(MODEL_ID, "kubernetes.scale", {"replicas": "8"}, asked_as="here")


async def asked(stage: Stage, command: StartAction = SCALE_TO_8, view: ModelView = SLOW) -> Run:
    await stage.snapshot(view)
    await stage.send_to(command)
    return await stage.until(lambda run: run.plan is not None or run.ended is not None)


async def sent(stage: Stage, view: ModelView = SLOW, command: StartAction = SCALE_TO_8) -> Run:
    run = await asked(stage, command, view)
    await stage.send(CommitPlan(run.id, shown_plan(run).hash))
    run = await stage.until(lambda run: run.commitment is not None)
    await stage.quiet()
    return run


async def test_a_single_action_is_planned_with_what_was_typed_and_waits_for_its_key() -> None:
    stage = Stage()
    run = await asked(stage)
    assert stage.executor.planned == [{"replicas": 8}]
    assert stage.executor.committed == []
    assert (run.action, run.asked_as, run.playbook_id) == ("kubernetes.scale", "here", "action-kubernetes-scale")
    assert run.title == "Set the number of replicas"
    assert [step.title for step in run.steps] == ["Set the number of replicas: replicas 8"]


async def test_it_worked_when_what_was_broken_is_over() -> None:
    stage = Stage()
    run = await sent(stage)
    await stage.pass_time(60, SLOW)
    assert stage.run.active is not None
    await stage.pass_time(10, WELL)
    assert stage.run.ended is not None
    assert stage.run.steps[0].note == "verified: anomalies before: 1, now: 0"
    assert (run.id, stage.executor.recorded[-1][1].value) == (stage.run.id, "verified")


async def test_where_nothing_was_broken_it_worked_when_nothing_got_worse() -> None:
    stage = Stage()
    await sent(stage, WELL)
    await stage.pass_time(15, WELL)
    assert stage.run.ended is None
    await stage.pass_time(10, WELL)
    assert stage.run.steps[0].note == "verified: anomalies before: 0, now: 0"


@pytest.mark.parametrize(("before", "after"), [(SLOW, WORSE), (WELL, FAILING), (FAILING, SLOW)])
async def test_a_new_anomaly_or_a_critical_one_is_worse_and_the_undo_is_offered(
    before: ModelView, after: ModelView
) -> None:
    stage = Stage()
    await sent(stage, before)
    await stage.pass_time(10, after)
    assert stage.run.ended is None
    await stage.pass_time(10, after)
    assert stage.executor.recorded[-1][1].value == "worse"
    assert stage.run.steps[0].state is StepState.FAILED
    assert stage.run.undo is not None
    await stage.send(PlanUndo(stage.run.id))
    assert (await stage.until(lambda run: run.plan is not None)).ended is not None


async def test_no_data_is_neither_better_nor_worse() -> None:
    stage = Stage()
    await sent(stage)
    await stage.pass_time(1790, BLIND)
    assert stage.run.ended is None
    await stage.pass_time(20, BLIND)
    assert stage.run.steps[0].note == "not verified in time"
    assert stage.executor.recorded[-1][1].value == "not_verified"


async def test_what_metrics_cannot_prove_is_proven_by_the_system_alone() -> None:
    stage = Stage()
    stage.executor.progress = RolloutProgress(False, None, "being made")
    await sent(stage, SLOW, StartAction(MODEL_ID, "alerts.silence", {"replicas": "2", "comment": "$nothing {{ x }}"}))
    assert stage.executor.planned == [{"replicas": 2, "comment": "$nothing {{ x }}"}]
    assert stage.run.ended is None
    stage.executor.progress = RolloutProgress(True, None, "the silence is active")
    await stage.pass_time(10, WORSE)
    assert stage.run.steps[0].note == "verified: the silence is active"
    assert stage.run.steps[0].title == "Silence the alerts: replicas 2, comment $nothing {{ x }}"


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (StartAction(MODEL_ID, "kubernetes.scale", {}), "replicas is missing: how many replicas to run"),
        (StartAction(MODEL_ID, "kubernetes.scale", {"replicas": "many"}), "replicas: expected a whole number from 1"),
        (StartAction(MODEL_ID, "kubernetes.scale", {"replica": "3"}), "has no argument 'replica', expected one of"),
        (StartAction(MODEL_ID, "kubernetes.sacle", {}), "there is no action 'kubernetes.sacle'"),
        (StartAction("etta", "kubernetes.scale", {"replicas": "3"}), "there is no model etta"),
    ],
)
async def test_what_cannot_begin_says_why_and_plans_nothing(command: StartAction, message: str) -> None:
    stage = Stage()
    run = await asked(stage, command)
    assert run.message is not None
    assert message in run.message
    assert (run.steps, run.ended, stage.executor.planned) == ((), stage.now, [])


async def test_asking_anew_ends_what_was_not_sent_and_leaves_what_was() -> None:
    stage = Stage()
    first = await sent(stage)
    second = await asked(stage, msgspec.structs.replace(SCALE_TO_8, arguments={"replicas": "9"}))
    third = await asked(stage, msgspec.structs.replace(SCALE_TO_8, arguments={"replicas": "10"}))
    assert stage.runs[first.id].ended is None
    assert stage.runs[second.id].ended is not None
    assert third.id not in (first.id, second.id)
    await stage.send(CancelPlan(third.id))
    assert len(stage.executor.committed) == 1


async def test_the_journal_alone_tells_the_whole_run() -> None:
    stage = Stage()
    run = await sent(stage)
    lines = [line for line, _ in stage.journal.lines if isinstance(line, RunLine)]
    story = begun_by(lines[0])
    assert story is not None
    assert story.state.started.action == "kubernetes.scale"
    assert [title_of(step) for step in story.playbook.steps] == ["Set the number of replicas: replicas 8"]
    assert run.id == story.run_id


NAMES = st.text(min_size=1, max_size=80)


@given(NAMES, NAMES, st.dictionaries(NAMES, st.integers() | st.text(max_size=1000), max_size=4))
def test_every_action_makes_a_playbook_that_the_journal_can_read(
    name: str, title: str, given_values: dict[str, int | str]
) -> None:
    arguments = tuple(Argument(name=each, meaning=each) for each in given_values)
    specification = ActionSpecification(name=f"command.{name}", title=title, arguments=arguments)
    playbook = single_action(specification, given_values, 0.0)
    assert msgspec.convert(msgspec.to_builtins(playbook), Playbook) == playbook
    assert playbook.id == playbook_id_of(specification.name)


@pytest.mark.parametrize("specification", specifications().values(), ids=lambda each: each.name)
def test_the_playbook_of_every_action_that_there_is_is_sound(specification: ActionSpecification) -> None:
    arguments = {each.name: each.least if each.kind == "integer" else "some" for each in specification.arguments}
    playbook = single_action(specification, arguments, 0.0)
    # It is never offered by itself, so nothing says when it fits.
    assert [finding for finding in lint(playbook) if finding.place != ("match", 0)] == []
