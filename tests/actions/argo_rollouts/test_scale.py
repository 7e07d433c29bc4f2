import msgspec
import pytest

from console.actions.argo_rollouts.scale import SCALE, Scale
from console.actions.provider import ActionRefused
from console.domain.action import FieldChange, Outcome, RiskTier
from console.domain.model import WorkloadFinding
from console.simulation.cluster.argo_rollouts import ROLLOUTS
from console.simulation.cluster.resources import AUTOSCALERS, QUOTAS
from tests.actions.argo_rollouts.world import ROLLOUT, RolloutWorld


async def test_a_scaling_is_planned_sent_once_seen_through_and_taken_back(rollouts: RolloutWorld) -> None:
    action = rollouts.action(Scale)
    prospect = await action.prospect(rollouts.occasion)
    assert (prospect.why_not, prospect.present) == (None, {"replicas": "4"})
    plan = await action.plan(rollouts.occasion, {"replicas": 6}, may_dry_run=True)
    assert plan.refusals == ()
    assert plan.changes == (FieldChange("replicas", "4", "6"),)
    assert plan.tier is RiskTier.BOUNDED
    assert plan.command == "kubectl --context simulated -n ml scale rollout/fraud --replicas=6 --current-replicas=4"
    rollouts.cluster.forget_requests()
    commitment = await action.commit(plan)
    assert (commitment.outcome, commitment.detail) == (Outcome.APPLIED, "fraud is asked to run 6 replicas")
    assert [request.path for request in rollouts.mutations] == [f"{ROLLOUT}/scale"]
    assert not (await action.observe(plan)).done
    rollouts.wait()
    progress = await action.observe(plan)
    assert (progress.done, progress.text) == (True, "6 of 6 available")
    undo = await action.plan_undo(plan, may_dry_run=True)
    assert (undo.refusals, undo.title) == ((), "Scale fraud from 6 to 4 replicas")
    await action.commit(undo)
    rollouts.wait()
    assert (await action.observe(undo)).done
    assert rollouts.versions() == {"v41": 4}


async def test_a_canary_keeps_its_shares(rollouts: RolloutWorld) -> None:
    rollouts.release("v42")
    action = rollouts.action(Scale)
    plan = await action.plan(rollouts.occasion, {"replicas": 8}, may_dry_run=True)
    assert plan.notes[0].startswith("an update is under way, which goes on with the same shares: it is Paused")
    await action.commit(plan)
    rollouts.wait()
    assert (await action.observe(plan)).done
    assert rollouts.versions() == {"v41": 6, "v42": 2}


async def test_a_rollout_that_names_no_count_is_scaled_in_its_spec(rollouts: RolloutWorld) -> None:
    rollouts.plane.change(ROLLOUTS, "ml", "fraud", lambda rollout: rollout["spec"].pop("replicas"))
    rollouts.wait()
    action = rollouts.action(Scale)
    plan = await action.plan(rollouts.occasion, {"replicas": 2}, may_dry_run=True)
    assert (plan.refusals, plan.title) == ((), "Scale fraud from 1 to 2 replicas")
    assert plan.request.path == ROLLOUT
    await action.commit(plan)
    rollouts.wait()
    assert (await action.observe(plan)).done


def autoscale(rollouts: RolloutWorld) -> None:
    reference = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "name": "fraud"}
    spec = {"scaleTargetRef": reference, "minReplicas": 2, "maxReplicas": 5}
    rollouts.cluster.add_object(AUTOSCALERS, {"metadata": {"name": "fraud", "namespace": "ml"}, "spec": spec})


async def test_the_bounds_of_an_autoscaler_are_what_a_permission_and_a_quota_are_asked_for(
    rollouts: RolloutWorld,
) -> None:
    autoscale(rollouts)
    quota = {"spec": {"hard": {"pods": "5"}}, "status": {"hard": {"pods": "5"}, "used": {"pods": "4"}}}
    rollouts.cluster.add_object(QUOTAS, {"metadata": {"name": "ml", "namespace": "ml"}, **quota})
    view = rollouts.occasion.view
    workload = WorkloadFinding(msgspec.structs.replace(rollouts.occasion.workload, autoscaler="fraud"))
    occasion = msgspec.structs.replace(rollouts.occasion, view=msgspec.structs.replace(view, workload=workload))
    action = rollouts.action(Scale)
    rollouts.cluster.deny(verb="patch", resource="rollouts", subresource="*")
    assert (await action.prospect(occasion)).why_not is None
    plan = await action.plan(occasion, {"replicas": 6}, may_dry_run=True)
    assert (plan.refusals, plan.notes[0].split(":")[0]) == ((), "quota ml has room for 1 more (pods")
    rollouts.cluster.deny(verb="patch", resource="horizontalpodautoscalers")
    told = "you may not patch horizontalpodautoscalers in namespace ml (RBAC)"
    assert (await action.prospect(occasion)).why_not == told


async def test_the_bounds_of_an_autoscaler_are_changed_instead_of_the_count(rollouts: RolloutWorld) -> None:
    autoscale(rollouts)
    action = rollouts.action(Scale)
    plan = await action.plan(rollouts.occasion, {"replicas": 6}, may_dry_run=True)
    assert plan.refusals == ()
    assert plan.title == "Let HorizontalPodAutoscaler fraud run at least 6 replicas of fraud, not 2"
    assert plan.changes == (FieldChange("maxReplicas", "5", "6"), FieldChange("minReplicas", "2", "6"))
    assert plan.target.uid == rollouts.live["metadata"]["uid"]
    assert (await action.commit(plan)).outcome is Outcome.APPLIED
    assert (await action.observe(plan)).text == "its autoscaler asks for 4 replicas yet, not 6"
    rollouts.plane.change(ROLLOUTS, "ml", "fraud", lambda rollout: rollout["spec"].update(replicas=6))  # as it would
    rollouts.wait()
    assert (await action.observe(plan)).done
    undo = await action.plan_undo(plan, may_dry_run=True)
    assert undo.refusals == ()
    assert (await action.commit(undo)).outcome is Outcome.APPLIED
    spec = rollouts.plane.get(AUTOSCALERS, "ml", "fraud")["spec"]
    assert (spec["minReplicas"], spec["maxReplicas"]) == (2, 5)
    none = await action.plan(rollouts.occasion, {"replicas": 0}, may_dry_run=True)
    assert (none.refusals, none.request.path) == ((), f"{ROLLOUT}/scale")


async def test_counts_are_checked(rollouts: RolloutWorld) -> None:
    action = rollouts.action(Scale)
    over = await action.plan(rollouts.occasion, {"replicas": 21}, may_dry_run=True)
    assert over.refusals == ("21 replicas are over the limit of 20 (kubernetes.max_replicas)",)
    assert (await action.plan(rollouts.occasion, {"replicas": 0}, may_dry_run=True)).tier is RiskTier.HARD_TO_UNDO
    for wrong in ({"replicas": True}, {"replicas": "6"}, {}):
        with pytest.raises(ActionRefused, match="expected a whole number"):
            await action.plan(rollouts.occasion, wrong, may_dry_run=True)


async def test_the_way_back_is_not_held_to_the_limit(rollouts: RolloutWorld) -> None:
    rollouts.plane.change(ROLLOUTS, "ml", "fraud", lambda rollout: rollout["spec"].update(replicas=25))
    rollouts.wait()
    action = rollouts.action(Scale)
    plan = await action.plan(rollouts.occasion, {"replicas": 20}, may_dry_run=True)
    assert plan.refusals == ()
    await action.commit(plan)
    assert (await action.plan_undo(plan, may_dry_run=True)).refusals == ()


def test_it_is_meant_where_a_rollout_is_to_be_scaled() -> None:
    instead = SCALE.stands_for
    assert instead is not None
    assert (instead.action, instead.group, instead.kind) == ("kubernetes.scale", "argoproj.io", "Rollout")
