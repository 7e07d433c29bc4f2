"""Deleting one replica: which may go, what is sent, what became of it."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from console.actions.kubernetes.delete_pod import DeletePod
from console.actions.kubernetes.sending import LAST_ARRIVAL_SECONDS
from console.actions.provider import ActionRefused
from console.domain.action import Outcome, Plan
from console.simulation.cluster.faults import Fault
from console.simulation.cluster.resources import BUDGETS
from tests.actions.kubernetes.world import World, a_world, occasion


def action_in(world: World) -> DeletePod:
    return DeletePod(world.transport, world.settings, world.clock, settle_seconds=0.0)


async def plan_for(world: World, place: int = 0) -> Plan:
    name = world.cluster.pods("ml", "fraud")[place].name
    plan = await action_in(world).plan(occasion(world.fraud), {"pod": name}, may_dry_run=True)
    world.cluster.forget_requests()
    return plan


async def test_a_deletion_is_pinned_to_the_pod_that_was_seen_and_another_comes(world: World) -> None:
    names = tuple(sorted(pod.name for pod in world.cluster.pods("ml", "fraud")))
    assert (await action_in(world).prospect(occasion(world.fraud))).choices == {"pod": names}
    plan = await plan_for(world)
    assert (plan.refusals, plan.undo, plan.dry_run) == ((), None, "accepted by the server")
    assert len(world.cluster.pods("ml", "fraud")) == 3
    commitment = await action_in(world).commit(plan)
    assert commitment.outcome is Outcome.APPLIED
    (sent,) = world.mutations
    assert (sent.method, sent.path, sent.body) == ("DELETE", plan.request.path, plan.request.body)
    assert (await action_in(world).observe(plan)).done is False
    world.clock.now += 60
    assert (await action_in(world).observe(plan)).done is True
    assert plan.request.path.rpartition("/")[2] not in {pod.name for pod in world.cluster.pods("ml", "fraud")}


async def test_the_last_replica_that_serves_is_left_alone(world: World) -> None:
    first, second, _ = world.cluster.pods("ml", "fraud")
    for pod in (first, second):
        world.cluster.break_pod("ml", pod.name)
    plan = await plan_for(world, 2)
    assert plan.refusals[0].endswith("is the only one that serves: scale up, or restart, instead")
    assert (await plan_for(world, 0)).refusals == ()


async def test_a_replica_that_became_the_last_one_that_serves_since_the_plan_is_left_alone(world: World) -> None:
    plan = await plan_for(world, 2)
    for pod in world.cluster.pods("ml", "fraud")[:2]:
        world.cluster.break_pod("ml", pod.name)
    commitment = await action_in(world).commit(plan)
    assert commitment.outcome is Outcome.NOT_APPLIED
    assert "is the only one that serves" in commitment.detail
    assert world.mutations == []


async def test_what_cannot_be_looked_at_again_is_not_deleted(world: World) -> None:
    plan = await plan_for(world)
    world.cluster.faults.add(Fault(method="GET", path="*/pods", status=503))
    commitment = await action_in(world).commit(plan)
    assert commitment.outcome is Outcome.NOT_APPLIED
    assert commitment.detail.startswith("nothing was changed: whether other pods serve cannot be read: 503")
    assert world.mutations == []


async def test_a_pod_is_found_by_the_short_name_that_the_screen_shows(world: World) -> None:
    name = world.cluster.pods("ml", "fraud")[0].name
    plan = await action_in(world).plan(occasion(world.fraud), {"pod": name.removeprefix("fraud-")}, may_dry_run=True)
    assert (plan.title, plan.request.path.rpartition("/")[2]) == (f"Delete pod {name} of fraud", name)


async def test_a_pod_of_another_name_or_workload_is_refused(world: World) -> None:
    with pytest.raises(ActionRefused, match="fraud has no pod other-1; it has fraud-"):
        await action_in(world).plan(occasion(world.fraud), {"pod": "other-1"}, may_dry_run=True)
    with pytest.raises(ActionRefused, match="needs pod: the replica to delete"):
        await action_in(world).plan(occasion(world.fraud), {}, may_dry_run=True)
    elsewhere = msgspec.structs.replace(world.fraud, context="other")
    with pytest.raises(ActionRefused, match="it is for context other"):
        await action_in(world).plan(occasion(elsewhere), {"pod": "x"}, may_dry_run=True)


async def test_a_deletion_is_not_undone(world: World) -> None:
    with pytest.raises(ActionRefused, match="cannot be undone"):
        await action_in(world).plan_undo(await plan_for(world), may_dry_run=True)


async def test_what_is_forbidden_is_told(world: World) -> None:
    world.cluster.deny(verb="delete", resource="pods")
    told = "you may not delete pods in namespace ml (RBAC)"
    assert (await action_in(world).prospect(occasion(world.fraud))).why_not == told
    assert (await plan_for(world)).refusals == (told,)


async def test_a_pod_that_a_colleague_deleted_meanwhile_is_told(world: World) -> None:
    plan = await plan_for(world)
    await world.transport.delete(plan.request.path, uid=plan.request.body["preconditions"]["uid"])
    world.clock.now += 60
    commitment = await action_in(world).commit(plan)
    assert commitment.outcome is Outcome.NOT_APPLIED
    assert commitment.detail.endswith("is gone already")


@pytest.mark.parametrize(
    ("cut", "at_once", "later"),
    [("after", Outcome.APPLIED, Outcome.APPLIED), ("before", Outcome.UNKNOWN, Outcome.NOT_APPLIED)],
)
async def test_a_lost_answer_is_told_by_reading_and_never_sent_again(
    world: World, cut: str, at_once: Outcome, later: Outcome
) -> None:
    plan = await plan_for(world)
    world.cluster.faults.add(Fault(method="DELETE", dry_run=False, cut="after" if cut == "after" else "before"))
    sent_at = world.clock.now
    assert (await action_in(world).commit(plan)).outcome is at_once
    world.clock.now += LAST_ARRIVAL_SECONDS
    assert (await action_in(world).settle(plan, sent_at)).outcome is later
    assert len(world.mutations) == 1


def budget(world: World, name: str, selector: dict[str, Any] | None, **bounds: int | str) -> None:
    spec = {"selector": selector, **bounds} if selector is not None else bounds
    world.cluster.add_object(BUDGETS, {"metadata": {"name": name, "namespace": "ml"}, "spec": spec})
    world.clock.now += 1
    world.cluster.advance()


async def test_the_disruption_budgets_of_a_pod_are_told_before_the_key(world: World) -> None:
    labels = (await world.transport.get("/apis/apps/v1/namespaces/ml/deployments/fraud"))["spec"]["selector"]
    budget(world, "fraud", labels, minAvailable="100%")
    budget(world, "loose", labels, maxUnavailable=1)
    budget(world, "other", {"matchLabels": {"app": "another"}}, minAvailable=1)
    budget(world, "none", None, minAvailable=1)
    plan = await plan_for(world)
    assert plan.refusals == ()
    assert [note for note in plan.notes if "PodDisruptionBudget" in note] == [
        "PodDisruptionBudget fraud allows no disruption now (3 healthy, 3 wanted): a deletion does not ask it",
        "PodDisruptionBudget loose allows 1 disruption now (3 healthy, 2 wanted): a deletion does not ask it",
    ]
    world.cluster.deny(verb="list", resource="poddisruptionbudgets")
    plan = await plan_for(world)
    assert plan.refusals == ()
    assert any(note.startswith("whether a PodDisruptionBudget covers it is not known: 403") for note in plan.notes)


@pytest.mark.parametrize(("minor", "covers"), [(20, False), (21, True)])
async def test_an_empty_selector_covered_nothing_in_the_older_api(tmp_path: Path, minor: int, *, covers: bool) -> None:
    async with a_world(tmp_path, minor=minor) as world:
        budget(world, "all", {}, minAvailable=1)
        assert any("PodDisruptionBudget all " in note for note in (await plan_for(world)).notes) is covers


async def test_a_disruption_budget_that_nobody_counted_yet_allows_nothing_that_is_known(world: World) -> None:
    metadata = {"name": "new", "namespace": "ml", "generation": 1}
    body = msgspec.json.encode({"items": [{"metadata": metadata, "spec": {"selector": {}}}]})
    world.cluster.faults.add(Fault(method="GET", path="*/poddisruptionbudgets", body=body))
    told = "PodDisruptionBudget new covers it, what it allows is not counted yet: a deletion does not ask it"
    assert told in (await plan_for(world)).notes
