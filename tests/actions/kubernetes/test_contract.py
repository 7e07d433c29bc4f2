"""The contract of actions, held by every one of the Kubernetes provider that patches an object."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from console.actions.kubernetes.cordon import Cordon
from console.actions.kubernetes.pause import Pause, Resume
from console.actions.kubernetes.restart import Restart
from console.actions.kubernetes.roll_back import RollBack
from console.actions.kubernetes.scale import Scale
from console.actions.kubernetes.sending import LAST_ARRIVAL_SECONDS
from console.actions.kubernetes.stop_rollout import StopRollout
from console.actions.provider import ActionRefused, Prospect
from console.domain.action import Outcome
from console.domain.model import Owner
from console.simulation.cluster.faults import Fault
from console.simulation.cluster.simulated_cluster import Release
from tests.actions.kubernetes.contract import Case
from tests.actions.kubernetes.world import START, World, a_world, occasion

DEPLOYMENT = "/apis/apps/v1/namespaces/ml/deployments/fraud"
AUTOSCALER = "/apis/autoscaling/v2/namespaces/ml/horizontalpodautoscalers/fraud"
ANOTHER_IMAGE = {"spec": {"template": {"spec": {"containers": [{"name": "fraud", "image": "registry/fraud:v43"}]}}}}
ANOTHER_TOLD = "template.spec.containers[fraud].image is registry/fraud:v43 now, not registry/fraud:v4"
RESTARTED = {"spec": {"template": {"metadata": {"annotations": {"kubectl.kubernetes.io/restartedAt": "today"}}}}}


async def autoscaled(world: World) -> None:
    world.cluster.add_autoscaler(namespace="ml", deployment="fraud", minimum=2, maximum=8)


async def rolling_out(world: World) -> None:
    """A release is under way whose first pod is not ready yet."""
    world.cluster.roll_out(namespace="ml", name="fraud", image="registry/fraud:v42", labels={"version": "v42"})
    world.clock.now += 1


async def paused(world: World) -> None:
    await world.transport.patch(
        DEPLOYMENT, {"spec": {"paused": True}}, content_type="application/merge-patch+json", dry_run=False
    )
    world.clock.now += 1


def a_pod(world: World) -> str:
    return world.cluster.pods("ml", "fraud")[0].name


def its_node(world: World) -> str:
    return f"/api/v1/nodes/{world.cluster.pods('ml', 'fraud')[0].node}"


CASES = {
    "scale": Case(
        action=Scale,
        arguments=lambda _: {"replicas": 6},
        path=lambda _: DEPLOYMENT,
        resource=("deployments", "scale"),
        edit={"spec": {"replicas": 4}},
        told="replicas are 4 now, not ",
    ),
    "scale an autoscaled workload": Case(
        action=Scale,
        arguments=lambda _: {"replicas": 6},
        path=lambda _: AUTOSCALER,
        resource=("horizontalpodautoscalers", ""),
        edit={"spec": {"minReplicas": 4}},
        told="minReplicas are 4 now, not ",
        prepared=autoscaled,
    ),
    "scale over the most of an autoscaler": Case(
        action=Scale,
        arguments=lambda _: {"replicas": 10},
        path=lambda _: AUTOSCALER,
        resource=("horizontalpodautoscalers", ""),
        edit={"spec": {"maxReplicas": 12}},
        told="maxReplicas are 12 now, not ",
        prepared=autoscaled,
    ),
    "roll back": Case(
        action=RollBack,
        path=lambda _: DEPLOYMENT,
        resource=("deployments", ""),
        edit=ANOTHER_IMAGE,
        told=ANOTHER_TOLD,
    ),
    "stop a rollout": Case(
        action=StopRollout,
        path=lambda _: DEPLOYMENT,
        resource=("deployments", ""),
        edit=ANOTHER_IMAGE,
        told=ANOTHER_TOLD,
        prepared=rolling_out,
    ),
    "restart": Case(
        action=Restart,
        path=lambda _: DEPLOYMENT,
        resource=("deployments", ""),
        edit=RESTARTED,
        told="template.metadata.annotations",
    ),
    "pause": Case(
        action=Pause,
        path=lambda _: DEPLOYMENT,
        resource=("deployments", ""),
        edit={"spec": {"paused": True}},
        told="paused is true now, it was not set",
    ),
    "resume": Case(
        action=Resume,
        path=lambda _: DEPLOYMENT,
        resource=("deployments", ""),
        edit={"spec": {"paused": None}},
        told="paused is not set now, not true",
        prepared=paused,
        credited=False,
    ),
    "cordon": Case(
        action=Cordon,
        arguments=lambda world: {"pod": a_pod(world)},
        path=its_node,
        resource=("nodes", ""),
        edit={"spec": {"unschedulable": True}},
        told="unschedulable is true now, it was not set",
    ),
}
UNDOABLE = [name for name in CASES if name != "restart"]
every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Deployment `ml/fraud` runs v41 on three replicas, after v40."""
    before = Release(image="registry/fraud:v40", labels={"version": "v40"}, created=START - 7200)
    async with a_world(tmp_path, earlier=(before,)) as made:
        yield made


@every_case
async def test_a_plan_is_the_dry_run_of_the_very_request(world: World, case: Case) -> None:
    plan = await case.plan(world)
    assert plan.refusals == ()
    (tried,) = world.patches
    assert (tried.path, tried.body, tried.query["dryRun"]) == (plan.request.path, plan.request.body, "All")
    assert plan.dry_run == "accepted by the server"
    assert world.mutations == []
    assert plan.request.body[0]["op"] == "test"
    assert plan.target == world.fraud.target
    assert plan.changes
    assert plan.command is not None
    assert plan.command.startswith("kubectl --context simulated ")


@every_case
async def test_a_commit_sends_the_plan_once_and_is_followed_to_its_end(world: World, case: Case) -> None:
    action, plan = case.of(world), await case.plan(world)
    world.cluster.forget_requests()
    commitment = await action.commit(plan)
    assert commitment.outcome is Outcome.APPLIED, commitment.detail
    (sent,) = world.mutations
    assert (sent.method, sent.path, sent.body) == ("PATCH", plan.request.path, plan.request.body)
    seen = []
    for _ in range(12):
        world.clock.now += 10
        seen.append(await action.observe(plan))
    assert {progress.failed for progress in seen} == {None}
    assert seen[-1].done is True, seen[-1].text


@every_case
async def test_what_was_done_is_undone_unless_it_says_that_it_cannot_be(world: World, case: Case) -> None:
    action = case.of(world)
    await case.prepared(world)
    before = await case.spec(world)
    plan = await action.plan(occasion(world.fraud), case.arguments(world), may_dry_run=True)
    await action.commit(plan)
    assert (plan.undo is None) == (action.specification.undo is None)
    if plan.undo is None:
        with pytest.raises(ActionRefused, match="cannot be undone"):
            await action.plan_undo(plan, may_dry_run=True)
        return
    undo = await action.plan_undo(plan, may_dry_run=True)
    assert undo.refusals == ()
    assert (undo.request, undo.undoes) == (plan.undo.request, plan.hash)
    assert (await action.commit(undo)).outcome is Outcome.APPLIED
    after = await case.spec(world)
    assert after == before | {"replicas": after["replicas"]} if "replicas" in after else after == before


@every_case
async def test_a_colleagues_edit_wins_and_is_told_with_its_value(world: World, case: Case) -> None:
    plan = await case.plan(world)
    await case.interfere(world)
    commitment = await case.of(world).commit(plan)
    assert commitment.outcome is Outcome.NOT_APPLIED
    assert commitment.detail.startswith(f"nothing was changed: {case.told}")
    assert ("(by kubectl at " in commitment.detail) == case.credited
    assert len(world.mutations) == 1


@pytest.mark.parametrize("name", UNDOABLE)
async def test_nothing_is_undone_over_a_colleagues_edit(world: World, name: str) -> None:
    case = CASES[name]
    action, plan = case.of(world), await case.plan(world)
    await action.commit(plan)
    await case.interfere(world)
    undo = await action.plan_undo(plan, may_dry_run=True)
    if name in {"pause", "resume", "cordon"}:  # the colleague only confirmed what was done: nothing changed hands
        return
    assert undo.refusals[0].startswith(case.told)
    assert undo.refusals[0].endswith("nothing is undone over somebody else's change")
    assert world.patches == []


@every_case
async def test_what_is_forbidden_is_told_before_and_in_the_plan(world: World, case: Case) -> None:
    plural, subresource = case.resource
    await case.prepared(world)
    finding = msgspec.structs.replace(world.fraud, autoscaler="fraud" if "auto" in case.path(world) else None)
    world.cluster.deny(verb="patch", resource=plural, subresource=subresource or "*")
    world.cluster.forget_requests()
    prospect = await case.of(world).prospect(occasion(finding))
    where = "" if plural == "nodes" else " in namespace ml"
    told = f"you may not patch {'/'.join(filter(None, case.resource))}{where} (RBAC)"
    assert prospect.why_not == told
    plan = await case.of(world).plan(occasion(world.fraud), case.arguments(world), may_dry_run=True)
    assert plan.refusals == (told,)
    assert world.patches == []


@every_case
async def test_a_permission_that_is_lost_after_the_plan_changes_nothing(world: World, case: Case) -> None:
    plan = await case.plan(world)
    world.cluster.deny(verb="patch", resource=case.resource[0])
    world.cluster.forget_requests()
    commitment = await case.of(world).commit(plan)
    assert (commitment.outcome, len(world.cluster.requests)) == (Outcome.NOT_APPLIED, 1)
    assert commitment.detail.startswith("nothing was changed: 403 Forbidden")


@every_case
async def test_an_answer_that_is_lost_is_told_by_reading_and_never_sent_again(world: World, case: Case) -> None:
    plan = await case.plan(world)
    world.cluster.faults.add(Fault(method="PATCH", dry_run=False, cut="after"))
    commitment = await case.of(world).commit(plan)
    assert commitment.outcome is (Outcome.APPLIED if case.credited else Outcome.UNKNOWN), commitment.detail
    assert len(world.mutations) == 1


@every_case
async def test_a_request_that_is_lost_is_not_applied_once_it_cannot_arrive(world: World, case: Case) -> None:
    plan = await case.plan(world)
    world.cluster.faults.add(Fault(method="PATCH", dry_run=False, cut="before"))
    world.clock.now += 2
    sent_at = world.clock.now
    assert (await case.of(world).commit(plan)).outcome is Outcome.UNKNOWN
    world.clock.now += LAST_ARRIVAL_SECONDS
    assert (await case.of(world).settle(plan, sent_at)).outcome is Outcome.NOT_APPLIED
    assert len(world.mutations) == 1


@every_case
async def test_a_console_that_only_reads_sends_not_even_a_dry_run(world: World, case: Case) -> None:
    await case.prepared(world)
    world.cluster.forget_requests()
    plan = await case.of(world).plan(occasion(world.fraud), case.arguments(world), may_dry_run=False)
    assert plan.dry_run == "not asked: the console only reads"
    assert world.patches == []


@every_case
async def test_what_an_owner_would_undo_is_refused_by_its_name(world: World, case: Case) -> None:
    await case.prepared(world)
    owner = Owner("serving.kserve.io/v1beta1", "InferenceService", "fraud", "i-1")
    owned = msgspec.structs.replace(world.fraud, owner=owner, owners_unread="who owns it is unknown")
    told = (
        "InferenceService fraud owns fraud and would undo this: act on InferenceService fraud (who owns it is unknown)"
    )
    prospect: Prospect = await case.of(world).prospect(occasion(owned))
    plan = await case.of(world).plan(occasion(owned), case.arguments(world), may_dry_run=True)
    if case.action is Cordon:
        assert (prospect.why_not, plan.refusals) == (None, ())
    else:
        assert (prospect.why_not, plan.refusals) == (told, (told,))


@every_case
async def test_an_argument_that_it_does_not_have_is_refused(world: World, case: Case) -> None:
    with pytest.raises(ActionRefused, match="has no argument 'force'"):
        await case.of(world).plan(occasion(world.fraud), {"force": True}, may_dry_run=True)
