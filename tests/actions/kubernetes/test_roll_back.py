"""Which revision is gone back to, and what is told beside it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from console.actions.kubernetes.restart import Restart
from console.actions.kubernetes.revisions import read_revisions
from console.actions.kubernetes.roll_back import RollBack
from console.actions.kubernetes.serving_times import DatedRevision
from console.actions.kubernetes.stop_rollout import StopRollout
from console.actions.provider import ActionRefused
from console.domain.action import FieldChange, Outcome, Plan, RiskTier
from console.domain.model import Workload
from console.domain.moments import rfc3339
from console.domain.served import ServedPast
from console.domain.snapshot import ModelView
from console.settings.settings import KubernetesSettings
from console.simulation.cluster import Fault
from console.simulation.cluster.simulated_cluster import Release
from console.transport.kubernetes import PatchType
from tests.actions.kubernetes.world import START, World, a_world, occasion
from tests.detect.served import HOUR, NOW, hours_ago, past_of, served
from tests.sources.cluster.canned import CannedTransport, owned

DEPLOYMENT = "/apis/apps/v1/namespaces/ml/deployments/fraud"
RELEASES = tuple(
    Release(image=f"registry/fraud:{version}", labels={"version": version}, created=START - 7200 + number)
    for number, version in enumerate(("v39", "v40"))
)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Deployment `ml/fraud` runs v41 as its third revision."""
    async with a_world(tmp_path, earlier=RELEASES) as made:
        yield made


async def plan_for(world: World, **arguments: object) -> Plan:
    action = RollBack(world.transport, world.settings, world.clock, settle_seconds=0.0)
    return await action.plan(occasion(world.fraud), arguments, may_dry_run=True)


async def test_the_revisions_that_can_be_gone_back_to_are_offered_with_their_versions(world: World) -> None:
    restart = Restart(world.transport, world.settings, world.clock, settle_seconds=0.0)
    await restart.commit(await restart.plan(occasion(world.fraud), {}, may_dry_run=True))
    world.clock.now += 120
    action = RollBack(world.transport, world.settings, world.clock, settle_seconds=0.0)
    world.cluster.forget_requests()
    prospect = await action.prospect(occasion(world.fraud))
    assert prospect.choices == {"revision": ("2", "1")}
    assert prospect.meanings == {"revision": {"2": "v40", "1": "v39"}}
    assert [request.method for request in world.cluster.requests].count("GET") == 1
    world.cluster.deny(verb="list", resource="replicasets")
    with pytest.raises(ActionRefused, match=r"^its revisions cannot be read: 403 Forbidden"):
        await action.prospect(occasion(world.fraud))


async def test_of_a_namespace_with_very_many_revisions_none_are_offered() -> None:
    answers: dict[str, Any] = {f"{ROOT}/replicasets": {"metadata": {"continue": "more"}, "items": []}}
    action = RollBack(CannedTransport(answers), KubernetesSettings(context="prod-eu"), lambda: NOW)
    workload = Workload("prod-eu", "ml", "Deployment", "fraud", "d-1", 2, 1)
    assert (await action.prospect(occasion(workload))).choices == {}


async def test_a_stop_asks_for_no_revisions(world: World) -> None:
    stop = StopRollout(world.transport, world.settings, world.clock, settle_seconds=0.0)
    assert (await stop.prospect(occasion(world.fraud))).choices == {}


async def test_the_whole_difference_is_shown(world: World) -> None:
    plan = await plan_for(world)
    assert plan.title == "Take fraud from v41 back to v40 (revision 2)"
    assert plan.changes == (
        FieldChange("template.metadata.labels.version", "v41", "v40"),
        FieldChange("template.spec.containers[fraud].image", "registry/fraud:v41", "registry/fraud:v40"),
    )
    assert plan.command is not None
    assert plan.command.endswith("rollout undo deployment/fraud --to-revision=2")


async def test_the_command_of_a_way_back_to_what_is_not_kept_is_the_very_patch(world: World) -> None:
    action = RollBack(world.transport, world.settings, world.clock, settle_seconds=0.0)
    plan = await plan_for(world)
    await action.commit(plan)
    path = f"{ROOT}/replicasets"
    for kept in (await world.transport.get(path))["items"]:
        if kept["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == "3":
            await world.transport.delete(f"{path}/{kept['metadata']['name']}", uid=kept["metadata"]["uid"])
    undo = await action.plan_undo(plan, may_dry_run=True)
    assert (undo.title, undo.refusals) == ("Take fraud from v40 back to v41", ())
    assert undo.command is not None
    assert " patch deployments.apps/fraud --type=json " in undo.command  # `rollout undo` would go to v39


async def test_after_a_restart_back_is_still_another_version(world: World) -> None:
    restart = Restart(world.transport, world.settings, world.clock, settle_seconds=0.0)
    await restart.commit(await restart.plan(occasion(world.fraud), {}, may_dry_run=True))
    world.clock.now += 120
    assert (await plan_for(world)).title == "Take fraud from v41 back to v40 (revision 2)"


async def test_two_images_under_one_label_of_a_version_are_told_by_their_tags(world: World) -> None:
    world.cluster.roll_out(namespace="ml", name="fraud", image="registry/fraud:v44", labels={"version": "v41"})
    world.clock.now += 120
    plan = await plan_for(world)
    assert plan.title == "Take fraud from v44 back to v41 (revision 3)"
    assert plan.undo is not None
    assert plan.undo.title == "Ask fraud for v44 again"


def remembering(world: World, *sent: Plan) -> RollBack:
    """Return the action beside a journal that knows of plans, the newest first."""

    async def past(target_uid: str) -> tuple[Plan, ...]:
        return sent if target_uid == world.fraud.uid else ()

    return RollBack(world.transport, world.settings, world.clock, settle_seconds=0.0, past=past)


async def test_back_does_not_lead_to_a_version_that_was_left(world: World) -> None:
    left = await plan_for(world)
    await remembering(world).commit(left)
    assert (await plan_for(world)).title.startswith("Take fraud from v40 back to v39"), "v41 came after v40, and went"
    further = await remembering(world, left).plan(occasion(world.fraud), {}, may_dry_run=True)
    assert further.title.startswith("Take fraud from v40 back to v39")
    await remembering(world).commit(further)
    with pytest.raises(ActionRefused, match=r"^none of the .*: v41 .* was left before; v40 .* was left before; say"):
        await remembering(world, further, left).plan(occasion(world.fraud), {}, may_dry_run=True)
    named = await remembering(world, further, left).plan(occasion(world.fraud), {"revision": 3}, may_dry_run=True)
    assert named.title.startswith("Take fraud from v39 back to v41")


async def test_a_version_that_was_asked_for_again_counts_as_good(world: World) -> None:
    left = await plan_for(world)
    await remembering(world).commit(left)
    undo = await remembering(world).plan_undo(left, may_dry_run=True)
    await remembering(world).commit(undo)
    again = await remembering(world, undo, left).plan(occasion(world.fraud), {}, may_dry_run=True)
    assert again.title.startswith("Take fraud from v41 back to v40")


def measuring(world: World, past: ServedPast) -> RollBack:
    """Return the action beside metrics that tell how versions served."""

    async def served(view: ModelView) -> ServedPast:
        return past

    return RollBack(world.transport, world.settings, world.clock, settle_seconds=0.0, served=served)


V40_WAS_SLOW = past_of([served("v39", hours_ago(20, 9)), served("v40", hours_ago(9, 6), p99=0.9)])
SLOW = "v40 (revision 2) missed its latency objective while it served, 05:40–08:40 UTC: p99 0.90 s, objective 0.50 s"


async def test_back_does_not_lead_to_a_version_that_missed_its_objectives(world: World) -> None:
    plan = await measuring(world, V40_WAS_SLOW).plan(occasion(world.fraud), {}, may_dry_run=True)
    assert plan.title == "Take fraud from v41 back to v39 (revision 1)"
    assert plan.notes[0].startswith("v39 (revision 1) met its objectives while it served, 18:40–05:40 UTC: p99 0.20 s")
    assert plan.notes[1] == f"passed over: {SLOW}"
    assert plan.command is not None
    assert plan.command.endswith("--to-revision=1")


async def test_a_rollout_that_may_take_hours_is_not_said_to_have_served_alone_before(world: World) -> None:
    unnamed = past_of([served("", hours_ago(20, 0))])
    by_time = await measuring(world, unnamed).plan(occasion(world.fraud), {}, may_dry_run=True)
    assert "nor does the cluster tell when it served alone" not in by_time.notes[0]
    patience = [{"op": "replace", "path": "/spec/progressDeadlineSeconds", "value": 7200}]
    await world.transport.patch(DEPLOYMENT, patience, content_type=PatchType.JSON.value, dry_run=False)
    patient = await measuring(world, unnamed).plan(occasion(world.fraud), {}, may_dry_run=True)
    assert patient.notes[0].endswith("nor does the cluster tell when it served alone")


async def test_one_that_missed_can_be_named_and_is_told_without_a_lower_tier(world: World) -> None:
    named = await measuring(world, V40_WAS_SLOW).plan(occasion(world.fraud), {"revision": 2}, may_dry_run=True)
    assert named.title == "Take fraud from v41 back to v40 (revision 2)"
    assert (named.notes[0], named.refusals) == (SLOW, ())
    assert named.tier is (await plan_for(world, revision=2)).tier is RiskTier.WIDE


async def test_what_metrics_tell_is_no_part_of_the_request(world: World) -> None:
    measured = await measuring(world, V40_WAS_SLOW).plan(occasion(world.fraud), {"revision": 1}, may_dry_run=True)
    assert measured.hash == (await plan_for(world, revision=1)).hash


async def test_a_template_that_came_back_is_dated_by_its_first_rollout(world: World) -> None:
    plan = await plan_for(world)
    await remembering(world).commit(plan)
    world.clock.now += 60
    newest, *_ = await read_revisions(world.transport, world.fraud.target)
    assert newest.rollouts == DatedRevision(4, earlier=(2,), created=RELEASES[1].created)


async def test_a_rollout_is_stopped_without_asking_metrics(world: World) -> None:
    async def asked(view: ModelView) -> ServedPast:
        raise AssertionError("what still serves is gone back to, whatever it was like")

    action = StopRollout(world.transport, world.settings, world.clock, served=asked)
    with pytest.raises(ActionRefused, match="no rollout is in progress"):
        await action.plan(occasion(world.fraud), {}, may_dry_run=True)


async def test_a_revision_can_be_named_and_one_that_is_not_kept_is_refused(world: World) -> None:
    assert (await plan_for(world, revision=1)).title == "Take fraud from v41 back to v39 (revision 1)"
    with pytest.raises(ActionRefused, match="revision 9 is not kept; kept are 1, 2, 3"):
        await plan_for(world, revision=9)
    with pytest.raises(ActionRefused, match="expected a whole number"):
        await plan_for(world, revision="two")


async def test_without_another_version_there_is_nothing_to_go_back_to(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        with pytest.raises(ActionRefused, match=r"no revision that is kept runs another version than v41 \(1 kept\)"):
            await plan_for(world)


@pytest.mark.parametrize("kind", [RollBack, StopRollout])
async def test_a_paused_release_is_left_without_rolling_it_out_first(world: World, kind: type[RollBack]) -> None:
    world.cluster.roll_out(namespace="ml", name="fraud", image="registry/fraud:v42", labels={"version": "v42"})
    world.clock.now += 1
    body = {"spec": {"paused": True}}
    await world.transport.patch(DEPLOYMENT, body, content_type="application/merge-patch+json", dry_run=False)
    world.clock.now += 60
    before = (await world.transport.get(DEPLOYMENT))["spec"]
    action = kind(world.transport, world.settings, world.clock, settle_seconds=0.0)
    plan = await action.plan(occasion(world.fraud), {}, may_dry_run=True)
    assert (plan.refusals, plan.title) == ((), "Take fraud from v42 back to v41 (revision 3)")
    assert FieldChange("paused", "true", "not set") in plan.changes
    assert any(note.startswith("its rollouts are paused: they go on by the same request") for note in plan.notes)
    assert plan.command is not None
    assert " patch deployments.apps/fraud " in plan.command
    world.cluster.faults.add(Fault(method="PATCH", dry_run=False, cut="after"))
    assert (await action.commit(plan)).outcome is Outcome.APPLIED
    world.clock.now += 60
    assert (await action.observe(plan)).done
    assert {pod.version for pod in world.cluster.pods("ml", "fraud")} == {"v41"}
    undo = await action.plan_undo(plan, may_dry_run=True)
    assert undo.refusals == ()
    assert (await action.commit(undo)).outcome is Outcome.APPLIED
    assert (await action.observe(undo)).text == "its rollouts are paused as before: the pods stay as they are"
    assert (await world.transport.get(DEPLOYMENT))["spec"] == before


async def test_to_go_back_to_the_version_of_now_does_not_resume_it(world: World) -> None:
    body = {"spec": {"paused": True}}
    await world.transport.patch(DEPLOYMENT, body, content_type="application/merge-patch+json", dry_run=False)
    plan = await plan_for(world, revision=3)
    assert [change.field for change in plan.changes] == ["template"]
    assert [refusal.partition(" is ")[0] for refusal in plan.refusals] == ["template"]


async def with_config_map(world: World, name: str, *, optional: bool) -> None:
    """Release v40 anew with a ConfigMap, then v41 without it."""
    for labels, volumes in (
        ({"version": "v40"}, [{"name": "features", "configMap": {"name": name, "optional": optional}}]),
        ({"version": "v41"}, None),
    ):
        template = {"metadata": {"labels": labels}, "spec": {"volumes": volumes}}
        await world.transport.patch(
            DEPLOYMENT, {"spec": {"template": template}}, content_type="application/merge-patch+json", dry_run=False
        )
        world.clock.now += 60


@pytest.mark.parametrize(
    ("optional", "told"), [(False, "v40 (revision 4) needs ConfigMap features-7h2k, which "), (True, "")]
)
async def test_a_version_whose_config_map_is_gone_is_not_gone_back_to(world: World, optional: bool, told: str) -> None:
    await with_config_map(world, "features-7h2k", optional=optional)
    plan = await plan_for(world, revision=4)
    assert "".join(plan.refusals).startswith(told)
    assert bool(plan.refusals) is bool(told)
    document = {"metadata": {"name": "features-7h2k"}, "data": {"list": "age"}}
    await world.transport.create("/api/v1/namespaces/ml/configmaps", document)
    assert (await plan_for(world, revision=4)).refusals == ()


async def test_that_nobody_may_look_for_a_config_map_is_told(world: World) -> None:
    await with_config_map(world, "features-7h2k", optional=False)
    world.cluster.deny(verb="get", resource="configmaps")
    plan = await plan_for(world, revision=4)
    assert plan.refusals == ()
    told = "whether ConfigMap features-7h2k is still there may not be asked (RBAC): without it new pods would not start"
    assert told in plan.notes


async def test_a_rollout_that_is_not_under_way_cannot_be_stopped(world: World) -> None:
    action = StopRollout(world.transport, world.settings, world.clock)
    with pytest.raises(ActionRefused, match="no other version has a ready pod: no rollout is in progress"):
        await action.plan(occasion(world.fraud), {}, may_dry_run=True)


STATEFUL = Workload("prod-eu", "ml", "StatefulSet", "fraud", "s-1", 2, 1)
ROOT = "/apis/apps/v1/namespaces/ml"


def template(version: str) -> dict[str, Any]:
    variable = {"name": "FEATURES", "valueFrom": {"configMapKeyRef": {"name": "features", "key": "list"}}}
    container = {
        "name": "fraud",
        "image": f"fraud:{version}",
        "env": [variable],
        "envFrom": [{"secretRef": {"name": "store"}}],
    }
    volumes = [{"name": "w", "secret": {"secretName": "weights"}}]
    return {"metadata": {"labels": {"app": "fraud"}}, "spec": {"containers": [container], "volumes": volumes}}


def a_stateful_set(strategy: dict[str, Any], *versions: str) -> CannedTransport:
    """Return a cluster in which a StatefulSet ran versions, each three hours after the one before, the last now."""
    owner = ("StatefulSet", "fraud", "s-1")
    kept = []
    for number, version in enumerate(versions, 1):
        made = owned("ControllerRevision", f"fraud-{number}", f"c-{number}", owner)
        made["metadata"]["creationTimestamp"] = rfc3339(NOW - 3 * HOUR * (len(versions) - number + 1))
        held = {"spec": {"template": {**template(version), "$patch": "replace"}}}
        kept.append(made | {"revision": number, "data": held})
    # Other controllers keep other things in the same kind: LeaderWorkerSets, virtual machines.
    kept.append(owned("ControllerRevision", "llm", "c-9", ("LeaderWorkerSet", "llm", "l-1")) | {"data": {"spec": {}}})
    stateful_set = owned("StatefulSet", "fraud", "s-1", None)
    stateful_set["spec"] |= {"template": template(versions[-1]), "updateStrategy": strategy}
    answers = {f"{ROOT}/statefulsets/fraud": stateful_set, f"{ROOT}/controllerrevisions": {"items": kept}}
    return CannedTransport(answers)


ON_DELETE = {"type": "OnDelete"}
SLOW_UNTIL_NOW = past_of([served("", hours_ago(6, 0), p99=0.9)])


async def plan_for_a_stateful_set(transport: CannedTransport, past: ServedPast) -> Plan:
    async def served_past(view: ModelView) -> ServedPast:
        return past

    action = RollBack(transport, KubernetesSettings(context="prod-eu"), lambda: NOW, served=served_past)
    return await action.plan(occasion(STATEFUL), {}, may_dry_run=False)


async def test_a_stateful_set_goes_back_by_its_controller_revisions() -> None:
    plan = await plan_for_a_stateful_set(a_stateful_set(ON_DELETE, "v40", "v41"), ServedPast(unknown="nobody looked"))
    assert plan.refusals == ()
    assert plan.request.body[-1]["value"] == template("v40")
    assert plan.notes[1].startswith("ConfigMap features, Secret store, Secret weights and all data are not rolled back")
    assert any("its strategy is OnDelete" in note for note in plan.notes)


async def test_the_controller_revisions_of_a_stateful_set_tell_when_each_served() -> None:
    plan = await plan_for_a_stateful_set(a_stateful_set({}, "v39", "v40", "v41"), SLOW_UNTIL_NOW)
    assert plan.title == "Take fraud from v41 back to v39 (revision 1)"
    slow = "v40 (revision 2) missed its latency objective while it served, 08:50–11:40 UTC: "
    assert plan.notes[1].startswith(f"passed over: {slow}")


@pytest.mark.parametrize("strategy", [ON_DELETE, {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}}])
async def test_where_pods_need_not_run_what_is_asked_for_no_times_are_told(strategy: dict[str, Any]) -> None:
    plan = await plan_for_a_stateful_set(a_stateful_set(strategy, "v39", "v40", "v41"), SLOW_UNTIL_NOW)
    assert plan.title == "Take fraud from v41 back to v40 (revision 2)"
    assert plan.notes[0].endswith("nor does the cluster tell when it served alone")
