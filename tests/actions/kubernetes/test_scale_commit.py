import json
from pathlib import Path

import pytest

from console.actions.kubernetes.sending import LAST_ARRIVAL_SECONDS
from console.actions.provider import ActionRefused
from console.domain.action import FieldChange, Outcome, Plan, RiskTier
from console.simulation.cluster.faults import Fault
from console.transport.kubernetes import KubernetesError
from tests.actions.kubernetes.world import SCALE_PATH, World, occasion


async def plan_for(world: World, replicas: int) -> Plan:
    plan = await world.action().plan(occasion(world.fraud), {"replicas": replicas}, may_dry_run=True)
    assert plan.refusals == ()
    world.cluster.forget_requests()
    return plan


async def test_a_commit_sends_the_planned_request_once(world: World) -> None:
    plan = await plan_for(world, 6)
    commitment = await world.action().commit(plan)
    (request,) = world.cluster.requests
    assert (request.method, request.path, request.body) == ("PATCH", SCALE_PATH, plan.request.body)
    assert "dryRun" not in request.query
    assert request.query["fieldManager"] == "incident-console"
    assert commitment.outcome is Outcome.APPLIED
    assert commitment.detail == "fraud is asked to run 6 replicas"
    assert commitment.at == world.clock.now
    assert world.settled_replicas() == 6


async def test_scaling_to_nothing_is_understood_though_the_server_leaves_zero_out(world: World) -> None:
    plan = await plan_for(world, 0)
    world.cluster.faults.add(Fault(path="*/scale", body=json.dumps({"spec": {}}).encode()))
    commitment = await world.action().commit(plan)
    assert commitment.outcome is Outcome.APPLIED


async def test_a_count_of_nothing_is_left_and_come_back_to_though_the_server_leaves_zero_out(world: World) -> None:
    plan = await plan_for(world, 0)
    assert (await world.action().commit(plan)).outcome is Outcome.APPLIED
    undo = await world.action().plan_undo(plan, may_dry_run=True)
    assert (undo.title, undo.refusals) == ("Scale fraud from 0 to 3 replicas", ())
    assert (await world.action().commit(undo)).outcome is Outcome.APPLIED
    assert world.settled_replicas() == 3
    again = await world.action().plan_undo(undo, may_dry_run=True)
    assert (again.title, again.tier, again.refusals) == ("Scale fraud from 3 to 0 replicas", 3, ())


async def test_what_was_asked_for_may_be_there_by_another_console_or_by_the_request_itself(world: World) -> None:
    plan = await plan_for(world, 6)
    await world.action().commit(plan)
    again = await world.action().commit(plan)
    assert again.outcome is Outcome.NOT_APPLIED
    assert again.detail.startswith("nothing was changed: replicas are 6 now, not 3 (by incident-console)")
    assert again.detail.endswith(
        "which is what was asked for: another console did it, or something on the way sent this request twice"
    )


async def test_an_answer_that_is_lost_is_found_by_reading_and_never_sent_again(world: World) -> None:
    plan = await plan_for(world, 6)
    world.cluster.faults.add(Fault(path="*/scale", dry_run=False, cut="after"))
    commitment = await world.action().commit(plan)
    assert commitment.outcome is Outcome.APPLIED
    assert commitment.detail.startswith("replicas are 6 now (by incident-console)")
    assert [request.method for request in world.cluster.requests] == ["PATCH", "GET"]


async def test_a_request_that_timed_out_is_read_and_never_sent_again(world: World) -> None:
    plan = await plan_for(world, 6)
    world.cluster.faults.add(Fault(path="*/scale", dry_run=False, delay_seconds=30))
    commitment = await world.action().commit(plan)
    assert commitment.outcome is Outcome.APPLIED
    assert len(world.mutations) == 1


async def test_a_request_that_was_lost_may_arrive_until_the_server_gives_up(world: World) -> None:
    plan = await plan_for(world, 6)
    world.cluster.faults.add(Fault(path="*/scale", dry_run=False, cut="before"))
    sent_at = world.clock.now
    commitment = await world.action().commit(plan)
    assert commitment.outcome is Outcome.UNKNOWN
    assert commitment.detail.startswith("replicas are still 3: the request may arrive yet")
    world.clock.now += LAST_ARRIVAL_SECONDS
    assert (await world.action().settle(plan, sent_at)).outcome is Outcome.NOT_APPLIED
    assert len(world.mutations) == 1
    assert world.settled_replicas() == 3


async def test_the_count_that_was_asked_for_but_set_by_somebody_else_is_not_credited(world: World) -> None:
    plan = await plan_for(world, 6)
    await world.scale_as_a_colleague(6)
    settled = await world.action().settle(plan, world.clock.now)
    assert settled.outcome is Outcome.UNKNOWN
    assert settled.detail == "replicas are 6 now (by kubectl): whether this request set them is unknown"


async def test_the_count_of_before_is_no_answer_when_somebody_set_it_since(world: World) -> None:
    plan = await plan_for(world, 6)
    sent_at = world.clock.now
    await world.action().commit(plan)
    world.clock.now += LAST_ARRIVAL_SECONDS
    await world.scale_as_a_colleague(3)
    settled = await world.action().settle(plan, sent_at)
    assert settled.outcome is Outcome.UNKNOWN
    told = "replicas are 3 (by kubectl): somebody may have set them since, the server does not say when"
    assert settled.detail == told


async def test_a_count_that_consoles_set_before_is_still_that_of_before(world: World) -> None:
    await world.action().commit(await plan_for(world, 4))
    world.clock.now += 60
    plan = await plan_for(world, 6)
    world.cluster.faults.add(Fault(path="*/scale", dry_run=False, cut="before"))
    commitment = await world.action().commit(plan)
    assert commitment.outcome is Outcome.UNKNOWN
    world.clock.now += LAST_ARRIVAL_SECONDS
    settled = await world.action().settle(plan, commitment.at)
    assert (settled.outcome, settled.detail) == (Outcome.NOT_APPLIED, "replicas are still 4: it was not applied")


async def test_a_lost_answer_that_cannot_be_read_again_stays_unknown(world: World) -> None:
    plan = await plan_for(world, 6)
    world.cluster.faults.add(Fault(path="*/scale", dry_run=False, cut="after"))
    world.cluster.faults.add(Fault(method="GET", path="*/fraud", status=503, times=None))
    commitment = await world.action().commit(plan)
    assert commitment.outcome is Outcome.UNKNOWN
    assert len(world.mutations) == 1


async def test_a_lost_answer_before_somebody_elses_change_stays_unknown(world: World) -> None:
    plan = await plan_for(world, 6)
    await world.scale_as_a_colleague(4)
    world.cluster.faults.add(Fault(path="*/scale", dry_run=False, cut="before"))
    commitment = await world.action().commit(plan)
    assert commitment.outcome is Outcome.UNKNOWN
    assert commitment.detail.startswith("replicas are 4 now, not 6 (by kubectl)")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (
            Fault(path="*/scale", status=409),
            "nothing was changed: fraud was changed by somebody at the same moment, and",
        ),
        (Fault(path="*/scale", status=429, retry_after=5), "wait 5 s"),
        (
            Fault(path="*/scale", status=404),
            "nothing was changed: fraud is there, but the cluster does not serve its depl",
        ),
        (Fault(path="*/scale", status=500), "replicas are still 3: it was not applied (500 InternalError"),
        (Fault(path="*/scale", status=503), "replicas are still 3: it was not applied (503 ServiceUnavailable"),
    ],
)
async def test_a_refusal_is_told_and_not_tried_again(world: World, fault: Fault, words: str) -> None:
    plan = await plan_for(world, 6)
    world.cluster.faults.add(fault)
    commitment = await world.action().commit(plan)
    assert commitment.outcome is Outcome.NOT_APPLIED
    assert words in commitment.detail
    assert len(world.mutations) == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault(path="*/scale", status=504),
        Fault(path="*/scale", status=503, body=b"<html>no upstream</html>"),
        Fault(path="*/scale", status=500, body=b'{"kind":"Status","message":"etcdserver: request timed out"}'),
    ],
)
async def test_a_failure_that_is_not_the_servers_last_word_stays_unknown(world: World, fault: Fault) -> None:
    plan = await plan_for(world, 6)
    world.cluster.faults.add(fault)
    commitment = await world.action().commit(plan)
    assert commitment.outcome is Outcome.UNKNOWN
    assert commitment.detail.startswith("replicas are still 3: the request may arrive yet (50")
    assert len(world.mutations) == 1


@pytest.mark.parametrize("body", [b"<html>", b'{"spec":[]}'])
async def test_an_answer_that_is_no_scale_is_checked_by_reading(world: World, body: bytes) -> None:
    plan = await plan_for(world, 6)
    world.cluster.faults.add(Fault(path="*/scale", body=body))
    commitment = await world.action().commit(plan)
    assert commitment.outcome is Outcome.APPLIED
    assert commitment.detail.startswith("replicas are 6 now")


async def test_a_dead_cluster_was_sent_nothing(world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    plan = await plan_for(world, 6)
    await world.transport.close()
    kubeconfig = tmp_path / "kubeconfig"
    port = kubeconfig.read_text().split("http://127.0.0.1:")[1].split()[0]
    kubeconfig.write_text(kubeconfig.read_text().replace(f":{port}", ":9"))
    commitment = await world.action().commit(plan)
    assert commitment.outcome is Outcome.NOT_APPLIED
    assert "the cluster cannot be reached" in commitment.detail


async def test_a_workload_deleted_before_the_commit_is_not_mistaken_for_another(world: World) -> None:
    plan = await plan_for(world, 6)
    live = await world.transport.get("/apis/apps/v1/namespaces/ml/deployments/fraud")
    live["metadata"]["uid"] = "another"
    body = json.dumps(live).encode()
    world.cluster.faults.add(Fault(path="*/scale", status=422))
    world.cluster.faults.add(Fault(method="GET", path="*/fraud", body=body))
    commitment = await world.action().commit(plan)
    assert commitment.outcome is Outcome.NOT_APPLIED
    assert commitment.detail == "nothing was changed: fraud was deleted and made anew"


async def test_the_uid_is_checked_inside_the_request(world: World) -> None:
    """A plan for an object of the same name and count, but another uid, changes nothing."""
    plan = await plan_for(world, 6)
    body = [{"op": "test", "path": "/metadata/uid", "value": "another"}, *plan.request.body[1:]]
    with pytest.raises(KubernetesError):
        await world.transport.patch(SCALE_PATH, body, content_type=plan.request.content_type, dry_run=False)
    assert world.settled_replicas() == 3


async def test_an_undo_is_the_recorded_inverse_dry_run_again(world: World) -> None:
    plan = await plan_for(world, 6)
    await world.action().commit(plan)
    world.cluster.forget_requests()
    undo = await world.action().plan_undo(plan, may_dry_run=True)
    assert plan.undo is not None
    assert undo.request == plan.undo.request
    assert undo.undoes == plan.hash
    assert undo.changes == (FieldChange("replicas", "6", "3"),)
    assert (undo.tier, undo.refusals) == (RiskTier.WIDE, ())
    assert [request.query.get("dryRun") for request in world.patches] == ["All"]
    assert (await world.action().commit(undo)).outcome is Outcome.APPLIED
    assert world.settled_replicas() == 3


async def test_an_undo_over_somebody_elses_change_is_refused(world: World) -> None:
    plan = await plan_for(world, 6)
    await world.action().commit(plan)
    await world.scale_as_a_colleague(8)
    undo = await world.action().plan_undo(plan, may_dry_run=True)
    assert undo.refusals[0].startswith("replicas are 8 now, not 6 (by kubectl)")
    assert undo.refusals[0].endswith("nothing is undone over somebody else's change")
    assert world.patches == []


async def test_an_undo_of_a_count_that_somebody_else_set_is_refused(world: World) -> None:
    """The commit was lost, and a colleague did the same by hand."""
    plan = await plan_for(world, 6)
    await world.scale_as_a_colleague(6)
    undo = await world.action().plan_undo(plan, may_dry_run=True)
    assert undo.refusals[0].startswith("replicas are 6 (by kubectl)")
    assert undo.refusals[0].endswith("nothing is undone over somebody else's change")
    assert world.patches == []


async def test_an_undo_of_what_is_undone_already_is_refused(world: World) -> None:
    plan = await plan_for(world, 6)
    undo = await world.action().plan_undo(plan, may_dry_run=True)
    assert undo.refusals[0].startswith("replicas are 3 already")


async def test_an_undo_may_go_back_over_the_limit_of_new_actions(world: World) -> None:
    await world.scale_as_a_colleague(25)
    plan = await world.action().plan(occasion(world.fraud), {"replicas": 10}, may_dry_run=True)
    await world.action().commit(plan)
    undo = await world.action().plan_undo(plan, may_dry_run=True)
    assert undo.refusals == ()


async def test_a_plan_without_an_inverse_cannot_be_undone(world: World) -> None:
    import msgspec

    plan = msgspec.structs.replace(await plan_for(world, 6), undo=None)
    with pytest.raises(ActionRefused, match="cannot be undone"):
        await world.action().plan_undo(plan, may_dry_run=True)
