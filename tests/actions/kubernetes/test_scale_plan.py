import shlex
from pathlib import Path

import msgspec
import pytest

from console.actions.provider import ActionRefused
from console.domain.action import FieldChange, Plan, RiskTier
from console.settings.settings import KubernetesSettings
from console.simulation.cluster.faults import Fault
from console.simulation.cluster.resources import QUOTAS
from console.transport.kubernetes import Kr8sTransport
from tests.actions.kubernetes.world import SCALE_PATH, World, a_world, occasion


async def plan_for(world: World, replicas: object, *, may_dry_run: bool = True) -> Plan:
    return await world.action().plan(occasion(world.fraud), {"replicas": replicas}, may_dry_run=may_dry_run)


async def test_a_plan_is_the_servers_dry_run_of_the_very_request(world: World) -> None:
    plan = await plan_for(world, 6)
    (dry_run,) = world.patches
    assert dry_run.query["dryRun"] == "All"
    assert (dry_run.path, dry_run.body) == (plan.request.path, plan.request.body)
    assert dry_run.headers["content-type"] == plan.request.content_type == "application/json-patch+json"
    assert plan.request.path == SCALE_PATH
    assert plan.request.body == [
        {"op": "test", "path": "/metadata/uid", "value": world.fraud.uid},
        {"op": "test", "path": "/spec/replicas", "value": 3},
        {"op": "replace", "path": "/spec/replicas", "value": 6},
    ]
    assert plan.changes == (FieldChange("replicas", "3", "6"),)
    assert plan.dry_run == "accepted by the server"
    assert plan.refusals == ()
    assert plan.notes == ()
    assert plan.made_at == world.clock.now
    assert world.mutations == []
    assert world.settled_replicas() == 3


async def test_a_plan_brings_its_undo_with_its_own_preconditions(world: World) -> None:
    plan = await plan_for(world, 6)
    assert plan.undo is not None
    assert plan.undo.changes == (FieldChange("replicas", "6", "3"),)
    assert plan.undo.request.body[1:] == [
        {"op": "test", "path": "/spec/replicas", "value": 6},
        {"op": "replace", "path": "/spec/replicas", "value": 3},
    ]


async def test_a_plan_tells_the_same_as_a_person_would_type_it(world: World) -> None:
    plan = await plan_for(world, 6)
    expected = "kubectl --context simulated -n ml scale deployment/fraud --replicas=6 --current-replicas=3"
    assert plan.command == expected


async def test_a_context_with_shell_words_stays_one_word(world: World) -> None:
    hostile = msgspec.structs.replace(world.fraud, context="prod; rm -rf $HOME")
    settings = KubernetesSettings(context=hostile.context)
    plan = await world.action(settings).plan(occasion(hostile), {"replicas": 6}, may_dry_run=False)
    assert plan.command is not None
    assert shlex.split(plan.command)[2] == "prod; rm -rf $HOME"


@pytest.mark.parametrize(
    ("replicas", "tier"),
    [(4, RiskTier.BOUNDED), (6, RiskTier.BOUNDED), (7, RiskTier.WIDE), (2, RiskTier.WIDE), (0, RiskTier.HARD_TO_UNDO)],
)
async def test_the_risk_grows_with_the_change(world: World, replicas: int, tier: RiskTier) -> None:
    plan = await plan_for(world, replicas)
    assert (plan.tier, plan.refusals) == (tier, ())


async def test_every_change_in_a_critical_cluster_is_confirmed_like_the_riskiest(world: World) -> None:
    settings = KubernetesSettings(context="simulated", write=True, critical=True)
    plan = await world.action(settings).plan(occasion(world.fraud), {"replicas": 4}, may_dry_run=True)
    assert plan.tier is RiskTier.HARD_TO_UNDO


@pytest.mark.parametrize(
    ("replicas", "reason"),
    [(21, "21 replicas are over the limit of 20"), (3, "replicas are 3 already")],
)
async def test_what_cannot_be_done_is_refused_without_asking_the_server(
    world: World, replicas: int, reason: str
) -> None:
    plan = await plan_for(world, replicas)
    assert plan.refusals[0].startswith(reason)
    assert world.patches == []


@pytest.mark.parametrize("argument", [None, "6", 6.5, -1, True, [6]])
async def test_an_argument_that_is_no_count_is_refused(world: World, argument: object) -> None:
    with pytest.raises(ActionRefused, match="expected a whole number"):
        await plan_for(world, argument)
    assert world.cluster.requests == ()


async def test_an_argument_of_another_name_is_refused(world: World) -> None:
    with pytest.raises(ActionRefused, match=r"no argument 'replica'; expected replicas"):
        await world.action().plan(occasion(world.fraud), {"replica": 6}, may_dry_run=True)


async def test_what_the_user_may_not_do_is_refused_after_one_question(world: World) -> None:
    world.cluster.deny(verb="patch", resource="deployments", subresource="scale")
    plan = await plan_for(world, 6)
    assert plan.refusals == ("you may not patch deployments/scale in namespace ml (RBAC)",)
    assert world.patches == []


async def test_autoscalers_that_may_not_be_seen_are_told_as_unknown(world: World) -> None:
    world.cluster.deny(resource="horizontalpodautoscalers")
    plan = await plan_for(world, 6)
    assert plan.refusals == ()
    assert plan.notes == ("autoscalers may not be listed: if one owns the replicas, it will undo this",)


async def test_a_workload_that_was_made_anew_is_not_the_one_that_was_found(world: World) -> None:
    other = msgspec.structs.replace(world.fraud, uid="another")
    plan = await world.action().plan(occasion(other), {"replicas": 6}, may_dry_run=True)
    assert plan.refusals[0].startswith("Deployment fraud was deleted and made anew")
    assert world.patches == []


async def test_a_console_that_only_reads_sends_no_write_at_all(world: World) -> None:
    plan = await plan_for(world, 6, may_dry_run=False)
    assert plan.dry_run == "not asked: the console only reads"
    assert plan.changes == (FieldChange("replicas", "3", "6"),)
    assert world.patches == []


async def test_pods_that_find_no_room_already_are_told(tmp_path: Path) -> None:
    async with a_world(tmp_path, replicas=3, pods_per_node=1) as world:
        await world.scale_as_a_colleague(4)
        world.clock.now += 120
        plan = await plan_for(world, 6)
        assert any(
            note.startswith("more replicas would wait as well: 1 pod finds no room for ") for note in plan.notes
        ), plan.notes
        assert plan.refusals == ()


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault(path="*/scale", dry_run=True, status=403), "the cluster forbids it: 403 Forbidden"),
        (Fault(path="*/scale", dry_run=True, status=429, retry_after=5), "wait 5 s"),
        (Fault(path="*/scale", dry_run=True, status=500), "the server's dry run failed: 500 InternalError"),
        (Fault(path="*/scale", dry_run=True, cut="after"), "the server's dry run failed: "),
        (Fault(path="*/scale", dry_run=True, body=b"<html>"), "the server's dry run failed: "),
        (Fault(path="*/scale", dry_run=True, body=b'{"spec":[]}'), "the cluster's answer is not a"),
        (Fault(path="*/scale", dry_run=True, body=b'{"spec":{"replicas":5}}'), "would make replicas 5, not 6"),
    ],
)
async def test_a_plan_whose_dry_run_failed_says_why_and_cannot_be_sent(world: World, fault: Fault, words: str) -> None:
    world.cluster.faults.add(fault)
    plan = await plan_for(world, 6)
    assert len(plan.refusals) == 1
    assert words in plan.refusals[0]
    assert plan.refusals[0].isprintable()
    assert world.mutations == []


async def test_a_change_between_reading_and_dry_run_asks_for_another_plan(world: World) -> None:
    world.cluster.faults.add(Fault(path="*/scale", dry_run=True, status=422))
    plan = await plan_for(world, 6)
    assert plan.refusals == ("fraud changed while the plan was made: plan again",)


@pytest.mark.parametrize("body", [b"{}", b"[]", b'{"metadata":{"name":7},"spec":{}}', b"\x1b[2J"])
async def test_a_cluster_that_lies_about_the_workload_gives_no_plan(world: World, body: bytes) -> None:
    world.cluster.faults.add(Fault(method="GET", path="*/deployments/fraud", body=body))
    with pytest.raises(ActionRefused, match=r"^Deployment ml/fraud cannot be read: ") as refused:
        await plan_for(world, 6)
    assert str(refused.value).isprintable()


async def test_a_dead_cluster_gives_no_plan(world: World, tmp_path: Path, unused_tcp_port: int) -> None:
    kubeconfig = tmp_path / "dead"
    kubeconfig.write_text(
        (tmp_path / "kubeconfig").read_text().replace(_port_of(tmp_path / "kubeconfig"), str(unused_tcp_port))
    )
    world.transport = Kr8sTransport(kubeconfig, "simulated", key_directory=tmp_path, deadline_seconds=2.0)
    with pytest.raises(ActionRefused, match="the cluster cannot be reached"):
        await plan_for(world, 6)
    await world.transport.close()


def _port_of(kubeconfig: Path) -> str:
    return kubeconfig.read_text().split("http://127.0.0.1:")[1].split()[0]


async def test_a_kind_without_scale_gives_no_plan(world: World) -> None:
    daemon_set = msgspec.structs.replace(world.fraud, kind="DaemonSet")
    with pytest.raises(ActionRefused, match="a DaemonSet cannot be scaled; expected one of Deployment, StatefulSet"):
        await world.action().plan(occasion(daemon_set), {"replicas": 6}, may_dry_run=True)


async def test_a_quota_without_room_is_told_before_the_key_for_no_dry_run_says_it(world: World) -> None:
    quota = {"metadata": {"name": "small", "namespace": "ml"}, "spec": {"hard": {"pods": "4"}}}
    world.cluster.add_object(QUOTAS, quota)
    assert world.settled_replicas() == 3
    told = "quota small has room for 1 more (pods: 3 of 4 used): 2 of the 3 new pods will not be made"
    plan = await plan_for(world, 6)
    assert (plan.notes, plan.refusals) == ((told,), ())
    for enough in (4, 2):
        assert (await plan_for(world, enough)).notes == ()
    world.cluster.deny(resource="resourcequotas")
    assert (await plan_for(world, 6)).notes == ()
