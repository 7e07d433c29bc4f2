"""The contract of actions, held by every one of the Kubernetes provider."""

import msgspec
import pytest

from console.actions.contract import Obligation, obligations
from console.actions.kubernetes.cordon import Cordon
from console.actions.provider import ActionRefused
from console.domain.action import Outcome
from console.domain.model import Owner, WorkloadFinding
from tests.actions.kubernetes.cases import CASES, PATCHING, Patching

every_case = pytest.mark.parametrize("case", PATCHING.values(), ids=PATCHING)


@pytest.mark.parametrize("obligation", obligations(CASES), ids=str)
async def test_it_does_what_every_action_must(obligation: Obligation) -> None:
    await obligation()


@every_case
async def test_a_plan_is_the_dry_run_of_the_very_request(case: Patching) -> None:
    async with case.stand() as stand:
        plan = await stand.action.plan(stand.occasion, stand.arguments, may_dry_run=True)
        (tried,) = [request for request in stand.cluster.requests if request.method == "PATCH"]
        assert (tried.path, tried.body, tried.query["dryRun"]) == (plan.request.path, plan.request.body, "All")
        assert plan.dry_run == "accepted by the server"
        assert plan.request.body[0]["op"] == "test"
        assert plan.target == stand.occasion.workload.target
        assert plan.command is not None
        assert plan.command.startswith("kubectl --context simulated ")
        await stand.action.commit(plan)
        (sent,) = [request for request in stand.cluster.requests if request.mutates]
        assert (sent.method, sent.path, sent.body) == ("PATCH", plan.request.path, plan.request.body)


@every_case
async def test_a_colleagues_edit_is_told_with_who_made_it(case: Patching) -> None:
    async with case.stand() as stand:
        plan = await stand.action.plan(stand.occasion, stand.arguments, may_dry_run=True)
        told = await stand.change_before_commit()
        commitment = await stand.action.commit(plan)
        assert commitment.detail.startswith(f"nothing was changed: {told}")
        assert ("(by kubectl at " in commitment.detail) == (case.lacking.proof_of_effect is None)


@every_case
async def test_what_is_forbidden_is_told_by_its_verb_and_resource(case: Patching) -> None:
    async with case.stand() as stand:
        planned = await stand.action.plan(stand.occasion, stand.arguments, may_dry_run=True)
        await stand.forbid()
        stand.cluster.forget_requests()
        where = "" if case.resource[0] == "nodes" else " in namespace ml"
        told = f"you may not patch {'/'.join(filter(None, case.resource))}{where} (RBAC)"
        assert (await stand.action.prospect(stand.occasion)).why_not == told
        plan = await stand.action.plan(stand.occasion, stand.arguments, may_dry_run=True)
        assert plan.refusals == (told,)
        assert [request for request in stand.cluster.requests if request.method == "PATCH"] == []
        stand.cluster.forget_requests()
        commitment = await stand.action.commit(planned)
        assert (commitment.outcome, len(stand.cluster.requests)) == (Outcome.NOT_APPLIED, 1)
        assert commitment.detail.startswith("nothing was changed: 403 Forbidden")


async def test_a_node_that_may_not_be_read_is_named() -> None:
    async with PATCHING["cordon"].stand() as stand:
        stand.cluster.deny(verb="get", resource="nodes")
        with pytest.raises(ActionRefused, match=r"^node node-. cannot be read: 403 Forbidden: "):
            await stand.action.plan(stand.occasion, stand.arguments, may_dry_run=True)


async def test_a_plan_asks_for_no_permission_that_was_given_less_than_a_minute_ago() -> None:
    async with PATCHING["scale"].stand() as stand:
        for later, asked in ((0.0, 1), (59.0, 0), (2.0, 1)):
            stand.clock.now += later
            stand.cluster.forget_requests()
            plan = await stand.action.plan(stand.occasion, stand.arguments, may_dry_run=True)
            reviews = [request for request in stand.cluster.requests if request.path.endswith("accessreviews")]
            assert (len(reviews), plan.refusals) == (asked, ())


async def test_a_permission_that_was_taken_back_since_is_told_by_the_dry_run_and_believed_no_more() -> None:
    async with PATCHING["scale"].stand() as stand:
        await stand.action.plan(stand.occasion, stand.arguments, may_dry_run=True)
        await stand.forbid()
        told: list[str] = []
        for _ in range(2):
            told += (await stand.action.plan(stand.occasion, stand.arguments, may_dry_run=True)).refusals
        assert told[0].startswith("the cluster forbids it: 403 Forbidden")
        assert told[1] == "you may not patch deployments/scale in namespace ml (RBAC)"
        assert stand.sent == 0


@every_case
async def test_what_an_owner_would_undo_is_refused_by_its_name(case: Patching) -> None:
    owner = Owner("serving.kserve.io/v1beta1", "InferenceService", "fraud", "i-1")
    told = (
        "InferenceService fraud owns fraud and would undo this: act on InferenceService fraud (who owns it is unknown)"
    )
    async with case.stand() as stand:
        owned = msgspec.structs.replace(
            stand.occasion.workload, owner=owner, owners_unread="who owns it is unknown", autoscaler=None
        )
        view = msgspec.structs.replace(stand.occasion.view, workload=WorkloadFinding(owned))
        occasion = msgspec.structs.replace(stand.occasion, view=view)
        prospect = await stand.action.prospect(occasion)
        plan = await stand.action.plan(occasion, stand.arguments, may_dry_run=True)
    if case.action is Cordon:
        assert (prospect.why_not, plan.refusals) == (None, ())
    else:
        assert (prospect.why_not, plan.refusals) == (told, (told,))
