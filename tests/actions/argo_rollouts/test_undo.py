from typing import Any

import pytest

from console.actions.argo_rollouts.undo import Undo
from console.actions.provider import ActionRefused
from console.domain.action import FieldChange, Outcome, RiskTier
from console.domain.moments import rfc3339
from console.domain.served import ServedPast
from console.domain.snapshot import ModelView
from console.simulation.cluster import Fault
from console.simulation.cluster.argo_rollouts import ROLLOUTS
from console.simulation.cluster.resources import DEPLOYMENTS
from tests.actions.argo_rollouts.world import ROLLOUT, RolloutWorld, with_version
from tests.detect.served import hours_ago, past_of, served


def promoted(rollouts: RolloutWorld, version: str) -> dict[str, Any]:
    """Release a version, and promote it fully."""
    rollouts.release(version)
    rollouts.plane.change(ROLLOUTS, "ml", "fraud", lambda rollout: rollout["status"].update(promoteFull=True))
    return rollouts.wait()


async def test_an_undo_is_planned_sent_once_seen_through_and_taken_back(rollouts: RolloutWorld) -> None:
    promoted(rollouts, "v42")
    action = rollouts.action(Undo)
    prospect = await action.prospect(rollouts.occasion)
    assert (prospect.choices, prospect.meanings) == ({"revision": ("1",)}, {"revision": {"1": "v41"}})
    plan = await action.plan(rollouts.occasion, {}, may_dry_run=True)
    assert plan.refusals == ()
    assert plan.title == "Take fraud from v42 back to v41 (revision 1)"
    assert set(plan.changes) == {
        FieldChange("template.metadata.labels.version", "v42", "v41"),
        FieldChange("template.spec.containers[fraud].image", "registry/fraud:v42", "registry/fraud:v41"),
    }
    assert plan.tier is RiskTier.WIDE
    assert "the steps of its canary (4) are run again, with their pauses" in plan.notes
    assert plan.command == "kubectl argo rollouts undo fraud --to-revision=1 --context simulated -n ml"
    rollouts.cluster.forget_requests()

    assert (await action.commit(plan)).outcome is Outcome.APPLIED
    (request,) = rollouts.mutations
    assert request.path == ROLLOUT
    assert [each["path"] for each in request.body if each["op"] != "test"] == ["/spec/template"]
    assert (await action.observe(plan)).text == "the controller has not looked at the change yet"
    assert rollouts.wait()["phase"] == "Paused"
    progress = await action.observe(plan)
    assert (progress.done, progress.failed) == (False, None)
    rollouts.plane.change(ROLLOUTS, "ml", "fraud", lambda rollout: rollout["status"].update(promoteFull=True))
    rollouts.wait()
    assert (await action.observe(plan)).done
    assert rollouts.versions() == {"v41": 4}

    undo = await action.plan_undo(plan, may_dry_run=True)
    assert undo.refusals == ()
    assert (await action.commit(undo)).outcome is Outcome.APPLIED
    rollouts.wait()
    assert rollouts.live["spec"]["template"]["metadata"]["labels"]["version"] == "v42"


async def test_back_is_the_stable_version_while_an_update_is_under_way_whatever_came_between(
    rollouts: RolloutWorld,
) -> None:
    rollouts.release("v42")
    rollouts.plane.change(ROLLOUTS, "ml", "fraud", lambda rollout: rollout["status"].update(abort=True))
    rollouts.wait()
    rollouts.release("v43")
    plan = await rollouts.action(Undo).plan(rollouts.occasion, {}, may_dry_run=True)
    assert plan.title == "Take fraud from v43 back to v41 (revision 1)"
    assert "it is the stable version: no steps are run" in plan.notes
    await rollouts.action(Undo).commit(plan)
    assert rollouts.wait()["phase"] == "Healthy"
    assert (await rollouts.action(Undo).observe(plan)).done


async def test_a_tool_that_keeps_the_manifest_is_told(rollouts: RolloutWorld) -> None:
    promoted(rollouts, "v42")
    mark = {"argocd.argoproj.io/tracking-id": "fraud:argoproj.io/Rollout:ml/fraud"}
    rollouts.plane.change(ROLLOUTS, "ml", "fraud", lambda rollout: rollout["metadata"]["annotations"].update(mark))
    plan = await rollouts.action(Undo).plan(rollouts.occasion, {}, may_dry_run=True)
    assert plan.notes[-1].startswith("Argo CD manages it (")


async def test_a_revision_of_the_same_version_is_passed_over(rollouts: RolloutWorld) -> None:
    promoted(rollouts, "v42")

    def restarted(rollout: dict[str, Any]) -> None:
        marks = {"kubectl.kubernetes.io/restartedAt": rfc3339(rollouts.clock.now)}
        rollout["spec"]["template"]["metadata"]["annotations"] = marks

    rollouts.plane.change(ROLLOUTS, "ml", "fraud", restarted)
    rollouts.wait()
    rollouts.plane.change(ROLLOUTS, "ml", "fraud", lambda rollout: rollout["status"].update(promoteFull=True))
    rollouts.wait()
    plan = await rollouts.action(Undo).plan(rollouts.occasion, {}, may_dry_run=True)
    assert plan.title == "Take fraud from v42 back to v41 (revision 1)"
    chosen = await rollouts.action(Undo).plan(rollouts.occasion, {"revision": 2}, may_dry_run=True)
    assert chosen.title == "Take fraud from v42 back to v42 (revision 2)"


async def test_a_version_that_a_colleague_left_for_that_of_now_is_passed_over(rollouts: RolloutWorld) -> None:
    for version in ("v42", "v43", "v42"):
        rollouts.clock.now += 60
        promoted(rollouts, version)
    plan = await rollouts.action(Undo).plan(rollouts.occasion, {}, may_dry_run=True)
    assert plan.title == "Take fraud from v42 back to v41 (revision 1)"
    assert "passed over: v43 (revision 3) was left before" in plan.notes


async def test_without_another_version_nothing_is_planned(rollouts: RolloutWorld) -> None:
    action = rollouts.action(Undo)
    with pytest.raises(ActionRefused, match=r"no revision that is kept runs another version than v41 \(1 kept\)"):
        await action.plan(rollouts.occasion, {}, may_dry_run=True)
    with pytest.raises(ActionRefused, match="revision 7 is not kept; kept are 1"):
        await action.plan(rollouts.occasion, {"revision": 7}, may_dry_run=True)
    with pytest.raises(ActionRefused, match="revision is True; expected a whole number"):
        await action.plan(rollouts.occasion, {"revision": True}, may_dry_run=True)
    rollouts.cluster.deny(verb="list", resource="replicasets")
    with pytest.raises(ActionRefused, match="the ReplicaSets may not be listed"):
        await action.plan(rollouts.occasion, {}, may_dry_run=True)


async def test_a_colleagues_edit_between_plan_and_commit_is_refused_with_what_it_is_now(
    rollouts: RolloutWorld,
) -> None:
    promoted(rollouts, "v42")
    action = rollouts.action(Undo)
    plan = await action.plan(rollouts.occasion, {}, may_dry_run=True)
    await rollouts.as_a_colleague({"spec": {"template": {"metadata": {"labels": {"version": "v44"}}}}})
    commitment = await action.commit(plan)
    assert commitment.outcome is Outcome.NOT_APPLIED
    assert "template.metadata.labels.version is v44 now, not v42" in commitment.detail


async def test_an_undo_is_not_taken_back_over_another_release(rollouts: RolloutWorld) -> None:
    promoted(rollouts, "v42")
    action = rollouts.action(Undo)
    plan = await action.plan(rollouts.occasion, {}, may_dry_run=True)
    await action.commit(plan)
    rollouts.wait()
    rollouts.release("v45")
    undo = await action.plan_undo(plan, may_dry_run=True)
    assert "nothing is undone over somebody else's change" in undo.refusals[0]
    assert (await action.observe(plan)).done is None


async def test_an_undo_without_an_answer_is_settled_by_reading(rollouts: RolloutWorld) -> None:
    promoted(rollouts, "v42")
    action = rollouts.action(Undo)
    plan = await action.plan(rollouts.occasion, {}, may_dry_run=True)
    rollouts.cluster.forget_requests()
    rollouts.cluster.faults.add(Fault(method="PATCH", path="*/fraud", dry_run=False, cut="after"))
    assert (await action.commit(plan)).outcome is Outcome.APPLIED
    assert len(rollouts.mutations) == 1


async def test_a_forbidden_undo_is_told_before(rollouts: RolloutWorld) -> None:
    promoted(rollouts, "v42")
    rollouts.cluster.deny(verb="patch", resource="rollouts")
    plan = await rollouts.action(Undo).plan(rollouts.occasion, {}, may_dry_run=True)
    assert plan.refusals == ("you may not patch rollouts in namespace ml (RBAC)",)
    assert (await rollouts.action(Undo).prospect(rollouts.occasion)).why_not == plan.refusals[0]


async def test_the_template_of_a_referenced_deployment_is_changed_where_it_is(rollouts: RolloutWorld) -> None:
    rollouts.cluster.add_deployment(
        namespace="ml",
        name="fraud-model",
        replicas=0,
        image="registry/fraud:v41",
        labels={"app": "fraud", "version": "v41"},
        created=1.0,
    )

    def referencing(rollout: dict[str, Any]) -> None:
        rollout["spec"].pop("template")
        rollout["spec"]["workloadRef"] = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "fraud-model"}

    rollouts.plane.change(ROLLOUTS, "ml", "fraud", referencing)
    rollouts.wait()
    rollouts.plane.change(DEPLOYMENTS, "ml", "fraud-model", lambda held: with_version(held, "v42"))
    assert rollouts.wait()["phase"] == "Paused"
    action = rollouts.action(Undo)
    plan = await action.plan(rollouts.occasion, {}, may_dry_run=True)
    assert plan.refusals == ()
    assert plan.request.path == "/apis/apps/v1/namespaces/ml/deployments/fraud-model"
    assert plan.target.uid == rollouts.live["metadata"]["uid"]
    assert "its template is that of Deployment fraud-model, which is changed" in plan.notes
    rollouts.cluster.deny(verb="patch", resource="rollouts")
    assert (await action.prospect(rollouts.occasion)).why_not is None
    assert (await action.commit(plan)).outcome is Outcome.APPLIED
    assert not (await action.observe(plan)).done
    assert rollouts.wait()["phase"] == "Healthy"
    assert (await action.observe(plan)).done


def measuring(rollouts: RolloutWorld, past: ServedPast) -> Undo:
    """Return the action beside metrics that tell how versions served."""

    async def served_past(view: ModelView) -> ServedPast:
        return past

    return Undo(rollouts.transport, rollouts.settings, rollouts.clock, settle_seconds=0.0, served=served_past)


async def test_back_leads_past_a_version_that_missed_its_objectives(rollouts: RolloutWorld) -> None:
    promoted(rollouts, "v42")
    promoted(rollouts, "v43")
    past = past_of([served("v41", hours_ago(20, 9)), served("v42", hours_ago(9, 6), errors=0.05)])
    plan = await measuring(rollouts, past).plan(rollouts.occasion, {}, may_dry_run=True)
    assert plan.title == "Take fraud from v43 back to v41 (revision 1)"
    assert plan.notes[0].startswith("v41 (revision 1) met its objectives while it served, 18:40–05:40 UTC: ")
    assert plan.notes[1].startswith("passed over: v42 (revision 2) missed its error objective while it served, ")


async def test_the_stable_version_is_gone_back_to_while_an_update_is_under_way_and_what_it_missed_is_told(
    rollouts: RolloutWorld,
) -> None:
    rollouts.release("v42")
    past = past_of([served("v41", hours_ago(20, 9), p99=0.9)])
    plan = await measuring(rollouts, past).plan(rollouts.occasion, {}, may_dry_run=True)
    assert plan.title == "Take fraud from v42 back to v41 (revision 1)"
    assert plan.notes[0].startswith("v41 (revision 1) missed its latency objective while it served, ")


async def test_without_names_in_metrics_the_replica_sets_of_a_rollout_tell_no_times(rollouts: RolloutWorld) -> None:
    promoted(rollouts, "v42")
    past = past_of([served("", hours_ago(20, 0), p99=0.9)])
    plan = await measuring(rollouts, past).plan(rollouts.occasion, {}, may_dry_run=True)
    assert plan.notes[0].startswith("v41 (revision 1) is not known to have met its objectives: metrics do not name")


async def test_a_version_whose_config_map_is_gone_is_not_gone_back_to(rollouts: RolloutWorld) -> None:
    volume = {"name": "features", "configMap": {"name": "features-7h2k"}}
    template = rollouts.live["spec"]["template"]
    rollouts.plane.change(
        ROLLOUTS, "ml", "fraud", lambda held: held["spec"]["template"]["spec"].update(volumes=[volume])
    )
    promoted(rollouts, "v42")
    rollouts.plane.change(ROLLOUTS, "ml", "fraud", lambda held: held["spec"].update(template=template))
    promoted(rollouts, "v43")
    plan = await rollouts.action(Undo).plan(rollouts.occasion, {}, may_dry_run=True)
    (refusal,) = plan.refusals
    assert refusal.startswith("v42 (revision ")
    assert refusal.endswith("needs ConfigMap features-7h2k, which is not there any more: its pods would not start")


async def test_a_way_back_that_waits_for_a_hand_is_told(rollouts: RolloutWorld) -> None:
    rollouts.release("v42")
    await rollouts.as_a_colleague({"spec": {"paused": True}})
    plan = await rollouts.action(Undo).plan(rollouts.occasion, {}, may_dry_run=True)
    assert "somebody paused it by hand (spec.paused): its controller waits with this until it is promoted" in plan.notes
